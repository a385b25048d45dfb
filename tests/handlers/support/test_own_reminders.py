"""An operator asks on a ticket's card, in the private chat, to be reminded of its term."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.sandbox.client import Message, Person
from bot.telegram.delivery import Delivery
from bot.telegram.sender import TelegramSender
from domain.people.model import Membership
from domain.preferences.reminders import OwnReminder
from domain.roles import Role
from handlers.views.settings_reminders import TICKET_TERMS
from handlers.views.translator import plain
from scheduler.dispatcher import Dispatcher
from tests.domain.stage import moment
from tests.support.chat import Town, said, t_of, tap
from tests.support.desk import DeskTown, open_desk

PROMISE = "ticket.promise"


async def _shows(person: Person, text: str) -> Message:
    return await person.eventually(lambda each: text in each.text)


async def _own(desk: DeskTown) -> list[OwnReminder]:
    who = await desk.town.actor(desk.operator)
    return (await desk.town.services.reminders.mine(who)).own


async def _live(town: Town, text: str) -> None:
    """The moment comes, and what it brings is sent."""
    await town.come(moment(text))
    sender = TelegramSender(town.bot, Delivery(town.services).render)
    await Dispatcher(town.services.notice_queue, sender.send).drain()


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_reminder_is_set_on_the_card_listed_and_removed(town: Town, language: str) -> None:
    desk, t = await open_desk(town, language), t_of(language)
    number, operator = (await desk.ask()).number, desk.operator
    await operator.say(t.button("Queue"))
    await tap(operator, "desk.open", number)
    card = await operator.eventually(
        lambda each: any(b.text == t.button("Remind me") for b in each.buttons)
    )
    await tap(operator, "set.remind.on", "t", number)
    called = plain(t(TICKET_TERMS[PROMISE], number=number))
    terms = await _shows(operator, called)
    assert terms.id != card.id, "the card stays"
    await tap(operator, "set.remind.when", PROMISE, "t", number)
    await tap(operator, "set.remind.at", "in_1_hour", PROMISE, "t", number)
    await _shows(operator, plain(t("Your own reminders:")))
    (own,) = await _own(desk)
    assert (own.kind, own.subject) == (PROMISE, f"ticket:{number}")
    await tap(operator, "set.remind.drop", own.number)
    await _shows(operator, plain(t("You have no own reminders.")))
    # The list stands in the settings, too; there is nothing to choose for a company.
    await operator.say("/settings")
    await tap(operator, "set.remind")
    page = await _shows(operator, plain(t("You have no own reminders.")))
    assert said(t, "Your company is reminded before each term ends:") not in page.text
    await tap(operator, "set.remind.of", 0)
    await _shows(operator, plain(t("No term runs now.")))


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_moment_is_typed_and_the_reminder_leads_to_the_ticket(
    town: Town, language: str
) -> None:
    desk, t = await open_desk(town, language), t_of(language)
    number, operator = (await desk.ask()).number, desk.operator
    await operator.say("/queue")
    await tap(operator, "desk.open", number)
    await tap(operator, "set.remind.on", "t", number)
    await tap(operator, "set.remind.when", PROMISE, "t", number)
    await tap(operator, "set.remind.type", PROMISE, "t", number)
    await _shows(operator, plain(t("Type the day and the time: 24.11 09:30. By Astana time.")))
    await operator.say("30.11 09:30")
    await _shows(operator, plain(t("A reminder comes after now and before the term ends.")))
    await operator.say("20.11 16:20")
    await _shows(operator, said(t, "You will be reminded:"))
    assert [each.at for each in await _own(desk)] == [moment("11-20 16:20")]
    await _live(town, "11-20 16:20")
    headline = plain(t("You asked to be reminded: request No. {number}", number=number))
    told = await _shows(operator, headline)
    await operator.press(t.button("Open the request"), told)
    await operator.eventually(
        lambda each: each.id > told.id and any(b.text == t.button("Answer") for b in each.buttons)
    )


async def test_whoever_has_left_the_desk_presses_and_is_told_nothing(desk: DeskTown) -> None:
    number, operator, t = (await desk.ask()).number, desk.operator, t_of("ru")
    who = await desk.town.actor(operator)
    at = moment("11-20 16:20")
    await desk.town.services.reminders.set(who, PROMISE, f"ticket:{number}", at)
    await operator.say("/queue")
    await tap(operator, "desk.open", number)
    await operator.eventually(
        lambda each: any(b.text == t.button("Remind me") for b in each.buttons)
    )
    async with desk.town.services.site.sessions.begin() as session:
        held = update(Membership).where(
            Membership.person_id == who.person_id, Membership.role == Role.SUPPORT.value
        )
        await session.execute(held.values(state="revoked"))
    pressed = await tap(operator, "set.remind.on", "t", number)
    assert (await operator.wait_answer(pressed)).show_alert
    await _live(desk.town, "11-20 16:20")
    headline = plain(t("You asked to be reminded: request No. {number}", number=number))
    assert not any(headline in each.text for each in await operator.messages())
