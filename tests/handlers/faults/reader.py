"""Somebody who reads and presses, and waits for what each act leads to."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.client import CallbackAnswer, Message, Person
from domain.actor import Actor
from domain.incidents.views import IncidentView
from domain.roles import Role
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.translator import Lazy, Translator, plain
from tests.e2e.player import pattern
from tests.support.chat import Town, t_of, tap_label
from tests.support.factories import again, make_person

TEXT = "Не отправляется предложение, страница показывает ошибку 502"


@dataclass
class Reader:
    """A person in their language."""

    town: Town
    person: Person
    language: str

    @property
    def t(self) -> Translator:
        """The texts as this reader gets them."""
        return t_of(self.language)

    @property
    def other(self) -> str:
        """What asks for a text in the language that is not the reader's own."""
        return "Type it in Russian." if self.language == "kk" else "Type it in Kazakh."

    async def press(self, label: str | Lazy, expects: str, **params: str | int) -> Message:
        """Press the newest button with this label and wait for what it leads to."""
        await tap_label(self.person, self.t.button(label, **params))
        return await self.sees(expects)

    async def say(self, text: str, expects: str) -> Message:
        """Type something and wait for what it leads to."""
        await self.person.catch_up()
        await self.person.say(text)
        return await self.comes(expects)

    async def menu(self, action: str, expects: str) -> Message:
        """Press a button of the menu."""
        return await self.say(self.t.button(ACTIONS[action]), expects)

    async def sees(self, message: str) -> Message:
        """A message with this text of the catalogue, whatever its values."""
        wanted = pattern(self.t, message)
        return await self.person.eventually(lambda each: wanted.search(each.text) is not None)

    async def comes(self, message: str) -> Message:
        """A new message with this text of the catalogue."""
        wanted = pattern(self.t, message)
        return await self.person.wait_for(lambda each: wanted.search(each.text) is not None)

    async def alert(self, name: str, *ids: int | str) -> CallbackAnswer:
        """Press what nobody showed; what pops up."""
        shown = [each for each in await self.person.messages() if each.by_bot]
        number = await self.person.press_data(press(name, *ids), shown[-1].id, forged=True)
        return await self.person.wait_answer(number)

    def shows(self, message: Message, text: str, **params: str | int) -> bool:
        """Whether a message has a text of the catalogue with these values."""
        return plain(self.t(text, **params)) in message.text


async def reader(
    town: Town, role: Role | None, language: str = "ru", company: object = None
) -> Reader:
    """Somebody in a role, with an open chat."""
    person = await town.person("Айгүл", language, role=role, company=company)  # type: ignore[arg-type]  # a company's view, or none for staff
    await person.start()
    await person.wait_for(lambda each: bool(each.text))
    return Reader(town, person, language)


async def operator_actor(town: Town) -> Actor:
    """An operator for what a test begins with."""
    return await make_person(town.site, role=Role.SUPPORT, name="Оператор")


async def incident(town: Town, number: int = 1) -> IncidentView:
    """An incident as operators see it."""
    return await town.services.incidents.one(again(await operator_actor(town)), number)


async def document(who: Reader, name: str) -> bytes:
    """The content of the file with this name that came last."""

    def wanted(message: Message) -> bool:
        return bool(message.raw.get("document", {}).get("file_name") == name)

    message = await who.person.eventually(wanted)
    return await who.town.sandbox.content(message.raw["document"]["file_id"])
