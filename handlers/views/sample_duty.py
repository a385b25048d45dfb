"""Made-up notices of chains and of duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from domain.notices.views import NoticeView

Notice = Callable[..., NoticeView]


def of_duty(
    notice: Notice, order: int, names: dict[str, str], person: str, now: datetime
) -> list[tuple[str, NoticeView]]:
    """Every kind, in all its forms; ``names``: the company that has to act."""
    about = {"number": order, "award": 31, "role": "supplier", **names}
    # A term of law ends with a day of Astana.
    term = {"due_at": datetime(2026, 11, 25, 19, tzinfo=UTC), "clause": "344-13.7a"}
    found = [
        (
            f"escalation.silent, {category}, {side}",
            notice("escalation.silent", **about, **term, category=category, side=side),
        )
        for category in ("confirmation", "selection", "contract", "offer_window")
        for side in (("other", "admin") if category in ("confirmation", "contract") else ("admin",))
    ]
    nobody = notice(
        "escalation.silent", **about, **term, category="confirmation", side="other", told=False
    )
    found.append(("escalation.silent, confirmation, other, nobody to be told", nobody))
    done: tuple[dict[str, object], ...] = (
        {"side": "own", "how": "acted", "by": person},
        {"side": "own", "how": "acked", "by": person},
        {"side": "own", "how": "acted", "by": ""},
        {"side": "own", "how": "acked", "by": ""},
        {"side": "other", "how": "acted", "by": ""},
    )
    found += [
        (
            f"escalation.done, {each['side']}, {each['how']}, {each['by'] or 'nobody named'}",
            notice("escalation.done", **about, category="confirmation", **each),
        )
        for each in done
    ]
    selected = {"number": order, "award": 31, "awards": 1, "due_at": term["due_at"]}
    found.append(
        (
            "award.selected, by a chain",
            notice("award.selected", **selected, clause=term["clause"], turn="confirmation"),
        )
    )
    days = {"first": now.date(), "last": now.date() + timedelta(days=6)}
    return [
        *found,
        ("escalation.done, request", notice("escalation.done", ticket=7, category="ticket")),
        ("escalation.done, incident", notice("escalation.done", incident=3, category="incident")),
        ("duty.given, hand-over", notice("duty.given", **days, why="hand_over", instead_of="")),
        ("duty.given, deputy", notice("duty.given", **days, why="deputy", instead_of=person)),
    ]
