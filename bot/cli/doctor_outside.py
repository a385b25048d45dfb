"""The doctor's look outside: Telegram, the clock, the mail server, our own web server."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from aiogram.types import WebhookInfo
from pydantic import SecretStr

from bot.alarm import by_apprise
from bot.channels.gateways import check_gateway
from bot.cli.findings import Finding, doubtful, well, wrong
from bot.config import PREFIX, Settings
from bot.mail.certificate import BadCertificate, Certificate
from bot.mail.transport import MailServer
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.updates import WEBHOOK_PATH
from domain.clock import astana

# Seconds that one answer from outside is waited for.
_PATIENCE = 10.0
# A clock that is off by more moves offers across the end of a window.
SKEW_DOUBTFUL, SKEW_WRONG = timedelta(seconds=2), timedelta(seconds=10)
# Telegram tells of the last error only; an older one has passed.
_RECENT = timedelta(hours=1)
_MANY_PENDING = 100
_CLOCK = "Set the machine's clock by NTP (`timedatectl set-ntp true`)."


async def outside(settings: Settings) -> AsyncIterator[Finding]:
    """All findings, each as soon as it is known."""
    if settings.bot_token is None:
        yield wrong("token", "is not set", "Put the token of @BotFather into TAPSYRYS_BOT_TOKEN.")
    else:
        token = settings.bot_token.get_secret_value()
        bot = make_bot(token, settings.telegram_api, Gateway())
        try:
            async for finding in _telegram(bot, settings):
                yield finding
        finally:
            await bot.session.close()
    yield await _telegram_clock(settings)
    yield await _mail_out(settings)
    if settings.mail_certificate is not None:
        yield _mail_certificate(settings)
    # It writes addresses it does not understand into its log, with their passwords.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    with warnings.catch_warnings():
        # Plugins of Apprise warn of modules of Python that they still use.
        warnings.simplefilter("ignore", DeprecationWarning)
        gateways = list(_gateways(settings))
    for finding in gateways:
        yield finding
    yield await _service(settings)


async def _telegram(bot: Bot, settings: Settings) -> AsyncIterator[Finding]:
    try:
        me = await bot.get_me(request_timeout=int(_PATIENCE))
        yield well("token", f"@{me.username or me.id} answers")
        info = await bot.get_webhook_info(request_timeout=int(_PATIENCE))
    except TelegramUnauthorizedError:
        yield wrong(
            "token", "Telegram does not know it (401)", "Put the one that @BotFather shows now."
        )
    except TelegramAPIError as error:
        yield wrong(
            "telegram",
            f"no answer from {settings.telegram_api} ({type(error).__name__})",
            "See that this machine may reach it (firewall, proxy, TAPSYRYS_TELEGRAM_API).",
        )
    else:
        yield _webhook(info, settings)


def _webhook(info: WebhookInfo, settings: Settings) -> Finding:
    if settings.public_url is None:
        if info.url:
            advice = "`tapsyrys run` takes it away at its start; is another program using this bot?"
            return doubtful("webhook", f"is set to {info.url}, but we poll", advice)
        return well("webhook", "none; updates are polled")
    wanted = settings.public_url + WEBHOOK_PATH
    if info.url != wanted:
        now = info.url or "none"
        return wrong("webhook", f"is {now}, not {wanted}", "Start `tapsyrys run`: it sets it.")
    last = info.last_error_date
    if isinstance(last, datetime) and datetime.now(UTC) - last < _RECENT:
        advice = "See that the proxy serves this address with a certificate that Telegram accepts."
        # What waits tells whether it is over: Telegram keeps the last failure for long.
        told = f"failed at {astana(last):%H:%M} (Astana): {info.last_error_message}"
        return doubtful("webhook", f"{told}; {info.pending_update_count} updates wait now", advice)
    if info.pending_update_count > _MANY_PENDING:
        told = f"{info.pending_update_count} updates wait at Telegram"
        return doubtful("webhook", told, "Is a replica up, and does /readyz answer 200?")
    return well("webhook", f"{wanted}, {info.pending_update_count} updates wait")


def skew(name: str, ahead: timedelta, whose: str) -> Finding:
    """How far this machine's clock is ahead of another; below zero it is behind."""
    seconds = ahead.total_seconds()
    told = f"{seconds:+.1f} s against {whose}"
    if abs(ahead) > SKEW_WRONG:
        return wrong(name, told, _CLOCK)
    return doubtful(name, told, _CLOCK) if abs(ahead) > SKEW_DOUBTFUL else well(name, told)


async def _telegram_clock(settings: Settings) -> Finding:
    name = "clock against Telegram"
    try:
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        before = datetime.now(UTC)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(settings.telegram_api, allow_redirects=False) as answer,
        ):
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, OSError, TimeoutError, KeyError, ValueError) as error:
        told = f"is not known ({type(error).__name__})"
        return doubtful(name, told, "See that this machine may reach the Bot API server.")
    # The header has whole seconds, cut off.
    middle = before + (datetime.now(UTC) - before) / 2
    return skew(name, middle - theirs - timedelta(seconds=0.5), "Telegram's")


async def _mail_out(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        if settings.mail_address is None:
            return well("mail", "not used")
        return doubtful("mail", "letters wait: no server", "Set TAPSYRYS_SMTP_URL.")
    server = MailServer.of_url(settings.smtp_url.get_secret_value())
    where = f"{server.host}:{server.port}"
    try:
        async with asyncio.timeout(_PATIENCE):
            _, writer = await asyncio.open_connection(server.host, server.port)
            writer.close()
    except (OSError, TimeoutError) as error:
        told = f"no connection to {where} ({type(error).__name__})"
        return wrong("mail", told, "Is the server up, and is TAPSYRYS_SMTP_URL right?")
    return well("mail", f"{where} answers; letters go out as {settings.mail_address}")


def _mail_certificate(settings: Settings) -> Finding:
    name = "mail certificate"
    files = settings.mail_certificate
    if files is None:
        return well(name, "not used")
    try:
        Certificate(*files)
    except BadCertificate as error:
        advice = "Name two files in PEM: TAPSYRYS_MAIL_TLS_CERT and TAPSYRYS_MAIL_TLS_KEY."
        return wrong(name, str(error), advice)
    return well(name, f"{files[0]}")


def _gateways(settings: Settings) -> Iterator[Finding]:
    """Whether Apprise understands the addresses of gateways; nothing is sent."""
    for name in ("email_url", "sms_url"):
        given: SecretStr | None = getattr(settings, name)
        if given is None:
            continue
        scheme, variable = given.get_secret_value().partition("://")[0], PREFIX + name.upper()
        try:
            check_gateway(given.get_secret_value())
        except ValueError as error:
            yield wrong(f"gateway {scheme}", str(error), f"Write {variable} as Apprise wants it.")
        else:
            yield well(f"gateway {scheme}", f"Apprise understands {variable}")
    alarm = settings.alarm_url
    if alarm is not None:
        scheme = alarm.get_secret_value().partition("://")[0]
        try:
            by_apprise(alarm.get_secret_value())
        except ValueError as error:
            advice = f"Write {PREFIX}ALARM_URL as Apprise wants it."
            yield wrong("alarm", f"{scheme}: {error}", advice)
        else:
            yield well("alarm", f"goes by {scheme}")


async def _service(settings: Settings) -> Finding:
    """How the process on this machine is, if one runs."""
    name = "service"
    url = f"http://{settings.web_host}:{settings.web_port}/readyz"
    advice = "Its log says more; `systemctl status tapsyrys`."
    try:
        timeout = aiohttp.ClientTimeout(total=_PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            said = (await answer.text())[:300]
            if answer.status == 200:
                return well(name, f"{url} is ready")
            return wrong(name, f"{url} answers {answer.status}: {said}", advice)
    except (aiohttp.ClientError, OSError, TimeoutError):
        return doubtful(name, f"nothing answers at {url}", "Start it: `tapsyrys run`.")
