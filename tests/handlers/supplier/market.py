"""A market for tests: a customer, a producer, an order whose window is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.sandbox.client import Message, Person
from domain.actor import Actor
from domain.awards.rules import Choice
from domain.offers.service import OfferInput
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine
from domain.registry.views import CompanyView
from domain.roles import Role
from handlers.views.menus import ACTIONS
from handlers.views.translator import Translator
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import (
    PIPE,
    again,
    integration_actor,
    make_customer,
    make_producer,
)

REQUIRED = "сталь 20, ГОСТ 10704-91"


def line(name: str = "Труба стальная", quantity: str = "10", sum_: str = "1000000.00") -> NewLine:
    """A line of pipes."""
    return NewLine(
        name_ru=name,
        name_kk="Болат құбыр",
        code=PIPE,
        agsk3="",
        quantity=Decimal(quantity),
        unit="piece",
        allocated_sum=Decimal(sum_),
        characteristics=REQUIRED,
    )


@dataclass
class Market:
    """One customer, one producer with one person in the chat."""

    town: Town
    customer: CompanyView
    producer: CompanyView
    aigul: Person
    language: str

    @classmethod
    async def opened(cls, town: Town, language: str = "ru") -> Market:
        """The market with the supplier's person started."""
        customer = await make_customer(town.site)
        producer = await make_producer(town.site)
        aigul = await town.person("Айгүл", language, role=Role.SUPPLIER, company=producer)
        return cls(town, customer, producer, aigul, language)

    @property
    def t(self) -> Translator:
        """The texts as the supplier's person reads them."""
        return t_of(self.language)

    def label(self, text: str, **params: str | int) -> str:
        """A button's label as the supplier's person sees it."""
        return self.t.button(text, **params)

    async def publish(self, lines: Sequence[NewLine] | None = None) -> int:
        """An order in the name of the customer, its window open."""
        orders, actor = self.town.services.orders, integration_actor()
        made = await orders.create(
            actor, self.customer.bin, OrderTerms("Астана", "DDP", 60), list(lines or [line()])
        )
        await orders.publish(again(actor), made.numbers[0])
        return made.numbers[0]

    async def open_order(self, number: int, person: Person | None = None) -> None:
        """The order's card, through the menu."""
        person = person or self.aigul
        await person.say(self.t.button(ACTIONS["orders"]))
        await tap(person, "order.card", number)

    async def supplier(self) -> Actor:
        """The supplier's person as an actor."""
        return await self.town.actor(self.aigul)

    async def offer(self, number: int, price: str = "900000.00", at: int = 1) -> None:
        """An offer for a whole line, made elsewhere."""
        given = OfferInput(
            line=at,
            quantity=Decimal(10),
            price=Decimal(price),
            delivery_days=60,
            characteristics=REQUIRED,
        )
        await self.town.services.offers.submit(
            integration_actor(), number, self.producer.bin, [given]
        )

    async def close_window(self, number: int) -> None:
        """Go beyond the end of the term and let the sweep run."""
        card = await self.town.services.orders.card(integration_actor(), number)
        assert card.offers_due_at is not None
        await self.town.come(card.offers_due_at)

    async def choose(self, number: int, quantity: str = "10") -> int:
        """The customer chooses the producer; the award's number."""
        made = await self.town.services.awards.select(
            integration_actor(), number, [Choice(1, self.producer.bin, Decimal(quantity))]
        )
        return made[0].id

    async def sees(self, text: str, person: Person | None = None) -> Message:
        """A message whose English text begins so, in the reader's language, up to its value."""
        start = said(self.t, text).strip()
        assert start, text
        return await (person or self.aigul).eventually(lambda each: start in each.text)

    async def reads(self, part: str, person: Person | None = None) -> Message:
        """A message that holds a value."""
        return await (person or self.aigul).eventually(lambda each: part in each.text)
