"""Somebody who uses the bot as people do: presses what is shown, types, and is always answered."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.sandbox.client import CallbackAnswer, Message, NothingCame, Person
from bot.sandbox.records import Json
from handlers.views.translator import Html, Lazy, Translator, plain
from tests.e2e.town import Town
from tests.support.chat import t_of

_VALUE = re.compile(r"\{[a-z_][a-z0-9_]*\}")
Act = Callable[[], Awaitable[object]]


class Hand(ABC):
    """A person in their language; after each act everything it led to has arrived."""

    person: Person
    language: str

    @property
    def t(self) -> Translator:
        """The texts as this reader gets them."""
        return t_of(self.language)

    def label(self, text: str | Lazy, **params: str | int) -> str:
        """A button of the catalogue as this reader sees it."""
        return self.t.button(text, **params)

    async def messages(self) -> list[Message]:
        """What the bot has said and what still stands, oldest first."""
        return [each for each in await self.person.messages() if each.by_bot]

    async def press(self, text: str | Lazy, **params: str | int) -> CallbackAnswer:
        """Press the newest button with this label; what popped up."""
        return await self.press_shown(self.label(text, **params))

    async def press_shown(self, label: str) -> CallbackAnswer:
        """Press the newest button that shows just this."""
        return await self._press(lambda shown: shown == label, label)

    async def press_like(self, message: str) -> CallbackAnswer:
        """Press the newest button whose label begins as this text with values does."""
        begin = said_button(self.t, message)
        return await self._press(lambda shown: shown.startswith(begin), begin)

    async def _press(self, fits: Callable[[str], bool], what: str) -> CallbackAnswer:
        messages = await self.messages()
        for message in reversed(messages):
            for button in message.buttons:
                if fits(button.text) and button.data is not None:
                    return await self.press_data(button.data, message)
        seen = [(each.text[:60], [b.text for b in each.buttons]) for each in messages[-4:]]
        raise NothingCame(f"no button {what!r}; the last messages: {seen}")

    @abstractmethod
    async def press_data(
        self, data: str, message: Message | None = None, *, forged: bool = False
    ) -> CallbackAnswer:
        """Press a button by what it carries; ``forged`` as nobody was ever shown it."""

    @abstractmethod
    async def _answered(self, act: Act, what: str) -> list[Message]:
        """Do something that has to be answered; what the bot says to it."""

    async def _offering(self, data: str) -> Message:
        """The newest message with such a button; for a forged one any message will do."""
        messages = await self.messages()
        for message in reversed(messages):
            if any(button.data == data for button in message.buttons):
                return message
        return messages[-1]

    async def say(self, text: str) -> list[Message]:
        """Type something; what the bot says to it."""
        return await self._answered(lambda: self.person.say(text), text)

    async def choose(self, text: str | Lazy) -> list[Message]:
        """Press a button of the menu under the input field."""
        label = self.label(text)
        assert label in [each.text for each in await self.person.keyboard()]
        return await self.say(label)

    async def send_photo(self, content: bytes = b"\xff\xd8\xff\xe0photo") -> list[Message]:
        """Send a photo; what the bot says to it."""
        return await self._answered(lambda: self.person.send_photo(content), "a photo")

    async def send_voice(self) -> list[Message]:
        """Send a voice message; what the bot says to it."""
        return await self._answered(lambda: self.person.send_voice(b"OggS"), "a voice message")

    async def send_file(self, content: bytes, name: str) -> list[Message]:
        """Send a file; what the bot says to it."""
        return await self._answered(lambda: self.person.send_document(content, name), name)

    async def share_contact(self, user_id: int | None = None) -> list[Message]:
        """Share one's own contact, or somebody else's; what the bot says to it."""
        return await self._answered(lambda: self.person.share_contact(user_id=user_id), "a contact")

    async def start(self, payload: str = "") -> list[Message]:
        """Press Start, or follow a link; what the bot says to it."""
        return await self._answered(lambda: self.person.start(payload), "/start")

    async def sees(self, message: str) -> Message:
        """The newest message with this text of the catalogue, whatever its values."""
        wanted = pattern(self.t, message)
        return await self.person.find(lambda each: wanted.search(each.text) is not None)

    async def sees_none(self, message: str) -> bool:
        """Whether no message has this text."""
        wanted = pattern(self.t, message)
        return not any(wanted.search(each.text) for each in await self.messages())


@dataclass
class Player(Hand):
    """Somebody in a town within the test's own process, whose calls are all known."""

    town: Town
    person: Person
    language: str

    async def press_data(
        self, data: str, message: Message | None = None, *, forged: bool = False
    ) -> CallbackAnswer:
        """Press a button by what it carries; ``forged`` as nobody was ever shown it."""
        on = message or await self._offering(data)
        number = await self.person.press_data(data, on.id, forged=forged)
        await self.town.settled()
        # Raises when the press was left unanswered.
        return await self.person.wait_answer(number)

    async def _answered(self, act: Act, what: str) -> list[Message]:
        before, known = len(self.town.world.calls), {each.id for each in await self.messages()}
        await act()
        await self.town.settled()
        assert self._answers(before), f"{what!r} was left without an answer"
        return [each for each in await self.messages() if each.id not in known]

    def _answers(self, before: int) -> list[Json]:
        """Calls of the bot since then that this person notices."""
        made = list(self.town.world.calls)[before:]
        return [
            call
            for call in made
            if call["method"].startswith(("send", "edit"))
            and str(call["params"].get("chat_id")) == str(self.person.id)
        ]


def pattern(t: Translator, message: str, number: int | None = None) -> re.Pattern[str]:
    """What finds a text of the catalogue with any values in it, or of this ``number``."""
    text = plain(Html(t._catalogue.gettext(message)))
    if number is not None:
        text = text.replace("{number}", str(number))
    parts = _VALUE.split(text)
    return re.compile(".*?".join(re.escape(part) for part in parts), re.DOTALL)


def said_button(t: Translator, message: str) -> str:
    """The label of a button up to its first value."""
    return t._catalogue.pgettext("button", message).split("{", 1)[0]


def heard_by_people(town: Town, people: Sequence[Player]) -> list[tuple[Player, str]]:
    """Every text that the bot sent to these people: messages, edits, captions, labels, pop-ups."""
    by_id = {str(each.person.id): each for each in people}
    found: list[tuple[Player, str]] = []
    pressed = {number: str(each.person_id) for number, each in town.world.callbacks.items()}
    for call in town.world.calls:
        params = call["params"]
        reader = by_id.get(str(params.get("chat_id") or ""))
        if reader is None:
            reader = by_id.get(pressed.get(str(params.get("callback_query_id")), ""))
        if reader is None:
            continue
        found += [(reader, text) for text in _texts(params)]
    return found


def _texts(params: Json) -> list[str]:
    found = [str(params[key]) for key in ("text", "caption") if params.get(key)]
    markup = params.get("reply_markup") or {}
    for rows in (markup.get("inline_keyboard"), markup.get("keyboard")):
        for row in rows or []:
            found += [str(button["text"]) for button in row]
    return found
