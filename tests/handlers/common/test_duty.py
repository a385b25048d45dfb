"""Duty in the chat: turns, hand-overs, absences, chains; and a company that does not answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update

from bot.sandbox.client import Message, Person
from bot.telegram.delivery import Delivery
from bot.telegram.sender import TelegramSender
from domain.duty.views import DutyPlan
from domain.people.model import Membership
from domain.roles import Role
from domain.services import Services
from handlers.views.menus import ACTIONS
from handlers.views.translator import Translator, plain
from scheduler.dispatcher import Dispatcher
from tests.handlers.supplier.market import Market
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import make_person
from tests.support.waiting import until

LANGUAGES = ("kk", "ru")


async def send(town: Town) -> int:
    """Everything that may go out now goes out, as the dispatcher sends it."""
    sender = TelegramSender(town.bot, Delivery(town.services).render)
    return await Dispatcher(town.services.notice_queue, sender.send).drain()


def _says(text: str, message: Message) -> bool:
    return text in message.text


class Firm:
    """A market whose supplier has four people in the chat, and an administrator."""

    def __init__(self, market: Market) -> None:
        self.market, self.town, self.t = market, market.town, market.t
        self.people: dict[str, Person] = {"Айгүл": market.aigul}

    @classmethod
    async def opened(cls, town: Town, language: str) -> Firm:
        """Everybody has a chat; the customer's person, too."""
        firm = cls(await Market.opened(town, language))
        market = firm.market
        async with town.site.sessions.begin() as session:
            await session.execute(update(Membership).values(position="contact"))
        for name, position in (("Болат", "contact"), ("Сәуле", "head"), ("Ерлан", "contact")):
            person = await town.stranger(name, language)
            await make_person(
                town.site,
                person.id,
                Role.SUPPLIER,
                market.producer,
                language,
                name=name,
                position=position,
            )
            firm.people[name] = person
        firm.people["Заказчик"] = await town.person(
            "Заказчик", language, role=Role.CUSTOMER, company=market.customer
        )
        admin = await town.stranger("Админ", language)
        await make_person(town.site, admin.id, Role.ADMIN, None, language, name="Админ")
        firm.people["Админ"] = admin
        for person in firm.people.values():
            await person.start()
        return firm

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    async def plan(self) -> DutyPlan:
        """The roster as it stands."""
        return await self.town.services.duty.plan(await self.town.actor(self["Сәуле"]))

    async def id_of(self, name: str) -> int:
        """The number of a person."""
        return (await self.town.actor(self[name])).person_id or 0

    async def keep_roster(self, *names: str) -> None:
        """These take turns, set in the chat by the head."""
        head = self["Сәуле"]
        await head.say("/duty")
        await tap(head, "duty.turns", 0)
        for place, name in enumerate(names, start=1):
            await tap(head, "duty.turn", await self.id_of(name), 0)
            await head.eventually(partial(_says, f"{place}. {name}"))

    async def chosen(self) -> int:
        """The supplier is chosen; returns the number of the order. Nothing is sent yet."""
        number = await self.market.publish()
        await self.market.offer(number)
        await self.market.close_window(number)
        await send(self.town)
        await self.market.choose(number)
        return number

    async def live(self, hours: float) -> None:
        """Time goes by; what comes due on the way is swept and sent."""
        services, clock = self.town.services, self.town.clock
        end = clock.now() + timedelta(hours=hours)
        await _until(services, self.town, end)
        clock.set(end)

    async def told(self, name: str, begins: str) -> list[Message]:
        """What a person was told that begins so."""
        start = said(self.t, begins)
        return [each for each in await self[name].messages() if start in each.text]


async def _until(services: Services, town: Town, end: datetime) -> None:
    while (due := await services.deadlines.next_due()) is not None and due <= end:
        await town.come(max(due, town.clock.now()))
        await send(town)


CHOSEN = "You are chosen: confirm order No."


@pytest.mark.parametrize("language", LANGUAGES)
async def test_primary_silent_deputy_head_company_other_side(town: Town, language: str) -> None:
    firm = await Firm.opened(town, language)
    await firm.keep_roster("Болат", "Айгүл")
    number = await firm.chosen()
    await send(town)
    counts = await _counts(firm)
    assert counts == {"Айгүл": 1, "Болат": 0, "Сәуле": 0, "Ерлан": 0}
    # The others find it in their lists.
    await firm["Ерлан"].say(firm.t.button(ACTIONS["notices"]))
    await firm["Ерлан"].eventually(lambda each: said(firm.t, CHOSEN) in each.text)
    for hours, name in ((12, "Болат"), (2, "Сәуле"), (3, "Ерлан")):
        # The selection fell into the night: work begins at nine.
        await firm.live(hours - (1 if hours == 12 else 0))
        counts[name] += 1
    await _check_turns(firm)
    head = plain(firm.t("Order No. {number}: the supplier has not answered yet", number=number))
    assert not any(head in each.text for each in await firm["Заказчик"].messages())
    await firm.live(48)
    for name in ("Заказчик", "Админ"):
        (silent,) = [each for each in await firm[name].messages() if head in each.text]
        assert firm.market.producer.name_ru in silent.text or "Аспап" in silent.text


async def _counts(firm: Firm) -> dict[str, int]:
    return {
        name: len(await firm.told(name, CHOSEN)) for name in ("Айгүл", "Болат", "Сәуле", "Ерлан")
    }


async def _check_turns(firm: Firm) -> None:
    """Everybody was rung once; whoever came later reads why."""
    why = said(firm.t, "Nobody of your company has answered yet: now it is up to you.")
    for name in ("Болат", "Сәуле"):
        (message,) = [each for each in await firm.told(name, CHOSEN) if why in each.text]
        assert message.button(firm.t.button("I have seen it")).data
    (first,) = await firm.told("Айгүл", CHOSEN)
    assert why not in first.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_seen_stops_it_and_those_woken_are_told(town: Town, language: str) -> None:
    firm = await Firm.opened(town, language)
    t = firm.t
    await firm.keep_roster("Болат", "Айгүл")
    number = await firm.chosen()
    await send(town)
    await firm.live(13.5)
    (notice,) = await firm.told("Болат", CHOSEN)
    pressed = await firm["Болат"].press(t.button("I have seen it"), notice)
    answer = await firm["Болат"].wait_answer(pressed)
    assert answer.text == plain(t("Noted. Nobody else is woken for this."))
    await send(town)
    seen = plain(t("Order No. {number}: the notice has been seen", number=number))
    # Also to the first of them: nobody goes on to act for what a colleague has in hand.
    for name in ("Айгүл", "Сәуле"):
        (told,) = [each for each in await firm[name].messages() if seen in each.text]
        assert "Болат" in told.text
        assert plain(t("The term runs on until an answer is given.")) in told.text
    # The button has gone; pressed again from an old screen it does nothing more.
    shown = next(each for each in await firm["Болат"].messages() if each.id == notice.id)
    assert t.button("I have seen it") not in [each.text for each in shown.buttons]
    await firm.live(20)
    assert (await _counts(firm))["Ерлан"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_card_of_the_order_shows_who_was_told_and_who_is_next(
    town: Town, language: str
) -> None:
    firm = await Firm.opened(town, language)
    await firm.keep_roster("Болат", "Айгүл")
    number = await firm.chosen()
    await firm.live(11)
    await firm.market.open_order(number)
    await tap(firm["Айгүл"], "chains", "o", number)
    page = await firm["Айгүл"].eventually(
        lambda each: plain(firm.t("Order No. {number}: who was told", number=number)) in each.text
    )
    assert "Болат" in page.text
    assert "13:00" in page.text
    await tap(firm["Айгүл"], "order.card", number)
    customer = firm["Заказчик"]
    await customer.say(firm.t.button(ACTIONS["orders"]))
    await tap(customer, "order.card", number)
    await tap(customer, "chains", "o", number)
    page = await customer.eventually(
        lambda each: plain(firm.t("Order No. {number}: who was told", number=number)) in each.text
    )
    assert "Болат" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_without_a_roster_and_with_one(town: Town, language: str) -> None:
    firm = await Firm.opened(town, language)
    t, head = firm.t, firm["Сәуле"]
    await head.say("/me")
    await tap(head, "duty")
    await head.eventually(lambda each: said(t, "Your company keeps no roster") in each.text)
    await firm.keep_roster("Болат", "Ерлан")
    await tap(head, "duty")
    page = await head.eventually(lambda each: said(t, "Turns, a week each:") in each.text)
    assert page.text.index(plain(t("This week"))) < page.text.index("Болат")
    # A hand-over until Sunday; the colleague is told.
    await tap(head, "duty.hand", 0)
    await tap(head, "duty.hand.to", await firm.id_of("Айгүл"))
    await tap(head, "duty.hand.for", await firm.id_of("Айгүл"), "week")
    await head.eventually(lambda each: plain(t("Handed over")) in each.text)
    await send(town)
    await firm["Айгүл"].eventually(
        lambda each: plain(t("You are on duty for your company")) in each.text
    )
    assert [each.person and each.person.name for each in (await firm.plan()).weeks] == [
        "Айгүл",
        "Ерлан",
    ]
    (entry,) = (await firm.plan()).dates
    await tap(head, "duty.entries", 0)
    await tap(head, "duty.entry", "d", entry.number)
    await until(partial(_has_no_dates, firm))
    await tap(head, "duty.drop")
    await tap(head, "duty.dropped")
    await until(partial(_has_no_roster, firm))


async def _has_no_roster(firm: Firm) -> bool:
    return not (await firm.plan()).kept


async def _has_no_dates(firm: Firm) -> bool:
    return not (await firm.plan()).dates


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_head_enters_an_absence_with_a_deputy(town: Town, language: str) -> None:
    firm = await Firm.opened(town, language)
    t, head = firm.t, firm["Сәуле"]
    await head.say("/duty")
    await tap(head, "duty.away")
    await head.wait_for(lambda each: plain(t("Who is away?")) in each.text)
    await tap_label(head, "Болат")
    await head.wait_for(lambda each: said(t, "Type the first and the last day") in each.text)
    await head.say("завтра")
    await head.wait_for(lambda each: said(t, "Type the first and the last day") in each.text)
    await head.say("01.02.2020 – 05.02.2020")
    await head.wait_for(lambda each: plain(t("These days cannot be entered.")) in each.text)
    await head.say("24.11.2026 – 05.12.2026")
    await head.wait_for(lambda each: plain(t("Who stands in?")) in each.text)
    await tap_label(head, "Ерлан")
    await head.wait_for(lambda each: plain(t("Enter the absence?")) in each.text)
    await tap_label(head, t.button("Enter"))
    await _page_with(head, t, "Ерлан")
    await send(town)
    await firm["Ерлан"].eventually(
        lambda each: plain(t("You stand in for a colleague")) in each.text
    )
    (absence,) = (await firm.plan()).absences
    # Somebody else who is no head cannot take it back.
    other = firm["Айгүл"]
    await other.say("/duty")
    await tap(other, "duty.entries", 0)
    pressed = await tap(other, "duty.entry", "a", absence.number)
    answer = await other.wait_answer(pressed)
    assert plain(t("Only the head of your company can do this.")) in answer.text
    assert len((await firm.plan()).absences) == 1


async def _page_with(person: Person, t: Translator, name: str) -> Message:
    """The page of duty that names somebody."""
    head = plain(t("On duty"))
    return await person.eventually(lambda each: each.text.startswith(head) and name in each.text)


@pytest.mark.parametrize("language", ["kk"])
async def test_a_contact_enters_their_own_absence_without_a_deputy(
    town: Town, language: str
) -> None:
    firm = await Firm.opened(town, language)
    t, person = firm.t, firm["Айгүл"]
    await person.say("/duty")
    await tap(person, "duty.away")
    await person.wait_for(lambda each: said(t, "Type the first and the last day") in each.text)
    await person.say("24.11.2026")
    await person.wait_for(lambda each: plain(t("Who stands in?")) in each.text)
    await tap_label(person, t.button("Nobody"))
    await person.wait_for(lambda each: plain(t("nobody stands in")) in each.text)
    await tap_label(person, t.button("Enter"))
    await _page_with(person, t, "Айгүл")
    (absence,) = (await firm.plan()).absences
    assert (absence.person.name, absence.deputy) == ("Айгүл", None)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_head_changes_when_others_are_woken(town: Town, language: str) -> None:
    firm = await Firm.opened(town, language)
    t, head = firm.t, firm["Сәуле"]
    await head.say("/duty")
    await tap(head, "duty.chains")
    await head.eventually(lambda each: said(t, "While nobody of your company") in each.text)
    await tap(head, "duty.chain", "confirmation")
    await tap(head, "duty.chain.pace", "confirmation", "faster")
    page = await head.eventually(lambda each: plain(t("Changed for your company.")) in each.text)
    assert plain(t.plural("{n} working hour", "{n} working hours", 1)) in page.text
    await tap(head, "duty.chain.who", "confirmation", "deputy")
    await head.eventually(lambda each: "– " + t.button("The next by turn") in _labels(each))
    await tap(head, "duty.chain.who", "confirmation", "deputy")
    await head.eventually(lambda each: "✓ " + t.button("The next by turn") in _labels(each))
    await tap(head, "duty.chain.pace", "confirmation", "usual")
    await head.eventually(lambda each: plain(t("As it is for everybody.")) in each.text)


def _labels(message: Message) -> list[str]:
    return [each.text for each in message.buttons]


async def test_the_desk_sees_who_was_told_of_a_request(town: Town) -> None:
    t = t_of("ru")
    operator = await town.person("Оператор", role=Role.SUPPORT)
    await operator.start()
    actor = await town.actor(operator)
    await town.services.support.begin_shift(actor)
    user = await town.actor(await town.person("Спрашивает"))
    number = (await town.services.support.open(user, "chat", "Не открывается")).number
    await _until(town.services, town, town.clock.now() + timedelta(minutes=30))
    await operator.say("/queue")
    await tap(operator, "desk.open", number)
    await tap(operator, "chains", "t", number)
    page = await operator.eventually(
        lambda each: plain(t("Request No. {number}: who was told", number=number)) in each.text
    )
    assert "Оператор" in page.text
    await tap(operator, "desk.open", number)
