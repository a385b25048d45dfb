"""Keeping the webhook ours: whoever else has the bot's token may take it away without a word.

Nothing fails then. Notices go on, people press buttons, and not one press reaches us; asking is
the only way to know.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.health import CONFLICT, Health

log = structlog.get_logger(__name__)

#: Seconds between two looks.
LOOKING = 20.0
# Seconds that Telegram has to answer a question that costs it nothing.
_PATIENCE = 5


class WebhookKeeper:
    """Looks where Telegram brings updates; ``take_back`` tells it our address again."""

    def __init__(
        self, bot: Bot, health: Health, url: str, take_back: Callable[[], Awaitable[None]]
    ) -> None:
        self._bot = bot
        self._health = health
        self._url = url
        self._take_back = take_back

    async def look(self) -> None:
        """See that the address is ours. If not, say so, until a look finds it ours again, and take
        it back: the other may have ended, as a test installation does, and nobody would know.
        """
        try:
            info = await self._bot.get_webhook_info(request_timeout=_PATIENCE)
        except TelegramAPIError:
            return  # away, or the token is refused: others say so
        if info.url == self._url:
            self._health.clear(CONFLICT)
            return
        self._health.set(CONFLICT)
        # Whose it is is not written down: the address of others may hold their secret.
        log.error("webhook.taken", waiting=info.pending_update_count, gone=not info.url)
        await self._take_back()
