"""Under an invitation: "not this time" and a reminder of one's own."""

from __future__ import annotations

from sqlalchemy import select

from domain.deadlines import Deadline
from domain.orders.model import OrderInvitation
from tests.handlers.supplier.market import Market
from tests.support.chat import Town, tap, tap_label
from tests.support.factories import integration_actor


async def declined_with(town: Town) -> list[str | None]:
    """Reasons of those who declined."""
    async with town.site.sessions() as session:
        rows = await session.scalars(
            select(OrderInvitation.decline_reason).where(OrderInvitation.declined_at.is_not(None))
        )
        return list(rows)


async def test_not_this_time_without_a_reason(town: Town) -> None:
    market = await Market.opened(town, "kk")
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.decline", number)
    await tap_label(market.aigul, market.label("Skip the reason"))
    told = await market.sees("If you change your mind, you can make an offer until {when}.")
    assert told.has(market.label("Make an offer"))
    assert await declined_with(town) == [None]


async def test_not_this_time_with_a_reason(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.decline", number)
    await market.sees("Order No. {number}: not this time?")
    await market.aigul.say("ы" * 1001)
    await market.aigul.say("Мощности заняты")
    await market.sees("If you change your mind, you can make an offer until {when}.")
    assert await declined_with(town) == ["Мощности заняты"]


async def test_keeping_the_order(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.decline", number)
    await tap_label(market.aigul, market.label("Keep the order"))
    await market.sees("Nothing has changed. You can make an offer under the invitation.")
    assert await declined_with(town) == []


async def test_declining_leaves_the_cards_buttons(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.decline", number)
    await market.sees("Order No. {number}: not this time?")
    # The buttons of the card above work while the question is open.
    await tap(market.aigul, "order.offer", number)
    await market.sees("What volume can you deliver?")


async def test_reminders_inside_the_window_only(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.remind", number)
    menu = await market.sees("When shall I remind you of order No. {number}?")
    assert len(menu.buttons) == 4
    await tap_label(market.aigul, market.label("In 3 hours"))
    set_ = await market.sees("I will remind you of order No. {number} on {when}.")
    assert "13:00" in set_.text
    async with town.site.sessions() as session:
        row = (await session.scalars(select(Deadline).where(Deadline.kind == "remind.me"))).one()
    assert row.due_at.isoformat() == "2026-11-20T08:00:00+00:00"


async def test_a_moment_that_has_passed_is_refused(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.remind", number)
    menu = await market.sees("When shall I remind you of order No. {number}?")
    card = await town.services.orders.card(integration_actor(), number)
    assert card.offers_due_at is not None
    town.clock.set(card.offers_due_at)
    answer = await market.aigul.wait_answer(
        await market.aigul.press(market.label("In 1 hour"), menu)
    )
    assert answer.show_alert
    await tap(market.aigul, "order.remind", number)
    await market.sees("There is no time left for a reminder on order No. {number}:")
