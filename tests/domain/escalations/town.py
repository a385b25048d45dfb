"""A stage for chains: a supplier with four people, a customer, an administrator, an award."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from domain.actor import Actor
from domain.escalations.model import Escalation, EscalationWake
from domain.escalations.views import ChainView
from domain.notices.model import Notice
from domain.people.model import Person
from domain.roles import Role
from tests.domain.stage import Side, Stage, offered
from tests.support.factories import again, make_customer, make_person, make_producer


@dataclass
class Cast:
    """Everybody of one award, by the part they play in its chain."""

    stage: Stage
    supplier: Side
    customer: Side
    duty: Actor
    deputy: Actor
    head: Actor
    other: Actor
    admin: Actor
    order: int = 0
    award: int = 0

    async def keep_roster(self) -> None:
        """The duty and the deputy take turns."""
        turns = [person.person_id or 0 for person in (self.duty, self.deputy)]
        await self.stage.services.duty.set_turns(again(self.head), turns)

    async def selected(self) -> int:
        """The supplier is selected now; returns the number of the award."""
        (award,) = await self.stage.select(self.customer, self.order, (self.supplier, "100"))
        self.award = award.id
        return award.id

    async def rung(self, person: Actor, kind: str = "award.selected") -> list[str]:
        """States of the notices of a kind of a person."""
        return [row.state for row in await self.stage.told(person, kind)]

    async def sent_to(self, kind: str = "award.selected") -> set[str]:
        """Who of the supplier's people has been rung, by name."""
        async with self.stage.site.sessions() as session:
            rows = await session.execute(
                select(Person.name)
                .join(Notice, Notice.person_id == Person.id)
                .where(Notice.kind == kind, Notice.state != "listed")
            )
        return {name for (name,) in rows}

    async def chains(self) -> list[Escalation]:
        """Every chain, oldest first."""
        async with self.stage.site.sessions() as session:
            return list(await session.scalars(select(Escalation).order_by(Escalation.id)))

    async def woken(self, category: str = "confirmation") -> list[tuple[int, str, str]]:
        """Step, name and as whom, in the order in which they were woken."""
        async with self.stage.site.sessions() as session:
            rows = await session.execute(
                select(EscalationWake.step, Person.name, EscalationWake.side)
                .join(Person, Person.id == EscalationWake.person_id)
                .join(Escalation, Escalation.id == EscalationWake.escalation_id)
                .where(Escalation.category == category)
                .order_by(EscalationWake.id)
            )
            return [(step, name, side) for step, name, side in rows]

    async def seen(self, person: Actor, kind: str = "award.selected") -> int:
        """The person presses "I have seen it" on their newest notice of a kind."""
        notice = (await self.stage.told(person, kind))[-1]
        done = await self.stage.services.escalations.acknowledge(again(person), notice.id)
        return done.stopped

    async def views(self, person: Actor) -> list[ChainView]:
        """What a person sees of the order's chains."""
        return await self.stage.services.escalations.of_order(again(person), self.order)


async def make_cast(stage: Stage) -> Cast:
    """The order has been closed on 25 November with one offer of the supplier."""
    company = await make_producer(stage.site, name_ru="ТОО «Прибор»")
    role = Role.SUPPLIER
    duty, deputy, head, other = [
        await make_person(stage.site, None, role, company, name=name, position=position)
        for name, position in (
            ("Айгүл", "contact"),
            ("Болат", "contact"),
            ("Сәуле", "head"),
            ("Ерлан", "contact"),
        )
    ]
    buyer = await make_customer(stage.site)
    buying = await make_person(stage.site, None, Role.CUSTOMER, buyer, name="Заказчик")
    admin = await make_person(stage.site, None, Role.ADMIN, name="Админ")
    supplier, customer = Side(company, duty), Side(buyer, buying)
    cast = Cast(stage, supplier, customer, duty, deputy, head, other, admin)
    cast.order = await stage.closed(customer, (supplier, offered()))
    return cast
