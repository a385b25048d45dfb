"""The life of a demo of the code as it stands, so that no table of its database stays empty.

``python -m tests.support.release_life 0.2.0`` keeps it as the database of that release; run it
when a version is released. ``--folder`` writes it somewhere else, to try it out.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.sandbox.demo import story
from bot.sandbox.demo.clock import DemoClock
from bot.sandbox.voice import SECONDS, VOICE
from bot.storage.embedded import embedded
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.actor import Actor
from domain.base import Json
from domain.broadcasts.rules import Audience, Content
from domain.clock import ManualClock, astana
from domain.notices.queue import Outcome, Settled
from domain.preferences.rhythm import USUAL
from domain.preferences.rules import QuietHours
from domain.services import Services
from domain.support.views import NewFile
from domain.work import Site
from tests.e2e.killable import free_port
from tests.support import releases
from tests.support.factories import next_cause

_OLGA, _ASKHAT, _DANA = 103, 106, 113
_PIPES = {
    "name_ru": "Труба стальная",
    "name_kk": "Болат құбыр",
    "code": story.STEEL_PIPE,
    "quantity": "500",
    "unit": "m",
    "allocated_sum": "4500000",
    "characteristics": "ГОСТ 10704-91",
}
_DAY_OFF = {
    "date": "2026-12-31",
    "working": False,
    "name_kk": "Демалыс күнін ауыстыру",
    "name_ru": "Перенос выходного дня",
    "basis": "ҚР Үкіметінің қаулысы",
}


@asynccontextmanager
async def _demo(data: Path, port: int) -> AsyncIterator[str]:
    """The demo with its story told; its token."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "bot", "demo", "--port", str(port), "--data", str(data)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        token = (await process.stdout.readline()).decode().strip()
        while not (line := await process.stdout.readline()).startswith(b"Open "):
            if not line:
                raise SystemExit("the demo ended before it was ready")
        yield token
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def _platform(base: str, token: str) -> None:
    """What a platform does: a file, a draft with it, a day off, an invitation, a refusal."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(f"{base}/api/v1/", headers=headers) as session:

        async def call(method: str, path: str, body: object, key: str) -> Json:
            async with session.request(
                method, path, json=body, headers={"Idempotency-Key": key}
            ) as answer:
                return dict(await answer.json())

        async with session.post("files?name=plan.pdf", data=b"%PDF-1.7\n", headers=_PDF) as sent:
            file = (await sent.json())["file"]
        order = {
            "customer_bin": story.CONTRACTOR.bin,
            "delivery_place": "Караганда",
            "delivery_terms": "DDP",
            "delivery_days": 60,
            "lines": [_PIPES],
            "files": [file],
        }
        await call("POST", "orders", order, "order-1")
        await call("PUT", "calendar/overrides", {"overrides": [_DAY_OFF]}, "days-1")
        invited = {"bin": story.CASPIAN_HYDRO.bin, "role": "supplier"}
        await call("POST", "invitations", invited, "invite-1")
        await call("POST", "orders/999999/publish", None, "refused-1")


_PDF = {"Content-Type": "application/pdf"}


async def _actor(services: Services, telegram_id: int) -> Actor:
    return (await services.people.actor_for(telegram_id, next_cause()))[0]


async def _desk(services: Services) -> None:
    """What people do at the desk beside the story; the second voice is destroyed in the end."""
    support, now = services.support, services.site.clock.now()
    admin = await _actor(services, story.ADMIN)
    await support.add_canned(admin, "Сәлем", "Сәлеметсіз бе!", "Здравствуйте!")
    link = await support.desk_link(await _actor(services, story.OPERATOR))
    await support.desk_sign_in(link.token)
    await support.email_in(
        "asker@example.kz", "Асан", "Сұрақ", "Тапсырыс ашылмайды", message_id="<1@example.kz>"
    )
    for part in ("bot", "sweeps"):
        await services.health.beat(part, now - timedelta(minutes=10))
        await services.health.beat(part, now)
    sha256 = await services.site.files.put(VOICE)
    voice = NewFile("voice", mime="audio/ogg", size=len(VOICE), duration=SECONDS, sha256=sha256)
    held = await support.open(await _actor(services, _ASKHAT), "voice", "", [voice])
    await support.mark_dispute(
        await _actor(services, story.OPERATOR), held.number, "№ 5 тапсырыс бойынша дау"
    )
    gone = await support.open(await _actor(services, _OLGA), "voice", "", [voice])
    (recording,) = await services.recordings.of_ticket(admin, gone.number)
    await services.recordings.listened(await _actor(services, story.OPERATOR), recording.id)
    await services.recordings.shown_in([recording.id], story.OPERATOR, 1)
    asker = (await _actor(services, _OLGA)).person_id or 0
    until = now + timedelta(days=1)
    await support.mute(admin.because(next_cause()), asker, "Бір хабарлама қайта-қайта", until)


async def _hub(services: Services) -> None:
    """What people choose about their notices; a broadcast; a chat that Telegram lets nobody write
    to for an hour.
    """
    head, today = await _actor(services, _ASKHAT), astana(services.site.clock.now()).date()
    colleague = (await _actor(services, _DANA)).person_id or 0
    week = timedelta(days=7)
    await services.duty.hand_over(head, colleague, today, today)
    head = head.because(next_cause())
    await services.duty.away(head, head.person_id or 0, today + week, today + 2 * week, colleague)
    (chain, *_) = await services.escalations.chains(head)
    await services.escalations.change(head.because(next_cause()), chain.category, chain.steps)
    await services.reminders.choose(head.because(next_cause()), USUAL[-1:])
    await services.calendars.renew(head.because(next_cause()))
    await services.preferences.set_quiet(head.because(next_cause()), QuietHours(22 * 60, 8 * 60))
    admin, content = await _actor(services, story.ADMIN), Content("Жаңалық", "Новость")
    number = await services.broadcasts.create(admin, "release", content, Audience())
    # The demo goes on meanwhile: it would drop a card that it does not find in its chat, but leaves
    # alone those of who is no administrator any more.
    operator = await _actor(services, story.OPERATOR)
    await services.broadcasts.watch(operator, number, story.OPERATOR, 1, "")
    (notice,) = await services.notice_queue.claim(1, timedelta(minutes=5))
    paused = Outcome("retry", retry_after=3600, counted=False, reason="429", holds=True)
    settled = Settled(notice, paused, services.site.clock.now())
    await services.notice_queue.settle([settled])


async def _destroy(services: Services) -> None:
    """Two days later recordings are kept for one day only; a dispute keeps what it holds."""
    site = services.site
    later = ManualClock(site.clock.now() + timedelta(days=2))
    strict = Services(Site(site.sessions, later, site.files, keep_recordings_days=1))
    await strict.recordings.destroy_due(await _actor(strict, story.ADMIN))
    # What came due in these days has not been fired: the check finds it.
    await strict.reconciliation.run(await _actor(strict, story.ADMIN))


async def live(version: str) -> Path:
    """Let a demo live and keep its database as that of a release; returns the file."""
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder) / "demo", free_port()
        async with _demo(data, port) as token:
            await _platform(f"http://127.0.0.1:{port}", token)
            async with embedded(data / "postgres") as url:
                engine = make_engine(url)
                clock, files = DemoClock(data / "clock"), local_files(data / "files")
                services = Services(Site(make_sessions(engine), clock, files))
                await _desk(services)
                await _hub(services)
                await _destroy(services)
                await engine.dispose()
                empty = [name for name, rows in (await releases.contents(url)).items() if not rows]
                if empty:
                    raise SystemExit(f"these tables are empty: {', '.join(empty)}")
                return releases.dump(url, version)


def main() -> None:
    """Read the command line and make the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="the version that is released, such as 0.2.0")
    parser.add_argument("--folder", type=Path, help="where to write it instead")
    arguments = parser.parse_args()
    if arguments.folder is not None:
        releases.FOLDER = arguments.folder
    sys.stdout.write(f"{asyncio.run(live(arguments.version))}\n")


if __name__ == "__main__":
    main()
