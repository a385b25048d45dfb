"""``tapsyrys run`` and ``tapsyrys demo``."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.app import assemble, run
from bot.cli.frame import Failed, Parsers, add
from bot.config import SettingsError, load_settings
from bot.logs import setup_logs
from bot.sandbox.demo.main import run_demo
from bot.storage.engine import open_database
from bot.storage.migrations import migrate
from domain.clock import SystemClock


def add_commands(commands: Parsers) -> None:
    """``demo`` and ``run``."""
    demo = add(commands, "demo", _demo, "The whole system on this machine, without Telegram.")
    demo.add_argument("--port", type=int, default=8080)
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--data", type=Path, default=Path("var/demo"), help="folder of the demo")
    demo.add_argument("--empty", action="store_true", help="without the story")
    add(commands, "run", _run, "Serve Telegram: by webhook when TAPSYRYS_PUBLIC_URL is set.")


async def _run(_options: argparse.Namespace) -> int:
    settings = load_settings(need_token=True)
    if settings.bot_token is None:
        raise SettingsError("TAPSYRYS_BOT_TOKEN is not set.")
    setup_logs(json=True)
    async with open_database(settings) as database:
        await migrate(database.url)
        app = assemble(
            settings,
            database,
            SystemClock(),
            token=settings.bot_token.get_secret_value(),
            api=settings.telegram_api,
        )

        async def ready(port: int) -> None:
            print(f"Tapsyrys is running; http://{settings.web_host}:{port}/readyz tells how it is.")

        await run(app, settings.web_host, settings.web_port, ready)
    return 0


async def _demo(options: argparse.Namespace) -> int:
    try:
        await run_demo(options.host, options.port, options.data, story=not options.empty)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failed(
            f"The demo cannot use {options.host}:{options.port}: {reason}. Try --port 8090."
        ) from error
    return 0
