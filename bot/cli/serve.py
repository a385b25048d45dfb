"""``tapsyrys run`` and ``tapsyrys demo``."""

from __future__ import annotations

import argparse
import asyncio
import errno
import importlib
import socket
from contextlib import AsyncExitStack
from pathlib import Path

from bot import systemd
from bot.cli.failed import Misused
from bot.config import SettingsError, load_settings
from bot.garbage import loading
from bot.logs import setup_logs
from bot.storage.engine import open_database
from bot.storage.migrations import migrate
from domain.clock import SystemClock

_WHY = {
    errno.EADDRINUSE: "another program listens there already",
    errno.EACCES: "this user may not (ports below 1024 are for root)",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}


async def serve(_options: argparse.Namespace) -> int:
    """Serve Telegram until stopped."""
    settings = load_settings(need_token=True)
    if settings.bot_token is None:
        raise SettingsError("TAPSYRYS_BOT_TOKEN is not set.")
    setup_logs(json=True)
    await _check_address(
        settings.web_host, settings.web_port, "Set TAPSYRYS_WEB_HOST or TAPSYRYS_WEB_PORT."
    )
    if settings.mail_door is not None:
        await _check_address(*settings.mail_door, "Set TAPSYRYS_MAIL_LISTEN.")
    _check_certificate(settings.mail_certificate)
    async with AsyncExitStack() as stack:
        with loading():
            # The database starts while the libraries load.
            libraries = asyncio.create_task(asyncio.to_thread(importlib.import_module, "bot.app"))
            database = await stack.enter_async_context(open_database(settings))
            await migrate(database.url)
            await libraries
            from bot.app import assemble  # noqa: PLC0415 - it has just been loaded
            from bot.application import run  # noqa: PLC0415 - it has just been loaded

            app = assemble(
                settings,
                database,
                SystemClock(),
                token=settings.bot_token.get_secret_value(),
                api=settings.telegram_api,
            )

        async def ready(port: int) -> None:
            await stack.enter_async_context(systemd.told())
            print(
                f"Tapsyrys is running; http://{settings.web_host}:{port}/readyz tells how it is.",
                flush=True,
            )

        await run(app, settings.web_host, settings.web_port, ready)
    return 0


async def demo(options: argparse.Namespace) -> int:
    """Run the demo until stopped."""
    await _check_address(options.host, options.port, f"Try --port {_another(options.port)}.")
    with loading():
        from bot.sandbox.demo.main import run_demo  # noqa: PLC0415 - `run` does without it
    await run_demo(options.host, options.port, options.data, story=not options.empty)
    return 0


def _check_certificate(files: tuple[Path, Path] | None) -> None:
    """Raise Misused at once where the listener could not use its certificate."""
    if files is None:
        return
    # The libraries of mail take their time; few need them here.
    from bot.mail.certificate import BadCertificate, Certificate  # noqa: PLC0415

    try:
        Certificate(*files)
    except BadCertificate as error:
        names = "TAPSYRYS_MAIL_TLS_CERT and TAPSYRYS_MAIL_TLS_KEY"
        raise Misused(f"{names}: {error}. Name two files in PEM.") from None


def _another(port: int) -> int:
    return port + 10 if port <= 65000 else 8090


async def _check_address(host: str, port: int, advice: str) -> None:
    """Raise Misused at once where the web server could not listen, before anything is started."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except socket.gaierror:
        raise Misused(f"Cannot listen on {host}:{port}: no such host. {advice}") from None
    except OSError as error:
        # Python 3.13 gives no number when not one of the host's addresses is this machine's.
        why = _WHY.get(error.errno or errno.EADDRNOTAVAIL, error.strerror or type(error).__name__)
        raise Misused(f"Cannot listen on {host}:{port}: {why}. {advice}") from None
    server.close()
    await server.wait_closed()
