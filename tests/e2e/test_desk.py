"""The desk seen from outside: a voice on Friday night, an answer from a topic on Monday."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.client import Message, Person
from domain.clock import ManualClock
from domain.roles import Role
from domain.support.views import TicketView
from handlers.views.desk_terms import LANGUAGES as LANGUAGE_NAMES
from handlers.views.press import press
from handlers.views.translator import plain
from tests.e2e.town import Town, open_town
from tests.support.chat import said, t_of
from tests.support.factories import integration_actor, make_producer
from tests.support.waiting import PATIENCE, until

LANGUAGES = ("kk", "ru")


class Desk:
    """A forum group of operators in a town, and somebody who asks."""

    def __init__(self, town: Town, language: str) -> None:
        self.town = town
        self.language = language
        self.t = t_of(language)
        self.chat = 0
        self.admin: Person
        self.operator: Person
        self.user: Person

    async def open(self) -> None:
        """People, the group, and ``/desk`` in it."""
        town = self.town
        self.admin = await town.person("Әділ", self.language, role=Role.ADMIN)
        self.operator = await town.person("Мұрат", self.language, role=Role.SUPPORT)
        company = await make_producer(town.site)
        self.user = await town.person("Нұрлан", self.language, role=Role.SUPPLIER, company=company)
        self.chat = await town.sandbox.group("Desk", [self.admin, self.operator], is_forum=True)
        await self.see(said(self.t, "To make this group the support desk"))
        await self.admin.say(f"/desk {self.language}", chat=self.chat)
        await self.see(said(self.t, "This group is the support desk"))

    async def see(self, text: str) -> Message:
        """A message of the bot in the group."""
        return await self.operator.eventually(lambda each: text in each.text, chat=self.chat)

    async def ticket(self, number: int = 1) -> TicketView:
        """A ticket as platforms see it."""
        return await self.town.services.support.ticket(integration_actor(), number)

    async def voice_in_topic(self) -> Message:
        """The voice of the user as it stands in a topic."""
        return await self.operator.eventually(lambda each: each.kind == "voice", chat=self.chat)

    async def send(self, kind: str, content: bytes, more: Mapping[str, object]) -> None:
        """A file of the operator in a topic."""
        form = aiohttp.FormData()
        for name, value in {"from": self.operator.id, "kind": kind, **more}.items():
            form.add_field(name, str(value))
        form.add_field("file", content, filename="f.oga", content_type="audio/ogg")
        await self.town.sandbox.request("POST", f"chats/{self.chat}/messages", form=form)


@pytest.mark.clause("366-19.2")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_voice_of_friday_night_is_answered_on_monday(town: Town, language: str) -> None:
    desk = Desk(town, language)
    await desk.open()
    await town.travel("2026-11-20T18:31:00+05:00")
    await desk.user.send_voice(b"OggS friday")
    voice = await desk.voice_in_topic()
    thread = int(voice.raw["message_thread_id"])
    [topic] = (await desk.admin.look(desk.chat))["topics"]
    assert str(topic["name"]).startswith("1 - ")
    card = await desk.see(plain(desk.t("Language: {language}", language=LANGUAGE_NAMES[language])))
    assert card.id in (await desk.admin.look(desk.chat))["pinned"]

    await town.travel("2026-11-23T09:00:05+05:00")
    await desk.see(said(desk.t, "The desk this morning"))
    await desk.operator.say("// қайта тыңдау керек", chat=desk.chat, thread=thread)
    answer = await desk.operator.say("Бәрі жөнделді", chat=desk.chat, thread=thread)
    got = await desk.user.eventually(lambda each: "Бәрі жөнделді" in each.text)
    assert got.buttons
    await desk.send("voice", b"OggS monday", {"message_thread_id": thread})
    heard = await desk.user.eventually(lambda each: each.by_bot and each.kind == "voice")
    assert heard.file_id is not None
    assert await town.sandbox.content(heard.file_id) == b"OggS monday"

    await desk.operator.edit(answer, "Бәрі толық жөнделді")
    await desk.user.eventually(lambda each: "Бәрі толық жөнделді" in each.text)
    assert not any("тыңдау" in each.text for each in await desk.user.messages())

    data = press("ticket.card", 1)
    await desk.user.press_data(data, got.id)
    rating = press("ticket.rate", 1, 5)
    shown = await desk.user.eventually(lambda each: any(b.data == rating for b in each.buttons))
    await desk.user.press_data(rating, shown.id)

    async def rated() -> bool:
        return (await desk.ticket()).rating == 5

    await until(rated)


async def test_a_topic_deleted_while_an_operator_writes(town: Town) -> None:
    desk = Desk(town, "ru")
    await desk.open()
    await desk.user.send_voice(b"OggS")
    voice = await desk.voice_in_topic()
    thread = int(voice.raw["message_thread_id"])
    await desk.operator.say("Смотрим ваш заказ", chat=desk.chat, thread=thread)
    await town.app.bot.delete_forum_topic(desk.chat, thread)
    await desk.user.eventually(lambda each: "Смотрим ваш заказ" in each.text)

    async def made_anew() -> bool:
        topics = (await desk.admin.look(desk.chat))["topics"]
        return [each["message_thread_id"] for each in topics] not in ([thread], [])

    await until(made_anew, PATIENCE)
    await desk.see("Смотрим ваш заказ")


async def test_operator_and_user_write_at_once(town: Town) -> None:
    desk = Desk(town, "ru")
    await desk.open()
    await desk.user.send_voice(b"OggS")
    voice = await desk.voice_in_topic()
    thread = int(voice.raw["message_thread_id"])
    for number in range(3):
        await desk.operator.say(f"Ответ {number}-й", chat=desk.chat, thread=thread)
        await desk.user.send_voice(f"OggS {number}".encode())

    async def all_there() -> bool:
        found = [each for each in await desk.admin.messages(desk.chat) if each.kind == "voice"]
        return len(found) == 4

    await until(all_there, 40)
    for number in range(3):
        await desk.user.eventually(lambda each, n=number: f"Ответ {n}-й" in each.text)  # type: ignore[misc] # the default is how it is bound
    view = await desk.ticket()
    written = [each.text for each in view.messages if each.author == "operator"]
    assert written == [f"Ответ {number}-й" for number in range(3)]


async def test_an_untouched_ticket_turns_red_half_an_hour_before(town: Town) -> None:
    desk = Desk(town, "ru")
    await desk.open()
    await desk.user.send_voice(b"OggS")
    await desk.voice_in_topic()
    await town.travel("2026-11-20T18:00:00+05:00")

    async def red() -> bool:
        [topic] = (await desk.admin.look(desk.chat))["topics"]
        return str(topic["name"]).startswith("\N{LARGE RED CIRCLE}")

    await until(red, PATIENCE)


async def test_the_bot_is_thrown_out_and_nothing_is_lost(town: Town) -> None:
    desk = Desk(town, "ru")
    await desk.open()
    await desk.user.send_voice(b"OggS")
    await desk.voice_in_topic()
    other = await town.sandbox.group("Second", [desk.admin, desk.operator], is_forum=True)
    await desk.admin.say("/desk ru", chat=other)
    await desk.operator.eventually(
        lambda each: said(desk.t, "This group is the support desk") in each.text, chat=other
    )
    member = {"user": town.world.bot, "status": "left"}
    chat = town.world.chats[desk.chat]
    town.world.updates.add(
        "my_chat_member",
        {
            "chat": town.world.chat_view(chat),
            "from": town.world.people[desk.admin.id].user(),
            "date": town.world.unix(),
            "old_chat_member": {"user": town.world.bot, "status": "member"},
            "new_chat_member": member,
        },
        desk.chat,
    )
    await desk.operator.eventually(
        lambda each: each.kind == "voice", chat=other, timeout_s=PATIENCE
    )


async def test_of_two_replicas_one_writes_the_topics(
    database_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    """And when it is gone, the other goes on; nothing stands there twice."""
    async with open_town(database_url, tmp_path, clock, replicas=2) as town:
        desk = Desk(town, "ru")
        await desk.open()
        await desk.user.send_voice(b"OggS one")
        voice = await desk.voice_in_topic()
        thread = int(voice.raw["message_thread_id"])
        await town.replicas.pop(0).stop()
        await town.ready()
        await desk.user.say("И ещё вопрос")
        await desk.user.send_voice(b"OggS two")

        async def both() -> bool:
            return len(await voices(desk)) == 2

        await until(both, PATIENCE)
        assert {int(each.raw["message_thread_id"]) for each in await voices(desk)} == {thread}
        assert len((await desk.admin.look(desk.chat))["topics"]) == 1


async def voices(desk: Desk) -> list[Message]:
    """Every voice in the group."""
    return [each for each in await desk.admin.messages(desk.chat) if each.kind == "voice"]
