"""What happens in a town: the lives of orders, and acts beside them.

A life is a row of acts; each says when it comes (the ends of terms may have moved meanwhile) and
what it does. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from handlers.views.press import press
from tests.support.factories import PIPE
from tests.torture.model import (
    ASTANA,
    CONFIRMATION_DAYS,
    OFFER_DAYS,
    Award,
    Offer,
    Order,
    moment_in,
)
from tests.torture.plan import OfferPlan, OrderPlan, OtherPlan
from tests.torture.stage import ASKER, BUYER, MAKERS
from tests.torture.town import Town
from tests.torture.waiting import INSIDE, OUTSIDE, Waiting

When = Callable[[], datetime]
QUANTITY = 100


@dataclass(frozen=True)
class Act:
    """One act: when it comes, what it is called, what it does."""

    when: When
    name: str
    does: Callable[[], Awaitable[None]]


Life = Iterator[Act]


def _at(instant: datetime) -> When:
    return lambda: instant


@dataclass
class OrderLife:
    """An order from its publication to its end."""

    town: Town
    plan: OrderPlan
    start: datetime
    index: int

    def acts(self) -> Life:
        """Its acts, one after another; each may depend on what came of the one before."""
        self.order = Order(0, self.index)
        name = f"order {self.index}"
        yield Act(_at(self.start + self.plan.after), f"{name}: create", self.create)
        yield Act(_at(self.start + self.plan.after), f"{name}: publish", self.publish)
        for maker, plan in sorted(enumerate(self.plan.offers), key=self._order_of):
            if plan.mode != "none":
                yield Act(
                    self._moment(plan), f"{name}: offer {maker} {plan.mode}", self._offer(maker)
                )
        yield Act(self._after_window, f"{name}: after the window", self.closed)
        if not self.order.taken:
            return
        yield Act(self._selects, f"{name}: select", self.select)
        yield from sorted(self._answers(), key=lambda each: each.when())
        if self.plan.contract and any(each.outcome == "confirmed" for each in self.order.awards):
            yield Act(self._soon, f"{name}: contract", self.contract)
        yield Act(self._after_awards, f"{name}: after the awards", self._nothing)

    def _answers(self) -> Iterator[Act]:
        """What suppliers do about their awards, and what the chains do meanwhile."""
        awards = zip(self.order.awards, self._decisions(), self.plan.seen, strict=False)
        for award, (mode, share), seen in awards:
            waiting, name = Waiting(self.town, award), f"award {award.number}"
            if seen == "early":
                yield Act(waiting.after(int(share * INSIDE)), f"{name}: seen", waiting.seen)
            if self.plan.watched:
                yield Act(waiting.after(OUTSIDE, 2), f"{name}: the chain climbs", waiting.climbs)
            if seen == "late":
                yield Act(waiting.after(OUTSIDE, 3), f"{name}: seen late", waiting.seen)
            if mode != "none":
                yield Act(
                    partial(self._decides, award, mode, share),
                    f"{name}: {mode}",
                    self._decide(award, mode),
                )

    @staticmethod
    def _decides(award: Award, mode: str, share: float) -> datetime:
        moment = "mid" if mode == "refuse" else mode
        return moment_in(moment, award.started_at, award.due, share)

    @staticmethod
    def _order_of(item: tuple[int, OfferPlan]) -> tuple[int, float]:
        return ("mid", "last", "late", "none").index(item[1].mode), item[1].share

    def _decisions(self) -> list[tuple[str, float]]:
        rank = {"mid": 0, "refuse": 0, "last": 1, "late": 2, "none": 3}
        return sorted(self.plan.decisions, key=lambda each: (rank[each[0]], each[1]))

    @property
    def _due(self) -> datetime:
        assert self.order.due is not None
        return self.order.due

    def _moment(self, plan: OfferPlan) -> When:
        def when() -> datetime:
            assert self.order.published_at is not None
            return moment_in(plan.mode, self.order.published_at, self._due, plan.share)

        return when

    def _after_window(self) -> datetime:
        return self._due + timedelta(minutes=5)

    def _selects(self) -> datetime:
        return self._due + self.plan.select_share * timedelta(days=2)

    def _soon(self) -> datetime:
        return self.town.clock.now() + timedelta(hours=1)

    def _after_awards(self) -> datetime:
        return max(each.due for each in self.order.awards) + timedelta(minutes=5)

    async def _nothing(self) -> None:
        for award in self.order.awards:
            award.close(self.town.clock.now())

    async def create(self) -> None:
        """A draft by an integration."""
        line = {
            "name_ru": "Труба стальная",
            "name_kk": "Болат құбыр",
            "code": PIPE,
            "quantity": str(QUANTITY),
            "unit": "m",
            "allocated_sum": "1000000.00",
            "characteristics": "ГОСТ 10704-91",
        }
        body = {
            "customer_bin": self.town.stage.customer,
            "delivery_place": f"Астана, склад {self.index}",
            "delivery_terms": "DDP",
            "delivery_days": 90,
            "lines": [line],
        }
        status, answer = await self.town.call("POST", "/orders", body)
        self.town.ledger.expect(status == 201, f"an order was refused: {status} {answer}")
        self.order.number = int(answer["number"])
        self.town.ledger.orders.append(self.order)

    async def publish(self) -> None:
        """From now on offers are taken."""
        now = self.town.clock.now()
        status, answer = await self.town.call("POST", f"/orders/{self.order.number}/publish")
        expect = self.town.ledger.expect
        expect(status == 200, f"a publication was refused: {status} {answer}")
        self.order.published_at = now
        self.order.due = self.town.ledger.days.end(now, OFFER_DAYS)
        expect(answer.get("invited") == len(MAKERS), f"invited: {answer}")
        told = datetime.fromisoformat(answer["offers_due_at"])
        expect(told == self.order.due, f"the window ends {told}, not {self.order.due}")

    def _offer(self, maker: int) -> Callable[[], Awaitable[None]]:
        plan = self.plan.offers[maker]

        async def offer() -> None:
            now, supplier = self.town.clock.now(), self.town.stage.makers[maker]
            timely = self.town.timely(self._due)
            line = {
                "line": 1,
                "quantity": str(QUANTITY),
                "price": str(plan.price),
                "delivery_days": 60,
                "characteristics": "ГОСТ 10704-91",
            }
            status, answer = await self.town.call(
                "POST",
                f"/orders/{self.order.number}/offers",
                {"supplier_bin": supplier, "lines": [line]},
            )
            taken = status == 201
            self.order.offers.append(Offer(supplier, plan.price, now, self._due, taken))
            self.town.ledger.expect(
                timely is None or taken == timely,
                f"order {self.order.number}: an offer at {now} of a window to {self._due} "
                f"was answered {status} {answer.get('code')}",
            )

        return offer

    async def closed(self) -> None:
        """The window has closed by itself."""
        wanted = "choosing" if self.order.taken else "failed"

        async def is_so() -> bool:
            shown = await self.town.read(f"/orders/{self.order.number}")
            return bool(shown["state"] == wanted)

        what = f"order {self.order.number} is not {wanted}"
        await self.town.comes_about(is_so, what, self._after_window())

    async def select(self) -> None:
        """The customer gives the volume to one supplier or to two."""
        offers = self.order.taken
        shares = [60, 40] if self.plan.split and len(offers) > 1 else [QUANTITY]
        given = [
            {"supplier_bin": offer.maker, "line": 1, "quantity": str(volume)}
            for offer, volume in zip(offers, shares, strict=False)
        ]
        now = self.town.clock.now()
        status, answer = await self.town.call(
            "POST", f"/orders/{self.order.number}/awards", {"awards": given}
        )
        self.town.ledger.expect(status == 201, f"a selection was refused: {status} {answer}")
        due = self.town.ledger.days.end(now, CONFIRMATION_DAYS)
        for shown in answer.get("awards", ()):
            told = datetime.fromisoformat(shown["due_at"])
            self.town.ledger.expect(told == due, f"an award ends {told}, not {due}")
            volume = int(float(shown["quantity"]))
            self.order.awards.append(Award(shown["id"], shown["supplier_bin"], volume, now, due))

    def _decide(self, award: Award, mode: str) -> Callable[[], Awaitable[None]]:
        async def refuse() -> None:
            # The clock may have gone past the term since this was planned: three days down.
            now, timely = self.town.clock.now(), self.town.timely(award.due)
            status, answer = await self.town.call(
                "POST", f"/awards/{award.number}/refuse", {"reason": "Нет сырья"}
            )
            taken = status == 200
            self.town.ledger.expect(
                timely is None or taken == timely,
                f"a refusal at {now} of a term to {award.due} was answered {status} {answer}",
            )
            if taken:
                award.outcome, award.decided_at = "refused", now
                Waiting(self.town, award).ended()
            award.close(now)

        async def decided() -> bool:
            shown = await self.town.read(f"/awards/{award.number}")
            return bool(shown["state"] != "pending")

        async def confirm() -> None:
            now, timely = self.town.clock.now(), self.town.timely(award.due)
            person = MAKERS[self.town.stage.makers.index(award.maker)]
            query = await self.town.press(person, press("award.confirmed", award.number))
            await self.town.taken()
            await self.town.answered(query, decided)
            if timely is None:
                timely = (await self.town.read(f"/awards/{award.number}"))["state"] == "active"
            if timely:
                award.outcome, award.decided_at = "confirmed", now
                Waiting(self.town, award).ended()
            award.close(now)

        return refuse if mode == "refuse" else confirm

    async def contract(self) -> None:
        """The signed contract is entered."""
        (award, *_) = [each for each in self.order.awards if each.outcome == "confirmed"]
        body = {
            "supplier_bin": award.maker,
            "contract_number": f"{self.order.number}/26",
            "signed_on": self.town.clock.now().astimezone(ASTANA).date().isoformat(),
        }
        status, answer = await self.town.call(
            "POST", f"/orders/{self.order.number}/contracts", body
        )
        self.town.ledger.expect(status in (200, 201), f"a contract was refused: {status} {answer}")
        self.order.contracted = award.maker


@dataclass
class OtherLife:
    """One act beside the orders."""

    town: Town
    plan: OtherPlan
    start: datetime
    index: int

    def acts(self) -> Life:
        """The one act."""
        yield Act(_at(self.start + self.plan.after), self.plan.what, getattr(self, self.plan.what))

    @property
    def _text(self) -> str:
        return f"Заказ не открывается, случай {4400 + self.index}"

    async def write(self) -> None:
        """Somebody writes to support in the chat."""
        person, swapped = self.town.person(ASKER), self.town.front.swapped
        await person.say("/support")
        await person.say(self._text)
        await self.town.taken()
        # What came before the word that it is for support is a message like any other.
        if self.town.front.swapped == swapped:
            self.town.ledger.written.append(self._text)

    async def voice(self) -> None:
        """Somebody leaves a voice message."""
        person = self.town.person(ASKER)
        await person.say("/support")
        await person.send_voice(b"OggS" + bytes(100))
        await self.town.taken()

    async def ask(self) -> None:
        """A platform asks support."""
        body = {"text": self._text, "bin": self.town.stage.makers[self.plan.who]}
        status, answer = await self.town.call("POST", "/tickets", body)
        self.town.ledger.expect(status == 201, f"a request was refused: {status} {answer}")
        self.town.ledger.tickets[self._text] = answer.get("number", 0)

    async def report(self) -> None:
        """A platform reports a fault."""
        body = {
            "text": self._text,
            "found_at": self.town.clock.now().isoformat(),
            "contacts": "+77010000009",
            "bin": self.town.stage.makers[self.plan.who],
        }
        status, answer = await self.town.call("POST", "/incidents/reports", body)
        self.town.ledger.expect(status == 201, f"a report was refused: {status} {answer}")
        self.town.ledger.reports[self._text] = int(answer.get("incident", 0) or 0)

    async def menu(self) -> None:
        """Somebody looks at the list of notices."""
        person = await self.town.talking((BUYER, *MAKERS)[self.plan.who])
        await person.say("/notices")
        await self.town.taken()
