"""Whatever is done with tickets in whatever order, their terms agree with their states."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.audit import verify
from domain.errors import RuleBroken
from domain.support.model import DeskGroup, Ticket, TicketMessage
from domain.working_time.rules import OverrideChange
from tests.domain.support.desk import PHOTO, VOICE, Desk, again, moment
from tests.support.factories import integration_actor, make_customer

_MINUTE = timedelta(minutes=1)


@dataclass
class _Play:
    """Somebody asks, somebody answers, time goes by: in an order that a number decides."""

    desk: Desk
    chance: random.Random
    users: Sequence[Actor]
    operators: Sequence[Actor]
    numbers: list[int]

    def acts(self) -> list[Callable[[], Awaitable[object]]]:
        support, pick = self.desk.support, self.chance.choice
        user, operator = again(pick(self.users)), again(pick(self.operators))
        number = pick(self.numbers)
        other = pick(self.numbers)
        return [
            lambda: support.write(user, "voice", "", [VOICE]),
            lambda: support.open(user, "chat", "Новое"),
            lambda: support.add(user, number, "Ещё", [PHOTO]),
            lambda: support.reopen(user, number),
            lambda: support.rate(user, number, 3),
            lambda: support.take(operator, number),
            lambda: support.release(operator, number),
            lambda: support.assign(operator, number),
            lambda: support.answer(operator, number, "Ответ"),
            lambda: support.note(operator, number, "Тайна"),
            lambda: support.ask_documents(operator, number, "Скан"),
            lambda: support.merge(operator, number, other),
            lambda: support.close(operator, number, "refused", "Нет"),
            lambda: support.follow_up(operator, number, "call", "not_reached", "Тайна"),
            self._live,
            self._live,
        ]

    async def step(self) -> None:
        try:
            await self.chance.choice(self.acts())()
        except RuleBroken:
            return

    async def _live(self) -> None:
        self.desk.clock.advance(_MINUTE * self.chance.choice((1, 20, 90, 700, 3000)))
        await self.desk.sweep()


async def _check(play: _Play) -> None:
    async with play.desk.site.sessions() as session:
        tickets = list(await session.scalars(select(Ticket)))
    for ticket in tickets:
        running = await play.desk.open_kinds(ticket.number)
        waits = ticket.state in ("open", "working")
        assert (ticket.state == "open") <= (ticket.assignee_id is None)
        assert (ticket.state == "closed") == (
            ticket.result is not None and not ticket.merged_into_id
        )
        if not waits:
            assert not running & {"ticket.promise", "escalate", "ticket.red"}
        elif play.desk.clock.now() < ticket.promised_at:
            assert "ticket.promise" in running
        if ticket.state in ("closed", "merged"):
            assert running == set()
        assert ("ticket.closes" in running) == (ticket.state in ("answered", "waiting"))
        promises = await play.desk.deadlines("ticket.promise", f"ticket:{ticket.number}")
        if waits:
            assert promises[-1].due_at == ticket.promised_at


async def _check_secrets(play: _Play) -> None:
    """What is internal is in no view of a user and in no notice to one."""
    for user in play.users:
        page = await play.desk.support.mine(again(user))
        for line in page.tickets:
            assert "Тайна" not in repr(await play.desk.support.ticket(again(user), line.number))
        for told in await play.desk.told(user):
            assert "Тайна" not in repr(told.params)


@pytest.mark.parametrize("seed", range(4))
async def test_terms_agree_with_states_after_anything(desk: Desk, seed: int) -> None:
    await desk.at("11-20 16:00")
    users = [await desk.user() for _ in range(2)]
    operators = [await desk.operator(), await desk.admin()]
    numbers = [await desk.asked(each) for each in users]
    play = _Play(desk, random.Random(seed), users, operators, numbers)
    for _ in range(8):
        for _ in range(5):
            await play.step()
        async with desk.site.sessions() as session:
            play.numbers = list(await session.scalars(select(Ticket.number)))
        await _check(play)
    await _check_secrets(play)
    async with desk.site.sessions() as session:
        assert (await verify(session)).broken_at is None
        rows = await session.execute(
            select(TicketMessage.ticket_id, TicketMessage.position).order_by(TicketMessage.id)
        )
        places = [tuple(row) for row in rows]
        assert len(set(places)) == len(places)


async def test_without_a_group_operators_are_told_of_what_comes_in_hours(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await desk.support.take(again(operator), number)
    await desk.support.add(again(user), number, "И ещё")
    assert await desk.kinds(operator) == ["ticket.new", "ticket.user_wrote"]
    async with desk.site.sessions.begin() as session:
        session.add(
            DeskGroup(
                chat_id=-100, title="Desk", state="active", added_at=desk.clock.now(), language="ru"
            )
        )
    await desk.support.add(again(user), number, "И ещё")
    await desk.asked(await desk.user())
    assert await desk.kinds(operator) == ["ticket.new", "ticket.user_wrote"]


async def test_a_platform_asks_for_a_company(desk: Desk) -> None:
    company = await make_customer(desk.site)
    made = await desk.support.open(
        integration_actor(), "api", "Не приходит протокол", bin=company.bin
    )
    assert (made.line.company_ru, made.line.person_id) == (company.name_ru, None)
    assert made.line.name == "platform"
    with pytest.raises(RuleBroken, match="company_unknown"):
        await desk.support.open(integration_actor(), "api", "Да", bin="0")
    stranger = await desk.user()
    with pytest.raises(RuleBroken, match="not_your_company"):
        await desk.support.open(again(stranger), "chat", "Да", bin=company.bin)
    read_only = integration_actor(read_only=True)
    with pytest.raises(RuleBroken, match="scope_too_small"):
        await desk.support.open(read_only, "api", "Да")


async def test_a_morning_that_has_come_is_not_put_off_by_a_change_of_the_calendar(
    desk: Desk,
) -> None:
    await desk.at("11-20 20:00")
    operator = await desk.operator()
    number = await desk.left_voice(await desk.user())
    await desk.at("11-23 09:00")
    version = (await desk.services.working_time.calendar(again(operator))).version
    change = OverrideChange(date(2026, 12, 1), working=False, name_kk="К", name_ru="П", basis="1")
    await desk.services.working_time.apply(integration_actor(), [change], version)
    await desk.sweep()
    assert (await desk.row(number)).assignee_id == operator.person_id
    [left] = [each for each in await desk.deadlines("support.morning") if each.state == "open"]
    assert left.due_at == moment("11-24 09:00")
