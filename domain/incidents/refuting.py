"""Telling of a refutation, and whether word of it arrived (366, clause 28; 627, clause 21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from domain.deadlines import Deadline, close, open_of, set_moment
from domain.firing import Deadlines
from domain.incidents.model import Incident, IncidentReport
from domain.incidents.queries import incident_subject, lock_incident, regime_of
from domain.incidents.telling import tell_reporters, tell_staff
from domain.incidents.timers import REFUTATION, about, number_of, start, stop
from domain.notices.model import Notice
from domain.roles import Role
from domain.support import clocks, writing
from domain.support.mail_rows import OutgoingMail, is_mail, post
from domain.support.model import Ticket
from domain.support.reading import NOT_CLOSED
from domain.support.texts import escaped
from domain.work import Work

CHECK = "incident.refutation_check"
_LETTER = "ticket.refuted"
#: What has just been written is soon sent; who has stopped the bot may come back any time.
_SOON, _LATER = timedelta(minutes=2), timedelta(hours=1)
_ON_THE_WAY = ("queued", "sending")


def register_refuting(deadlines: Deadlines) -> None:
    """Say who looks whether word has arrived."""
    deadlines.on(CHECK, check_told)


async def hold_requests(work: Work, number: int) -> None:
    """Lock the requests in which a fault was reported: acts on them go from there to the fault."""
    reported = (
        select(IncidentReport.ticket_id)
        .join(Incident, Incident.id == IncidentReport.incident_id)
        .where(Incident.number == number)
    )
    await work.session.execute(
        select(Ticket.id)
        .where(Ticket.id.in_(reported))
        .order_by(Ticket.id)
        .with_for_update(key_share=True)
    )


async def tell_refuted(work: Work, incident: Incident) -> int:
    """Tell everybody who reported it, each on the way they came; how many have an account.

    The term ends when word of it has arrived with all of them, or an operator says so.
    """
    rules = regime_of(incident)
    await start(work, incident, REFUTATION, rules.refutation)
    clause = rules.refutation.clause if rules.refutation is not None else "366-28"
    told = await tell_reporters(
        work,
        incident.id,
        "incident.refuted",
        incident_subject(incident.number),
        **(about(incident) | incident.facts.params("facts")),
        clause=clause,
    )
    for ticket in await _requests(work, incident):
        if is_mail(ticket.address):
            await _write(work, incident, ticket, clause)
    if (await _reached(work, incident)).everybody:
        await stop(work, incident, REFUTATION)
    else:
        await set_moment(work, CHECK, incident_subject(incident.number), work.now + _SOON)
    return told


async def _requests(work: Work, incident: Incident) -> Sequence[Ticket]:
    found = await work.session.scalars(
        select(Ticket)
        .where(
            Ticket.id.in_(
                select(IncidentReport.ticket_id).where(IncidentReport.incident_id == incident.id)
            )
        )
        .order_by(Ticket.id)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _write(work: Work, incident: Incident, ticket: Ticket, clause: str | None) -> None:
    """The answer in the request of somebody who wrote a letter; it goes out as one."""
    said = escaped(incident.facts.in_(ticket.language)[0])
    message = await writing.say(work, ticket, "operator", said, person_id=work.actor.person_id)
    if ticket.state in NOT_CLOSED:
        ticket.state, ticket.answered_at = "answered", work.now
        ticket.first_answer_at = ticket.first_answer_at or work.now
        await clocks.stop(work, ticket)
    params = {"message": message.id, "text": said, "incident": incident.number, "clause": clause}
    await post(work, ticket, _LETTER, params)


@dataclass(frozen=True)
class _Reached:
    """How many reports wait for word of it: on the way, refused, or with nobody to send it to."""

    waiting: int
    failed: int
    callers: int

    @property
    def everybody(self) -> bool:
        return not (self.waiting or self.failed or self.callers)


async def _reached(work: Work, incident: Incident) -> _Reached:
    rows = await work.session.execute(
        select(IncidentReport.person_id, Ticket)
        .outerjoin(Ticket, Ticket.id == IncidentReport.ticket_id)
        .where(IncidentReport.incident_id == incident.id)
    )
    waiting = failed = callers = 0
    found: list[tuple[int | None, Ticket | None]] = [(each[0], each[1]) for each in rows]
    for person_id, ticket in found:
        states: set[str] = set()
        if person_id is not None:
            states.add(await _noticed(work, incident, person_id))
        if ticket is not None and is_mail(ticket.address):
            states.add(await _mailed(work, incident, ticket))
        if "sent" in states:
            continue
        if not states:
            callers += 1
        elif states & set(_ON_THE_WAY):
            waiting += 1
        else:
            failed += 1
    return _Reached(waiting, failed, callers)


async def _noticed(work: Work, incident: Incident, person_id: int) -> str:
    state = await work.session.scalar(
        select(Notice.state)
        .where(
            Notice.person_id == person_id,
            Notice.subject == incident_subject(incident.number),
            Notice.kind == "incident.refuted",
        )
        .order_by(Notice.id.desc())
        .limit(1)
    )
    return state or "none"


async def _mailed(work: Work, incident: Incident, ticket: Ticket) -> str:
    state = await work.session.scalar(
        select(OutgoingMail.state)
        .where(OutgoingMail.ticket_id == ticket.id, OutgoingMail.kind == _LETTER)
        .order_by(OutgoingMail.id.desc())
        .limit(1)
    )
    return state or "none"


async def check_told(work: Work, deadline: Deadline) -> None:
    """Has word of the refutation arrived? Where it cannot, operators are told to call."""
    incident = await lock_incident(work, number_of(deadline))
    subject = incident_subject(incident.number)
    work.record(subject, state=incident.state)
    running = [
        await open_of(work.session, subject, kind) for kind in (REFUTATION, f"overdue.{REFUTATION}")
    ]
    if not any(running):
        return
    reached = await _reached(work, incident)
    if reached.everybody:
        await stop(work, incident, REFUTATION)
        return
    known = int(str(deadline.params.get("failed", 0)))
    if reached.failed > known:
        await tell_staff(
            work,
            {Role.SUPPORT, Role.ADMIN},
            "incident.untold",
            subject,
            **about(incident),
            count=reached.failed,
            clause=(regime_of(incident).refutation or regime_of(incident).report).clause,
        )
    again = work.now + (_SOON if reached.waiting else _LATER)
    params = {"failed": max(known, reached.failed)}
    await set_moment(work, CHECK, subject, again, params=params)


async def stop_telling(work: Work, incident: Incident, state: str) -> bool:
    """Nobody is to be told any more; whether that was still due."""
    await close(work, incident_subject(incident.number), (CHECK,), "cancelled")
    return await stop(work, incident, REFUTATION, state)
