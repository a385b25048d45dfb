"""A process that owns sending until it is killed or frozen: what another one takes over from.

Arguments: the database's address, the Bot API server's. It says ``sending`` once it holds the
lease.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bench._frame import quiet
from bench._telegram import TOKEN
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from bot.telegram.delivery import Delivery
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.sender import TelegramSender
from domain.clock import SystemClock
from domain.services import Services
from domain.work import Site
from scheduler.dispatcher import Dispatcher
from scheduler.lease import Lease


async def _main(url: str, base: str) -> None:
    quiet()
    engine = make_engine(url)
    files = local_files(Path(tempfile.mkdtemp(prefix="tapsyrys-bench-")))
    services = Services(Site(make_sessions(engine), SystemClock(), files))
    lease = Lease(engine)
    bot = make_bot(TOKEN, base, Gateway())
    sender = TelegramSender(bot, Delivery(services).render, lease.valid)
    running = asyncio.create_task(
        Dispatcher(services.notice_queue, sender.send, lease).run(), name="sending"
    )
    while not lease.held:  # noqa: ASYNC110 - only the lease knows
        await asyncio.sleep(0.05)
    print("sending", flush=True)
    await running


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
