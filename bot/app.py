"""The composition root: the only file that knows every part."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiohttp import web

from bot.channels.senders import Senders
from bot.channels.webhooks import webhook_sender
from bot.config import Settings
from bot.desk.mirror import MIRRORING, Mirror
from bot.health import AILMENTS, Condition, Health
from bot.inbox import Inbox, Received
from bot.mail import Mail
from bot.parts import Part, end_parts, end_within
from bot.storage.engine import Database
from bot.storage.files import open_files
from bot.storage.fsm import PostgresStorage, in_drafts
from bot.storage.outage import is_outage
from bot.storage.probe import database_away
from bot.telegram.deleting import CopyDeleter
from bot.telegram.delivery import Delivery
from bot.telegram.fetching import Fetcher
from bot.telegram.gateway import DialogMessages, Gateway, make_bot
from bot.telegram.limits import Limits
from bot.telegram.observing import Attempts, Observer
from bot.telegram.outcome import is_telegram_away
from bot.telegram.polling import Poller, say_where
from bot.telegram.progress import PERIOD, ProgressCards
from bot.telegram.sender import TelegramSender
from bot.telegram.transcribing import transcriber
from bot.telegram.updates import add_webhook, allowed_updates, feed, poll
from bot.watching import watch_from_outside
from bot.web.app import create_web
from bot.web.metrics import Metrics, add_metrics
from bot.witness import Witness
from domain.clock import Clock, SystemClock, check_zone
from domain.services import Services
from domain.work import Site
from handlers.assembly import build_dispatcher
from handlers.common.commands import publish_commands
from handlers.support.topics import follow
from scheduler.dispatcher import Dispatcher as NoticeDispatcher
from scheduler.frozen import LoopGuard
from scheduler.lease import POLLING, Lease
from scheduler.sweeps import Sweeper
from scheduler.watch import Stuck, Watch

log = structlog.get_logger(__name__)

_HOUR = 3600.0
# Acts of destruction that are begun are finished so soon, and at the start (seconds).
_TENDING = 10.0
# How soon a press under a notice is written down as its opening.
_NOTING = 1.0
_LOOKING = 20.0
# Seconds for which sweeps may be busy that nobody waits for.
_LONG = 600.0
# Seconds that a process with a stuck part has for an end in good order.
_ENDING = 20.0
# Seconds that are left to close connections after an end in which something hung.
_TIDYING = 8.0
# Long enough to look into a complaint; the acts themselves stay on record for good.
_KEEP_UPDATES = timedelta(days=90)
# What was said in one that failed is kept no longer than any recording (act 366, clause 21.2).
_KEEP_FAILED = timedelta(days=364)
_KEEP_ANSWERS = timedelta(days=30)
_KEEP_UPLOADS = timedelta(days=1)


def _passes(error: BaseException) -> bool:
    """Whether an error will pass by itself: the database or Telegram is away."""
    return is_outage(error) or is_telegram_away(error)


@dataclass
class Application:
    """All parts of one process, wired."""

    settings: Settings
    database: Database
    services: Services
    bot: Bot
    dispatcher: Dispatcher
    inbox: Inbox
    notices: NoticeDispatcher
    sweeper: Sweeper
    fetcher: Fetcher
    mirror: Mirror
    mail: Mail
    channels: Senders
    watch: Watch
    health: Health
    metrics: Metrics
    web: web.Application
    parts: list[Part] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    failure: BaseException | None = None
    guard: LoopGuard = field(default_factory=LoopGuard)

    async def work(self, received: Received) -> None:
        """Handle one stored update."""
        await feed(self.bot, self.dispatcher)(received)

    def spawn(self, work: Coroutine[object, object, None], name: str) -> None:
        """Run a part in the background; when it fails, the whole process stops and says why."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self.tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.failure = task.exception()
            log.error("part.failed", part=task.get_name(), error=type(self.failure).__name__)
            self.stopping.set()

    def begin(self, part: Part) -> None:
        """Run a part in the background, under the watchdog."""
        for worker in part.workers:
            self.watch.add(worker)
        self.spawn(part.run(), part.name)

    def condition(self) -> Condition:
        """How this process is: what ``/readyz`` says."""
        silent = self.watch.silent() if self.watch.pulses else ["start"]
        return Condition(
            silent=silent,
            ill={name: AILMENTS[name].advice for name in self.health.ailments},
            ready=not silent and self.health.ready,
            parts={pulse.name: pulse.age for pulse in self.watch.pulses},
        )

    async def keep_house(self) -> None:
        """Drop what serves nothing any more: worked updates, answers no request will repeat,
        links and sessions of the web desk and holds of channels that are over.
        """
        await self.inbox.forget(_KEEP_UPDATES, _KEEP_FAILED)
        await self.services.integrations.forget_answers(_KEEP_ANSWERS)
        await self.services.uploads.forget(_KEEP_UPLOADS, in_drafts(self.database.engine))
        await self.services.support.forget_sessions()
        await self.services.webhooks.forget(_KEEP_UPDATES)
        await self.services.notice_queue.forget_holds()

    async def tend_recordings(self) -> None:
        """Finish acts of destruction; once a day look for what a backup brought back."""
        await self.services.recordings.tend(CopyDeleter(self.bot))

    async def username(self) -> str:
        """The bot's name without ``@``; asked of Telegram once."""
        return (await self.bot.me()).username or ""

    async def settled(self) -> None:
        """Wait until every update is worked and every notice that may go has gone (the demo)."""
        # Only the database knows of other workers' updates, so it has to be asked.
        while await self.inbox.waiting():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await self.fetcher.drain()
        await self.sweeper.drain()


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
        notices.wake()
        fetcher.wake()
        mirror.wake()
        mail.wake()
        webhooks.wake()
        channels.wake()

    async def username() -> str:
        return await app.username()

    services = Services(_site(settings, database, clock, acted))
    gateway, health = gateway or Gateway(_limits(settings)), Health()
    bot = make_bot(token, api, gateway)
    dispatcher = build_dispatcher(
        services,
        PostgresStorage(database.engine, states=False),
        DisabledEventIsolation(),
        DialogMessages(),
    )
    inbox = Inbox(database.engine, clock=clock, outage=_passes)
    services.deadlines.wait_for(inbox.oldest)
    services.deadlines.tell_outages(is_outage)
    sending = Lease(database.engine)
    sender = TelegramSender(bot, Delivery(services).render, sending.valid)
    watch = Watch(database_away(database.url))
    metrics = Metrics(services.site, watch, health, database.engine)
    metrics.watch_limits(gateway.limits)
    bot.session.middleware(Observer(metrics.answered, health))
    attempts = Attempts(metrics.sent)
    metrics.watch_owner(lambda: sending.held)
    notices = NoticeDispatcher(
        services.notice_queue,
        attempts.of(sender.send),
        sending,
        # What goes out in three seconds: more in hand, and the urgent could not pass it.
        budget=3 * settings.messages_per_second,
        is_outage=is_outage,
    )
    sweeper = Sweeper(services.deadlines.fire_due, notices, is_outage=is_outage, watch=watch)
    fetcher = Fetcher(bot, services.support, services.site.files, transcriber(settings))
    mirror = Mirror(bot, services, Lease(database.engine, MIRRORING))
    mail = Mail(services, settings)
    webhooks = webhook_sender(services, settings)
    channels = Senders(services, settings, username, database.engine)
    channels.note_by(attempts.note)

    app = Application(
        settings=settings,
        database=database,
        services=services,
        bot=bot,
        dispatcher=dispatcher,
        inbox=inbox,
        notices=notices,
        sweeper=sweeper,
        fetcher=fetcher,
        mirror=mirror,
        mail=mail,
        channels=channels,
        watch=watch,
        health=health,
        metrics=metrics,
        web=web.Application(),
    )
    app.parts = [
        Part("inbox", lambda: inbox.work(app.work), inbox.workers, inbox.stop),
        Part("files", fetcher.run, [fetcher.worker]),
        Part("channels", channels.run, channels.workers, channels.stop),
        Part("desk", mirror.run, [mirror.worker], mirror.stop),
        Part("mail", mail.run, [mail.sender.worker]),
        Part("webhooks", webhooks.run, [webhooks.worker], webhooks.worker.stop),
    ]
    app.web = _web(app)
    return app


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


def _web(app: Application) -> web.Application:
    settings = app.settings
    own = f"http://{settings.web_host}:{settings.web_port}"
    app.dispatcher["desk_url"] = f"{settings.public_url or own}/desk"
    app.dispatcher["calendar_url"] = f"{settings.public_url or own}/calendar"
    made = create_web(
        app.services,
        username=app.username,
        condition=app.condition,
        public_url=settings.public_url,
        mail=app.mail.intake,
        follow=functools.partial(follow, app.bot, app.services),
    )
    token = settings.metrics_token
    add_metrics(made, app.metrics, token.get_secret_value() if token else None)
    return made


@contextlib.asynccontextmanager
async def serving(app: Application, host: str, port: int) -> AsyncIterator[int]:
    """The web server for the time of the context; gives the port (0 asks for a free one)."""
    runner = web.AppRunner(app.web, access_log=None, shutdown_timeout=5)
    await runner.setup()
    try:
        server = web.TCPSite(runner, host, port)
        await server.start()
        sockets = server._server.sockets if server._server else ()  # type: ignore[attr-defined]
        yield sockets[0].getsockname()[1] if sockets else port
    finally:
        await runner.cleanup()


async def start(app: Application) -> None:
    """Begin to work: admins, sweeps, inbox, updates. The web server is up already."""
    check_zone(app.services.site.clock.now())
    await app.services.people.ensure_admins(sorted(app.settings.admins))
    await app.services.support.start()
    # Before anything is sent: what came back to the queue while we were away may be paused.
    await app.services.broadcasts.tend()
    unhurried = functools.partial(app.sweeper.every, patience=_LONG, vital=False)
    unhurried("housekeeping", _HOUR, app.keep_house)
    unhurried("recordings", _TENDING, app.tend_recordings)
    unhurried("openings", _NOTING, app.services.openings.write)
    unhurried("digests", _LOOKING, app.services.digests.collect)
    unhurried("reconciliation", _TENDING, app.services.reconciliation.tend)
    unhurried("broadcasts", PERIOD, ProgressCards(app.bot, app.services).look)
    if isinstance(app.services.site.clock, SystemClock):
        # A clock that people move would be full of gaps.
        witness = Witness(app.bot, app.services.health, app.services.site.clock, app.watch.silent)
        unhurried("health", _LOOKING, witness.look)
    watch_from_outside(app.settings, app.services.site, app.bot, app.health, app.sweeper)
    app.sweeper.start()
    for part in app.parts:
        app.begin(part)
    app.spawn(_updates(app), "updates")
    app.spawn(app.watch.run(), "watch")
    log.info("ready", at=time.monotonic())


async def _updates(app: Application) -> None:
    allowed = allowed_updates(app.dispatcher)
    await publish_commands(app.bot)
    secret = app.settings.webhook_secret
    await say_where(app.bot, app.settings.public_url, secret, allowed)
    if app.settings.public_url is not None:
        return
    polling = functools.partial(poll, app.bot, app.inbox, allowed, app.health)
    poller = Poller(Lease(app.database.engine, POLLING), polling, _passes)
    app.watch.add(poller.worker)
    await poller.run()


def add_telegram_door(app: Application) -> None:
    """Where Telegram brings updates when a public address is set."""
    secret = app.settings.webhook_secret
    if app.settings.public_url is not None and secret is not None:
        add_webhook(app.web, app.bot.id, app.inbox, secret.get_secret_value())


async def stop(app: Application) -> None:
    """Take no more updates, finish what is in hand, close; raises Stuck if that does not end."""
    await end_within(_stop(app))


async def _stop(app: Application) -> None:
    await end_parts(app.parts, app.tasks)
    await app.sweeper.stop()
    with contextlib.suppress(Exception):  # the database may be away: it is proof in addition
        await app.services.openings.write()
    await app.bot.session.close()


async def until_stopped(app: Application) -> None:
    """Wait for SIGTERM, SIGINT or the failure of a part; raises that failure."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.stopping.set)
    await app.stopping.wait()
    if app.failure is None:
        return
    if isinstance(app.failure, Stuck):
        # What is stuck may not let the process end in good order either.
        app.guard.end_after(_ENDING)
    raise app.failure


async def run(
    app: Application, host: str, port: int, ready: Callable[[int], Coroutine[object, object, None]]
) -> None:
    """Serve until stopped; ``ready`` is told the port once everything runs."""
    app.guard.start()
    add_telegram_door(app)
    async with serving(app, host, port) as bound:
        try:
            await start(app)
            await ready(bound)
            await until_stopped(app)
        finally:
            try:
                await stop(app)
            except Stuck:
                app.guard.end_after(_TIDYING)
                raise
            finally:
                app.guard.stop()
