"""Levels of faults: proposed, agreed, returned, and what each demands (366-24; 627-22)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from domain.deadlines import Deadline
from domain.errors import AccessDenied, Conflict
from domain.incidents.model import Incident
from domain.incidents.pending import watch_apply, watch_tonight
from domain.incidents.queries import (
    IN_EFFECT,
    incident_subject,
    lock_incident,
    regime_of,
    scope_of,
    touch,
)
from domain.incidents.rules import (
    TEXT_LIMIT,
    Interval,
    check_level,
    check_state,
    level_term,
)
from domain.incidents.telling import tell_staff, tell_users
from domain.incidents.timers import AGREE, ANNOUNCE, OWNER_REPORT, about, start, stop
from domain.law import Period
from domain.roles import Role
from domain.texts import clean_text, required_text
from domain.work import Work
from domain.working_time.model import calendar_for_reading

OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})
#: The state of a report to the owner that a refutation has ended: a later one begins by itself.
_REFUTED = "dropped"


async def set_level(work: Work, incident: Incident, level: str, note: str) -> None:
    """Set a level: it waits for the authorised body, or the owner is informed.

    A level that was agreed stays in force while another one waits (366, clause 24). Raises those
    of ``check_level``.
    """
    rules = regime_of(incident)
    calendar = await calendar_for_reading(work.session)
    interval = Interval(incident.began_at, incident.mended_at or work.now)
    check_level(rules, level, scope_of(incident), in_hours=interval.in_hours(calendar, rules.hours))
    incident.level_note = clean_text(note, "note", TEXT_LIMIT)
    incident.level_by = work.actor.person_id
    if rules.agreed and incident.level_state == "agreed":
        incident.proposed_level = level
    else:
        incident.level, incident.proposed_level = level, None
        incident.level_state = "proposed" if rules.agreed else "informed"
        await _duties(work, incident, level)
    if rules.agreed:
        await start(work, incident, AGREE, level_term(rules))
    else:
        await watch_apply(work, incident)
    await tell_staff(
        work,
        [Role.AUTHORITY],
        "incident.level_asked" if rules.agreed else "incident.informed",
        incident_subject(incident.number),
        **(about(incident) | {"level": level} | incident.facts.params("facts")),
        clause=rules.level_clause if rules.agreed else rules.level(level).effect_clause,
    )


async def propose_level(work: Work, number: int, level: str, note: str) -> int:
    """The use case ``Incidents.propose_level``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("confirmed",), number)
    before = incident.level if incident.level_state in IN_EFFECT else None
    if level == before:
        # The level in force needs no agreement: another one that waits is taken back.
        if incident.proposed_level is None:
            raise Conflict("level_in_force", regime_of(incident).level_clause, number=number)
        incident.proposed_level, incident.level_note = None, clean_text(note, "note", TEXT_LIMIT)
        await stop(work, incident, AGREE, "cancelled")
    else:
        await set_level(work, incident, level, note)
        await _tell_changed(work, incident, before)
    touch(
        work,
        incident,
        level=level,
        level_state=incident.level_state,
        proposed=incident.proposed_level,
    )
    return number


async def decide_level(work: Work, number: int, *, agreed: bool, note: str = "") -> int:
    """The authorised body agrees to the level, or returns it with its reason (366, 24).

    Only a person of it does: a token of the API, which may do what operators do, stands for
    nobody there. Nor does who has proposed the level. Raises AccessDenied ``people_only``,
    ``own_level``, Conflict ``level_not_proposed``.
    """
    if work.actor.kind != "person":
        raise AccessDenied("people_only", "366-24")
    incident = await lock_incident(work, number)
    rules = regime_of(incident)
    level = waiting_level(incident)
    if level is None or incident.state != "confirmed":
        raise Conflict(
            "level_not_proposed", rules.level_clause, number=number, state=incident.level_state
        )
    if incident.level_by is not None and incident.level_by == work.actor.person_id:
        raise AccessDenied("own_level", rules.level_clause, number=number)
    before = incident.level if incident.level_state == "agreed" else None
    incident.level_note = "" if agreed else required_text(note, "note", TEXT_LIMIT)
    if agreed:
        incident.level, incident.level_state = level, "agreed"
    elif before is None:
        incident.level_state = "returned"
    incident.proposed_level = None
    await stop(work, incident, AGREE)
    await tell_staff(
        work,
        OPERATORS,
        "incident.level_agreed" if agreed else "incident.level_returned",
        incident_subject(number),
        **(about(incident) | {"level": level, "note": incident.level_note}),
        clause=rules.level_clause,
    )
    if agreed:
        if before is not None:
            await _duties(work, incident, level)
        await _tell_changed(work, incident, before)
        await watch_apply(work, incident)
    await watch_tonight(work, incident)
    touch(work, incident, level=level, level_state="agreed" if agreed else "returned")
    return number


def waiting_level(incident: Incident) -> str | None:
    """The level that waits for the authorised body, if one does."""
    if incident.proposed_level is not None:
        return incident.proposed_level
    return incident.level if incident.level_state == "proposed" else None


async def _tell_changed(work: Work, incident: Incident, before: str | None) -> None:
    """Users who were told of another level are told again (627, clause 26.3)."""
    if before is None or incident.level == before or incident.level_state not in IN_EFFECT:
        return
    await tell_users(
        work,
        scope_of(incident),
        "incident.changed",
        incident_subject(incident.number),
        **about(incident),
        before=before,
    )


# What a level demands of the operators


async def _duties(work: Work, incident: Incident, level: str) -> None:
    """Begin what the level demands, end what it does not; what runs goes on as it began."""
    wanted = regime_of(incident).level(level)
    await _announced(work, incident, wanted.announced)
    await _report(work, incident, wanted.report)


async def _announced(work: Work, incident: Incident, period: Period | None) -> None:
    running = await _rows(work, incident, ANNOUNCE, running=True)
    if period is None:
        await stop(work, incident, ANNOUNCE, "cancelled")
    elif not running and incident.planned_mending_at is None and incident.mended_at is None:
        await start(work, incident, ANNOUNCE, period)


async def _report(work: Work, incident: Incident, period: Period | None) -> None:
    """The written report: its term runs from when it was first due, whatever came between.

    Given once it is done; a fault that is analysed again and confirmed does not put it off.
    """
    if period is None:
        await stop(work, incident, OWNER_REPORT, "cancelled")
        return
    rows = [
        row
        for row in await _rows(work, incident, OWNER_REPORT)
        if row.clause == period.clause and row.state != _REFUTED
    ]
    if any(row.state in ("done", "open", "fired") for row in rows):
        return
    since: datetime | None = min((row.started_at for row in rows), default=None)
    await start(work, incident, OWNER_REPORT, period, since)


async def drop_report(work: Work, incident: Incident) -> None:
    """The fault is refuted: no report is due, and a later one is counted anew."""
    await stop(work, incident, OWNER_REPORT, _REFUTED)
    for row in await _rows(work, incident, OWNER_REPORT):
        if row.state == "cancelled":
            row.state = _REFUTED
    await work.session.flush()


async def _rows(
    work: Work, incident: Incident, kind: str, *, running: bool = False
) -> list[Deadline]:
    subject = incident_subject(incident.number)
    kinds = (kind, f"overdue.{kind}") if running else (kind,)
    found = await work.session.scalars(
        select(Deadline)
        .where(Deadline.subject == subject, Deadline.kind.in_(kinds))
        .order_by(Deadline.id)
        .execution_options(populate_existing=True)
    )
    return [row for row in found if not running or row.state == "open"]
