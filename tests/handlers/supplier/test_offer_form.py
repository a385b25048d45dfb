"""The form of a price offer, as a supplier's person goes through it in the chat."""

from __future__ import annotations

from decimal import Decimal

import pytest
from aiogram.fsm.storage.memory import DisabledEventIsolation
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.fsm import PostgresStorage
from bot.telegram.gateway import DialogMessages
from domain.files import MAX_FILE_BYTES
from domain.offers.views import OfferView
from domain.roles import Role
from domain.services import Services
from handlers.assembly import build_dispatcher
from tests.bot.sandbox.rig import png
from tests.handlers.supplier.market import REQUIRED, Market, line
from tests.support.chat import Town, tap, tap_label
from tests.support.factories import integration_actor, make_person, make_producer
from tests.support.language import assert_catalogued, listening

NB = "\N{NO-BREAK SPACE}"


async def versions(market: Market, number: int) -> list[OfferView]:
    """Every version of the producer's offer."""
    return await market.town.services.offers.own(integration_actor(), number, market.producer.bin)


async def answer_line(market: Market, price: str = "1 000 000", days: str = "60") -> None:
    """Answer all questions of one line, the whole volume, as required, one photo, no warranty."""
    aigul = market.aigul
    await market.sees("What volume can you deliver?")
    await tap_label(aigul, market.label("All ({quantity})", quantity=10))
    await market.sees("What is the price for {quantity} in all?")
    await aigul.say(price)
    await market.sees("In how many calendar days will you deliver?")
    await aigul.say(days)
    await tap_label(aigul, market.label("As required"))
    await market.sees("Send photos of the goods")
    await aigul.send_photo(png())
    await tap_label(aigul, market.label("Done, go on"))
    await market.sees("Is there a warranty or service after the sale?")
    await tap_label(aigul, market.label("Skip"))


@pytest.mark.clause("344-13.3b")
@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_whole_way(town: Town, language: str) -> None:
    with listening() as heard:
        market = await walk_the_whole_way(town, language)
    for message in await market.aigul.messages():
        if message.by_bot:
            assert_catalogued(message.text, heard)
            for button in message.buttons:
                assert_catalogued(button.text, heard)


async def walk_the_whole_way(town: Town, language: str) -> Market:
    """From the order to a recorded offer, with one thing mended on the way."""
    market = await Market.opened(town, language)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.offer", number)
    await answer_line(market, "900 000,50", "75")
    # 75 days are beyond the limit of 60: told, and taken all the same.
    await market.sees("Correct it, or submit it all the same: it will be recorded.")
    await tap_label(market.aigul, market.label("Correct period, line {line}", line=1))
    await market.sees("In how many calendar days will you deliver?")
    await market.aigul.say("50")
    review = await market.sees("Everything is within the limits of the order.")
    assert f"900{NB}000,50{NB}₸" in review.text
    assert f"90{NB}000,05{NB}₸" in review.text  # the price of one unit
    await tap_label(market.aigul, market.label("Submit"))
    done = await market.aigul.eventually(
        lambda each: "10:00:00" in each.text and each.id == review.id
    )
    assert done.has(market.label("My offer"))
    (offer,) = await versions(market, number)
    (offered,) = offer.lines
    assert (offered.quantity, offered.price) == (Decimal(10), Decimal("900000.50"))
    assert (offered.delivery_days, offered.characteristics) == (50, REQUIRED)
    assert (offered.warranty, len(offered.photos)) == ("", 1)
    assert await town.site.files.get(offered.photos[0].sha256) == png()
    return market


async def test_price_above_the_sum_is_told_and_may_be_submitted(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.offer", number)
    await answer_line(market, "1 000 000,01")
    review = await market.sees("Correct it, or submit it all the same: it will be recorded.")
    assert "344" in review.text
    assert review.has(market.label("Correct price, line {line}", line=1))
    assert market.label("Submit") not in [each.text for each in review.buttons]
    await tap_label(market.aigul, market.label("Submit all the same"))
    await market.reads("10:00:00")
    (offer,) = await versions(market, number)
    assert offer.lines[0].price == Decimal("1000000.01")


async def test_wrong_values_are_told_and_the_step_stays(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    aigul = market.aigul
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await market.sees("What volume can you deliver?")
    for wrong in ("11", "0", "-5", "много", "1e9", "<b>5</b>"):
        await aigul.catch_up()
        await aigul.say(wrong)
        await aigul.wait_for(lambda each: not each.buttons)  # the reason
        await aigul.wait_for(lambda each: each.has(market.label("All ({quantity})", quantity=10)))
    await aigul.say("2,5")
    await market.sees("What is the price for {quantity} in all?")
    for wrong in ("1.25 млн", "1.250", "1,250.00", "0", "-1", "10000000000000000000"):
        await aigul.catch_up()
        await aigul.say(wrong)
        await aigul.wait_for(lambda each: not each.buttons)
        asked = await aigul.wait_for(lambda each: bool(each.buttons))
        assert "1 250 000,50" in asked.text
    await aigul.say("250 000")
    asked = await market.sees("In how many calendar days will you deliver?")
    assert f"250{NB}000{NB}₸" in asked.text
    assert f"100{NB}000{NB}₸" in asked.text
    for wrong in ("0", "шестьдесят", "100000"):
        await aigul.catch_up()
        await aigul.say(wrong)
        await aigul.wait_for(lambda each: not each.buttons)
        await aigul.wait_for(lambda each: bool(each.buttons))
    await aigul.send_photo(png())
    await market.sees("This step needs a text. Please type the answer, or press a button.")


async def test_photos_album_files_and_wrong_kinds(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    aigul = market.aigul
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await tap_label(aigul, market.label("All ({quantity})", quantity=10))
    await market.sees("What is the price for {quantity} in all?")
    await aigul.say("900000")
    await market.sees("In how many calendar days will you deliver?")
    await aigul.say("60")
    await tap_label(aigul, market.label("As required"))
    await market.sees("Send photos of the goods")
    await aigul.say("готово")
    await market.sees("This step needs photos of the goods. Please send at least one.")
    await aigul.send_document(b"%PDF-1.4", "passport.pdf")
    await market.sees("This is not a picture. Please send a photo, or an image file (JPG, PNG).")
    await aigul.catch_up()
    for width in (5, 6, 7):
        await aigul.send_photo(png(width), album="77")
    await aigul.send_document(png(8), "труба.png")
    four = market.t.plural("Received: {n} photo", "Received: {n} photos", 4)
    shown = await market.reads(four)
    # One message counts the whole album, the file has its own.
    answers = [each for each in await aigul.messages() if each.by_bot and each.id > shown.id - 9]
    three = market.t.plural("Received: {n} photo", "Received: {n} photos", 3)
    assert len([each for each in answers if three in each.text]) == 1
    await tap_label(aigul, market.label("Remove all photos"))
    await aigul.eventually(
        lambda each: (
            market.label("Done, go on") not in [b.text for b in each.buttons]
            and each.id == shown.id
        )
    )


async def test_several_lines_skip_change_and_add(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish([line("Труба 1"), line("Труба 2"), line("Труба 3")])
    aigul = market.aigul
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await tap_label(aigul, market.label("Skip this line"))
    await market.reads("Труба 2: ")
    await answer_line(market)
    last = await market.reads("Труба 3: ")
    assert not last.has(market.label("Skip the rest"))
    await tap_label(aigul, market.label("Skip this line"))
    review = await market.sees("Everything is within the limits of the order.")
    assert review.has(market.label("Add line {line}", line=1))
    await tap_label(aigul, market.label("Change line {line}", line=2))
    await tap_label(aigul, market.label("Volume"))
    await market.aigul.say("5")
    # The volume has changed, so its price is asked again.
    await aigul.eventually(
        lambda each: each.has(market.label("Keep as it is")) and f" 5{NB}" in each.text
    )
    await aigul.say("400 000")
    await market.reads(f"80{NB}000{NB}₸")
    await tap_label(aigul, market.label("Submit"))
    await market.reads("10:00:00")
    (offer,) = await versions(market, number)
    assert [(each.line, each.quantity, each.price) for each in offer.lines] == [
        (2, Decimal(5), Decimal("400000.00"))
    ]


async def test_draft_outlives_other_commands_and_is_continued(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    aigul = market.aigul
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await tap_label(aigul, market.label("All ({quantity})", quantity=10))
    await market.sees("What is the price for {quantity} in all?")
    await aigul.say("770 000")
    await market.sees("In how many calendar days will you deliver?")
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await market.sees("Continue the draft?")
    asked = await tap_label(aigul, market.label("Continue"))
    asked = await aigul.eventually(
        lambda each: each.id == asked.id and f"770{NB}000{NB}₸" in each.text
    )
    await tap_label(aigul, market.label("Cancel"))
    await tap_label(aigul, market.label("Keep for later"))
    await market.sees("The draft waits for you. Nothing was sent.")
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await tap_label(aigul, market.label("Start anew"))
    asked = await market.sees("What volume can you deliver?")
    assert "770" not in asked.text
    assert len([each for each in await aigul.messages() if each.has(market.label("Cancel"))]) == 1
    await tap_label(aigul, market.label("All ({quantity})", quantity=10))
    await market.sees("What is the price for {quantity} in all?")
    await tap_label(aigul, market.label("Cancel"))
    await market.sees("Leave the form?")
    await tap_label(aigul, market.label("Delete the draft"))
    await market.sees("Cancelled. Nothing was sent.")
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await market.sees("What volume can you deliver?")
    assert await versions(market, number) == []


@pytest.mark.clause("344-13.3a")
async def test_window_closes_while_the_form_is_open(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    aigul = market.aigul
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await answer_line(market)
    await market.sees("Everything is within the limits of the order.")
    card = await town.services.orders.card(integration_actor(), number)
    assert card.offers_due_at is not None
    town.clock.set(card.offers_due_at)  # the very instant; no sweep has run
    message = await aigul.find(lambda each: each.has(market.label("Submit")))
    pressed = await aigul.press(market.label("Submit"), message)
    answer = await aigul.wait_answer(pressed)
    assert answer.show_alert
    closed = await market.sees("⛔ Price offers were taken until {when}.")
    assert f"1{NB}000{NB}000{NB}₸" in closed.text
    assert market.label("Submit") not in [each.text for each in closed.buttons]
    assert await versions(market, number) == []
    # What was typed can be read later too.
    await tap_label(aigul, market.label("Cancel"))
    await tap_label(aigul, market.label("Keep for later"))
    await market.sees("The draft waits for you. Nothing was sent.")
    await aigul.catch_up()
    old = await aigul.find(lambda each: each.has(market.label("Make an offer")))
    await aigul.press(market.label("Make an offer"), old)
    again = await aigul.wait_for(lambda each: "⛔" in each.text)
    assert f"1{NB}000{NB}000{NB}₸" in again.text


async def test_same_message_twice_is_taken_once(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.offer", number)
    await market.sees("What volume can you deliver?")
    original = town.dispatcher.feed_update
    fed = []

    async def twice(bot, update, **kwargs):  # type: ignore[no-untyped-def]  # stands in for aiogram's own
        fed.append(update)
        await original(bot, update, **kwargs)
        return await original(bot, update, **kwargs)

    town.dispatcher.feed_update = twice  # type: ignore[method-assign]  # every update comes again
    await market.aigul.say("5")
    asked = await market.sees("What is the price for {quantity} in all?")
    town.dispatcher.feed_update = original  # type: ignore[method-assign]  # as it was
    await market.aigul.say("400000")
    asked = await market.sees("In how many calendar days will you deliver?")
    assert f"400{NB}000{NB}₸" in asked.text
    assert len(fed) == 1


async def test_form_goes_on_after_a_restart(town: Town, database_url: str) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    await market.open_order(number)
    await tap(market.aigul, "order.offer", number)
    await market.sees("What volume can you deliver?")
    await market.aigul.say("5")
    await market.sees("What is the price for {quantity} in all?")
    engine = create_async_engine(database_url)
    town.dispatcher = build_dispatcher(
        Services(town.site), PostgresStorage(engine), DisabledEventIsolation(), DialogMessages()
    )
    await market.aigul.say("400000")
    asked = await market.sees("In how many calendar days will you deliver?")
    assert f"400{NB}000{NB}₸" in asked.text
    await engine.dispose()


# The test's own client sends the file from memory, which aiohttp advises against.
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_huge_image_is_refused_before_the_download(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    aigul = market.aigul
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await tap_label(aigul, market.label("All ({quantity})", quantity=10))
    await market.sees("What is the price for {quantity} in all?")
    await aigul.say("900000")
    await market.sees("In how many calendar days will you deliver?")
    await aigul.say("60")
    await tap_label(aigul, market.label("As required"))
    await market.sees("Send photos of the goods")
    await aigul.catch_up()
    await aigul.send_document(png() + bytes(MAX_FILE_BYTES), "труба.png")
    await aigul.wait_for(lambda each: not each.buttons and "20" in each.text)
    asked = await aigul.wait_for(lambda each: bool(each.buttons))
    assert market.label("Done, go on") not in [each.text for each in asked.buttons]
    assert await town.sandbox.calls("getFile") == []


async def test_markup_emoji_and_long_texts_are_shown_as_typed(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    aigul = market.aigul
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await tap_label(aigul, market.label("All ({quantity})", quantity=10))
    await market.sees("What is the price for {quantity} in all?")
    await aigul.say("900000")
    await market.sees("In how many calendar days will you deliver?")
    await aigul.say("60")
    await market.sees("What are the technical characteristics?")
    await aigul.say("<b>сталь</b> & 😀 " + "длинно " * 500)
    await market.sees("Send photos of the goods")
    await aigul.send_photo(png())
    await tap_label(aigul, market.label("Done, go on"))
    await market.sees("Is there a warranty or service after the sale?")
    await aigul.say("<i>24</i> месяца")
    review = await market.sees("Everything is within the limits of the order.")
    assert "<b>сталь</b> & 😀 длинно" in review.text
    assert "<i>24</i> месяца" in review.text
    await tap_label(aigul, market.label("Submit"))
    await tap_label(aigul, market.label("My offer"))
    await market.reads("<i>24</i> месяца")
    (offer,) = await versions(market, number)
    assert offer.lines[0].characteristics.startswith("<b>сталь</b> & 😀")


async def test_a_draft_is_of_one_company(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    aigul = market.aigul
    second = await make_producer(town.site)
    await market.open_order(number)
    await tap(aigul, "order.offer", number)
    await answer_line(market)
    await market.sees("Everything is within the limits of the order.")
    # The same person acts for another company meanwhile.
    await make_person(town.site, aigul.id, Role.SUPPLIER, second)
    review = await aigul.find(lambda each: each.has(market.label("Submit")))
    pressed = await aigul.press(market.label("Submit"), review)
    assert (await aigul.wait_answer(pressed)).show_alert
    for company in (market.producer, second):
        assert await town.services.offers.own(integration_actor(), number, company.bin) == []


async def test_uninvited_and_others_may_not_open_the_form(town: Town) -> None:
    market = await Market.opened(town)
    number = await market.publish()
    stranger = await town.person("Ерлан")
    await stranger.start()
    await market.open_order(number)
    message = await market.aigul.eventually(lambda each: each.has(market.label("Make an offer")))
    data = message.button(market.label("Make an offer")).data
    assert data is not None
    seen = await stranger.eventually(lambda each: True)
    pressed = await stranger.press_data(data, seen.id, forged=True)
    assert (await stranger.wait_answer(pressed)).show_alert
    assert await versions(market, number) == []
