"""Notices, how and when, in the chat: quiet hours, a digest, muting; and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import update

from bot.sandbox.client import Message, Person
from bot.telegram.delivery import Delivery
from bot.telegram.sender import TelegramSender
from domain.errors import NotFound
from domain.notices.model import Notice
from domain.notices.writing import tell
from domain.roles import Role
from domain.work import Site, Work, use_case
from handlers.views.translator import plain
from scheduler.dispatcher import Dispatcher
from tests.domain.stage import moment
from tests.handlers.supplier.market import Market
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import integration_actor, make_producer
from tests.support.ics import read
from tests.support.waiting import until

LANGUAGES = ("kk", "ru")


class Crier:
    """Tells people things."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry", by=None)
    async def cry(self, work: Work, person: int, kind: str, number: int) -> None:
        await tell(work, [person], kind, f"order:{number}", number=number)

    @use_case("test.cry_news", by=None)
    async def news(self, work: Work, person: int, texts: Mapping[str, str]) -> None:
        await tell(work, [person], "broadcast.news", "broadcast:1", about=texts)


async def send(town: Town) -> int:
    """Everything that may go out now goes out."""
    await town.services.digests.collect()
    sender = TelegramSender(town.bot, Delivery(town.services).render)
    return await Dispatcher(town.services.notice_queue, sender.send).drain()


async def reader(town: Town, language: str) -> Person:
    """A supplier who has begun to write to the bot."""
    company = await make_producer(town.site)
    person = await town.person("Айгүл", language, role=Role.SUPPLIER, company=company)
    await person.start()
    return person


async def told(town: Town, person: Person, kind: str, number: int = 15) -> None:
    """Something happens that concerns a person."""
    actor = await town.actor(person)
    await Crier(town.site).cry(integration_actor(), actor.person_id or 0, kind, number)


async def shows(person: Person, text: str) -> Message:
    """The message that says so, once it is there."""
    return await person.eventually(lambda each: text in each.text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_quiet_hours_by_press_and_by_typing(town: Town, language: str) -> None:
    person, t = await reader(town, language), t_of(language)
    await person.say("/settings")
    page = await shows(person, plain(t("Notices: how and when")))
    assert plain(t("Quiet hours: {hours}", hours=t("none"))) in page.text
    await tap(person, "set.quiet")
    await tap(person, "set.quiet.to", 1320, 480, 127)
    await shows(person, "22:00–08:00")
    await tap(person, "set.quiet.type")
    await shows(person, said(t, "From when until when shall it be quiet?"))
    await person.say("23-7:60")
    await shows(person, plain(t("These are not two times of day.")))
    await person.say("23:15 - 7:30")
    await shows(person, "23:15–07:30")
    town.clock.set(moment("11-20 23:30"))
    await told(town, person, "order.done")
    assert await send(town) == 0
    town.clock.set(moment("11-21 07:30"))
    assert await send(town) == 1
    await tap(person, "set.quiet.off")
    await shows(person, plain(t("Now: {hours}", hours=t("none"))))
    mine = await town.services.preferences.mine(await town.actor(person))
    assert mine.quiet is None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_digest_comes_as_one_message_with_a_way_to_each(town: Town, language: str) -> None:
    person, t = await reader(town, language), t_of(language)
    await person.say("/me")
    await tap(person, "settings")
    await tap(person, "set.digest")
    await tap(person, "set.digest.to", 1080)
    await shows(person, "18:00")
    for number in range(15, 27):
        await told(town, person, "order.done", number)
    assert await send(town) == 0
    town.clock.set(moment("11-20 18:00"))
    assert await send(town) == 1
    digest = await shows(person, said(t, "Your digest:"))
    assert "12" in digest.text
    assert digest.text.count("№ ") >= 10
    actor = await town.actor(person)
    listed = await town.services.notices.page(actor, size=50)
    first = min(each.number for each in listed.notices if each.kind == "order.done")
    await tap(person, "notice.card", first)
    card = await shows(person, plain(t("Notice No. {number}", number=first)))
    assert "15" in card.text
    number = next(each.number for each in listed.notices if each.kind == "news.digest")
    await tap(person, "digest", number)
    await shows(person, plain(t("Page {page} of {pages}", page=1, pages=2)))
    await tap(person, "digest.turn", number, 2)
    await shows(person, "12. ")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_digest_tells_one_broadcast_from_another(town: Town, language: str) -> None:
    person, t = await reader(town, language), t_of(language)
    actor = await town.actor(person)
    await town.services.preferences.set_digest(actor, 18 * 60)
    words = {"kk": ("Жаңа", "Кеше"), "ru": ("Новые", "Вчера")}
    for at in (0, 1):
        texts = {f"text_{each}": f"<b>{words[each][at]}</b> a &lt; b" for each in LANGUAGES}
        texts["text_kk"] += "&amp;" * 200
        await Crier(town.site).news(integration_actor(), actor.person_id or 0, texts)
    town.clock.set(moment("11-20 18:00"))
    assert await send(town) == 1
    digest = await shows(person, said(t, "Your digest:"))
    for word in words[language]:
        assert f"{plain(t('News of the platform'))}: {word} a < b" in digest.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_muting_says_what_cannot_be_muted(town: Town, language: str) -> None:
    person, t = await reader(town, language), t_of(language)
    await person.say("/settings")
    await tap(person, "set.muted")
    page = await shows(person, plain(t("Cannot be muted:")))
    assert "366" in page.text
    await tap(person, "set.mute", "course", 1)
    await person.eventually(lambda each: "🔕" in each.text)
    await told(town, person, "order.done")
    assert await send(town) == 0
    await person.say("/notices")
    await shows(person, "№ 15")


async def test_a_digest_that_was_blocked_keeps_its_events(town: Town) -> None:
    person = await reader(town, "ru")
    actor = await town.actor(person)
    await town.services.preferences.set_digest(actor, 18 * 60)
    await told(town, person, "order.done")
    town.clock.set(moment("11-20 18:00"))
    await town.services.digests.collect()
    async with town.site.sessions.begin() as session:
        await session.execute(
            update(Notice).where(Notice.kind == "news.digest").values(state="unreachable")
        )
    assert await send(town) == 0
    listed = await town.services.notices.page(actor)
    assert {each.kind for each in listed.notices} == {"order.done", "news.digest"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_deadlines_go_to_a_calendar(town: Town, language: str) -> None:
    market = await Market.opened(town, language)
    person, t = market.aigul, market.t
    town.dispatcher["calendar_url"] = "https://tapsyrys.example/calendar"
    await person.say("/settings")
    await tap(person, "set.calendar")
    await shows(person, plain(t("You have no private address yet.")))
    await tap(person, "set.calendar.file")
    await shows(person, plain(t("No term runs for your company now.")))
    number = await market.publish()
    await tap(person, "set.calendar.file")
    file = await person.eventually(lambda each: each.kind == "document")
    (event,) = read(await town.sandbox.content(file.file_id or "")).inside
    assert event.values["UID"] == f"offer_window-order-{number}@tapsyrys"
    await tap(person, "set.calendar.new")
    address = await shows(person, ".ics")
    assert plain(t("The private address of your deadlines")) in address.text
    token = address.text.partition("/calendar/")[2].partition(".ics")[0]
    assert f"webcal://tapsyrys.example/calendar/{token}.ics" in address.text
    assert len((await town.services.calendars.feed(token)).deadlines) == 1
    await tap(person, "set.calendar.off")
    await until_ended(town, token)


async def until_ended(town: Town, token: str) -> None:
    """Wait for an address to show nothing any more."""

    async def ended() -> bool:
        try:
            await town.services.calendars.feed(token)
        except NotFound:
            return True
        return False

    await until(ended)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_reminders_are_chosen_set_and_removed(town: Town, language: str) -> None:
    market = await Market.opened(town, language)
    person, t = market.aigul, market.t
    number = await market.publish()
    await person.say("/settings")
    await tap(person, "set.remind")
    await shows(person, plain(t("You have no own reminders.")))
    await tap(person, "set.rhythm", "one_hour_before", 0)
    await tap(person, "set.rhythm", "three_hours_before", 0)
    await tap(person, "set.rhythm", "one_working_day_before", 0)
    await tap(person, "set.remind.of", 0)
    await shows(person, plain(t("Of which term?")))
    await tap(person, "set.remind.when", "offer_window", "order", number)
    await tap(person, "set.remind.at", "in_3_hours", "offer_window", "order", number)
    await shows(person, plain(t("Your own reminders:")))
    mine = await town.services.reminders.mine(await town.actor(person))
    assert mine.rhythm == ("one_working_day_before",), "the last one stays"
    (own,) = mine.own
    assert own.at == moment("11-20 13:00")
    # The same from the receipt of the term.
    await market.open_order(number)
    await tap(person, "receipt", "o", number, "offer_window")
    await tap(person, "set.remind.when", "offer_window", "order", number)
    await tap(person, "set.remind.type", "offer_window", "order", number)
    await shows(person, plain(t("Type the day and the time: 24.11 09:30. By Astana time.")))
    await person.say("soon")
    await shows(person, plain(t("This is no moment.")))
    await person.say("30.11 09:30")
    await shows(person, plain(t("A reminder comes after now and before the term ends.")))
    await person.say("23.11 09:30")
    await shows(person, said(t, "You will be reminded:"))
    (own,) = (await town.services.reminders.mine(await town.actor(person))).own
    assert own.at == moment("11-23 09:30")
    await town.come(moment("11-23 09:30"))
    await send(town)
    headline = plain(t("You asked to be reminded: order No. {number}", number=number))
    told_me = await shows(person, headline)
    assert told_me.button(t.button("Remind me")).data


async def test_own_reminders_have_pages(town: Town) -> None:
    market = await Market.opened(town, "ru")
    person, reminders = market.aigul, town.services.reminders
    for _ in range(9):
        number = await market.publish()
        who = await town.actor(person)
        await reminders.set(who, "offer_window", f"order:{number}", moment("11-24 09:00"))
    await person.say("/settings")
    await tap(person, "set.remind")
    await shows(person, "8. ")
    await tap(person, "set.remind", 1)
    await shows(person, "9. ")
    last = (await reminders.mine(await town.actor(person))).own[-1]
    await tap(person, "set.remind.drop", last.number)
    await shows(person, "8. ")
    assert len((await reminders.mine(await town.actor(person))).own) == 8
