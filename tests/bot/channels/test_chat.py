"""Through the chat: an address given and proved, the bot blocked and let in again, links back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from bot.channels.gateways import MailGateway
from bot.channels.sending import Budget, ChannelSender
from bot.sandbox.client import Person
from bot.telegram.delivery import Delivery
from bot.telegram.sender import TelegramSender
from domain.channels.rules import Served
from domain.notices.model import Notice
from domain.notices.writing import tell
from domain.people.model import Person as PersonRow
from domain.work import Site, Work, use_case
from handlers.views.addresses import masked, unlinked
from handlers.views.translator import Translator
from scheduler.dispatcher import Dispatcher
from tests.bot.channels.conftest import name, part
from tests.bot.mail.outside import OURS, OutsideServer
from tests.support.chat import Town, said, t_of, tap, tap_label, town
from tests.support.factories import integration_actor
from tests.support.waiting import until

__all__ = ["town"]

MAIL = "aigul@example.kz"
each_language = pytest.mark.parametrize("language", ["kk", "ru"])


class Crier:
    """Tells people things."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry", by=None)
    async def cry(self, work: Work, person: int) -> None:
        await tell(work, [person], "order.invited", "order:15", number=15)


@dataclass
class Whole:
    """The town with both ways out."""

    town: Town
    outside: OutsideServer
    chat: Dispatcher
    mail: ChannelSender

    async def tell(self, person: Person) -> int:
        """Write a notice to somebody; its number."""
        actor = await self.town.actor(person)
        await Crier(self.town.site).cry(integration_actor(), actor.person_id or 0)
        async with self.town.site.sessions() as session:
            found = await session.scalars(select(Notice.id).order_by(Notice.id.desc()).limit(1))
            return found.one()

    async def send(self) -> None:
        """Everything that waits goes out."""
        await self.chat.drain()
        await self.mail.drain()

    async def reachable(self, person: Person, wanted: bool) -> None:
        """Wait until Telegram's word on a person has been heard."""

        async def heard() -> bool:
            async with self.town.site.sessions() as session:
                since = await session.scalar(
                    select(PersonRow.unreachable_since).where(PersonRow.telegram_id == person.id)
                )
                return (since is None) is wanted

        await until(heard)

    def code(self) -> str:
        """The code of the last letter."""
        text = part(self.outside.letters[-1], "plain")
        return next(word for word in text.split() if word.isdigit() and len(word) == 6)


@pytest.fixture
def whole(town: Town, outside: OutsideServer) -> Whole:
    services = town.services
    services.addresses.served = Served(frozenset({"email", "sms"}))
    sender = TelegramSender(town.bot, Delivery(services).render)
    gateway = MailGateway(outside.url, OURS, town.clock.now)
    mail = ChannelSender(services, "email", gateway, Budget(6000), name)
    return Whole(town, outside, Dispatcher(services.notice_queue, sender.send), mail)


async def give(whole: Whole, person: Person, t: Translator) -> None:
    """Give an address and prove it, through the form."""
    await person.say("/me")
    await tap(person, "addresses")
    page = await person.wait_for(lambda each: said(t, "There is no address yet.") in each.text)
    # The page is opened from both, and leads back to both.
    ways = [each.data for each in page.buttons]
    assert ways[-2:] == ["1:settings", "1:me"]
    await tap(person, "address.add", "email")
    await person.wait_for(lambda each: said(t, "Type the e-mail address") in each.text)
    await person.say(MAIL)
    await person.wait_for(lambda each: said(t, "Type its six digits here.") in each.text)
    await whole.mail.drain()
    await person.say(whole.code())
    await person.wait_for(lambda each: said(t, "Confirmed. Notices") in each.text)
    shown = await person.wait_for(lambda each: unlinked(masked("email", MAIL)) in each.text)
    assert MAIL not in shown.text
    # The host is nobody's name in Telegram.
    assert "mention" not in [entity["type"] for entity in shown.entities]


@each_language
async def test_blocked_it_comes_by_letter_and_not_again_when_they_are_back(
    whole: Whole, language: str
) -> None:
    t = t_of(language)
    aigul = await whole.town.person("Айгүл", language)
    await aigul.start()
    await give(whole, aigul, t)
    await aigul.block()
    await whole.reachable(aigul, False)
    number = await whole.tell(aigul)
    await whole.send()
    letter = whole.outside.letters[-1]
    assert f"№ {number}" in str(letter["Subject"])
    assert f"start=notice_{number}" in part(letter, "plain")
    await aigul.unblock()
    await whole.reachable(aigul, True)
    await whole.send()
    assert len(whole.outside.letters) == 2
    # The chat has nothing of it until the letter's link is followed.
    head = str(letter["Subject"]).partition(" (№")[0]
    assert not any(head in each.text for each in await aigul.messages())
    await aigul.start(f"notice_{number}")
    shown = await aigul.wait_for(lambda each: head in each.text)
    assert str(number) in shown.text.splitlines()[-1]
    assert any(button.data == "1:order.card:15" for button in shown.buttons)
    # What is new comes to the chat alone.
    await whole.tell(aigul)
    await whole.send()
    await aigul.wait_for(lambda each: head in each.text)
    assert len(whole.outside.letters) == 2


@each_language
async def test_wrong_codes_tests_and_removal(whole: Whole, language: str) -> None:
    t = t_of(language)
    aigul = await whole.town.person("Айгүл", language)
    await aigul.start()
    await aigul.say("/me")
    await tap(aigul, "addresses")
    await tap(aigul, "address.add", "email")
    await aigul.wait_for(lambda each: said(t, "Type the e-mail address") in each.text)
    await aigul.say("айгүл@")
    await aigul.wait_for(lambda each: said(t, "This is not an e-mail address.") in each.text)
    await aigul.say(MAIL)
    await aigul.wait_for(lambda each: said(t, "Type its six digits here.") in each.text)
    await aigul.say("12345")
    await aigul.wait_for(lambda each: said(t, "No code is awaited now.") in each.text)
    await whole.mail.drain()
    await aigul.say("12345")
    refused = await aigul.wait_for(lambda each: said(t, "This is not the code.") in each.text)
    assert "4" in refused.text
    await tap_label(aigul, t.button("Another code"))
    await aigul.wait_for(lambda each: said(t, "Another code is on its way") in each.text)
    await whole.mail.drain()
    await aigul.say(whole.code())
    await aigul.wait_for(lambda each: said(t, "Confirmed. Notices") in each.text)
    await tap(aigul, "address.test", "email")
    await aigul.wait_for(lambda each: said(t, "A test message is on its way") in each.text)
    await whole.send()
    assert str(t("A test message from Tapsyrys")) in str(whole.outside.letters[-1]["Subject"])
    await tap(aigul, "address.drop", "email")
    await tap(aigul, "address.gone", "email")
    await aigul.wait_for(lambda each: said(t, "There is no address yet.") in each.text)


async def test_an_address_that_waits_can_be_proved_from_the_page(whole: Whole) -> None:
    t = t_of("ru")
    aigul = await whole.town.person("Айгүл")
    await aigul.start()
    await whole.town.services.addresses.want(await whole.town.actor(aigul), "email", MAIL)
    await aigul.say("/me")
    await tap(aigul, "addresses")
    await aigul.wait_for(lambda each: said(t, "The code is on its way.") in each.text)
    await tap(aigul, "address.code", "email")
    await aigul.wait_for(lambda each: said(t, "Type its six digits here.") in each.text)
    await whole.mail.drain()
    await aigul.say(whole.code())
    await aigul.wait_for(lambda each: said(t, "Confirmed. Notices") in each.text)


async def test_where_nothing_is_served_the_page_says_so(whole: Whole) -> None:
    whole.town.services.addresses.served = Served()
    aigul = await whole.town.person("Айгүл")
    await aigul.start()
    await aigul.say("/me")
    await tap(aigul, "addresses")
    t = t_of("ru")
    await aigul.wait_for(lambda each: said(t, "This platform sends nothing outside") in each.text)


@pytest.mark.parametrize("link", ["notice_999999", "notice_1"])
async def test_a_link_to_somebody_elses_notice_leads_to_the_menu(whole: Whole, link: str) -> None:
    aigul, dana = await whole.town.person("Айгүл"), await whole.town.person("Дана")
    await whole.tell(aigul)
    await dana.start(link)
    shown = await dana.wait_for(lambda each: bool(each.text))
    assert "15" not in shown.text


async def test_a_made_up_press_is_refused(whole: Whole) -> None:
    aigul = await whole.town.person("Айгүл")
    await aigul.start()
    await aigul.say("/me")
    card = await aigul.eventually(lambda each: any(b.data == "1:addresses" for b in each.buttons))
    t = t_of("ru")
    for data in ("1:address.add:fax", "1:address.test:sms", "1:address.drop", "1:address.gone:x"):
        await aigul.press_data(data, card.id, forged=True)
    assert not any("Traceback" in each.text for each in await aigul.messages())
    await aigul.say("/me")
    await aigul.wait_for(lambda each: said(t, "My account") in each.text)
