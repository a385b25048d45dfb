"""Asking support in tests: the menu, the answers, a request as it stands."""

from __future__ import annotations

from datetime import datetime

from bot.sandbox.client import Message, Person
from domain.roles import Role
from domain.support.views import TicketView
from handlers.views.menus import ACTIONS
from tests.support.chat import Town, t_of
from tests.support.factories import integration_actor, make_person

LANGUAGES = ("kk", "ru")
VOICE = b"OggS voice"
NIGHT = datetime.fromisoformat("2026-11-20T18:31:00+05:00")


async def ask(person: Person, language: str) -> Message:
    """Press Support in the menu."""
    await person.catch_up()
    await person.say(t_of(language).button(ACTIONS["support"]))
    return await person.wait_for(lambda each: bool(each.text))


async def taken(person: Person) -> Message:
    """The next answer that names a request."""
    return await person.wait_for(
        lambda each: any("ticket.card" in (b.data or "") for b in each.buttons)
    )


async def ticket(town: Town, number: int = 1) -> TicketView:
    """A request as operators see it."""
    return await town.services.support.ticket(integration_actor(), number)


async def answer(town: Town) -> None:
    """An operator answers request 1."""
    actor = await make_person(town.site, role=Role.SUPPORT, name="Оператор")
    await town.services.support.answer(actor, 1, "Готово")
