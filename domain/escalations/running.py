"""Chains while they run: begun with a notice, climbing when nobody answers, stopped by an act.

Two things wait for each other nowhere: whoever acts on an order or a ticket holds that, then the
chain, then its deadline; a step of a chain holds its deadline and leaves at once (``Busy``) where
an act has the chain or the ticket. So an acknowledgement and a step of one instant come one after
the other, and whoever was woken by the step is told that it is done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import ColumnElement, select, update

from domain.base import Json, plain
from domain.calendar import WorkingCalendar
from domain.deadline_moves import steps_of
from domain.deadlines import Deadline, NewDeadline, close, held_calendar, open_of, write
from domain.escalations.chains import CHAINS
from domain.escalations.model import ESCALATE, Escalation, EscalationChain, EscalationWake
from domain.escalations.rules import Hand, Present, Rung, Step, due_after, first_rung, term_of
from domain.extensions import Step as Added
from domain.extensions import extended
from domain.firing import Deadlines
from domain.work import Busy, Work

RUNNING = "running"
OWN, OTHER, ADMIN = "own", "other", "admin"
#: How a chain ends by what somebody did; the people it has woken are told then.
ANSWERED = ("acked", "acted")


def escalation_subject(number: int) -> str:
    """How deadlines and the record name a chain."""
    return f"escalation:{number}"


class Bell(Protocol):
    """What a category does: who is there, how they are woken, how they hear that it is done."""

    async def hold(self, work: Work, chain: Escalation) -> bool:
        """Hold what the chain is about, without waiting in a sweep; whether it still waits."""
        ...

    async def there(self, work: Work, chain: Escalation) -> Present:
        """Who is there now, by what a step may name."""
        ...

    async def ring(
        self, work: Work, chain: Escalation, rung: Rung, there: Present
    ) -> dict[Hand, str]:
        """Wake these; returns as whom each was woken (``own``, ``other``, ``admin``)."""
        ...

    async def done(self, work: Work, chain: Escalation, woken: Sequence[EscalationWake]) -> None:
        """Tell those woken beyond the first that it is done."""
        ...


BELLS: dict[str, Bell] = {}


def register_chains(deadlines: Deadlines) -> None:
    """The sweep climbs chains through ``climb``."""
    deadlines.on(ESCALATE, climb)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What a chain begins with.

    ``term``: kind and subject of the deadline it waits with, if any. ``first``: who has been told
    by the act itself, as the first step. ``since``: a chain for the same begun after that instant
    is not begun again.
    """

    category: str
    subject: str
    company: int | None = None
    role: str = ""
    other: int | None = None
    other_role: str = ""
    order: int | None = None
    notice: str = ""
    notice_subject: str = ""
    term: tuple[str, str] = ("", "")
    hours: str = "366"
    first: tuple[int, ...] = ()
    since: datetime | None = None
    about: Json = field(default_factory=dict)


async def steps_for(work: Work, ring: Ring) -> tuple[Step, ...]:
    """The chain of a category: the company's own, else the one in code."""
    if ring.company is not None:
        own = await work.session.scalar(
            select(EscalationChain.steps).where(
                EscalationChain.company_id == ring.company,
                EscalationChain.role == ring.role,
                EscalationChain.category == ring.category,
            )
        )
        if own is not None:
            return tuple(Step.from_json(each) for each in own)
    return CHAINS[ring.category].steps


async def begin(
    work: Work,
    ring: Ring,
    started_at: datetime | None = None,
    calendar: WorkingCalendar | None = None,
) -> Escalation | None:
    """Begin a chain in the transaction of the act; one that runs for the same is replaced.

    ``calendar``: where the act has it in hand already. None when there is a chain since
    ``ring.since``.
    """
    same = [
        Escalation.subject == ring.subject,
        Escalation.category == ring.category,
        Escalation.company_id.is_not_distinct_from(ring.company),
    ]
    if ring.since is not None:
        known = select(Escalation.id).where(*same, Escalation.started_at >= ring.since).limit(1)
        if await work.session.scalar(known) is not None:
            return None
    await _end(work, same, "over")
    steps = await steps_for(work, ring)
    begun = started_at or work.now
    chain = Escalation(
        category=ring.category,
        subject=ring.subject,
        company_id=ring.company,
        role=ring.role,
        other_id=ring.other,
        other_role=ring.other_role,
        order_number=ring.order,
        notice=ring.notice,
        notice_subject=ring.notice_subject or ring.subject,
        about=plain(ring.about),
        term_kind=ring.term[0],
        term_subject=ring.term[1],
        steps=[each.as_json() for each in steps],
        hours=ring.hours,
        step=0 if steps[0].after == 0 else -1,
        started_at=begun,
        state=RUNNING,
    )
    work.session.add(chain)
    await work.session.flush()
    _note(work, chain, 0, {(person, "telegram"): OWN for person in ring.first})
    await _plan(work, chain, steps, begun, calendar)
    return chain


def _note(work: Work, chain: Escalation, step: int, hands: dict[Hand, str]) -> None:
    for (person, channel), side in sorted(hands.items()):
        work.session.add(
            EscalationWake(
                escalation_id=chain.id,
                step=step,
                person_id=person,
                channel=channel,
                side=side,
                at=work.now,
            )
        )


async def _plan(
    work: Work,
    chain: Escalation,
    steps: Sequence[Step],
    since: datetime,
    calendar: WorkingCalendar | None = None,
) -> None:
    """Set the deadline of the next step, where there is one.

    When all were taken the chain still runs: those woken are told when somebody acts.
    """
    if chain.step + 1 >= len(steps):
        return
    known = calendar or await held_calendar(work.session)
    await write(work.session, [step_row(known, chain, steps, since)])


def step_row(
    calendar: WorkingCalendar, chain: Escalation, steps: Sequence[Step], since: datetime
) -> NewDeadline:
    """The deadline of the step after the one taken last, in working time of the chain's hours."""
    number = chain.step + 1
    minutes, from_start = due_after(steps, number)
    term = term_of(minutes, chain.hours)
    begins = chain.started_at if from_start else since
    receipt = calendar.due(begins, term)
    if receipt.due_at < since:
        # It fell into a time when nobody swept: at once, and no change of the calendar moves it.
        subject = escalation_subject(chain.id)
        return NewDeadline(ESCALATE, subject, since, since, params={"step": number})
    return NewDeadline(
        kind=ESCALATE,
        subject=escalation_subject(chain.id),
        started_at=begins,
        due_at=receipt.due_at,
        term=str(term),
        calendar_version=calendar.version,
        params={"step": number},
        receipt={**receipt.as_json()},
    )


# Stopping


async def stop(
    work: Work,
    subjects: str | Iterable[str],
    how: str = "acted",
    *,
    categories: Collection[str] = (),
    company: int | None = None,
) -> int:
    """End the chains that run about these subjects; returns how many ended.

    ``how``: ``acted``, ``acked``, or ``over`` where nothing waits any more, of which nobody is
    told. Whoever was woken beyond the first is told that it is done.
    """
    names = [subjects] if isinstance(subjects, str) else sorted(set(subjects))
    if not names:
        return 0
    which: list[ColumnElement[bool]] = [Escalation.subject.in_(names)]
    if categories:
        which.append(Escalation.category.in_(sorted(categories)))
    if company is not None:
        which.append(Escalation.company_id == company)
    return len(await _end(work, which, how))


async def stop_chains(work: Work, numbers: Sequence[int], how: str) -> int:
    """End these chains, where they still run."""
    return len(await _end(work, [Escalation.id.in_(sorted(numbers))], how)) if numbers else 0


async def _end(work: Work, which: Sequence[ColumnElement[bool]], how: str) -> list[Escalation]:
    await work.session.flush()
    rows = await work.session.scalars(
        update(Escalation)
        .where(*which, Escalation.state == RUNNING)
        .values(state=how, ended_at=work.now, ended_by=work.actor.person_id)
        .returning(Escalation)
        .execution_options(populate_existing=True)
    )
    ended = sorted(rows, key=lambda each: each.id)
    if not ended:
        return []
    state = "done" if how in ANSWERED else "cancelled"
    await close(work, [escalation_subject(each.id) for each in ended], (ESCALATE,), state)
    if how in ANSWERED:
        woken = await _woken(work, [each.id for each in ended])
        for chain in ended:
            told = _to_be_told(chain, [each for each in woken if each.escalation_id == chain.id])
            if told:
                await BELLS[chain.category].done(work, chain, told)
    return ended


def _to_be_told(chain: Escalation, woken: Sequence[EscalationWake]) -> list[EscalationWake]:
    """Who learns that it is done: all that were woken, once the chain has climbed. At the desk
    whoever had the request from the first sees it there.
    """
    beyond = [each for each in woken if each.step > 0]
    return list(woken) if beyond and chain.company_id is not None else beyond


async def _woken(work: Work, chains: Sequence[int]) -> list[EscalationWake]:
    rows = await work.session.scalars(
        select(EscalationWake)
        .where(EscalationWake.escalation_id.in_(chains))
        .order_by(EscalationWake.id)
    )
    return list(rows)


# Climbing


async def climb(work: Work, deadline: Deadline) -> None:
    """Nobody has seen it or acted for so much working time: the next step wakes its people."""
    number = int(deadline.subject.removeprefix("escalation:"))
    chain = await _hold(work, number)
    bell = BELLS[chain.category]
    waits = await bell.hold(work, chain)
    work.record(chain.subject, chain=number, category=chain.category)
    if chain.state != RUNNING:
        return
    if not waits or not await _term_runs(work, chain):
        chain.state, chain.ended_at = "over", work.now
        work.record(chain.subject, state=chain.state)
        return
    later = await _later(work, chain, deadline)
    if later is not None:
        await write(work.session, [later])
        work.record(chain.subject, put_off=later.due_at)
        return
    steps = tuple(Step.from_json(each) for each in chain.steps)
    woken = {(each.person_id, each.channel) for each in await _woken(work, [number])}
    there = await bell.there(work, chain)
    rung = first_rung(steps, chain.step + 1, there, woken)
    rang = await bell.ring(work, chain, rung, there)
    chain.step = rung.step
    _note(work, chain, rung.step, rang)
    work.record(
        chain.subject,
        step=rung.step,
        woken=[{"person": person, "channel": way, "as": rang[person, way]} for person, way in rang],
    )
    await _plan(work, chain, steps, deadline.due_at)


async def _hold(work: Work, number: int) -> Escalation:
    """The chain, held; where an act has it, the sweep comes back. Raises Busy."""
    held = await work.session.scalar(
        select(Escalation)
        .where(Escalation.id == number)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if held is None:
        raise Busy(number)
    return held


async def _term_runs(work: Work, chain: Escalation) -> bool:
    """Whether the term that the chain waits with is still running."""
    if not chain.term_kind:
        return True
    term = await open_of(work.session, chain.term_subject, chain.term_kind)
    return term is not None and term.due_at > work.now


async def _later(work: Work, chain: Escalation, deadline: Deadline) -> NewDeadline | None:
    """The step put off by what faults or works have added to the term it waits with.

    While the platform did not work nobody was silent. A step put off into a night, or to a morning
    that has become one of a day off, comes in the next one. It is counted from the end that it had
    by itself, so a fault counts once however often that is asked, and a further one adds to it; a
    fault that was over before its wait began has put off the step before it.
    """
    given = deadline.params.get("put_off")
    own_end = datetime.fromisoformat(given) if isinstance(given, str) else deadline.due_at
    added = []
    if chain.term_kind:
        term = await open_of(work.session, chain.term_subject, chain.term_kind)
        added = [] if term is None else list(steps_of(term))
    if not added and own_end == deadline.due_at:
        return None
    calendar = await held_calendar(work.session)
    since = deadline.started_at
    due_at = extended(calendar, own_end, [each for each in added if _ends(calendar, each) > since])
    if due_at == own_end == deadline.due_at:
        return None
    if not calendar.is_open(due_at):
        due_at = calendar.next_morning(due_at)
    if due_at <= work.now:
        return None
    return NewDeadline(
        kind=ESCALATE,
        subject=deadline.subject,
        started_at=since,
        due_at=due_at,
        calendar_version=calendar.version,
        params={**deadline.params, "put_off": own_end.isoformat()},
    )


def _ends(calendar: WorkingCalendar, added: Added) -> datetime:
    """When what gave rise to a step of a term was over."""
    if added.until is not None:
        return added.until
    return datetime.max.replace(tzinfo=UTC) if added.day is None else calendar.end_of(added.day)
