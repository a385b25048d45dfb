"""All channels besides Telegram of one process, as the settings have them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiogram.exceptions import TelegramAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.channels.gateways import AppriseGateway, Gateway, MailGateway
from bot.channels.seen import SeenLinks
from bot.channels.sending import Budget, ChannelSender, Note
from bot.config import Settings
from domain.channels.rules import ADDRESSED, EMAIL, OTHER, SMS, Served
from domain.services import Services
from scheduler.lease import Lease
from scheduler.worker import Worker

#: Each channel has its owner by itself: one that hangs holds no other up.
LEASES = {EMAIL: 7_210_011, SMS: 7_210_012, OTHER: 7_210_013}
# Seconds that Telegram has to tell the bot's name: a letter goes without its link rather than late.
_NAME = 5.0


def gateways(settings: Settings, services: Services) -> dict[str, Gateway]:
    """The gateways that are set, by channel; raises ValueError for a mail server that is none."""
    found: dict[str, Gateway] = {}
    smtp, own = settings.smtp_url, settings.mail_address
    if settings.email_url is not None:
        found[EMAIL] = AppriseGateway(settings.email_url.get_secret_value())
    elif smtp is not None and own:
        found[EMAIL] = MailGateway(smtp.get_secret_value(), own, services.site.clock.now)
    if settings.sms_url is not None:
        found[SMS] = AppriseGateway(settings.sms_url.get_secret_value())
    if settings.other_schemes:
        found[OTHER] = AppriseGateway(None, services.webhooks.allowed)
    return found


def served(settings: Settings, services: Services) -> Served:
    """What people may give as addresses here."""
    return Served(
        frozenset(gateways(settings, services)), settings.other_schemes, services.webhooks.allowed
    )


class Senders:
    """The workers of all channels.

    One without a gateway works, too: what was written for it before falls through to the next.
    """

    def __init__(
        self,
        services: Services,
        settings: Settings,
        username: Callable[[], Awaitable[str]],
        engine: AsyncEngine | None = None,
    ) -> None:
        services.addresses.served = served(settings, services)
        self._username = username
        found = gateways(settings, services)
        budgets = {
            EMAIL: settings.emails_per_minute,
            SMS: settings.sms_per_minute,
            OTHER: settings.others_per_minute,
        }
        self.senders = {
            channel: ChannelSender(
                services,
                channel,
                found.get(channel),
                Budget(budgets[channel]),
                self._name,
                Lease(engine, LEASES[channel]) if engine and channel in found else None,
            )
            for channel in ADDRESSED
        }

    @property
    def workers(self) -> list[Worker]:
        """For the watchdog."""
        return [each.worker for each in self.senders.values()]

    def note_by(self, note: Note) -> None:
        """Have each attempt to send noted."""
        for each in self.senders.values():
            each.note = note

    def link_by(self, links: SeenLinks) -> None:
        """Have letters lead to the page on which one says that one has seen their notice."""
        self.senders[EMAIL].seen = links.of

    def wake(self) -> None:
        """Say that an act was committed: it may have written something for these channels."""
        for each in self.senders.values():
            if each.gateway is not None:
                each.worker.wake()

    def stop(self) -> None:
        """Begin nothing more; ``run`` returns when what is on its way has ended."""
        for worker in self.workers:
            worker.stop()

    async def run(self) -> None:
        """Work until stopped."""
        await asyncio.gather(*(each.run() for each in self.senders.values()))

    async def drain(self) -> int:
        """Send until nothing may go now (tests, the demo)."""
        return sum([await each.drain() for each in self.senders.values()])

    async def _name(self) -> str:
        """The bot's name; empty where Telegram does not tell it now."""
        try:
            async with asyncio.timeout(_NAME):
                return await self._username()
        except (TelegramAPIError, TimeoutError, OSError):
            return ""
