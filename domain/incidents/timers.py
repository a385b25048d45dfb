"""The terms of an incident itself, and what happens when one of them is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType

from domain.clock import astana
from domain.deadlines import Deadline, close, open_of, set_moment, set_period
from domain.escalations import running
from domain.escalations.chains import INCIDENT
from domain.escalations.model import Escalation, EscalationWake
from domain.escalations.rules import TELEGRAM, Hand, Present, Rung, Who
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
from domain.incidents.telling import staff, tell_moved, tell_staff
from domain.law import Period
from domain.notices.writing import tell
from domain.people.queries import active_admins
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
    running.BELLS[INCIDENT.category] = IncidentBell()
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
    how = "acted" if state == "done" else "over"
    await running.stop(work, term_of(incident.number, kind), how)
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
    await _climb(work, incident, kind, deadline)


def term_of(number: int, kind: str) -> str:
    """How the chain of a term of an incident is named."""
    return f"{incident_subject(number)}#{kind}"


async def _climb(work: Work, incident: Incident, kind: str, deadline: Deadline) -> None:
    """Whoever a term concerns was reminded: without an act the administrators are woken.

    That a term is over they all hear each day (``overdue``), whatever the chain has said.
    """
    ring = running.Ring(
        category=INCIDENT.category,
        subject=term_of(incident.number, kind),
        notice="incident.reminder",
        notice_subject=incident_subject(incident.number),
        term=(kind, incident_subject(incident.number)),
        first=tuple(await staff(work.session, CONCERNED[kind])),
        since=deadline.started_at,
        about={
            "incident": incident.number,
            **incident.title.params("title"),
            "term": kind,
            "clause": deadline.clause,
        },
    )
    await running.begin(work, ring)


class IncidentBell:
    """Wakes the administrators for a term of an incident that nobody has seen to."""

    async def hold(self, work: Work, chain: Escalation) -> bool:
        """The incident, held; whether its term still runs the chain looks at itself."""
        await lock_incident(work, int(str(chain.about["incident"])))
        return True

    async def there(self, work: Work, chain: Escalation) -> Present:
        """Those concerned, and the administrators."""
        concerned = await staff(work.session, CONCERNED[chain.term_kind])
        return {
            Who.KEEPER: [(person, TELEGRAM) for person in concerned],
            Who.ADMIN: [(person, TELEGRAM) for person in await active_admins(work.session)],
        }

    async def ring(
        self, work: Work, chain: Escalation, rung: Rung, there: Present
    ) -> dict[Hand, str]:
        """Remind those who were not reminded yet."""
        term = await open_of(work.session, chain.term_subject, chain.term_kind)
        people = [person for person, _ in rung.hands]
        about = {**chain.about, "number": chain.about["incident"]}
        if term is not None:
            about["due_at"] = term.due_at
        roles = {*CONCERNED[chain.term_kind], Role.ADMIN}
        await tell(work, people, chain.notice, chain.notice_subject, about=about, as_roles=roles)
        return dict.fromkeys(rung.hands, running.OWN)

    async def done(self, work: Work, chain: Escalation, woken: Sequence[EscalationWake]) -> None:
        """Somebody has seen to it."""
        people = {each.person_id for each in woken} - {work.actor.person_id}
        about = {
            **chain.about,
            "category": chain.category,
            "side": running.OWN,
            "how": chain.state,
        }
        await tell(
            work,
            {*people} & {*await active_admins(work.session)},
            "escalation.done",
            chain.notice_subject,
            about=about,
            as_roles=(Role.ADMIN,),
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
