"""What an agreed level still waits for: that its effects are applied (366, 24 and 29.3; 627-25)."""

from __future__ import annotations

from datetime import time, timedelta

from domain.clock import astana
from domain.deadlines import Deadline, close, open_of, set_moment
from domain.firing import Deadlines
from domain.incidents.model import Incident
from domain.incidents.planning import Planned, plan
from domain.incidents.queries import (
    IN_EFFECT,
    ground_of,
    incident_subject,
    lock_incident,
    regime_of,
)
from domain.incidents.rules import apply_term
from domain.incidents.telling import tell_staff
from domain.incidents.timers import APPLY, about, number_of, start, stop
from domain.roles import Role
from domain.work import Work
from domain.working_time.model import calendar_for_reading, calendar_for_setting

TONIGHT = "incident.tonight"
#: Operators are still there, and a lasting fault moves terms at 20:00: two hours are left to act.
_WARNED = time(18)


def register_pending(deadlines: Deadlines) -> None:
    """Say who answers for the warning of the evening."""
    deadlines.on(TONIGHT, tonight)


async def outstanding(work: Work, incident: Incident) -> list[Planned]:
    """What the fault does to deadlines as things stand and nobody has applied yet.

    What is left as it is counts, too, until those concerned have been told.
    """
    calendar = await calendar_for_reading(work.session)
    return await plan(work.session, calendar, ground_of(incident, work.now), work.now)


async def waits_to_be_applied(work: Work, incident: Incident) -> bool:
    """Whether somebody must apply: a lasting fault once, a mended one until nothing is left."""
    if incident.state != "confirmed" or incident.level is None:
        return False
    if incident.level_state not in IN_EFFECT:
        return False
    if regime_of(incident).level(incident.level).effect == "none":
        return False
    if incident.mended_at is None:
        return incident.applied_at is None
    return bool(await outstanding(work, incident))


async def watch_apply(work: Work, incident: Incident, *, left: bool | None = None) -> None:
    """Begin the term within which effects are applied, or end it when nothing is left.

    ``left``: whether an application of this very act has left anything, where there was one.
    """
    if left is None or incident.mended_at is None:
        left = await waits_to_be_applied(work, incident)
    if not left:
        await stop(work, incident, APPLY)
        return
    if await _runs(work, incident):
        return
    rules = regime_of(incident)
    await start(work, incident, APPLY, apply_term(rules, incident.level or ""))


async def _runs(work: Work, incident: Incident) -> bool:
    """Whether somebody must apply by now or soon: what ``watch_apply`` has found last."""
    subject = incident_subject(incident.number)
    for kind in (APPLY, f"overdue.{APPLY}"):
        if await open_of(work.session, subject, kind) is not None:
            return True
    return False


async def watch_tonight(work: Work, incident: Incident) -> None:
    """Look each evening whether windows end within the fault that nobody has moved.

    A fault of the late evening is looked at in the very act.
    """
    subject = incident_subject(incident.number)
    await close(work, subject, (TONIGHT,), "cancelled")
    if not await _may_be_late(work, incident):
        return
    calendar = await calendar_for_setting(work.session)
    day = astana(work.now).date()
    evening = calendar.at(day, _WARNED)
    if evening <= work.now:
        await _warn(work, incident)
        evening = calendar.at(day + timedelta(days=1), _WARNED)
    await set_moment(work, TONIGHT, subject, evening)


async def _may_be_late(work: Work, incident: Incident) -> bool:
    if incident.state != "confirmed" or incident.level is None:
        return False
    if incident.level_state not in IN_EFFECT:
        return regime_of(incident).level(incident.level).effect != "none"
    # Thousands of deadlines are looked through once in an act.
    return await _runs(work, incident)


async def tonight(work: Work, deadline: Deadline) -> None:
    """18:00 has come: warn of what ends today and is not moved, and look again tomorrow."""
    incident = await lock_incident(work, number_of(deadline))
    work.record(deadline.subject, state=incident.state, level_state=incident.level_state)
    await watch_tonight(work, incident)


async def _warn(work: Work, incident: Incident) -> None:
    calendar = await calendar_for_reading(work.session)
    midnight = calendar.end_of(astana(work.now).date())
    ends = [
        each.view.old
        for each in await outstanding(work, incident)
        if each.view.what == "moved"
        and each.view.old is not None
        and work.now < each.view.old <= midnight
    ]
    if not ends:
        return
    unagreed = incident.level_state not in IN_EFFECT
    rules = regime_of(incident)
    await tell_staff(
        work,
        {Role.SUPPORT, Role.ADMIN} | ({Role.AUTHORITY} if unagreed else set()),
        "incident.tonight",
        incident_subject(incident.number),
        **about(incident),
        count=len(ends),
        due_at=min(ends),
        waits="level" if unagreed else "apply",
        clause=rules.level(incident.level or "").effect_clause,
    )
