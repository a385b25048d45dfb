"""The terms of an incident itself, and what happens when one of them is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType

from domain.clock import astana
from domain.deadlines import Deadline, close, set_moment, set_period
from domain.firing import Deadlines
from domain.incidents.applying import apply_effects
from domain.incidents.holding import hold, windows_at_stake
from domain.incidents.model import Incident
from domain.incidents.queries import (
    IN_EFFECT,
    ground_of,
    incident_subject,
    lock_incident,
    regime_of,
    scope_of,
)
from domain.incidents.telling import tell_moved, tell_staff
from domain.law import Period
from domain.roles import Role
from domain.work import Work
from domain.working_time.model import calendar_for_reading, calendar_for_setting

DECIDE = "incident.decide"
AGREE = "incident.agree"
REFUTATION = "incident.refutation"
ANNOUNCE = "incident.announce"
OWNER_REPORT = "incident.owner_report"
APPLY = "incident.apply"
EXTEND = "incident.extend"
TIMERS = (DECIDE, AGREE, REFUTATION, ANNOUNCE, OWNER_REPORT, APPLY)

#: Whom a term of an incident concerns, besides the administrators who hear of it when overdue.
CONCERNED: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        DECIDE: frozenset({Role.SUPPORT}),
        AGREE: frozenset({Role.AUTHORITY}),
        REFUTATION: frozenset({Role.SUPPORT}),
        ANNOUNCE: frozenset({Role.SUPPORT}),
        OWNER_REPORT: frozenset({Role.SUPPORT}),
        APPLY: frozenset({Role.SUPPORT}),
    }
)

# Terms end at midnight: what a lasting fault touches that day is moved in the evening before.
_EVENING = time(20)


def register_timers(deadlines: Deadlines) -> None:
    """Say who answers for each term of an incident."""
    for kind in TIMERS:
        deadlines.on(kind, overdue)
        deadlines.on(f"overdue.{kind}", overdue)
        deadlines.on(f"remind.{kind}", remind)
    deadlines.on(EXTEND, extend)


async def start(
    work: Work,
    incident: Incident,
    kind: str,
    period: Period | None,
    since: datetime | None = None,
) -> None:
    """Start a term of the incident where the regime has one; a running one begins anew.

    ``since``: the event from which it runs, where that lies before this act.
    """
    if period is None:
        return
    subject = incident_subject(incident.number)
    await stop(work, incident, kind, "cancelled")
    await set_period(
        work, period, subject, order_id=None, kind=kind, since=since, number=incident.number
    )


async def stop(work: Work, incident: Incident, kind: str, state: str = "done") -> bool:
    """End a term of the incident and its escalation; whether one was running."""
    subject = incident_subject(incident.number)
    return await close(work, subject, (kind, f"overdue.{kind}"), state)


def number_of(deadline: Deadline) -> int:
    """The number of the incident that a deadline is about."""
    return int(deadline.subject.split("#")[0].removeprefix("incident:"))


async def overdue(work: Work, deadline: Deadline) -> None:
    """Nobody has acted in time: those concerned and the administrators hear of it each day."""
    kind = deadline.kind.removeprefix("overdue.")
    incident = await lock_incident(work, number_of(deadline))
    waiting = kind == DECIDE and incident.state == "analysing"
    calendar = await calendar_for_reading(work.session)
    today = astana(work.now - timedelta.resolution).date()
    again = calendar.end_of(calendar.next_working_day(today))
    held = []
    if waiting and incident.stake:
        held = await windows_at_stake(work, incident.stake, deadline.due_at, again, at_once=True)
    work.record(deadline.subject, overdue=kind)
    await tell_staff(
        work,
        CONCERNED[kind] | {Role.ADMIN},
        "incident.overdue",
        deadline.subject,
        number=incident.number,
        **incident.title.params("title"),
        term=kind,
        due_at=str(deadline.params.get("due_at") or deadline.due_at.isoformat()),
        clause=deadline.clause,
    )
    params = {"due_at": str(deadline.params.get("due_at") or deadline.due_at.isoformat())}
    calendar = await calendar_for_setting(work.session)
    if waiting:
        # Windows that end before the next round wait for it. Those that end with it are asked
        # once more when they would close: which of two rows comes first at one instant is chance.
        await set_moment(work, f"overdue.{kind}", deadline.subject, again, params=params)
        clause = regime_of(incident).hold_clause or ""
        longer = await hold(work, held, deadline.subject, clause, again)
        await tell_moved(
            work, "incident.moved", longer, deadline.subject, held=True, **about(incident)
        )
        return
    tonight = calendar.end_of(astana(work.now).date())
    again = calendar.next_morning(tonight)
    await set_moment(work, f"overdue.{kind}", deadline.subject, again, params=params)


async def remind(work: Work, deadline: Deadline) -> None:
    """A term of an incident ends soon: those concerned are reminded."""
    kind = deadline.kind.removeprefix("remind.")
    incident = await lock_incident(work, number_of(deadline))
    work.record(incident_subject(incident.number), reminded=kind)
    await tell_staff(
        work,
        CONCERNED[kind],
        "incident.reminder",
        incident_subject(incident.number),
        number=incident.number,
        **incident.title.params("title"),
        term=kind,
        due_at=str(deadline.params["due_at"]),
        clause=deadline.clause,
    )


async def watch_lasting(work: Work, incident: Incident) -> None:
    """While a fault lasts, its effects are brought up to the day each evening."""
    subject = incident_subject(incident.number)
    if incident.mended_at is not None or incident.state != "confirmed":
        await close(work, subject, (EXTEND,), "cancelled")
        return
    calendar = await calendar_for_setting(work.session)
    day = astana(work.now).date()
    evening = calendar.at(day, _EVENING)
    if evening <= work.now:
        evening = calendar.at(day + timedelta(days=1), _EVENING)
    await set_moment(work, EXTEND, subject, evening)


async def extend(work: Work, deadline: Deadline) -> None:
    """The fault goes on: deadlines that end today are moved, too."""
    incident = await lock_incident(work, number_of(deadline))
    work.record(deadline.subject, state=incident.state)
    if incident.mended_at is None and incident.state == "confirmed":
        if incident.applied_at is not None and incident.level_state in IN_EFFECT:
            await apply_effects(work, ground_of(incident, work.now), None, about(incident))
        await watch_lasting(work, incident)


def about(incident: Incident) -> dict[str, object]:
    """What notices say of an incident."""
    scope = scope_of(incident)
    return {
        "number": incident.number,
        **incident.title.params("title"),
        "began_at": incident.began_at,
        "mended_at": incident.mended_at,
        "planned_at": incident.planned_mending_at,
        "level": incident.level if incident.level_state in IN_EFFECT else None,
        "modules": list(scope.modules),
        "regime": incident.regime,
        "act_number": incident.act_number,
        "act_date": incident.act_date,
    }
