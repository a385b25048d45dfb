"""Who comes next: whom a chain would wake, as roles, absences and addresses stand now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import WorkingCalendar
from domain.duty.queries import line_up_of
from domain.escalations.mailing import mailable
from domain.escalations.model import Escalation, EscalationWake
from domain.escalations.rules import (
    EMAIL_CHANNEL,
    TELEGRAM,
    Hand,
    Present,
    Step,
    Who,
    due_after,
    first_rung,
    term_of,
)
from domain.escalations.views import NextView
from domain.people.model import Person
from domain.people.queries import active_admins, members
from domain.roles import Role


async def company_there(session: AsyncSession, chain: Escalation, now: datetime) -> Present:
    """Who of a company, of its other side and of the administrators may be woken now."""
    company, role = chain.company_id or 0, chain.role
    order = await line_up_of(session, company, role, now)
    every = await members(session, company, Role(role))
    reached = set(
        await session.scalars(
            select(Person.id).where(Person.id.in_(every), Person.unreachable_since.is_(None))
        )
    )
    other: list[int] = []
    if chain.other_id is not None:
        other = await members(session, chain.other_id, Role(chain.other_role))
    # Whoever has got the duty since the chain began is told before anybody stands in.
    known = await _woken(session, chain) if order.held_back else set()
    relief = [each for each in order.first if each not in known] if order.held_back else []
    deputy = relief or ([] if order.deputy is None else [order.deputy])
    return {
        Who.DUTY: _hands(each for each in order.first if each in reached),
        Who.DEPUTY: _hands(each for each in deputy if each in reached),
        Who.HEAD: _hands(each for each in order.heads if each in reached),
        Who.COMPANY: _hands(order.everybody or every),
        Who.EMAIL: _hands(await mailable(session, every), EMAIL_CHANNEL),
        Who.OTHER_SIDE: _hands(other),
        Who.ADMIN: _hands(await active_admins(session)),
    }


async def _woken(session: AsyncSession, chain: Escalation) -> set[int]:
    found = await session.scalars(
        select(EscalationWake.person_id).where(EscalationWake.escalation_id == chain.id)
    )
    return set(found)


def _hands(people: Iterable[int], channel: str = TELEGRAM) -> tuple[Hand, ...]:
    return tuple((person, channel) for person in people)


def next_of(
    chain: Escalation,
    planned: tuple[int, datetime],
    there: Present,
    woken: Collection[Hand],
    calendar: WorkingCalendar,
) -> NextView | None:
    """The step that will wake somebody, with those of it who are there; None when none will.

    ``planned``: the step whose deadline runs, and its end. As ``first_rung`` climbs: a step that
    would wake nobody gives way to the next at once, one that leaves the company keeps its time.
    """
    steps = tuple(Step.from_json(each) for each in chain.steps)
    number, at = planned
    while number < len(steps):
        rung = first_rung(steps, number, there, woken)
        if rung.hands:
            return NextView(_of_them(steps[rung.step], there, rung.hands), at)
        number = rung.step + 1
        at = max(at, _time_of(chain, steps, number, calendar, at))
    return None


def _of_them(step: Step, there: Present, hands: Sequence[Hand]) -> Step:
    """The step with only those who are there; the last one may fall back on administrators."""
    named = tuple(who for who in step.who if set(there.get(who, ())) & set(hands))
    return replace(step, who=named or (Who.ADMIN,))


def _time_of(
    chain: Escalation,
    steps: Sequence[Step],
    number: int,
    calendar: WorkingCalendar,
    since: datetime,
) -> datetime:
    if number >= len(steps):
        return since
    minutes, from_start = due_after(steps, number)
    begins = chain.started_at if from_start else since
    return calendar.due(begins, term_of(minutes, chain.hours)).due_at
