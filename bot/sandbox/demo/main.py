"""``tapsyrys demo``: embedded database, sandbox, bot, sweeps and the page, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import uuid
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from bot.app import assemble
from bot.application import Application, run
from bot.channels.seen import SeenLinks
from bot.config import Settings
from bot.logs import setup_logs
from bot.sandbox.demo.clock import DemoClock
from bot.sandbox.demo.hooks import Receiver
from bot.sandbox.demo.hub import SMS, add_hub_routes
from bot.sandbox.demo.mailbox import OWN_ADDRESS, Mailbox, catching
from bot.sandbox.demo.routes import add_demo_routes
from bot.sandbox.demo.seed import Teller
from bot.sandbox.demo.travel import Traveller
from bot.sandbox.demo_page import add_page
from bot.sandbox.limits import Limits as SandboxLimits
from bot.sandbox.server import attach
from bot.sandbox.world import World
from bot.storage.engine import open_database
from bot.storage.migrations import migrate
from bot.telegram.gateway import Gateway
from bot.telegram.limits import Limits
from domain.actor import Actor

_TOLD = "story.told"
# Seconds that the clock waits at one stop for messages to be delivered.
_PATIENCE = 5.0


def demo_settings(data: Path, host: str, port: int, mail_port: int | None = None) -> Settings:
    """Settings of the demo: nothing of the environment, an embedded database of its own.

    Letters go to the mail server on ``mail_port`` of this machine, short messages to the demo
    itself: both end in the mailbox on the page. Without it nothing goes besides Telegram.
    """
    sms = f"json://{_reached(host)}:{port}{SMS}/{{to}}"
    return Settings.model_construct(
        data_dir=data,
        web_host=host,
        web_port=port,
        admins=frozenset(),
        database_url=None,
        files_url=None,
        public_url=None,
        webhook_secret=None,
        mail_address=None if mail_port is None else OWN_ADDRESS,
        smtp_url=None if mail_port is None else SecretStr(f"smtp://127.0.0.1:{mail_port}"),
        sms_url=None if mail_port is None else SecretStr(sms),
        emails_per_minute=6_000,
        sms_per_minute=6_000,
        # To try webhooks with a program on this machine.
        webhook_allow=("127.0.0.1", "localhost"),
    )


def _reached(host: str) -> str:
    """Where this machine reaches what listens on ``host``."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - nothing listens here: it is compared
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def prepare(data: Path, *, story: bool) -> bool:
    """Make the demo's folder; says whether the story is still to be told.

    A story that was cut off in the middle is begun anew: half of one would confuse.
    """
    told = data / _TOLD
    if story and data.exists() and not told.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    return story and not told.exists()


async def api_token(app: Application, data: Path) -> str:
    """A token for the HTTP API, the same at every start of one demo."""
    kept = data / "api-token"
    if kept.exists():
        return kept.read_text(encoding="ascii").strip()
    name = f"demo-{secrets.token_hex(3)}"
    actor = Actor.system(f"demo:{uuid.uuid4()}", source="cli")
    token: str = await app.services.integrations.create_token(actor, name, "integration")
    kept.write_text(token, encoding="ascii")
    return token


def _unlimited() -> Limits:
    return Limits(overall=10_000, per_chat=10_000, burst=10_000)


async def _arrive(app: Application, gateway: Gateway, world: World) -> None:
    """Deliver what was told at a stop of the clock, without the pace of real time."""
    paces = gateway.limits, world.limiter.limits
    gateway.limits = _unlimited()
    world.limiter.set(None)
    try:
        with contextlib.suppress(TimeoutError):
            # Somebody may have made Telegram silent: the clock goes on all the same.
            async with asyncio.timeout(_PATIENCE):
                await app.sweeper.drain()
                await app.channels.drain()
                await app.mirror.drain()
    finally:
        gateway.limits = paces[0]
        world.limiter.set(paces[1])


async def _caught_up(app: Application, world: World) -> None:
    """Wait until all that people did is worked, and all is told, in the desk's topics too."""
    # The sandbox tells of an update that was fetched only by having it no longer.
    while world.updates.pending:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    await app.settled()
    await app.channels.drain()
    await app.mirror.drain()


async def run_demo(host: str, port: int, data: Path, *, story: bool) -> None:
    """Run the demo until it is stopped. Its first line of output is a token for the HTTP API."""
    setup_logs(json=False, level=30)
    untold = await asyncio.to_thread(prepare, data, story=story)
    clock = DemoClock(data / "clock")
    world = World(data / "sandbox.sqlite3", clock=clock)
    mailbox, receiver = Mailbox(data / "mailbox.json", clock), Receiver(data / "hook", clock)
    async with catching(mailbox) as mail_port, contextlib.AsyncExitStack() as stack:
        settings = demo_settings(data, host, port, mail_port)
        database = await stack.enter_async_context(open_database(settings))
        await migrate(database.url)
        # While the story is told, its weeks of messages come within seconds.
        gateway = Gateway(_unlimited() if untold else None)
        if untold:
            world.limiter.set(None)
        api = f"http://{_reached(host)}:{port}"
        app = assemble(settings, database, clock, token=world.token, api=api, gateway=gateway)
        # Letters are read on this machine, so that they may lead back to it.
        own = f"http://{_reached(settings.web_host)}:{settings.web_port}"
        app.channels.link_by(SeenLinks(own, world.token))
        arrive = partial(_arrive, app, gateway, world)
        traveller = Traveller(app.services, clock, app.sweeper.sweep_deadlines, arrive)
        attach(app.web, world)
        add_page(app.web)
        add_demo_routes(app.web, world, app.services, traveller, story=story)
        add_hub_routes(app.web, app.services, mailbox, receiver)
        settled = partial(_caught_up, app, world)
        teller = Teller(app.services, clock, traveller, world, mailbox, settled)
        if untold:
            await teller.begin()
        print(await api_token(app, data), flush=True)

        async def ready(bound: int) -> None:
            if untold:
                print("Telling the story, a few seconds...", flush=True)
                await teller.tell()
                gateway.limits = Limits()
                world.limiter.set(SandboxLimits())
                (data / _TOLD).touch()
            await receiver.subscribe(app.services, api)
            print(f"Open http://{host}:{bound}/demo in a browser. Ctrl+C stops it.", flush=True)

        await run(app, host, port, ready)
