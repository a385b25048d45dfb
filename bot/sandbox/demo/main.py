"""``tapsyrys demo``: embedded database, sandbox, bot, sweeps and the page, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import uuid
from functools import partial
from pathlib import Path

from bot.app import Application, assemble, run
from bot.config import Settings
from bot.logs import setup_logs
from bot.sandbox.demo.clock import DemoClock
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


def demo_settings(data: Path, host: str, port: int) -> Settings:
    """Settings of the demo: nothing of the environment, an embedded database of its own."""
    return Settings.model_construct(
        data_dir=data,
        web_host=host,
        web_port=port,
        admins=frozenset(),
        database_url=None,
        files_url=None,
        public_url=None,
        webhook_secret=None,
        # To try webhooks with a program on this machine.
        webhook_allow=("127.0.0.1", "localhost"),
    )


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
    await app.mirror.drain()


async def run_demo(host: str, port: int, data: Path, *, story: bool) -> None:
    """Run the demo until it is stopped. Its first line of output is a token for the HTTP API."""
    setup_logs(json=False, level=30)
    untold = await asyncio.to_thread(prepare, data, story=story)
    settings = demo_settings(data, host, port)
    clock = DemoClock(data / "clock")
    world = World(data / "sandbox.sqlite3", clock=clock)
    async with open_database(settings) as database:
        await migrate(database.url)
        # While the story is told, its weeks of messages come within seconds.
        gateway = Gateway(_unlimited() if untold else None)
        if untold:
            world.limiter.set(None)
        api = f"http://{host}:{port}"
        app = assemble(settings, database, clock, token=world.token, api=api, gateway=gateway)
        arrive = partial(_arrive, app, gateway, world)
        traveller = Traveller(app.services, clock, app.sweeper.sweep_deadlines, arrive)
        attach(app.web, world)
        add_page(app.web)
        add_demo_routes(app.web, world, app.services, traveller, story=story)
        teller = Teller(app.services, clock, traveller, world, partial(_caught_up, app, world))
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
            print(f"Open http://{host}:{bound}/demo in a browser. Ctrl+C stops it.", flush=True)

        await run(app, host, port, ready)
