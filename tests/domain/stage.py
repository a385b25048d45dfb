"""A stage for tests of use cases: a customer, producers, their people, and the one clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.awards.rules import Choice
from domain.clock import ManualClock
from domain.deadlines import Deadline
from domain.files import FileInfo
from domain.notices.model import Notice
from domain.offers.service import OfferInput
from domain.offers.views import Submitted
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine
from domain.orders.views import AwardView, OrderCard
from domain.registry.rules import ProducerData, Status
from domain.registry.service import Registry
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.services import Services
from domain.support.mail_rows import OutgoingMail
from domain.work import Site
from tests.support.factories import (
    PIPE,
    again,
    good,
    integration_actor,
    make_customer,
    make_person,
    make_producer,
)

TERMS = OrderTerms("Астана, склад № 1", "DDP, разгрузка поставщика", 90)
PHOTO = FileInfo("photo.jpg", "image/jpeg", 1000, "a" * 64)


def new_line(
    quantity: str = "100",
    allocated: str = "1000000",
    *,
    name: str = "Труба стальная",
    code: str = PIPE,
    characteristics: str = "ГОСТ 10704-91",
) -> NewLine:
    """A line of an order."""
    return NewLine(
        name_ru=name,
        name_kk="Болат құбыр",
        code=code,
        agsk3="",
        quantity=Decimal(quantity),
        unit="m",
        allocated_sum=Decimal(allocated),
        characteristics=characteristics,
    )


def offered(
    quantity: str = "100",
    price: str = "900000",
    days: int = 60,
    *,
    line: int = 1,
    photos: int = 1,
) -> OfferInput:
    """What a supplier offers for a line."""
    return OfferInput(
        line,
        Decimal(quantity),
        Decimal(price),
        days,
        "ГОСТ 10704-91, Ø 108 мм",
        "24 месяца",
        (PHOTO,) * photos,
    )


def moment(text: str) -> datetime:
    """A moment of 2026 in Astana: ``11-25 00:00``."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}+05:00")


@dataclass(frozen=True)
class Side:
    """A company and the first of its people."""

    company: CompanyView
    person: Actor

    @property
    def bin(self) -> str:
        """The company's BIN."""
        return self.company.bin

    @property
    def me(self) -> Actor:
        """The person, with a cause of its own each time."""
        return again(self.person)


class Stage:
    """Everything a test of one order needs, in one line each."""

    def __init__(self, site: Site, clock: ManualClock) -> None:
        self.site = site
        self.clock = clock
        self.services = Services(site)
        self.orders = self.services.orders
        self.offers = self.services.offers
        self.awards = self.services.awards
        self.contracts = self.services.contracts

    async def customer(self, name: str = "ТОО «Генподряд»") -> Side:
        """A customer with one person."""
        company = await make_customer(self.site, name_ru=name)
        person = await make_person(self.site, role=Role.CUSTOMER, company=company)
        return Side(company, person)

    async def supplier(self, name: str = "ТОО «Прибор»", goods: Sequence[str] = (PIPE,)) -> Side:
        """A producer with one person."""
        company = await make_producer(self.site, goods=goods, name_ru=name)
        person = await make_person(self.site, role=Role.SUPPLIER, company=company)
        return Side(company, person)

    async def colleague(self, side: Side) -> Actor:
        """Another person of the same company in the same role."""
        return await make_person(self.site, role=side.person.role, company=side.company)

    async def strike(self, side: Side, status: Status) -> None:
        """The registries say something of the company."""
        data = ProducerData(
            bin=side.bin,
            name_ru="ТОО «Прибор»",
            name_kk="«Аспап» ЖШС",
            status=status,
            registry_number="KZ-1",
            goods=(good(),),
        )
        await Registry(self.site).put_producer(integration_actor(), data)

    async def order(self, customer: Side, *lines: NewLine, publish: bool = True) -> int:
        """An order of the customer; returns its number."""
        created = await self.orders.create(customer.me, customer.bin, TERMS, lines or (new_line(),))
        number = created.numbers[0]
        if publish:
            await self.orders.publish(customer.me, number)
        return number

    async def offer(self, supplier: Side, number: int, *lines: OfferInput) -> Submitted:
        """An offer of the supplier."""
        return await self.offers.submit(supplier.me, number, supplier.bin, lines or (offered(),))

    async def select(
        self, customer: Side, number: int, *choices: tuple[Side, str] | tuple[Side, str, int]
    ) -> list[AwardView]:
        """Give volumes of the first line, or of the line named third."""
        return await self.awards.select(
            customer.me,
            number,
            [
                Choice(choice[2] if len(choice) > 2 else 1, choice[0].bin, Decimal(choice[1]))
                for choice in choices
            ],
        )

    async def at(self, text: str) -> None:
        """Move the clock; nothing is swept."""
        self.clock.set(moment(text))

    async def sweep(self) -> int:
        """Fire everything that is due; returns how many deadlines were fired."""
        fired = 0
        while batch := await self.services.deadlines.fire_due():
            fired += batch
        return fired

    async def until(self, text: str) -> None:
        """Live to a moment: each deadline on the way is fired at its own instant."""
        end = moment(text)
        while (due := await self.services.deadlines.next_due()) is not None and due <= end:
            self.clock.set(max(due, self.clock.now()))
            await self.sweep()
        self.clock.set(end)

    async def closed(self, customer: Side, *offers: tuple[Side, OfferInput]) -> int:
        """An order whose window has closed on 25 November with these offers."""
        number = await self.order(customer)
        for supplier, line in offers:
            await self.offer(supplier, number, line)
        await self.until("11-25 10:00")
        return number

    async def card(self, side: Side, number: int) -> OrderCard:
        """The order as the side's person sees it."""
        return await self.orders.card(side.me, number)

    async def told(self, person: Actor | Side, kind: str = "") -> list[Notice]:
        """Notices of a person, oldest first; those whose kind begins with ``kind``."""
        actor = person.person if isinstance(person, Side) else person
        async with self.site.sessions() as session:
            rows = await session.scalars(
                select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id)
            )
            return [row for row in rows if row.kind.startswith(kind)]

    async def sent(self, state: str = "sent") -> None:
        """Every notice and letter that waits goes out, or meets that end."""
        async with self.site.sessions.begin() as session:
            for row in (Notice, OutgoingMail):
                await session.execute(update(row).where(row.state == "queued").values(state=state))

    async def kinds(self, person: Actor | Side, kind: str = "") -> list[str]:
        """Kinds of a person's notices, oldest first."""
        return [row.kind for row in await self.told(person, kind)]

    async def record(self, subject: str) -> list[AuditEntry]:
        """What is on record of a subject, oldest first."""
        async with self.site.sessions() as session:
            rows = await session.scalars(
                select(AuditEntry)
                .where(AuditEntry.subject == subject)
                .order_by(AuditEntry.position)
            )
            return list(rows)

    async def deadlines(self, kind: str, subject: str = "") -> list[Deadline]:
        """Deadlines of a kind, oldest first."""
        async with self.site.sessions() as session:
            rows = await session.scalars(
                select(Deadline).where(Deadline.kind == kind).order_by(Deadline.id)
            )
            return [row for row in rows if not subject or row.subject == subject]
