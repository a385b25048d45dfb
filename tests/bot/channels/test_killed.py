"""A process killed between the mail server's answer and the record: once more, under one number."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from sqlalchemy import select

from bot.storage.engine import make_engine
from domain.notices.model import Delivery
from domain.roles import Role
from scheduler.lease import Lease
from tests.bot.channels.conftest import Office
from tests.support.factories import make_person
from tests.support.waiting import until

DYING = """
import asyncio, os, signal, sys
from datetime import datetime
from pathlib import Path

from bot.channels.gateways import MailGateway
from bot.channels.sending import Budget, ChannelSender
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import ManualClock
from domain.services import Services
from domain.work import Site
from scheduler.lease import Lease

database, server, folder, now = sys.argv[1:]


class Dying(MailGateway):
    async def send(self, message):
        await super().send(message)
        os.kill(os.getpid(), signal.SIGKILL)


async def name():
    return "tapsyrys_bot"


async def main():
    clock = ManualClock(datetime.fromisoformat(now))
    engine = make_engine(database)
    services = Services(Site(make_sessions(engine), clock, local_files(Path(folder))))
    gateway = Dying(server, "support@tapsyrys.example", clock.now)
    sender = ChannelSender(services, "email", gateway, Budget(60), name, Lease(engine, 99))
    await sender.drain()


asyncio.run(main())
"""


async def test_killed_after_the_servers_answer_the_next_sends_once_more_at_once(
    office: Office, database_url: str, tmp_path: Path
) -> None:
    aigul = await make_person(office.site, role=Role.OBSERVER)
    await office.give(aigul, "email", "aigul@example.kz")
    await office.lost(aigul)
    given = (database_url, office.outside.url, str(tmp_path), office.clock.now().isoformat())
    dying = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, *given)
    assert await dying.wait() == -signal.SIGKILL
    assert (await office.rows(aigul, "email"))[0].state == "sending"

    engine = make_engine(database_url)
    sender = office.sender(lease=Lease(engine, 99))

    async def sent() -> bool:
        return await sender.drain() == 1

    # The clock stands: it is the turn that passes on, not a claim that runs out.
    await until(sent)
    assert await sender.drain() == 0
    first, second = office.outside.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"]
    async with office.site.sessions() as session:
        outcomes = await session.scalars(
            select(Delivery.outcome).where(Delivery.channel == "email").order_by(Delivery.id)
        )
        assert outcomes.all() == ["unknown", "sent"]
    await sender.close()
    await engine.dispose()
