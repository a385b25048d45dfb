"""Telling Telegram the commands of each role and what the bot says about itself."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeChat

from domain.roles import Role
from handlers.views.commands import commands, description, short_description
from handlers.views.translator import Locale, Translator, translator

log = structlog.get_logger(__name__)

#: Telegram's language codes; the empty one serves everybody else, whom we address in Russian.
_LANGUAGES: tuple[tuple[Locale, str], ...] = (("kk", "kk"), ("ru", "ru"), ("en", "en"), ("ru", ""))


async def publish_commands(bot: Bot) -> None:
    """Commands of guests and the descriptions, in every language; called once at start.

    A refusal of Telegram is no reason not to start: it is logged, and the next start tries again.
    """
    try:
        for locale, code in _LANGUAGES:
            await _publish(bot, translator(locale), code or None)
    except TelegramAPIError as error:
        log.warning("commands_not_published", error=type(error).__name__)


async def _publish(bot: Bot, t: Translator, language: str | None) -> None:
    await bot.set_my_commands(_listed(t, None), language_code=language)
    # Telegram limits how often these may be set, so they are set only when they differ.
    full, short = description(t), short_description(t)
    if (await bot.get_my_description(language_code=language)).description != full:
        await bot.set_my_description(full, language_code=language)
    found = await bot.get_my_short_description(language_code=language)
    if found.short_description != short:
        await bot.set_my_short_description(short, language_code=language)


async def publish_for(
    bot: Bot, chat_id: int, role: Role | None, language: str | None = None
) -> None:
    """Commands of a role in one private chat.

    ``language`` is the one the person chose here: it outranks the language of their app, so all
    lists say the same. Unknown, the app decides. A chat that cannot be reached is no error:
    commands are a convenience and are published anew at the next start.
    """
    scope = BotCommandScopeChat(chat_id=chat_id)
    try:
        for locale, code in (("kk", "kk"), ("ru", "ru"), ("ru", "")):
            chosen = language if language in ("kk", "ru") else locale
            t = translator("kk" if chosen == "kk" else "ru")
            await bot.set_my_commands(_listed(t, role), scope=scope, language_code=code or None)
    except TelegramAPIError as error:
        log.info("commands_not_published", error=type(error).__name__)


def _listed(t: Translator, role: Role | None) -> list[BotCommand]:
    return [BotCommand(command=name, description=about[:256]) for name, about in commands(t, role)]
