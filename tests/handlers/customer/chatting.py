"""What a customer does in the chat, for the tests of this folder."""

from __future__ import annotations

from bot.sandbox.client import Message, Person
from domain.roles import Role
from handlers.views.translator import Lazy
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import PIPE, make_customer


def label(language: str, text: str) -> str:
    """A button as this reader sees it."""
    return t_of(language).button(Lazy(text, "button"))


async def customer(town: Town, language: str = "ru") -> Person:
    """A customer who has pressed nothing yet."""
    company = await make_customer(town.site)
    return await town.person("Айгүл", language, role=Role.CUSTOMER, company=company)


async def ask(person: Person, text: str) -> Message:
    """Type something and wait for the next message of the bot that has buttons."""
    await person.catch_up()
    await person.say(text)
    return await person.wait_for(lambda each: bool(each.buttons))


async def choose(person: Person, text: str) -> Message:
    """Press a button and wait for what comes of it."""
    await person.catch_up()
    await tap_label(person, text)
    return await person.wait_for(lambda each: bool(each.text))


async def fill_good(person: Person, language: str, name: str, code: str = PIPE) -> Message:
    """All steps of one good; the list of goods as it stands then."""
    await ask(person, name)
    await choose(person, label(language, "Skip"))
    await ask(person, code)
    await ask(person, "120,5")
    await choose(person, t_of(language)(Lazy("m", "unit")))
    await ask(person, "1 250 000,50")
    return await ask(person, "ГОСТ 8732-78 <b>&")


async def fill_delivery(person: Person) -> Message:
    """Place, terms and days; the step of files then."""
    await ask(person, "Астана, склад 3")
    await ask(person, "Одной партией")
    return await ask(person, "60")


async def begin(person: Person, language: str) -> None:
    """From the menu to the first question."""
    await person.say(label(language, "New order"))
    await tap(person, "order.form")
    asked = said(t_of(language), "What do you need? Type the name.")
    await person.wait_for(lambda each: asked in each.text)
