"""Administrators write to many people: the form, what readers get, the card, who may."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from aiogram.types import Chat, MessageEntity, Update, User
from aiogram.types import Message as TelegramMessage
from sqlalchemy import update

from bot.sandbox.client import Message, Person
from bot.telegram.delivery import Delivery
from bot.telegram.progress import ProgressCards
from bot.telegram.sender import TelegramSender
from domain.broadcasts.rules import Audience, Content
from domain.people.model import Membership
from domain.roles import Role
from handlers.views.menus import ACTIONS
from handlers.views.terms import BROADCAST_STATES, ROLES
from handlers.views.translator import Lazy, Translator, plain
from scheduler.dispatcher import Dispatcher
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import make_producer

LATER = timedelta(seconds=4)
KK, RU = "Жүйе <жаңарады> & т.б.", "Система <обновится> и т.д."


def button(t: Translator, text: str) -> str:
    """A label as this reader sees it."""
    return t.button(Lazy(text, "button"))


def contains(text: str, message: Message) -> bool:
    """Whether the text stands in a message."""
    return text in message.text


def under(message: Message, *labels: str) -> bool:
    """Whether one of these buttons stands under a message."""
    return any(each.text in labels for each in message.buttons)


async def sent(town: Town) -> int:
    """Everything that waits goes out."""
    sender = TelegramSender(town.bot, Delivery(town.services).render)
    return await Dispatcher(town.services.notice_queue, sender.send).drain()


async def answer(person: Person, text: str) -> Message:
    """Type something; the next step of the form."""
    await person.catch_up()
    await person.say(text)
    return await person.wait_for(lambda each: bool(each.buttons))


async def choose(person: Person, label: str) -> Message:
    """Press a button; what the message has become, or the new one."""
    await person.catch_up()
    await tap_label(person, label)
    return await person.wait_for(lambda each: bool(each.buttons))


async def begin(admin: Person, t: Translator) -> Message:
    """From the menu to the first question."""
    await admin.say(t.button(ACTIONS["broadcasts"]))
    await tap(admin, "broadcast.new")
    first = "Kazakh" if t.locale == "kk" else "Russian"
    asked = said(t, f"Type the message in {first}, as people will read it.")
    return await admin.wait_for(lambda each: asked in each.text)


async def texts(admin: Person, t: Translator) -> Message:
    """Both texts, the own language first; the step of the file."""
    own, other = (KK, RU) if t.locale == "kk" else (RU, KK)
    await answer(admin, own)
    return await answer(admin, other)


async def plain_audience(admin: Person, t: Translator) -> Message:
    """Everybody; the step of the time."""
    for label in ("All roles", "Any language", "Any region", "Any goods"):
        shown = await choose(admin, button(t, label))
    return shown


async def up_to_review(admin: Person, t: Translator) -> Message:
    """The shortest way: no file, no button, everybody, at once."""
    await begin(admin, t)
    await texts(admin, t)
    await choose(admin, button(t, "Without a file"))
    await choose(admin, button(t, "No button"))
    await plain_audience(admin, t)
    return await choose(admin, button(t, "At once"))


def card_of(state: str, t: Translator) -> str:
    """How the card says its state."""
    return plain(t("State: {state}", state=t(BROADCAST_STATES[state])))


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_broadcast_from_the_menu_to_its_readers(town: Town, language: str) -> None:
    t = t_of(language)
    admin = await town.person("Әділ", language, role=Role.ADMIN)
    readers = {
        "kk": await town.person("Айгүл", "kk", role=Role.OBSERVER),
        "ru": await town.person("Ерлан", "ru", role=Role.OBSERVER),
    }
    for person in (admin, *readers.values()):
        await person.start()
    await admin.say(t.button(ACTIONS["broadcasts"]))
    empty = said(t, "Nothing has been sent to many people yet.")
    await admin.wait_for(lambda each: empty in each.text)
    await begin(admin, t)
    await texts(admin, t)
    await admin.catch_up()
    await admin.send_photo(b"\xff\xd8\xff photo")
    await admin.wait_for(lambda each: said(t, "Which button shall stand") in each.text)
    await choose(admin, button(t, "A link"))
    wrong = said(t, "This is not an address that a button can open.")
    await admin.say("http://example.kz")
    await admin.wait_for(lambda each: wrong in each.text)
    await answer(admin, "https://example.kz/news")
    labels = ("Оқу", "Читать") if language == "kk" else ("Читать", "Оқу")
    for label in labels:
        await answer(admin, label)
    two = plain(t.plural("{n} person", "{n} people", 2))
    await choose(admin, plain(t(ROLES["observer"])))
    await admin.eventually(
        lambda each: two in each.text and any(b.text.startswith("✓") for b in each.buttons)
    )
    await choose(admin, button(t, "Continue"))
    await choose(admin, button(t, "Any language"))
    await choose(admin, button(t, "Any region"))
    await choose(admin, button(t, "Any goods"))
    review = await choose(admin, button(t, "At once"))
    assert two in review.text
    assert KK in review.text
    assert RU in review.text

    await admin.catch_up()
    await tap_label(admin, button(t, "How people see it"))
    await admin.wait_for(lambda each: under(each, button(t, "Send to everybody")))
    previews = [each for each in await admin.messages() if under(each, "Оқу", "Читать")]
    assert [KK in each.text for each in previews] == [True, False]
    assert {b.url for each in previews for b in each.buttons} == {"https://example.kz/news"}

    await choose(admin, button(t, "Send to myself"))
    assert await sent(town) == 1
    test = await admin.find(lambda each: under(each, labels[0]))
    assert (KK if language == "kk" else RU) in test.text

    await choose(admin, button(t, "Send to everybody"))
    card = await admin.eventually(lambda each: card_of("running", t) in each.text)
    assert said(t, "The broadcast has begun.") in card.text
    assert await sent(town) == 2
    for own, person in readers.items():
        news = await person.find(lambda each: under(each, "Оқу", "Читать"))
        assert (KK if own == "kk" else RU) in news.text
        assert (RU if own == "kk" else KK) not in news.text
        assert plain(t_of(own)("News of the platform")) in news.text
        assert news.raw["photo"]
    await tap(admin, "broadcast.show", 1)
    done = await admin.eventually(lambda each: card_of("done", t) in each.text)
    assert done.id == card.id
    assert await sent(town) == 0


async def test_the_card_follows_the_sending_by_itself(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    people = [await town.person(f"Житель {each}", role=Role.OBSERVER) for each in range(3)]
    for person in (admin, *people):
        await person.start()
    await people[0].wait_for(lambda each: bool(each.text))
    await people[0].block()
    await up_to_review(admin, t)
    await choose(admin, button(t, "Send to everybody"))
    card = await admin.eventually(lambda each: card_of("running", t) in each.text)
    cards = ProgressCards(town.bot, town.services)
    await town.settled()
    before = len(await town.sandbox.calls("editMessageText"))
    await cards.look()
    town.clock.advance(LATER)
    await cards.look()
    assert len(await town.sandbox.calls("editMessageText")) == before, "nothing has changed"
    assert await sent(town) == 4
    town.clock.advance(LATER)
    await cards.look()
    shown = await admin.find(lambda each: each.id == card.id)
    assert card_of("done", t) in shown.text
    assert plain(t("sent: {sent} of {total}", sent=3, total=4)) in shown.text
    blocked = "Have blocked the bot or never wrote to it: {count}"
    assert plain(t(blocked, count=1)) in shown.text
    assert not under(shown, button(t, "Pause"))


async def test_a_card_that_shows_something_else_is_left_alone(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.start()
    await up_to_review(admin, t)
    await choose(admin, button(t, "Send to everybody"))
    await admin.eventually(lambda each: card_of("running", t) in each.text)
    await tap(admin, "broadcast.ask", "stop", 1)
    asked = await admin.eventually(
        lambda each: (
            plain(
                t(
                    "Stop broadcast No. {number}? Those who have not got it yet never will.",
                    number=1,
                )
            )
            in each.text
        )
    )
    await sent(town)
    town.clock.advance(LATER)
    await ProgressCards(town.bot, town.services).look()
    assert (await admin.find(lambda each: each.id == asked.id)).text == asked.text
    await tap(admin, "broadcast.show", 1)
    await admin.eventually(lambda each: each.id == asked.id and card_of("done", t) in each.text)
    await tap(admin, "broadcasts")
    head = plain(t("Broadcasts"))
    await admin.eventually(lambda each: each.id == asked.id and each.text.startswith(head))


async def test_pause_go_on_and_stop_by_two_administrators(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    other = await town.person("Мұрат", role=Role.ADMIN)
    for person in (admin, other):
        await person.start()
    await up_to_review(admin, t)
    await choose(admin, button(t, "Send to everybody"))
    await admin.eventually(lambda each: card_of("running", t) in each.text)
    await other.say("/broadcasts")
    await tap(other, "broadcast.card", 1)
    await tap(admin, "broadcast.do", "pause", 1)
    await admin.eventually(lambda each: card_of("paused", t) in each.text)
    assert await sent(town) == 0
    late = await tap(other, "broadcast.do", "pause", 1)
    assert (await other.wait_answer(late)).show_alert
    await other.eventually(lambda each: card_of("paused", t) in each.text)
    await tap(other, "broadcast.do", "resume", 1)
    await other.eventually(lambda each: card_of("running", t) in each.text)
    await tap(admin, "broadcast.show", 1)
    await tap(admin, "broadcast.ask", "stop", 1)
    await tap(admin, "broadcast.do", "stop", 1)
    stopped = await admin.eventually(lambda each: card_of("stopped", t) in each.text)
    assert plain(t("Not sent because it was stopped: {count}", count=2)) in stopped.text
    assert await sent(town) == 0


async def test_an_older_copy_of_the_review_sends_nothing(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.start()
    older = await up_to_review(admin, t)
    send = next(b for b in older.buttons if b.text == button(t, "Send to everybody"))
    await admin.catch_up()
    await tap_label(admin, button(t, "How people see it"))
    newest = await admin.wait_for(lambda each: under(each, send.text))
    assert not (await admin.find(lambda each: each.id == older.id)).buttons
    # An app that has not seen the edit yet still shows the button.
    await admin.catch_up()
    late = await admin.press_data(send.data or "", older.id, forged=True)
    assert (await admin.wait_answer(late)).show_alert
    below = await admin.wait_for(lambda each: under(each, send.text))
    assert below.id > newest.id
    left = [each for each in await admin.messages() if each.id in (older.id, newest.id)]
    assert [(each.text, each.buttons) for each in left] == [(older.text, [])] * 2
    assert (await town.services.broadcasts.page(await town.actor(admin))).broadcasts == []
    await choose(admin, send.text)
    card = await admin.eventually(lambda each: card_of("running", t) in each.text)
    assert card.id == below.id


async def test_a_scheduled_one_and_wrong_times(town: Town) -> None:
    t = t_of("kk")
    admin = await town.person("Әділ", "kk", role=Role.ADMIN)
    await admin.start()
    await begin(admin, t)
    await texts(admin, t)
    await choose(admin, button(t, "Without a file"))
    await choose(admin, button(t, "Open the menu"))
    await plain_audience(admin, t)
    for wrong, told in (
        ("ертең", "I cannot read this date and time."),
        ("32.13 10:00", "I cannot read this date and time."),
        ("19.11.2026 10:00", "The broadcast would start in the past."),
        ("20.11.2036 10:00", "The broadcast would start too late"),
    ):
        await admin.catch_up()
        await admin.say(wrong)
        refusal = said(t, told)
        await admin.wait_for(partial(contains, refusal))
    await admin.say("21.11 09:00")
    await choose(admin, button(t, "Schedule it"))
    card = await admin.eventually(lambda each: card_of("scheduled", t) in each.text)
    assert "09:00" in card.text
    assert await town.come(datetime.fromisoformat("2026-11-21T09:00:00+05:00")) == 1
    assert await sent(town) == 1
    news = await admin.find(
        lambda each: KK in each.text and under(each, button(t, "Open the menu"))
    )
    assert plain(t("News of the platform")) in news.text


async def test_a_part_is_changed_from_the_review_and_nothing_else_asked(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    films = await make_producer(town.site)
    await town.person("Айгүл", role=Role.SUPPLIER, company=films)
    await admin.start()
    await up_to_review(admin, t)
    await choose(admin, button(t, "Change the text"))
    await answer(admin, "Другая новость")
    review = await choose(admin, button(t, "Leave as it is"))
    assert "Другая новость" in review.text
    assert KK in review.text
    await choose(admin, button(t, "Change for whom"))
    await choose(admin, button(t, "All roles"))
    await choose(admin, button(t, "Any language"))
    await admin.catch_up()
    await admin.say("Астана")
    refusal = said(t, "This is not a code of KATO.")
    await admin.wait_for(lambda each: refusal in each.text)
    await choose(admin, plain(t(Lazy("City of Astana", "region"))))
    review = await answer(admin, "2420")
    assert plain(t("Nobody fits these conditions.")) in review.text
    assert not under(review, button(t, "Send to everybody"))
    await choose(admin, button(t, "Change for whom"))
    await choose(admin, button(t, "All roles"))
    await choose(admin, button(t, "Any language"))
    await choose(admin, button(t, "Any region"))
    review = await choose(admin, button(t, "Leave as it is"))
    assert plain(t.plural("{n} person", "{n} people", 1)) in review.text


async def test_a_draft_waits_and_makes_one_broadcast_only(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.start()
    review = await up_to_review(admin, t)
    await admin.say("/cancel")
    await admin.say("/broadcasts")
    await tap(admin, "broadcast.new")
    await choose(admin, button(t, "Continue"))
    assert RU in (await admin.find(lambda each: RU in each.text)).text
    await choose(admin, button(t, "Send to everybody"))
    await admin.eventually(lambda each: card_of("running", t) in each.text)
    pressed = next(b for b in review.buttons if b.text == button(t, "Send to everybody"))
    again = await admin.press_data(pressed.data or "", review.id, forged=True)
    await admin.wait_answer(again)
    page = await town.services.broadcasts.page(await town.actor(admin))
    assert [each.number for each in page.broadcasts] == [1]


async def test_whoever_is_no_administrator_any_more_sends_nothing(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.start()
    await up_to_review(admin, t)
    actor = await town.actor(admin)
    other = await town.actor(await town.person("Мұрат", role=Role.ADMIN))
    number = await town.services.broadcasts.create(other, "x", Content(KK, RU), Audience())
    await admin.say("/broadcasts")
    await tap(admin, "broadcast.card", number)
    card = await admin.eventually(lambda each: card_of("running", t) in each.text)
    async with town.site.sessions.begin() as session:
        await session.execute(
            update(Membership)
            .where(Membership.person_id == actor.person_id)
            .values(role="observer")
        )
    refusal = said(t, "Your role does not allow this")
    pressed = await admin.press(button(t, "Pause"), card)
    assert refusal in ((await admin.wait_answer(pressed)).text or "")
    pressed = await admin.press(button(t, "Send to everybody"))
    assert refusal in ((await admin.wait_answer(pressed)).text or "")
    await admin.press_data("1:broadcast.do:stop:1", card.id, forged=True)
    found = await town.services.broadcasts.page(
        await town.actor(await town.person(role=Role.ADMIN))
    )
    assert [each.state for each in found.broadcasts] == ["running"]


async def test_long_texts_and_other_things_are_answered_with_what_is_wanted(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.start()
    await begin(admin, t)
    await admin.send_photo(b"\xff\xd8\xff photo")
    wants = said(t, "This step needs a text.")
    await admin.wait_for(lambda each: wants in each.text)
    # Telegram's app cuts a longer text into messages of 4,096: none of them is the whole.
    await admin.say("а" * 4096)
    await admin.say("а" * 404)
    refusal = said(t, "This is the rest of a long text, and it was not taken")
    await admin.wait_for(lambda each: refusal in each.text)
    town.clock.advance(LATER)
    await answer(admin, "а" * 4000)
    town.clock.advance(LATER)
    await answer(admin, "ә")
    await admin.send_voice(b"voice")
    wants = said(t, "Please send a photo or a file, or press a button.")
    await admin.wait_for(lambda each: wants in each.text)
    await admin.catch_up()
    await admin.send_document(b"%PDF-1.7", "plan.pdf")
    await admin.wait_for(lambda each: said(t, "Which button shall stand") in each.text)
    await choose(admin, button(t, "Status of the platform"))
    await plain_audience(admin, t)
    review = await choose(admin, button(t, "At once"))
    assert "plan.pdf" in review.text
    await choose(admin, button(t, "Send to everybody"))
    assert await sent(town) == 1
    status = await admin.find(lambda each: under(each, button(t, "Status of the platform")))
    await admin.press(button(t, "Status of the platform"), status)
    page = said(t, "Everything works.")
    await admin.eventually(lambda each: page in each.text)


async def test_formatting_of_telegram_is_kept_and_nothing_else_becomes_markup(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.start()
    await begin(admin, t)
    text = "Новое <i>правило</i>"
    bold = MessageEntity(type="bold", offset=0, length=5)
    update_ = Update(
        update_id=10**9,
        message=TelegramMessage(
            message_id=10**6,
            date=town.clock.now(),
            chat=Chat(id=admin.id, type="private"),
            from_user=User(id=admin.id, is_bot=False, first_name="Әділ"),
            text=text,
            entities=[bold],
        ),
    )
    await town.dispatcher.feed_update(town.bot, update_)
    await answer(admin, KK)
    await choose(admin, button(t, "Without a file"))
    await choose(admin, button(t, "No button"))
    await plain_audience(admin, t)
    await choose(admin, button(t, "At once"))
    await choose(admin, button(t, "Send to everybody"))
    await sent(town)
    news = await admin.find(lambda each: plain(t("News of the platform")) in each.text)
    assert text in news.text
    marked = [each for each in news.raw["entities"] if each["type"] == "bold"]
    words = [news.text[each["offset"] : each["offset"] + each["length"]] for each in marked]
    assert "Новое" in words
    assert not [each for each in news.raw["entities"] if "правило" in _part(news.text, each)]


def _part(text: str, entity: dict[str, int]) -> str:
    if entity["offset"] + entity["length"] >= len(text):
        return ""  # the number of the notice
    return text[entity["offset"] : entity["offset"] + entity["length"]]
