"""A process of the platform: its parts, how they begin, how they end."""

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
from aiohttp import web

from bot.channels.senders import Senders
from bot.config import Settings
from bot.desk.mirror import Mirror
from bot.health import AILMENTS, Condition, Health
from bot.inbox import Inbox, Received
from bot.mail import Mail
from bot.parts import Part, end_parts, end_within
from bot.storage.engine import Database
from bot.storage.fsm import in_drafts
from bot.storage.outage import is_outage
from bot.telegram.deleting import CopyDeleter
from bot.telegram.fetching import Fetcher
from bot.telegram.outcome import is_telegram_away
from bot.telegram.polling import Poller, say_where
from bot.telegram.progress import PERIOD, ProgressCards
from bot.telegram.updates import WEBHOOK_PATH, add_webhook, allowed_updates, feed, poll
from bot.telegram.webhook import LOOKING, WebhookKeeper
from bot.watching import watch_from_outside
from bot.witness import Witness
from domain.clock import SystemClock, check_zone
from domain.notices.forgetting import forget_attempts
from domain.services import Services
from handlers.common.commands import publish_commands
from scheduler.dispatcher import Dispatcher as NoticeDispatcher
from scheduler.frozen import LoopGuard
from scheduler.lease import POLLING, Lease
from scheduler.sweeps import Sweeper
from scheduler.watch import Stuck, Watch
from scheduler.worker import Worker

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


def passes(error: BaseException) -> bool:
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
    keeps: Callable[[], bool]
    watch: Watch
    health: Health
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
        links and sessions of the web desk and holds of channels that are over, old attempts.
        """
        await self.inbox.forget(_KEEP_UPDATES, _KEEP_FAILED)
        await self.services.integrations.forget_answers(_KEEP_ANSWERS)
        await self.services.uploads.forget(_KEEP_UPLOADS, in_drafts(self.database.engine))
        await self.services.support.forget_sessions()
        await self.services.webhooks.forget(_KEEP_UPDATES)
        await self.services.notice_queue.forget_holds()
        kept = timedelta(days=self.settings.keep_attempts_days)
        await forget_attempts(self.services.site, kept)

    async def tend_recordings(self) -> None:
        """Finish acts of destruction; once a day look for what a backup brought back."""
        await self.services.recordings.tend(CopyDeleter(self.bot))

    async def settled(self) -> None:
        """Wait until every update is worked and every notice that may go has gone (the demo)."""
        # Only the database knows of other workers' updates, so it has to be asked.
        while await self.inbox.waiting():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await self.fetcher.drain()
        await self.sweeper.drain()


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
    unhurried("broadcasts", PERIOD, ProgressCards(app.bot, app.services, app.keeps).look)
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
    say = functools.partial(say_where, app.bot, app.settings.public_url, secret, allowed)
    await say()
    if app.settings.public_url is not None:
        keeper = WebhookKeeper(app.bot, app.health, app.settings.public_url + WEBHOOK_PATH, say)
        kept = Worker("webhook", keeper.look, poll=LOOKING, vital=False, at_once=False)
        app.watch.add(kept)
        await kept.run()
        return
    polling = functools.partial(poll, app.bot, app.inbox, allowed, app.health)
    poller = Poller(Lease(app.database.engine, POLLING), polling, passes)
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
