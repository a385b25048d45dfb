"""Cards of broadcasts brought up to date in the chats of administrators while they are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError

from bot.telegram.gateway import queued
from domain.actor import Actor
from domain.broadcasts.views import CardToShow
from domain.services import Services
from handlers.context import locale_of
from handlers.views.broadcasts import broadcast_card, progress_key
from handlers.views.translator import translator

log = structlog.get_logger(__name__)

#: A card is edited at most once in this time: Telegram minds more of it in one chat.
EVERY = timedelta(seconds=3)
#: Seconds between two looks: a card that may be edited need not wait for long.
PERIOD = 1.0


class ProgressCards:
    """Follows what is being sent; of several processes the one that ``keeps`` the limits edits."""

    def __init__(
        self, bot: Bot, services: Services, keeps: Callable[[], bool] = lambda: True
    ) -> None:
        self._bot = bot
        self._services = services
        self._keeps = keeps

    async def look(self) -> None:
        """Follow pauses and stops, note what is over, edit the cards that have changed."""
        broadcasts = self._services.broadcasts
        await broadcasts.tend(queue_only=True)
        if not self._keeps():
            return
        for card in await broadcasts.cards(self._services.site.clock.now() - EVERY):
            await self._show(card)

    async def _show(self, card: CardToShow) -> None:
        broadcasts = self._services.broadcasts
        view = await broadcasts.one(Actor.system("progress"), card.number)
        key = progress_key(view)
        if key == card.shown:
            return
        shown = broadcast_card(translator(locale_of(card.language)), view)
        try:
            with queued():
                await self._bot.edit_message_text(
                    shown.text,
                    chat_id=card.chat_id,
                    message_id=card.message_id,
                    reply_markup=shown.keyboard,
                )
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            # Deleted, or the chat is closed to us: nobody looks at it any more.
            log.info("broadcast.card_gone", number=card.number, why=error.message)
            await broadcasts.unwatch(card.chat_id, card.message_id)
        except TelegramAPIError as error:
            # Telegram is away or wants us to wait: the next turn shows more.
            log.info("broadcast.card_later", number=card.number, why=error.message)
        else:
            await broadcasts.shown(card, key)
