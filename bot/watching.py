"""Watching from outside whether notices go: the canary, and the alarm by another channel."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Bot

from bot.alarm import Alarm, by_apprise
from bot.canary import Canary
from bot.config import Settings, SettingsError
from bot.health import Health
from domain.canary import Canaries
from domain.work import Site
from scheduler.sweeps import Sweeper

# Seconds between looks, and for which a gateway of the alarm may take its time.
_LOOKING = 15.0
_LONG = 600.0


def watch_from_outside(
    settings: Settings, site: Site, bot: Bot, health: Health, sweeper: Sweeper
) -> None:
    """Add the sweeps of what is set.

    Raises SettingsError for an address of the alarm that Apprise does not know.
    """
    if settings.canary_chat is not None:
        every = timedelta(minutes=settings.canary_minutes)
        canary = Canary(Canaries(site, settings.canary_chat, every), bot, health, every)
        sweeper.every("canary", _LOOKING, canary.look, vital=False)
    if settings.alarm_url is not None:
        try:
            tell = by_apprise(settings.alarm_url.get_secret_value())
        except ValueError as error:
            raise SettingsError(f"TAPSYRYS_ALARM_URL {error}.") from None
        sweeper.every("alarm", _LOOKING, Alarm(health, tell).look, patience=_LONG, vital=False)
