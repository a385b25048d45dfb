"""The terms of a ticket as deadlines: its promise, the red mark, number, decision; its chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.base import Json
from domain.calendar import WorkingCalendar
from domain.deadlines import NewDeadline, close, open_of, write
from domain.escalations import running
from domain.escalations.chains import TICKET
from domain.law import TICKET_CLOSES, Period
from domain.preferences.reminders import drop_late
from domain.support.model import Ticket
from domain.support.promise import Channel, Promise, promise, registered
from domain.support.reading import RED_BEFORE
from domain.support.regimes import Regime, regime_at
from domain.work import Work
from domain.working_time.model import calendar_for_setting

PROMISE = "ticket.promise"
RED = "ticket.red"
NUMBER = "ticket.number"
DECIDE = "ticket.decide"
CLOSES = TICKET_CLOSES.name
#: They run while a ticket waits for an answer.
RUNNING = (PROMISE, RED)
# The platform itself tells the number there; a caller hears it from the operator, a program finds
# it in the answer, and whoever of them has an account is told in the chat, too.
_SENT_TO = ("chat", "voice", "email")


def ticket_subject(number: int) -> str:
    """How deadlines, notices and the record name a ticket."""
    return f"ticket:{number}"


def _row(
    calendar: WorkingCalendar,
    ticket: Ticket,
    kind: str,
    started_at: datetime,
    period: Period,
    params: Json | None = None,
) -> NewDeadline:
    receipt = calendar.due(started_at, period.term)
    return NewDeadline(
        kind=kind,
        subject=ticket_subject(ticket.number),
        started_at=started_at,
        due_at=receipt.due_at,
        term=str(period.term),
        clause=period.clause,
        calendar_version=calendar.version,
        params=params or {},
        receipt={**receipt.as_json()},
    )


def red_row(ticket: Ticket, now: datetime) -> NewDeadline:
    """When an unanswered ticket turns red; at once where the promise ends sooner."""
    red_at = max(ticket.promised_at - RED_BEFORE, now)
    return NewDeadline(RED, ticket_subject(ticket.number), now, red_at)


async def _climb(work: Work, calendar: WorkingCalendar, ticket: Ticket, asked_at: datetime) -> None:
    """Nobody has answered yet: operator, lead, lead again, in working time of the regime."""
    ring = running.Ring(
        category=TICKET.category,
        subject=ticket_subject(ticket.number),
        notice="ticket.unanswered",
        hours=regime_at(ticket.regime, asked_at).promises["chat"].term.hours,
        about={"ticket": ticket.number},
    )
    await running.begin(work, ring, asked_at, calendar)


async def promised(work: Work, regime: str, channel: Channel, at: datetime) -> Promise:
    """The promise for a request of now, with the calendar held until the transaction ends."""
    calendar = await calendar_for_setting(work.session)
    return promise(calendar, regime_at(regime, at), channel, at)


def keep_promise(ticket: Ticket, made: Promise, asked_at: datetime) -> None:
    """Write a promise into the ticket."""
    ticket.asked_at = asked_at
    ticket.promised_at = made.due_at
    ticket.promise_clause = made.clause
    ticket.in_hours = made.open
    ticket.escalation = 0


async def start(work: Work, ticket: Ticket, asked_at: datetime, *, first: bool = False) -> Promise:
    """Begin the terms of a request that waits for an answer; those that ran are cancelled.

    ``first``: of a ticket just opened, whose number is still to reach the user. Its decision is
    due from then, whatever is asked and answered meanwhile (act 627, clause 19).
    """
    calendar = await calendar_for_setting(work.session)
    regime = regime_at(ticket.regime, asked_at)
    channel: Channel = ticket.channel  # type: ignore[assignment]  # one of these by ``open``
    made = promise(calendar, regime, channel, asked_at)
    keep_promise(ticket, made, asked_at)
    if first:
        ticket.registered_at = made.registered_at
    else:
        await close(work, ticket_subject(ticket.number), (*RUNNING, CLOSES), "cancelled")
    kept = replace(regime.promises[channel], clause=made.clause)
    rows = [
        _row(calendar, ticket, PROMISE, asked_at, kept, {"channel": channel}),
        red_row(ticket, work.now),
    ]
    if first:
        rows += _of_regime(calendar, ticket, regime, made.registered_at, work.now)
    await write(work.session, rows)
    await _climb(work, calendar, ticket, asked_at)
    return made


def _of_regime(
    calendar: WorkingCalendar, ticket: Ticket, regime: Regime, since: datetime, now: datetime
) -> list[NewDeadline]:
    """Terms only some acts have: the number told, the decision (act 627, clauses 17 and 19)."""
    rows = []
    if regime.decision is not None:
        rows.append(_row(calendar, ticket, DECIDE, since, regime.decision))
    told = ticket.channel in _SENT_TO or ticket.person_id is not None
    if regime.number is not None and told:
        rows.append(_row(calendar, ticket, NUMBER, max(since, now), regime.number))
    return rows


async def register_anew(work: Work, calendar: WorkingCalendar, ticket: Ticket) -> None:
    """The day on which a request would have been registered is another one now (627, clause 16).

    What runs from the registration runs from the new one: its number, its decision (627, clauses
    17 and 19). Nothing is registered before now.
    """
    regime = regime_at(ticket.regime, ticket.opened_at)
    channel: Channel = ticket.channel  # type: ignore[assignment]  # one of these by ``open``
    since = max(registered(calendar, regime, channel, ticket.opened_at), work.now)
    if since == ticket.registered_at:
        return
    ticket.registered_at = since
    subject = ticket_subject(ticket.number)
    rows = {row.kind: row for row in _of_regime(calendar, ticket, regime, since, work.now)}
    running = [kind for kind in rows if await close(work, subject, (kind,), "moved")]
    await drop_late(work, {(kind, subject): rows[kind].due_at for kind in running})
    await write(work.session, [rows[kind] for kind in running])


async def stop(work: Work, ticket: Ticket, *, closes: bool = True) -> None:
    """The request is answered: its terms end; with ``closes`` the ticket will close by itself."""
    subject = ticket_subject(ticket.number)
    await close(work, subject, (*RUNNING, CLOSES))
    await running.stop(work, subject)
    if closes:
        calendar = await calendar_for_setting(work.session)
        await write(work.session, [_row(calendar, ticket, CLOSES, work.now, TICKET_CLOSES)])


async def decided(work: Work, ticket: Ticket) -> None:
    """An operator has said what it was: no decision is due any more (act 627, clause 19)."""
    await close(work, ticket_subject(ticket.number), (DECIDE,))


async def decide_again(work: Work, ticket: Ticket) -> None:
    """What was said at the closing is objected to: it is decided anew, from now on."""
    regime = regime_at(ticket.regime, work.now)
    known = await open_of(work.session, ticket_subject(ticket.number), DECIDE)
    if regime.decision is None or known is not None:
        return
    calendar = await calendar_for_setting(work.session)
    await write(work.session, [_row(calendar, ticket, DECIDE, work.now, regime.decision)])


async def decide_since(work: Work, ticket: Ticket, earlier: Ticket) -> None:
    """Requests were joined: the earlier term of the decision holds."""
    begun = await open_of(work.session, ticket_subject(earlier.number), DECIDE)
    own = await open_of(work.session, ticket_subject(ticket.number), DECIDE)
    if begun is None or (own is not None and own.started_at <= begun.started_at):
        return
    decision = regime_at(ticket.regime, begun.started_at).decision
    if decision is None:
        return
    calendar = await calendar_for_setting(work.session)
    await close(work, ticket_subject(ticket.number), (DECIDE,), "cancelled")
    row = _row(calendar, ticket, DECIDE, begun.started_at, decision)
    await drop_late(work, {(row.kind, row.subject): row.due_at})
    await write(work.session, [row])


async def stop_all(work: Work, numbers: Sequence[int], state: str = "done") -> None:
    """Nothing runs any more for these tickets."""
    subjects = [ticket_subject(number) for number in numbers]
    await close(work, subjects, (*RUNNING, DECIDE, CLOSES, NUMBER), state)
    await running.stop(work, subjects, "over")
