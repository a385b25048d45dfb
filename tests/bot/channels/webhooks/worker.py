"""A process that does nothing but send webhooks, to be killed: ``python -m … URL SECONDS``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from bot.channels.webhooks import WebhookSender
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import SystemClock
from domain.webhooks.addresses import Allowed
from domain.webhooks.service import Webhooks
from domain.work import Site


async def _work(url: str, lease: timedelta) -> None:
    files = local_files(Path(tempfile.gettempdir()) / "unused")
    webhooks = Webhooks(Site(make_sessions(make_engine(url)), SystemClock(), files))
    webhooks.allowed = Allowed.of(["127.0.0.0/8"])
    await WebhookSender(webhooks, lease=lease, poll=0.1).run()


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], timedelta(seconds=float(sys.argv[2]))))
