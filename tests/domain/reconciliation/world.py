"""A random world: everybody does something, time goes by, in an order that a number decides."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select

from domain.actor import Actor
from domain.awards.model import Award
from domain.clock import astana
from domain.contracts.model import Contract
from domain.errors import RuleBroken
from domain.incidents.model import Incident
from domain.incidents.views import Scope
from domain.orders.model import Order
from domain.registry.rules import Status
from domain.support.model import Ticket
from domain.working_time.rules import OverrideChange
from tests.domain.incidents.desk import FACTS, make_desk
from tests.domain.incidents.desk import Desk as FaultDesk
from tests.domain.stage import Side, Stage, offered
from tests.support.factories import admin_actor, again, integration_actor

_PASSING = (1, 20, 90, 400, 700, 1500, 3000)


@dataclass
class World:
    """People of both sides and of the desk, and what they may do next."""

    stage: Stage
    desk: FaultDesk
    chance: random.Random
    customers: list[Side] = field(default_factory=list)
    suppliers: list[Side] = field(default_factory=list)
    admin: Actor | None = None
    done: int = 0

    async def live(self, steps: int) -> None:
        """So many acts; those that a rule refuses change nothing."""
        for _ in range(steps):
            try:
                await self.chance.choice(self._acts())()
            except RuleBroken:
                continue
            except IndexError:
                continue  # there is nothing of the kind yet
            self.done += 1
        await self.stage.sweep()

    def _acts(self) -> list[Callable[[], Awaitable[object]]]:
        often = [self._order, self._choose, self._choose, self._decide, self._contract, self._agree]
        seldom = [self._fault, self._decide_fault, self._day_off, self._registry, self._join]
        desk = [self._ask, self._answer, self._close]
        return [*often, *often, *often, *seldom, *desk, *desk, *([self._wait] * 5)]

    async def _numbers(self, column: object, *where: object) -> list[int]:
        async with self.stage.site.sessions() as session:
            rows = await session.scalars(select(column).where(*where))  # type: ignore[call-overload]  # any column of numbers
            return list(rows)

    async def _pick(self, column: object, *where: object) -> int:
        return self.chance.choice(await self._numbers(column, *where))

    async def _order(self) -> None:
        number = await self.stage.order(
            self.chance.choice(self.customers), publish=self.chance.random() < 0.8
        )
        for supplier in self.suppliers:
            if self.chance.random() < 0.6:
                line = offered(self.chance.choice(("40", "60", "100")), "300000")
                await self.stage.offer(supplier, number, line)

    async def _choose(self) -> None:
        number = await self._pick(Order.number, Order.state.in_(("choosing", "confirming")))
        supplier = self.chance.choice(self.suppliers)
        volume = self.chance.choice(("10", "40", "60"))
        for customer in self.customers:
            try:
                await self.stage.select(customer, number, (supplier, volume))
            except RuleBroken:
                continue

    async def _decide(self) -> None:
        number = await self._pick(Award.number, Award.state == "pending")
        for supplier in self.suppliers:
            try:
                if self.chance.random() < 0.6:
                    await self.stage.awards.confirm(supplier.me, number)
                else:
                    await self.stage.awards.refuse(supplier.me, number, "Жоқ")
            except RuleBroken:
                continue

    async def _contract(self) -> None:
        order = await self._pick(Order.number, Order.state.not_in(("draft", "collecting")))
        today = astana(self.stage.clock.now()).date()
        supplier = self.chance.choice(self.suppliers)
        await self.stage.contracts.enter(supplier.me, order, supplier.bin, f"№ {self.done}", today)

    async def _agree(self) -> None:
        number = await self._pick(Contract.id, Contract.state == "proposed")
        for customer in self.customers:
            try:
                await self.stage.contracts.agree(customer.me, number)
            except RuleBroken:
                continue

    async def _ask(self) -> None:
        who = self.chance.choice([*self.customers, *self.suppliers])
        await self.stage.services.support.open(who.me, "chat", "Не открывается заказ", [])

    async def _answer(self) -> None:
        number = await self._pick(Ticket.number)
        support = self.stage.services.support
        if self.chance.random() < 0.5:
            await support.answer(self.desk.operator, number, "Ответ")
        else:
            await support.ask_documents(self.desk.operator, number, "Скан")

    async def _close(self) -> None:
        number = await self._pick(Ticket.number)
        support = self.stage.services.support
        if self.chance.random() < 0.5:
            await support.close(self.desk.operator, number, "refused", "Нет")
        else:
            await support.reopen(self.desk.operator, number, "Ещё")

    async def _fault(self) -> None:
        if self.chance.random() < 0.8:
            return  # a fault in analysis holds every window
        began = self.stage.clock.now() - timedelta(hours=self.chance.choice((1, 5)))
        regime = self.chance.choice(("366", "627"))
        await self.desk.incidents.open_by_operator(self.desk.operator, "Сбой", began, regime=regime)

    async def _decide_fault(self) -> None:
        number = await self._pick(Incident.number)
        incident, now = await self.desk.one(number), self.stage.clock.now()
        if incident.state != "analysing":
            await self.desk.incidents.agree_level(self.desk.authority, number)
            await self.desk.apply(number)
        elif self.chance.random() < 0.4:
            await self.desk.incidents.refute(self.desk.operator, number, "Не подтвердилось")
        else:
            await self.desk.incidents.confirm(
                self.desk.operator,
                number,
                FACTS,
                incident.began_at,
                Scope(),
                self.chance.choice(("low", "medium", "high")),
                mended_at=now,
            )

    async def _day_off(self) -> None:
        day = astana(self.stage.clock.now()).date() + timedelta(days=self.chance.choice((1, 2, 3)))
        times = self.stage.services.working_time
        version = (await times.calendar(self.desk.operator)).version
        change = _changed(day, working=self.chance.random() < 0.4)
        await times.apply(integration_actor(), [change], version)

    async def _registry(self) -> None:
        status = self.chance.choice((Status.ACTIVE, Status.ACTIVE, Status.EXCLUDED))
        await self.stage.strike(self.chance.choice(self.suppliers), status)

    async def _join(self) -> None:
        """A new colleague, who was told nothing of what was before."""
        side = self.chance.choice([*self.customers, *self.suppliers])
        colleague = await self.stage.colleague(side)
        if self.chance.random() < 0.4 and self.admin is not None:
            people = self.stage.services.people
            assert colleague.person_id is not None
            await people.suspend(again(self.admin), colleague.person_id, "Проверка")

    async def _wait(self) -> None:
        self.stage.clock.advance(timedelta(minutes=self.chance.choice(_PASSING)))
        await self.stage.sweep()


def _changed(day: date, *, working: bool) -> OverrideChange:
    return OverrideChange(day, working=working, name_kk="К", name_ru="П", basis="№ 1")


async def make_world(stage: Stage, seed: int) -> World:
    """Two customers, three suppliers, an operator, the authorised body, an administrator."""
    desk = await make_desk(stage)
    world = World(stage, desk, random.Random(seed))
    world.admin = await admin_actor(stage.site)
    world.customers = [await stage.customer(f"ТОО «Заказчик {n}»") for n in range(2)]
    world.suppliers = [await stage.supplier(f"ТОО «Завод {n}»") for n in range(3)]
    return world
