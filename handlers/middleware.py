"""Before a handler: who writes, in which language. After a refusal: a polite answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, Update, User

from domain.actor import Actor
from domain.errors import RuleBroken
from domain.services import Services
from handlers.context import Ctx, locale_of
from handlers.views.errors import describe, toast
from handlers.views.translator import plain, translator

log = structlog.get_logger(__name__)

# Telegram's limit of an alert over a pressed button.
_ALERT = 200

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class ContextMiddleware(BaseMiddleware):
    """Puts ``ctx`` beside every update that a person caused."""

    def __init__(self, services: Services) -> None:
        self.services = services

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Find out who writes; updates without a person (channel posts) go no further."""
        user: User | None = data.get("event_from_user")
        if user is None or user.is_bot or not isinstance(event, Update):
            return None
        bot = data["bot"]
        actor, person = await self.services.people.actor_for(
            user.id,
            f"tg:{bot.id}:{event.update_id}",
            user.language_code,
            user.full_name,
            data.get("received_at"),
        )
        me = await bot.me()
        press, moment = event.callback_query, self._moment(data)
        if press is not None and press.message is not None and press.message.chat.id == user.id:
            self.services.openings.note(user.id, press.message.message_id, moment)
        away = person.unreachable_since
        if away is not None and away < moment and _writes_to_us(event, user):
            # That they let the bot write again was not heard: Telegram keeps it for a day only.
            system = Actor.system(actor.cause, source="telegram")
            await self.services.people.mark_reachable(system, user.id)
        data["ctx"] = Ctx(
            services=self.services,
            actor=actor,
            person=person,
            t=translator(locale_of(person.language)),
            bot_username=me.username or "",
        )
        return await handler(event, data)

    def _moment(self, data: dict[str, Any]) -> datetime:
        received: datetime | None = data.get("received_at")
        return received or self.services.site.clock.now()


def _writes_to_us(event: Update, user: User) -> bool:
    """Whether a person has written or pressed in their own chat, where the bot may answer."""
    press = event.callback_query
    message = event.message if press is None else press.message
    return message is not None and message.chat.id == user.id


class RefusalMiddleware(BaseMiddleware):
    """Turns a broken rule into a text with the clause and the way on; the state is unchanged.

    A press is always answered, if only with nothing, so that its button stops spinning.
    """

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Call the handler and answer for it when a rule refused."""
        ctx: Ctx = data["ctx"]
        try:
            return await handler(event, data)
        except RuleBroken as error:
            log.info("refused", code=error.code, clause=error.clause, cause=ctx.actor.cause)
            await _say(event, ctx, error)
            return None


async def _say(event: TelegramObject, ctx: Ctx, error: RuleBroken) -> None:
    if isinstance(event, CallbackQuery):
        whole = describe(ctx.t, error)
        if len(plain(whole)) <= _ALERT or not isinstance(event.message, Message):
            await event.answer(toast(ctx.t, error), show_alert=True)
            return
        # Too long for an alert: said once, in the chat, where it also stays to be read.
        await event.answer()
        await event.message.answer(whole)
    elif isinstance(event, Message):
        await event.answer(describe(ctx.t, error))
