"""What a fault or works do to deadlines, as things stand: read, never written, here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import WorkingCalendar
from domain.incidents.candidates import PROTOCOL, Ground, Planned, full_hour, running
from domain.incidents.model import IncidentEffect
from domain.incidents.undoing import over, protocols
from domain.incidents.views import EffectView
from domain.law import OFFER_WINDOW

#: What a finding that the fault did not influence a procedure spares it.
UNDONE = ("rerun", "cancelled", "annulled")
NOT_INFLUENCED = "not_influenced"

__all__ = [
    "NOT_INFLUENCED",
    "PROTOCOL",
    "UNDONE",
    "Ground",
    "Planned",
    "digest",
    "full_hour",
    "plan",
]


async def plan(
    session: AsyncSession, calendar: WorkingCalendar, ground: Ground, now: datetime
) -> list[Planned]:
    """Every effect on running deadlines, on those that ended within the fault, and protocols.

    What nothing can be done about is among them until it is on record.
    Sorted by order, kind and subject.
    """
    if ground.effect == "none":
        return []
    open_now = await running(session, calendar, ground, now)
    ended = await over(session, calendar, ground, now)
    left = await _left(session, ground.cause)
    # Of a procedure that is left as it is, terms that run are moved all the same.
    again = [each for each in ended if each.view.what == "rerun" and not left.holds(each)]
    rerun = {each.order_id for each in again}
    # What a procedure that is run again had brought about falls away with it.
    found = [each for each in open_now if each.order_id not in rerun]
    found += [
        each for each in ended if each.order_id not in rerun or each.view.kind == OFFER_WINDOW.name
    ]
    found += await protocols(session, ground, found)
    found = [each for each in found if not left.holds(each)]
    return sorted(found, key=lambda each: (each.order_id, each.view.kind, each.view.subject))


@dataclass(frozen=True)
class _Left:
    """What is on record as left as it is: told once, and not brought up again."""

    subjects: frozenset[str]
    spared: frozenset[int]

    def holds(self, planned: Planned) -> bool:
        view = planned.view
        if view.what == "kept":
            return view.subject in self.subjects
        return view.what in UNDONE and planned.order_id in self.spared


async def _left(session: AsyncSession, cause: str) -> _Left:
    rows = (
        await session.execute(
            select(IncidentEffect.subject, IncidentEffect.order_id, IncidentEffect.reason).where(
                IncidentEffect.cause == cause, IncidentEffect.what == "kept"
            )
        )
    ).all()
    return _Left(
        frozenset(subject for subject, _, _ in rows),
        frozenset(
            order for _, order, reason in rows if order is not None and reason == NOT_INFLUENCED
        ),
    )


def digest(effects: Iterable[EffectView]) -> str:
    """A short name of exactly these effects: an application must find the same."""
    rows = [
        [each.what, each.kind, each.subject, _iso(each.old), _iso(each.new)] for each in effects
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
