"""A desk for tests: a forum group, operators, and the mirror of a town."""

from __future__ import annotations

from dataclasses import dataclass

from bot.desk.mirror import Mirror
from bot.sandbox.client import Message, Person
from bot.sandbox.world import World
from domain.actor import Actor
from domain.roles import Role
from domain.support.mirror import GroupView
from domain.support.views import NewFile, TicketView
from tests.support.chat import Town
from tests.support.factories import next_cause


@dataclass
class DeskTown:
    """A town with a group of operators; ``say`` and ``topic`` look into the group."""

    town: Town
    mirror: Mirror
    admin: Person
    operator: Person
    user: Person
    chat: int

    @property
    def world(self) -> World:
        """The sandbox itself, for what its people have no way to do."""
        return self.town.world

    async def ask(self, text: str = "Не открывается заказ", *files: NewFile) -> TicketView:
        """The user opens a ticket."""
        actor = await self.town.actor(self.user)
        return await self.town.services.support.open(actor, "chat", text, files)

    async def ticket(self, number: int) -> TicketView:
        """A ticket as operators see it."""
        actor = await self.town.actor(self.operator)
        return await self.town.services.support.ticket(actor, number)

    async def thread(self, number: int) -> int:
        """The thread of a ticket's topic."""
        actor = await self.town.actor(self.operator)
        topic = await self.town.services.desk.topic_of(actor, number)
        assert topic is not None
        assert topic.thread_id is not None
        return topic.thread_id

    async def topics(self, chat: int = 0) -> list[dict[str, object]]:
        """Topics of the group as Telegram has them."""
        found: list[dict[str, object]] = (await self.admin.look(chat or self.chat))["topics"]
        return found

    async def in_topic(self, thread: int, chat: int = 0) -> list[Message]:
        """What stands in a topic, without service messages."""
        return [
            each
            for each in await self.admin.messages(chat or self.chat)
            if each.raw.get("message_thread_id") == thread and each.kind != "service"
        ]

    async def add_group(self, title: str = "Поддержка", language: str = "ru") -> int:
        """One more group, made a desk."""
        people = [self.admin, self.operator]
        chat = await self.town.sandbox.group(title, people, is_forum=True)
        actor: Actor = (await self.town.actor(self.admin)).because(next_cause())
        made: GroupView = await self.town.services.desk.add(actor, chat, title, language)
        await self.town.settled()
        return made.chat_id


async def open_desk(town: Town, language: str = "ru") -> DeskTown:
    """A town with one group that is a desk in this language, and a user who writes in it."""
    admin = await town.person("Админ Әділ", language, role=Role.ADMIN)
    operator = await town.person("Оператор Мұрат", language, role=Role.SUPPORT)
    user = await town.person("Айгүл", language)
    for person in (admin, operator, user):
        await person.start()
    desk = DeskTown(town, Mirror(town.bot, town.services), admin, operator, user, 0)
    desk.chat = await desk.add_group(language=language)
    return desk
