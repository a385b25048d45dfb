"""The composition root: the only file that knows every part."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from aiogram import Bot
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiohttp import web

from bot.application import Application, passes
from bot.channels.seen import SeenLinks
from bot.channels.senders import Senders
from bot.channels.webhooks import webhook_sender
from bot.config import Settings
from bot.desk.mirror import MIRRORING, Mirror
from bot.health import Health
from bot.inbox import Inbox
from bot.mail import Mail
from bot.parts import Part
from bot.storage.engine import Database
from bot.storage.files import open_files
from bot.storage.fsm import PostgresStorage
from bot.storage.outage import is_outage
from bot.storage.probe import database_away
from bot.telegram.delivery import Delivery
from bot.telegram.fetching import Fetcher
from bot.telegram.gateway import DialogMessages, Gateway, make_bot
from bot.telegram.limits import Limits
from bot.telegram.observing import Attempts, Observer
from bot.telegram.sender import TelegramSender
from bot.telegram.transcribing import transcriber
from bot.web.app import create_web
from bot.web.metrics import Metrics, add_metrics
from domain.clock import Clock
from domain.services import Services
from domain.work import Site
from handlers.assembly import build_dispatcher
from handlers.support.topics import follow
from scheduler.dispatcher import Dispatcher as NoticeDispatcher
from scheduler.lease import Lease
from scheduler.sweeps import Sweeper
from scheduler.watch import Watch
from scheduler.worker import Worker

# Seconds between two calls to the owner of sending, at least; and by itself, to show that it lives.
_CALLS, _CALLED = 0.02, 5.0


@dataclass
class _Seen:
    """What is seen of a process from outside."""

    watch: Watch
    health: Health
    metrics: Metrics
    attempts: Attempts


def assemble(
    settings: Settings,
    database: Database,
    clock: Clock,
    *,
    token: str,
    api: str,
    gateway: Gateway | None = None,
) -> Application:
    """Wire the parts. Nothing runs yet, and nothing has been asked of Telegram."""

    def acted() -> None:
        for part in (notices, fetcher, mirror, mail, webhooks, channels, owner):
            part.wake()

    def called() -> None:
        for part in (inbox, notices, mirror):
            part.wake()

    # Sending has one owner among replicas: whoever keeps the limits works the updates, too.
    lease = Lease(database.engine)
    lease.called = called
    owner = Worker("owner", lease.call_owner, poll=_CALLED, gap=_CALLS, is_outage=is_outage)
    services = Services(_site(settings, database, clock, acted))
    gateway = gateway or Gateway(_limits(settings))
    bot = make_bot(token, api, gateway)
    inbox = _inbox(services, database, clock, lease)
    inbox.stored = owner.wake
    seen = _seen(services, database, bot, gateway)
    notices = _notices(settings, services, lease, bot, seen)
    fetcher = Fetcher(bot, services.support, services.site.files, transcriber(settings))
    mirror = Mirror(bot, services, Lease(database.engine, MIRRORING), lease.valid)
    mail = Mail(services, settings)
    webhooks = webhook_sender(services, settings)
    webhooks.note = seen.metrics.delivered
    channels = Senders(services, settings, functools.partial(_username, bot), database.engine)
    channels.note_by(seen.attempts.note)
    app = Application(
        settings=settings,
        database=database,
        services=services,
        bot=bot,
        dispatcher=build_dispatcher(
            services,
            PostgresStorage(database.engine, states=False),
            DisabledEventIsolation(),
            DialogMessages(),
        ),
        inbox=inbox,
        notices=notices,
        sweeper=Sweeper(
            services.deadlines.fire_due, notices, is_outage=is_outage, watch=seen.watch
        ),
        fetcher=fetcher,
        mirror=mirror,
        mail=mail,
        channels=channels,
        keeps=lease.valid,
        watch=seen.watch,
        health=seen.health,
        web=web.Application(),
    )
    app.parts = [
        Part("owner", owner.run, [owner]),
        Part("inbox", lambda: inbox.work(app.work), inbox.workers, inbox.stop),
        Part("files", fetcher.run, [fetcher.worker]),
        Part("channels", channels.run, channels.workers, channels.stop),
        Part("desk", mirror.run, [mirror.worker], mirror.stop),
        Part("mail", mail.run, [mail.sender.worker]),
        Part("webhooks", webhooks.run, [webhooks.worker], webhooks.worker.stop),
    ]
    app.web = _web(app, seen.metrics, token)
    return app


def _inbox(services: Services, database: Database, clock: Clock, lease: Lease) -> Inbox:
    """Updates in their order; no deadline passes over an act that waits there."""
    inbox = Inbox(database.engine, clock=clock, outage=passes, keeps=lease.valid)
    services.deadlines.wait_for(inbox.oldest)
    services.deadlines.tell_outages(is_outage)
    return inbox


def _seen(services: Services, database: Database, bot: Bot, gateway: Gateway) -> _Seen:
    watch, health = Watch(database_away(database.url)), Health()
    metrics = Metrics(services.site, watch, health, database.engine)
    metrics.watch_limits(gateway.limits)
    bot.session.middleware(Observer(metrics.answered, health))
    return _Seen(watch, health, metrics, Attempts(metrics.sent))


def _notices(
    settings: Settings, services: Services, lease: Lease, bot: Bot, seen: _Seen
) -> NoticeDispatcher:
    """What sends notices by Telegram, in one process at a time."""
    sender = TelegramSender(bot, Delivery(services).render, lease.valid)
    seen.metrics.watch_owner(lambda: lease.held)
    return NoticeDispatcher(
        services.notice_queue,
        seen.attempts.of(sender.send),
        lease,
        # What goes out in three seconds: more in hand, and the urgent could not pass it.
        budget=3 * settings.messages_per_second,
        is_outage=is_outage,
    )


async def _username(bot: Bot) -> str:
    """The bot's name without ``@``; asked of Telegram once."""
    return (await bot.me()).username or ""


def _limits(settings: Settings) -> Limits:
    return Limits(
        overall=settings.messages_per_second,
        per_chat=settings.messages_per_chat,
        burst=settings.messages_per_burst,
        per_group_minute=settings.messages_per_group_minute,
    )


def _site(settings: Settings, database: Database, clock: Clock, acted: Callable[[], None]) -> Site:
    return Site(
        database.sessions,
        clock,
        open_files(settings),
        acted,
        settings.regime,
        settings.keep_recordings_days,
    )


def _web(app: Application, metrics: Metrics, token: str) -> web.Application:
    settings = app.settings
    own = f"http://{settings.web_host}:{settings.web_port}"
    links = SeenLinks(settings.public_url or own, token)
    if settings.public_url is not None:
        app.channels.link_by(links)
    app.dispatcher["desk_url"] = f"{settings.public_url or own}/desk"
    app.dispatcher["calendar_url"] = f"{settings.public_url or own}/calendar"
    made = create_web(
        app.services,
        username=functools.partial(_username, app.bot),
        condition=app.condition,
        public_url=settings.public_url,
        mail=app.mail.intake,
        follow=functools.partial(follow, app.bot, app.services),
        links=links,
    )
    watcher = settings.metrics_token
    add_metrics(made, metrics, watcher.get_secret_value() if watcher else None)
    return made
