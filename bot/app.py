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
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiohttp import web

from bot.config import Settings
from bot.desk.mirror import MIRRORING, Mirror
from bot.inbox import Inbox, Received
from bot.mail import Mail
from bot.storage.engine import Database
from bot.storage.files import open_files
from bot.storage.fsm import PostgresStorage, in_drafts
from bot.storage.outage import is_outage
from bot.telegram.deleting import CopyDeleter
from bot.telegram.delivery import Delivery
from bot.telegram.fetching import Fetcher
from bot.telegram.gateway import DialogMessages, Gateway, make_bot
from bot.telegram.outcome import is_telegram_away
from bot.telegram.sender import TelegramSender
from bot.telegram.transcribing import transcriber
from bot.telegram.updates import WEBHOOK_PATH, add_webhook, allowed_updates, feed, poll
from bot.web.app import create_web
from bot.witness import Witness
from domain.clock import Clock, SystemClock, check_zone
from domain.services import Services
from domain.work import Site
from handlers.assembly import build_dispatcher
from handlers.common.commands import publish_commands
from handlers.support.topics import follow
from scheduler.dispatcher import Dispatcher as NoticeDispatcher
from scheduler.lease import POLLING, Lease
from scheduler.sweeps import Sweeper

log = structlog.get_logger(__name__)

# A sweep that has not come through for so long (seconds) makes the process not ready.
_SILENCE = 15.0
_PAUSE = 3.0
_HOUR = 3600.0
# Acts of destruction that are begun are finished so soon, and at the start (seconds).
_TENDING = 10.0
_LOOKING = 20.0
# Sweeps that may take their time: nobody waits for what they do.
_UNHURRIED = frozenset({"housekeeping", "recordings", "health"})
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
    web: web.Application
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    failure: BaseException | None = None

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

    def silent(self) -> list[str]:
        """Sweeps that have not come through lately: while there is one, we are not ready."""
        ages = self.sweeper.ages()
        if not ages:
            return ["start"]
        return sorted(n for n, age in ages.items() if age > _SILENCE and n not in _UNHURRIED)

    async def keep_house(self) -> None:
        """Drop what serves nothing any more: worked updates, answers no request will repeat,
        links and sessions of the web desk that are over.
        """
        await self.inbox.forget(_KEEP_UPDATES, _KEEP_FAILED)
        await self.services.integrations.forget_answers(_KEEP_ANSWERS)
        await self.services.uploads.forget(_KEEP_UPLOADS, in_drafts(self.database.engine))
        await self.services.support.forget_sessions()

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

    services = Services(
        Site(
            database.sessions,
            clock,
            open_files(settings),
            acted,
            settings.regime,
            settings.keep_recordings_days,
        )
    )
    bot = make_bot(token, api, gateway or Gateway())
    dispatcher = build_dispatcher(
        services,
        PostgresStorage(database.engine, states=False),
        DisabledEventIsolation(),
        DialogMessages(),
    )
    inbox = Inbox(database.engine, clock=clock, outage=_passes)
    services.deadlines.wait_for(inbox.oldest)
    sender = TelegramSender(bot, Delivery(services).render)
    notices = NoticeDispatcher(services.notices, sender.send, Lease(database.engine))
    sweeper = Sweeper(services.deadlines.fire_due, notices, is_outage=is_outage)
    fetcher = Fetcher(bot, services.support, services.site.files, transcriber(settings))
    mirror = Mirror(bot, services, Lease(database.engine, MIRRORING))
    mail = Mail(services, settings)

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
        web=web.Application(),
    )
    own = f"http://{settings.web_host}:{settings.web_port}"
    dispatcher["desk_url"] = f"{settings.public_url or own}/desk"
    app.web = create_web(
        services,
        username=app.username,
        silent=app.silent,
        public_url=settings.public_url,
        mail=mail.intake,
        follow=functools.partial(follow, bot, services),
    )
    return app


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
    app.sweeper.every("housekeeping", _HOUR, app.keep_house)
    app.sweeper.every("recordings", _TENDING, app.tend_recordings)
    if isinstance(app.services.site.clock, SystemClock):
        # A clock that people move would be full of gaps.
        witness = Witness(app.bot, app.services.health, app.services.site.clock, app.silent)
        app.sweeper.every("health", _LOOKING, witness.look)
    app.sweeper.start()
    app.spawn(app.inbox.work(app.work), "inbox")
    app.spawn(app.fetcher.run(), "files")
    app.spawn(app.mirror.run(), "desk")
    app.spawn(app.mail.run(), "mail")
    app.spawn(_updates(app), "updates")
    log.info("ready", at=time.monotonic())


async def _say_where(app: Application, allowed: list[str]) -> None:
    """Tell Telegram how we take updates. It may be away: all else serves meanwhile."""
    url, secret = app.settings.public_url, app.settings.webhook_secret
    while True:
        try:
            if url is None:
                await app.bot.delete_webhook()
            else:
                await app.bot.set_webhook(
                    url + WEBHOOK_PATH,
                    allowed_updates=allowed,
                    secret_token=secret.get_secret_value() if secret else None,
                )
        except TelegramAPIError as error:
            if not is_telegram_away(error):
                raise
            log.warning("telegram.away", error=type(error).__name__)
            await asyncio.sleep(_PAUSE)
        else:
            return


async def _updates(app: Application) -> None:
    allowed = allowed_updates(app.dispatcher)
    await publish_commands(app.bot)
    await _say_where(app, allowed)
    if app.settings.public_url is not None:
        return
    lease = Lease(app.database.engine, POLLING)
    poller: asyncio.Task[None] | None = None
    try:
        # Of several replicas one polls: Telegram gives updates to one caller only.
        while True:
            if await lease.hold():
                if poller is None:
                    poller = asyncio.create_task(poll(app.bot, app.inbox, allowed))
                if poller.done():
                    poller.result()
            elif poller is not None:
                poller.cancel()
                poller = None
            await asyncio.sleep(_PAUSE)
    finally:
        if poller is not None:
            poller.cancel()
            # It may be storing updates just now: its connection has to come back first.
            await asyncio.gather(poller, return_exceptions=True)
        await lease.release()


def add_telegram_door(app: Application) -> None:
    """Where Telegram brings updates when a public address is set."""
    secret = app.settings.webhook_secret
    if app.settings.public_url is not None and secret is not None:
        add_webhook(app.web, app.bot.id, app.inbox, secret.get_secret_value())


async def stop(app: Application) -> None:
    """Take no more updates, finish what is in hand, close."""
    app.inbox.stop()
    for task in app.tasks:
        if task.get_name() in ("updates", "files", "mail"):
            task.cancel()
    await app.mirror.stop()
    await asyncio.gather(*app.tasks, return_exceptions=True)
    await app.sweeper.stop()
    await app.bot.session.close()


async def until_stopped(app: Application) -> None:
    """Wait for SIGTERM, SIGINT or the failure of a part; raises that failure."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.stopping.set)
    await app.stopping.wait()
    if app.failure is not None:
        raise app.failure


async def run(
    app: Application, host: str, port: int, ready: Callable[[int], Coroutine[object, object, None]]
) -> None:
    """Serve until stopped; ``ready`` is told the port once everything runs."""
    add_telegram_door(app)
    async with serving(app, host, port) as bound:
        try:
            await start(app)
            await ready(bound)
            await until_stopped(app)
        finally:
            await stop(app)
