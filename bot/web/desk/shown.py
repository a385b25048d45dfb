"""What the page is told of tickets: plain values, names in the reader's language.

Instants go as ISO in UTC, for the timers, and beside it as people read them, in Astana.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator

from bot.web.desk import texts
from bot.web.desk.tree import tree
from domain.clock import ASTANA, astana
from domain.support.reading import RED_BEFORE, UNANSWERED
from domain.support.views import (
    CannedView,
    Digest,
    FileView,
    MessageView,
    MuteView,
    ShiftView,
    TicketLine,
    TicketPage,
    TicketView,
)
from handlers.views import format as fmt
from handlers.views.desk import company_of
from handlers.views.desk_late import late_minutes
from handlers.views.desk_mail import mail_line
from handlers.views.desk_terms import (
    CHANNELS,
    LANGUAGES,
    PRIORITIES,
    RESULTS,
    TICKET_STATES,
    named,
    role_name,
)
from handlers.views.support_words import FILE_KINDS
from handlers.views.translator import Html, Translator, plain

Json = dict[str, object]


# Signs that turn the direction of what follows: with them a program looks like a picture.
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))


def _in_astana(value: datetime) -> datetime:
    at = value.replace(tzinfo=ASTANA) if value.tzinfo is None else value
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such moment") from None


def file_name(given: FileView) -> str:
    """The name of a file as it is read: what stands last is its end."""
    return given.name.translate(_TURNS)


#: A moment as a form gives it: without an offset it is the time of Astana.
AstanaTime = Annotated[datetime, AfterValidator(_in_astana)]

PLAYED = frozenset({"voice", "audio", "call", "video_note"})


def line(t: Translator, given: TicketLine, me: int | None) -> Json:
    """A ticket of a list."""
    return {
        "number": given.number,
        "subject": given.subject or plain(named(t, CHANNELS, given.channel)),
        "name": given.name,
        "company": company_of(t, given),
        "channel": given.channel,
        "channel_text": plain(named(t, CHANNELS, given.channel)),
        "state": given.state,
        "state_text": plain(named(t, TICKET_STATES, given.state)),
        "priority": given.priority,
        "priority_text": plain(named(t, PRIORITIES, given.priority)),
        "language": given.language,
        "language_text": plain(named(t, LANGUAGES, given.language)),
        "regime": given.regime,
        "order": given.order_number,
        "unanswered": given.state in UNANSWERED,
        "promised_at": given.promised_at.isoformat(),
        "red_at": (given.promised_at - RED_BEFORE).isoformat(),
        "late_minutes": late_minutes(given),
        "promised_text": plain(fmt.deadline(t, given.promised_at)),
        "opened_text": plain(fmt.moment(t, given.opened_at)),
        "assignee": given.assignee,
        "mine": given.assignee_id is not None and given.assignee_id == me,
        "escalation": given.escalation,
        "voices": given.voices,
        "files_missing": given.files_missing,
    }


def queue(t: Translator, page: TicketPage, digest: Digest, me: int | None) -> Json:
    """A page of the queue, with how the desk stands."""
    return {
        "tickets": [line(t, each, me) for each in page.tickets],
        "page": page.page,
        "pages": page.pages,
        "total": page.total,
        "counts": {
            "unanswered": digest.unanswered,
            "voices": digest.voices,
            "unassigned": digest.unassigned,
            "red": digest.red,
            "overdue": digest.overdue,
        },
        "on_shift": any(each.person_id == me for each in digest.operators),
    }


def operators(t: Translator, shifts: Sequence[ShiftView]) -> list[Json]:
    """Those on shift, the one whose turn is next first."""
    return [
        {
            "id": each.person_id,
            "name": each.name,
            "in_hand": each.in_hand,
            "since": plain(fmt.moment(t, each.began_at)),
            "seen": plain(fmt.moment(t, each.seen_at)) if each.seen_at else "",
        }
        for each in shifts
    ]


def canned(answers: Sequence[CannedView]) -> list[Json]:
    """The ready answers, without their formatting: an operator may change them before sending."""
    return [
        {
            "id": each.id,
            "title": each.title,
            "kk": plain(Html(each.text_kk)),
            "ru": plain(Html(each.text_ru)),
        }
        for each in answers
    ]


def mute(t: Translator, given: MuteView) -> Json:
    """Somebody who may not write now."""
    return {
        "person": given.person_id,
        "name": given.name,
        "reason": given.reason,
        "until_text": plain(fmt.moment(t, given.until)),
    }


def ticket(
    t: Translator, view: TicketView, me: int | None, muted: MuteView | None, *, lead: bool
) -> Json:
    """A ticket with all that was said in it; ``muted`` when its user may not write now.

    ``lead``: whether the reader may also give back what another holds, and settle disputes.
    """
    held = view.line.assignee_id
    return {
        **line(t, view.line, me),
        "revision": view.line.revision,
        "role": plain(role_name(t, view.role)),
        "address": " · ".join(filter(None, (view.address, plain(mail_line(t, view.mail))))),
        "registered_text": plain(fmt.moment(t, view.registered_at)),
        "clause": plain(fmt.clause(t, view.promise_clause)) if view.promise_clause else "",
        "result_text": plain(named(t, RESULTS, view.result)) if view.result else "",
        "merged_into": view.merged_into,
        "incident": view.incident,
        "rating": view.rating,
        "rating_text": view.rating_text,
        "disputed": view.disputed,
        "may_settle": lead,
        "may_release": held is not None and (lead or held == me),
        "may_mute": view.line.person_id is not None,
        "muted": mute(t, muted) if muted else None,
        "seen": max((each.position for each in view.messages), default=0),
        "messages": [
            message(t, view.number, each)
            | {
                "own": each.author == "system" or each.person_id == me,
                "editable": _editable(view, each, me),
            }
            for each in view.messages
        ],
    }


def _editable(view: TicketView, given: MessageView, me: int | None) -> bool:
    """Whether the reader may say it in other words: a letter that has gone stays as it is."""
    own = given.person_id == me and bool(given.text)
    goes_out = given.author == "operator" and view.line.person_id is not None
    return own and (goes_out or given.author == "note")


def message(t: Translator, number: int, given: MessageView) -> Json:
    """One thing said, or what the system says happened."""
    system = given.author == "system"
    body = [plain(texts.event(t, given))] if system else tree(given.text)
    kind = texts.SAID.get("note" if given.author == "note" else given.kind)
    return {
        "id": given.id,
        "position": given.position,
        "author": given.author,
        "name": given.name,
        "at": given.at.isoformat(),
        "day": plain(fmt.day(t, astana(given.at).date())),
        "time": plain(fmt.clock(t, given.at)),
        "kind_text": plain(t(kind)) if kind is not None and not system else "",
        "edited": given.edited_at is not None,
        "body": body,
        "files": [file(t, number, each) for each in given.files],
    }


def file(t: Translator, number: int, given: FileView) -> Json:
    """A file with where its bytes are; no address where there are none."""
    known = FILE_KINDS.get(given.kind)
    state = texts.FILE_STATES.get(given.state)
    stored = given.state == "stored"
    return {
        "id": given.id,
        "kind": given.kind,
        "kind_text": plain(t(known)) if known else given.kind,
        "name": file_name(given),
        "size_text": _size(t, given.size),
        "duration": given.duration,
        "state": given.state,
        "state_text": plain(t(state)) if state else "",
        "played": given.kind in PLAYED,
        "video": given.kind == "video_note",
        "picture": given.kind == "photo",
        "url": f"/desk/api/tickets/{number}/files/{given.id}" if stored else None,
        "transcript": given.transcript or "",
    }


def _size(t: Translator, size: int) -> str:
    if size <= 0:
        return ""
    if size < 1024 * 1024:
        return plain(t("{size} KB", size=max(1, round(size / 1024))))
    return plain(t("{size} MB", size=fmt.number(t, round(size / 1024 / 1024))))
