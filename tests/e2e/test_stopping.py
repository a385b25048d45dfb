"""A process that is told to stop ends, also when its database goes away at that moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.sandbox.server import create_app
from bot.sandbox.world import World
from tests.e2e.cable import laid
from tests.e2e.killable import Server
from tests.support.waiting import until

_TOKEN = "7000000001:" + "s" * 32
# The grace that the unit and the containers give it.
_GRACE = 45


@pytest.mark.parametrize("first", ["stopped", "cut"])
async def test_it_ends_in_good_order_without_its_database(
    database_url: str, tmp_path: Path, first: str
) -> None:
    telegram = TestServer(create_app(World(limits=None, token=_TOKEN)), host="127.0.0.1")
    await telegram.start_server()
    async with laid(database_url) as (cable, through):
        environment = {
            "TAPSYRYS_BOT_TOKEN": _TOKEN,
            "TAPSYRYS_TELEGRAM_API": str(telegram.make_url("/")).rstrip("/"),
            "TAPSYRYS_DATABASE_URL": through,
            "TAPSYRYS_DATA_DIR": str(tmp_path),
            "TAPSYRYS_PUBLIC_URL": "",
        }
        log = tmp_path / "log"
        server = Server(environment, log)
        try:
            await server.start()
            if first == "stopped":
                server.ask_to_end()
            await cable.cut()
            if first == "cut":
                server.ask_to_end()

            async def ended() -> bool:
                return server.exit_code is not None

            await until(ended, _GRACE)
            assert server.exit_code == 0, log.read_text()[-4000:]
            assert "stop.hangs" not in log.read_text()
        finally:
            server.kill()
            await telegram.close()
