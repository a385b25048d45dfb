"""Made-up notices of the support desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.calendar import WorkingCalendar
from domain.notices.views import NoticeView
from domain.support.promise import promise
from domain.support.regimes import regime_at

_TICKET = 41
_OTHER = 38
_RESULTS = (
    "answered",
    "called_back",
    "not_reached",
    "refused",
    "not_fault",
    "duplicate",
    "no_reply",
)

Notice = Callable[..., NoticeView]


def of_support(
    notice: Notice, subject: str, answer: str, now: datetime
) -> list[tuple[str, NoticeView]]:
    """Every kind of notice of the desk, on a request about ``subject`` that got ``answer``."""
    made = promise(WorkingCalendar(), regime_at("366", now), "voice", now)
    on = {"ticket": _TICKET, "subject": subject}
    due = {"due_at": made.due_at, "clause": made.clause}
    said = {"message": 7, "text": answer}
    files = [{"id": 3, "kind": "photo", "name": ""}, {"id": 4, "kind": "document", "name": "1.pdf"}]
    until = now + timedelta(days=10)
    night = {"voices": 4, "due_at": made.due_at}
    desk = ("new", "user_wrote", "assigned", "unanswered", "red", "overdue", "undecided")
    of_mail = ("number_unsent", "mail_failed", "mail_waits")
    for_desk = (*desk, *of_mail, "escalation_asked", "file_failed")
    return [
        ("ticket.received, open", notice("ticket.received", **on, **due, open=True)),
        ("ticket.received, away", notice("ticket.received", **on, **due, open=False)),
        ("ticket.reopened", notice("ticket.reopened", **on, **due)),
        ("ticket.answered", notice("ticket.answered", **on, **said, files=files)),
        ("ticket.documents", notice("ticket.documents", **on, **said, clause="627-18")),
        ("ticket.called_back", notice("ticket.called_back", **on, **said)),
        ("ticket.not_reached", notice("ticket.not_reached", **on)),
        *(
            (
                f"ticket.closed, {result}",
                notice("ticket.closed", **on, **said, result=result, reopen_until=until),
            )
            for result in _RESULTS
        ),
        ("ticket.merged", notice("ticket.merged", **on, into=_OTHER)),
        ("ticket.promise_moved", notice("ticket.promise_moved", **on, **due, old=now)),
        ("ticket.file_lost", notice("ticket.file_lost", **on, name="1.pdf")),
        ("ticket.file_too_big", notice("ticket.file_too_big", **on, name="", clause="627-8")),
        ("support.muted", notice("support.muted", reason=answer, until=until)),
        ("support.unmuted", notice("support.unmuted")),
        *((f"ticket.{kind}", notice(f"ticket.{kind}", **on, **due)) for kind in for_desk),
        ("desk.morning", notice("desk.morning", count=12, **night)),
        ("desk.digest", notice("desk.digest", count=120, operators=3, **night)),
        ("desk.lost", notice("desk.lost", title="Desk 1", groups=1)),
        ("desk.lost, the last", notice("desk.lost", title="Desk 1", groups=0)),
        ("desk.digest, nobody", notice("desk.digest", count=120, operators=0, **night)),
    ]
