"""An order whose window has closed, with two offers, for tests of selection and contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.sandbox.client import Person
from domain.actor import Actor
from domain.awards.board import Board
from domain.offers.service import OfferInput
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine
from domain.orders.views import OrderCard
from domain.registry.views import CompanyView
from domain.roles import Role
from tests.support.chat import Town, t_of, tap
from tests.support.factories import PIPE, again, integration_actor, make_customer, make_producer


@dataclass
class Window:
    """A customer's person in the chat, two producers, one order of 100 metres for 1,000,000."""

    town: Town
    aigul: Person
    first: CompanyView
    second: CompanyView
    number: int
    language: str

    @classmethod
    async def closed(
        cls, town: Town, language: str = "ru", offers: Sequence[tuple[str, str]] = ()
    ) -> Window:
        """The order with offers (volume, price) of the two producers in turn, judged."""
        customer = await make_customer(town.site)
        first = await make_producer(town.site, name_ru="ТОО «Алма & Ко»", name_kk="«Алма & Ко» ЖШС")
        second = await make_producer(town.site, name_ru="ТОО «Береке»", name_kk="«Береке» ЖШС")
        aigul = await town.person("Айгүл", language, role=Role.CUSTOMER, company=customer)
        line = NewLine(
            "Труба", "Құбыр", PIPE, "", Decimal(100), "m", Decimal("1000000.00"), "ГОСТ 8732"
        )
        actor = integration_actor()
        made = await town.services.orders.create(
            actor, customer.bin, OrderTerms("Астана", "DDP", 60), [line]
        )
        number = made.numbers[0]
        await town.services.orders.publish(again(actor), number)
        for company, (quantity, price) in zip(
            (first, second), offers or (("60", "480000.00"), ("80", "800000.00")), strict=False
        ):
            given = OfferInput(1, Decimal(quantity), Decimal(price), 60, "ГОСТ <8732>")
            await town.services.offers.submit(integration_actor(), number, company.bin, [given])
        window = cls(town, aigul, first, second, number, language)
        due = (await window.card()).offers_due_at
        assert due is not None
        await window.pass_time(due)
        return window

    async def pass_time(self, instant: datetime) -> None:
        """Move the one clock and let the sweep run."""
        await self.town.come(instant)

    async def card(self) -> OrderCard:
        """The order as an integration sees it."""
        return await self.town.services.orders.card(integration_actor(), self.number)

    async def board(self) -> Board:
        """What is chosen from."""
        actor: Actor = await self.town.actor(self.aigul)
        return await self.town.services.awards.board(actor, self.number)

    def label(self, text: str) -> str:
        """A button as the customer's person sees it."""
        return t_of(self.language).button(text)

    async def open(self) -> None:
        """The order's card, from the menu."""
        await self.aigul.say(self.label("Orders"))
        await tap(self.aigul, "order.card", self.number)
        await self.aigul.eventually(lambda each: each.has(self.label("Goods in detail")))
