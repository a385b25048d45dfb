"""Confirming and refuting faults, and their levels (366, clauses 24-29; 627, clauses 19-26)."""

from __future__ import annotations

from datetime import date, datetime

from domain.clock import as_utc
from domain.deadlines import close
from domain.errors import Conflict, RuleBroken
from domain.incidents.acts import take_act
from domain.incidents.applying import apply_effects, summed
from domain.incidents.arrival import tickets_decided
from domain.incidents.keeping import hold_again
from domain.incidents.levels import drop_report, set_level
from domain.incidents.model import Incident
from domain.incidents.pending import TONIGHT, outstanding, watch_apply, watch_tonight
from domain.incidents.queries import (
    IN_EFFECT,
    check_orders,
    ground_of,
    incident_subject,
    lock_incident,
    regime_of,
    scope_json,
    scope_of,
    touch,
)
from domain.incidents.refuting import hold_requests, stop_telling, tell_refuted
from domain.incidents.rules import (
    TEXT_LIMIT,
    TITLE_LIMIT,
    check_interval,
    check_scope,
    check_state,
)
from domain.incidents.said import Said, required
from domain.incidents.status import moved_orders, ranges_of
from domain.incidents.telling import tell_reporters, tell_users
from domain.incidents.timers import (
    AGREE,
    ANNOUNCE,
    APPLY,
    DECIDE,
    EXTEND,
    about,
    start,
    stop,
    watch_lasting,
)
from domain.incidents.views import Applied, Scope
from domain.work import Work

#: Ranges of order numbers that one message holds; the page of the status names all.
_RANGES_NAMED = 100


async def confirm_incident(
    work: Work,
    number: int,
    facts: str | Said,
    began_at: datetime,
    scope: Scope,
    level: str,
    *,
    mended_at: datetime | None,
    planned_mending_at: datetime | None,
    title: str | Said | None,
) -> int:
    """The use case ``Incidents.confirm``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("analysing",), number)
    check_interval(began_at, mended_at, work.now)
    planned = as_utc(planned_mending_at) if planned_mending_at is not None else None
    if planned is not None and mended_at is None and planned <= work.now:
        raise RuleBroken("planned_past", None)
    reach = check_scope(scope)
    await check_orders(work.session, reach)
    incident.facts = required(facts, "facts", TEXT_LIMIT)
    if title is not None:
        incident.title = required(title, "title", TITLE_LIMIT)
    incident.state = "confirmed"
    incident.decided_at = work.now
    incident.began_at = as_utc(began_at)
    incident.mended_at = as_utc(mended_at) if mended_at is not None else None
    incident.planned_mending_at = planned
    incident.scope, incident.scope_of = reach.kind, scope_json(reach)
    await stop(work, incident, DECIDE)
    await tickets_decided(work, incident)
    await set_level(work, incident, level, "")
    await _tell_began(work, incident)
    await watch_lasting(work, incident)
    await watch_tonight(work, incident)
    touch(work, incident, state="confirmed", level=level, scope=scope_json(reach), mended=mended_at)
    return number


async def _tell_began(work: Work, incident: Incident) -> None:
    """Users touched learn that it began (366, 29.2; 627, 26.3); of a low one who reported it.

    What must be said of a high one is its level and when it will be mended: while nobody knows,
    the term of the announcement runs on.
    """
    subject = incident_subject(incident.number)
    said = about(incident) | incident.facts.params("facts")
    await tell_reporters(work, incident.id, "incident.confirmed", subject, **said)
    if incident.level == "low":
        return
    await tell_users(work, scope_of(incident), "incident.began", subject, **said)
    if incident.planned_mending_at is not None or incident.mended_at is not None:
        await stop(work, incident, ANNOUNCE)


async def refute_incident(work: Work, number: int, facts: str | Said) -> int:
    """The use case ``Incidents.refute``."""
    await hold_requests(work, number)
    incident = await lock_incident(work, number)
    check_state(incident.state, ("analysing",), number)
    incident.facts = required(facts, "facts", TEXT_LIMIT)
    incident.state = "refuted"
    incident.decided_at = work.now
    # One confirmed before and analysed again is no fault of any level now.
    incident.level, incident.level_state, incident.level_note = None, "none", ""
    incident.proposed_level = None
    await drop_report(work, incident)
    await stop(work, incident, DECIDE)
    await tickets_decided(work, incident)
    told = await tell_refuted(work, incident)
    touch(work, incident, state="refuted", told=told)
    return number


async def apply_incident(
    work: Work,
    number: int,
    expected: str | None,
    act_number: str = "",
    act_date: date | None = None,
) -> Applied:
    """The use case ``Incidents.apply``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("confirmed",), number)
    if incident.level_state not in IN_EFFECT:
        raise Conflict(
            "level_not_agreed",
            regime_of(incident).level_clause,
            number=number,
            state=incident.level_state,
        )
    if act_number or act_date is not None:
        take_act(work, incident, act_number, act_date)
    ground = ground_of(incident, work.now)
    counts, round_, told = await apply_effects(work, ground, expected, about(incident))
    incident.applied_at = work.now
    await watch_lasting(work, incident)
    await watch_apply(work, incident, left=counts["waiting"] > 0)
    touch(work, incident, state=incident.state, act=incident.act_number or None)
    return summed(number, counts, round_, told)


async def plan_again(work: Work, number: int, planned_mending_at: datetime) -> int:
    """The use case ``Incidents.plan_mending``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("confirmed",), number)
    planned = as_utc(planned_mending_at)
    if incident.mended_at is not None:
        raise Conflict("incident_mended", None, number=number)
    if planned <= work.now:
        raise RuleBroken("planned_past", None)
    incident.planned_mending_at = planned
    await stop(work, incident, ANNOUNCE)
    await tell_users(
        work,
        scope_of(incident),
        "incident.planned",
        incident_subject(number),
        **about(incident),
    )
    touch(work, incident, planned=planned)
    return number


async def mend_incident(
    work: Work, number: int, mended_at: datetime, measures: str | Said
) -> Applied:
    """The use case ``Incidents.mend``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("confirmed",), number)
    check_interval(incident.began_at, mended_at, work.now)
    incident.mended_at = as_utc(mended_at)
    incident.measures = required(measures, "measures", TEXT_LIMIT)
    await stop(work, incident, ANNOUNCE)
    await watch_lasting(work, incident)
    left: bool | None = None
    applied = Applied(number, 0)
    if incident.applied_at is not None and incident.level_state in IN_EFFECT:
        ground = ground_of(incident, work.now)
        counts, round_, told = await apply_effects(work, ground, None, about(incident))
        applied = summed(number, counts, round_, told)
        incident.applied_at = work.now
        left = counts["waiting"] > 0
    await watch_apply(work, incident, left=left)
    await watch_tonight(work, incident)
    await _tell_mended(work, incident)
    touch(work, incident, mended=incident.mended_at)
    return applied


async def _tell_mended(work: Work, incident: Incident) -> None:
    """Users learn that it is mended, with the numbers of the orders moved (366, 29.2; 627, 26.12).

    A low fault concerns who reported it (627, 24).
    """
    subject = incident_subject(incident.number)
    orders = (await moved_orders(work.session, [subject])).get(subject, [])
    ranges = ranges_of(orders)
    said = about(incident) | {
        **incident.measures.params("measures"),
        "orders": [list(each) for each in ranges[:_RANGES_NAMED]],
        "more": sum(last - first + 1 for first, last in ranges[_RANGES_NAMED:]),
    }
    if incident.level == "low":
        await tell_reporters(work, incident.id, "incident.mended", subject, **said)
    else:
        await tell_users(work, scope_of(incident), "incident.mended", subject, **said)
        # Somebody who reported it may be no party to the orders it touches.
        await tell_reporters(work, incident.id, "incident.mended", subject, **said)


async def reopen_incident(work: Work, number: int, reason: str | Said) -> int:
    """The use case ``Incidents.reopen``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("refuted", "closed", "confirmed"), number)
    if incident.joined_into is not None:
        raise Conflict("incident_joined", None, number=number, into=incident.joined_into)
    stated = required(reason, "reason", TEXT_LIMIT)
    rules = regime_of(incident)
    await stop_telling(work, incident, "cancelled")
    for kind in (AGREE, ANNOUNCE, APPLY):
        await stop(work, incident, kind, "cancelled")
    await close(work, incident_subject(number), (EXTEND, TONIGHT), "cancelled")
    incident.proposed_level = None
    before = incident.state
    incident.state = "analysing"
    incident.level_state = "none"
    incident.closed_at = incident.decided_at = None
    await start(work, incident, DECIDE, rules.decision)
    held = await hold_again(work, incident)
    await tell_reporters(
        work,
        incident.id,
        "incident.reopened",
        incident_subject(number),
        **about(incident),
        **stated.params("reason"),
    )
    touch(work, incident, state="analysing", before=before, reason=stated.any, held=len(held))
    return number


async def close_incident(work: Work, number: int) -> int:
    """The use case ``Incidents.close``."""
    incident = await lock_incident(work, number)
    check_state(incident.state, ("confirmed", "refuted"), number)
    if incident.state == "confirmed" and incident.mended_at is None:
        raise Conflict("incident_not_mended", "366-29.1", number=number)
    if incident.state == "confirmed":
        await _check_done(work, incident)
    incident.state = "closed"
    incident.closed_at = work.now
    await close(work, incident_subject(number), (TONIGHT,), "cancelled")
    touch(work, incident, state="closed")
    return number


async def _check_done(work: Work, incident: Incident) -> None:
    """The level has taken effect, and so has everything it does to deadlines (366, 24 and 29)."""
    rules = regime_of(incident)
    if incident.level_state not in IN_EFFECT or incident.proposed_level is not None:
        raise Conflict(
            "level_not_agreed",
            rules.level_clause,
            number=incident.number,
            state=incident.level_state,
        )
    left = await outstanding(work, incident)
    if left:
        raise Conflict(
            "effects_not_applied",
            rules.level(incident.level or "").effect_clause,
            number=incident.number,
            count=len(left),
        )
