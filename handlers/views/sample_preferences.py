"""Made-up digests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.notices.views import NoticeView

Notice = Callable[..., NoticeView]


def of_preferences(notice: Notice, events: Sequence[NoticeView]) -> list[tuple[str, NoticeView]]:
    """Digests of a day: short, long, and with something that came too late."""
    listed = [
        {
            "number": 200 + place,
            "kind": each.kind,
            "subject": each.subject,
            "at": each.created_at,
            "params": each.params,
        }
        for place, each in enumerate(events)
    ]
    late = "2026-11-24T19:00:00Z"
    return [
        ("news.digest, one", notice("news.digest", count=1, left_out=0, events=listed[:1])),
        ("news.digest, some", notice("news.digest", count=3, left_out=1, events=listed[:3])),
        (
            "remind.dropped",
            notice(
                "remind.dropped", number=15, deadline="contract", award=31, at=late, due_at=late
            ),
        ),
        *(
            (
                f"remind.me, {kind}",
                notice("remind.me", number=15, deadline=kind, award=31, due_at=late),
            )
            for kind in ("selection", "confirmation", "contract")
        ),
        *(
            (
                f"{name}, {kind}",
                notice(name, number=7, deadline=kind, award=None, at=late, due_at=late),
            )
            for name in ("remind.me", "remind.dropped")
            for kind in ("ticket.promise", "ticket.decide", "incident.decide")
        ),
        ("news.digest, many", notice("news.digest", count=27, left_out=4, events=listed[:10])),
    ]
