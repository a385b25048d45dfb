"""Messages nobody signs: of anonymous admins, channels and bots. They can be no answer.

They never get as far as a handler, for whom there would be nobody who acts. In the topic of a
ticket they are kept as a note of nobody, and whoever wrote them is told that no user reads them.
"""

from __future__ import annotations

from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.types import Message, TelegramObject, Update, User

from domain.actor import Actor
from domain.clock import astana
from domain.errors import RuleBroken
from domain.services import Services
from domain.support.views import Origin
from handlers.common.support.intake import files_of
from handlers.middleware import Handler
from handlers.support.kinds import Before, kind_of
from handlers.support.parts import GROUPS, in_language, reply
from handlers.support.writing import html_of
from handlers.views.desk_choices import unsigned
from handlers.views.translator import escape

_MOST_TOLD = 1000


class UnsignedMiddleware(BaseMiddleware):
    """Stands before the one that finds out who writes; takes only what has no such person."""

    def __init__(self, services: Services) -> None:
        self._services = services
        # Topics in which it was said today: a group takes few messages.
        self._told: set[tuple[int, int | None, str]] = set()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Keep it as a note, or let the update pass."""
        user: User | None = data.get("event_from_user")
        message = event.message if isinstance(event, Update) else None
        if message is None or message.chat.type not in GROUPS or not (user and user.is_bot):
            return await handler(event, data)
        bot: Bot = data["bot"]
        if user.id != bot.id and isinstance(event, Update):
            await self._keep(message, bot, f"tg:{bot.id}:{event.update_id}")
        return None

    async def _keep(self, message: Message, bot: Bot, cause: str) -> None:
        nobody = Actor.system(cause, source="telegram")
        thread = message.message_thread_id if message.is_topic_message else None
        topic = await self._services.desk.topic_at(nobody, message.chat.id, thread or 0)
        kind = kind_of(message, bot_id=bot.id, note_mode=True, card=0, before=Before())
        if topic is None or kind == "service":
            if (message.text or "").startswith("/desk"):
                group = await self._services.desk.group(nobody, message.chat.id)
                await reply(message, unsigned(in_language(group.language if group else "ru")))
            return
        words = html_of(message) or escape(f"[{message.content_type}]")
        origin = Origin(message.chat.id, message.message_id)
        t = in_language(topic.language)
        try:
            await self._services.support.note(
                nobody, topic.number, words, files_of(message), origin=origin
            )
        except RuleBroken:
            return
        now = self._services.site.clock.now()
        key = (message.chat.id, thread, astana(now).date().isoformat())
        if key not in self._told:
            if len(self._told) >= _MOST_TOLD:
                self._told.clear()
            self._told.add(key)
            await reply(message, unsigned(t))
