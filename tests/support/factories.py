"""People, companies and actors for tests, made in one line each.

People are written as rows, not through registration: a test of orders should not wait for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import RuleBroken
from domain.identifiers import check_bin_iin
from domain.offers.service import OfferInput
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine
from domain.people.model import Consent, Membership, Person
from domain.people.rules import CONSENT_VERSIONS
from domain.registry.model import Company
from domain.registry.rules import GoodData, ProducerData, Status, fold
from domain.registry.service import Registry
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.services import Services
from domain.work import Site

PIPE = "242013.100.000000"
"""An ENS TRU code that most tests order and most producers of tests make."""

_counter = itertools.count(1)


def _bins() -> Iterator[str]:
    for serial in itertools.count(1):
        for digit in range(10):
            candidate = f"9001400{serial:04d}{digit}"
            try:
                yield check_bin_iin(candidate)
            except RuleBroken:
                continue


_numbers = _bins()


def next_bin() -> str:
    """A BIN nobody has yet, with a valid check digit."""
    return next(_numbers)


def next_cause() -> str:
    """A cause that no act had before."""
    return f"test:{next(_counter)}"


def integration_actor(cause: str | None = None, *, read_only: bool = False) -> Actor:
    """A trusted integration."""
    return Actor(
        kind="integration",
        source="api",
        cause=cause or next_cause(),
        label="platform",
        read_only=read_only,
    )


def good(code: str = PIPE, **values: object) -> GoodData:
    """A registered good with a name and a code; any other column by name."""
    given: dict[str, object] = {
        "name_ru": "Труба стальная",
        "name_kk": "Болат құбыр",
        "code": code,
        "unit": "m",
        "local_content": Decimal("55.00"),
        **values,
    }
    return GoodData(**given)  # type: ignore[arg-type]  # columns are named by the test


async def make_producer(
    site: Site,
    bin: str | None = None,  # noqa: A002 - the registry's own word, as tests read best
    goods: Sequence[GoodData | str] = (PIPE,),
    *,
    name_ru: str = "ТОО «Прибор»",
    name_kk: str = "«Аспап» ЖШС",
    status: Status = Status.ACTIVE,
) -> CompanyView:
    """A producer of the registry with its goods, given whole or by code."""
    data = ProducerData(
        bin=bin or next_bin(),
        name_ru=name_ru,
        name_kk=name_kk,
        status=status,
        registry_number=f"KZ-{next(_counter):06d}",
        goods=tuple(each if isinstance(each, GoodData) else good(each) for each in goods),
    )
    return await Registry(site).put_producer(integration_actor(), data)


async def make_customer(
    site: Site,
    bin: str | None = None,  # noqa: A002 - the registry's own word, as tests read best
    *,
    name_ru: str = "ТОО «Генподряд»",
    name_kk: str = "«Бас мердігер» ЖШС",
) -> CompanyView:
    """A customer."""
    return await Registry(site).put_customer(
        integration_actor(), bin or next_bin(), name_ru, name_kk
    )


async def company_id_of(session: AsyncSession, number: str) -> int:
    """The row's id of a BIN."""
    return (await session.scalars(select(Company.id).where(Company.bin == number))).one()


async def make_person(
    site: Site,
    telegram_id: int | None = None,
    role: Role | None = None,
    company: CompanyView | str | None = None,
    language: str = "ru",
    *,
    name: str = "Айгүл Сәрсен",
    position: str = "head",
    cause: str | None = None,
) -> Actor:
    """A registered person, as the actor they are; without a role, a guest with a full form.

    A known Telegram id gets the role in addition and acts in it.
    """
    now = site.clock.now()
    telegram_id = telegram_id or 700_000_000 + next(_counter)
    async with site.sessions.begin() as session:
        person = await session.scalar(select(Person).where(Person.telegram_id == telegram_id))
        if person is None:
            person = Person(
                telegram_id=telegram_id,
                language=language,
                language_chosen=True,
                name=name,
                folded=fold(name),
                phone=f"+7701{telegram_id % 10_000_000:07d}",
                email=f"person{telegram_id}@example.kz",
                state="active",
                created_at=now,
            )
            session.add(person)
            await session.flush()
            for kind, version in CONSENT_VERSIONS.items():
                session.add(
                    Consent(
                        person_id=person.id, kind=kind, version=version, language=language, at=now
                    )
                )
        company_id = None
        if company is not None:
            number = company if isinstance(company, str) else company.bin
            company_id = await company_id_of(session, number)
        if role is not None:
            membership = Membership(
                person_id=person.id,
                company_id=company_id,
                role=role.value,
                position=position,
                state="active",
                created_at=now,
            )
            session.add(membership)
            await session.flush()
            person.current_membership_id = membership.id
        person_id = person.id
    return Actor(
        kind="guest" if role is None else "person",
        source="telegram",
        cause=cause or next_cause(),
        person_id=person_id,
        company_id=company_id,
        role=role,
        telegram_id=telegram_id,
    )


async def admin_actor(site: Site, telegram_id: int | None = None) -> Actor:
    """An administrator."""
    return await make_person(site, telegram_id, Role.ADMIN, name="Админ Әділ")


def again(actor: Actor) -> Actor:
    """The same actor with a cause of its own: another press, another message."""
    return actor.because(next_cause())


async def make_order(
    services: Services,
    customer: CompanyView,
    code: str = PIPE,
    *,
    quantity: str = "100",
    allocated_sum: str = "1000000",
    publish: bool = True,
    goods_list_item_id: int | None = None,
) -> int:
    """An order of one line, published unless told otherwise; returns its number."""
    line = NewLine(
        name_ru="Труба стальная",
        name_kk="Болат құбыр",
        code=code,
        agsk3="",
        quantity=Decimal(quantity),
        unit="m",
        allocated_sum=Decimal(allocated_sum),
        characteristics="ГОСТ 10704-91",
        goods_list_item_id=goods_list_item_id,
    )
    terms = OrderTerms(delivery_place="Астана", delivery_terms="DDP", delivery_days=90)
    created = await services.orders.create(integration_actor(), customer.bin, terms, [line])
    number = created.numbers[0]
    if publish:
        await services.orders.publish(integration_actor(), number)
    return number


async def make_offer(
    services: Services,
    number: int,
    supplier: CompanyView,
    *,
    quantity: str = "100",
    price: str = "900000",
    delivery_days: int = 60,
) -> int:
    """An offer on the first line of an order; returns its number."""
    line = OfferInput(1, Decimal(quantity), Decimal(price), delivery_days, "ГОСТ 10704-91")
    submitted = await services.offers.submit(integration_actor(), number, supplier.bin, [line])
    return submitted.number
