"""Files sent to support come into our store, whatever happens on their way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiogram import Bot
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config import Settings
from bot.sandbox.client import Message, Person, Sandbox
from bot.sandbox.faults import FaultKind
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.storage.files import ContentStore, local_files
from bot.telegram.fetching import Fetcher
from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.transcribing import NotTranscribed, Transcriber, endpoint, transcriber
from domain.clock import ManualClock
from domain.support.filing import Undrafted
from domain.support.views import FileKind, WaitingFile
from tests.support.waiting import until

VOICE = b"OggS" + bytes(range(256))


@dataclass
class Table:
    """The table of files: what waits, and what was told of each."""

    waiting: list[WaitingFile] = field(default_factory=list)
    stored: dict[int, tuple[str, int]] = field(default_factory=dict)
    failed: list[tuple[int, str]] = field(default_factory=list)
    drafts: dict[int, str] = field(default_factory=dict)
    listened: list[tuple[int, str]] = field(default_factory=list)
    away: int = 0
    kinds: dict[int, FileKind] = field(default_factory=dict)
    spoken: list[Undrafted] = field(default_factory=list)
    put_off: list[int] = field(default_factory=list)

    def add(self, file_id: str, kind: FileKind = "voice", size: int = 0) -> int:
        """One more file waits; its id."""
        number = len(self.waiting) + len(self.stored) + len(self.failed) + 1
        self.kinds[number] = kind
        self.waiting.append(WaitingFile(number, 1, kind, "a.ogg", "audio/ogg", size, file_id, 0))
        return number

    async def files_waiting(self, limit: int = 10) -> list[WaitingFile]:
        """Claim."""
        taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    async def file_stored(self, file_id: int, sha256: str, size: int) -> None:
        """Ours now."""
        if self.away:
            self.away -= 1
            raise ConnectionRefusedError
        self.stored[file_id] = (sha256, size)
        if self.kinds[file_id] == "voice":
            self.spoken.append(Undrafted(file_id, 1, "a.ogg", "audio/ogg", sha256))

    async def undrafted(self, limit: int) -> list[Undrafted]:
        """Claim."""
        taken, self.spoken = self.spoken[:limit], self.spoken[limit:]
        return taken

    async def not_drafted(self, file_id: int) -> None:
        """Not this time."""
        self.put_off.append(file_id)

    async def file_failed(self, file_id: int, error: str, *, final: bool = False) -> None:
        """Not this time."""
        assert not final
        self.failed.append((file_id, error))

    async def machine_listens(self, file_id: int, service: str) -> None:
        """It goes to a service outside."""
        self.listened.append((file_id, service))

    async def transcribed(self, file_id: int, text: str) -> None:
        """What a machine heard."""
        self.drafts[file_id] = text


@dataclass
class Rig:
    """A sandbox with one person in it, a bot, a store and the table."""

    world: World
    sandbox: Sandbox
    bot: Bot
    person: Person
    files: ContentStore
    table: Table

    async def sent(self, content: bytes = VOICE) -> str:
        """A voice message; Telegram's id of its file."""
        return _file_id(await self.person.send_voice(content))

    def fetcher(self, transcriber: Transcriber | None = None, poll: float = 5.0) -> Fetcher:
        """A worker on all this."""
        return Fetcher(self.bot, self.table, self.files, transcriber, poll=poll)


def _file_id(message: Message) -> str:
    assert message.file_id
    return message.file_id


@pytest.fixture
async def rig(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Rig]:
    """Everything, with no limits of sending."""
    world = World(clock=clock, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    base = str(server.make_url("/")).rstrip("/")
    bot = make_bot(world.token, base, Gateway(), timeout=5)
    async with Sandbox(base) as sandbox:
        person = await sandbox.person("Айгүл", language="kk")
        yield Rig(world, sandbox, bot, person, local_files(tmp_path / "files"), Table())
    await bot.session.close()
    await server.close()


async def test_bytes_come_into_the_store_under_their_hash(rig: Rig) -> None:
    number = rig.table.add(await rig.sent(), size=len(VOICE))
    assert await rig.fetcher().drain() == 1
    sha256, size = rig.table.stored[number]
    assert (await rig.files.get(sha256), size) == (VOICE, len(VOICE))
    assert rig.table.failed == []


async def test_many_are_fetched_in_one_go_and_one_that_fails_holds_up_no_other(rig: Rig) -> None:
    numbers = [rig.table.add(await rig.sent(VOICE + bytes([at]))) for at in range(9)]
    unknown = rig.table.add("no-such-file")
    assert await rig.fetcher().drain() == 10
    assert rig.table.stored.keys() == set(numbers)
    assert [each for each, _ in rig.table.failed] == [unknown]


@pytest.mark.parametrize("kind", ["5xx", "drop"])
async def test_a_failed_download_is_told_and_succeeds_later(rig: Rig, kind: FaultKind) -> None:
    file_id = await rig.sent()
    await rig.sandbox.fault(kind, "getFile")
    rig.table.add(file_id)
    await rig.fetcher().drain()
    assert len(rig.table.failed) == 1
    assert rig.table.stored == {}
    again = rig.table.add(file_id)
    await rig.fetcher().drain()
    assert rig.table.stored.keys() == {again}


async def test_what_telegram_calls_too_big_is_given_up_as_such(rig: Rig) -> None:
    rig.world.file_limits = replace(rig.world.file_limits, download=100)
    by_telegram = rig.table.add(await rig.sent())
    by_size = rig.table.add("never-asked-for", size=20 * 1024 * 1024 + 1)
    await rig.fetcher().drain()
    assert sorted(rig.table.failed) == [(by_telegram, "too_big"), (by_size, "too_big")]


async def test_no_try_is_counted_while_telegram_cannot_be_reached(rig: Rig) -> None:
    nowhere = make_bot(rig.world.token, "http://127.0.0.1:9", Gateway(), timeout=5)
    rig.table.add(await rig.sent())
    assert await Fetcher(nowhere, rig.table, rig.files).drain() == 1
    assert (rig.table.failed, rig.table.stored) == ([], {})
    await nowhere.session.close()


async def test_a_database_away_at_the_end_leaves_the_file_to_its_claim(rig: Rig) -> None:
    file_id = await rig.sent()
    rig.table.away = 1
    rig.table.add(file_id)
    await rig.fetcher().drain()
    assert (rig.table.failed, rig.table.stored) == ([], {})
    number = rig.table.add(file_id)
    await rig.fetcher().drain()
    assert rig.table.stored.keys() == {number}


async def test_the_worker_wakes_at_an_act_and_by_itself(rig: Rig) -> None:
    fetcher = rig.fetcher(poll=0.05)
    running = asyncio.create_task(fetcher.run())
    first = rig.table.add(await rig.sent())
    fetcher.wake()
    await _until_stored(rig, first)
    second = rig.table.add(await rig.sent())
    await _until_stored(rig, second)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def _until_stored(rig: Rig, number: int) -> None:
    async def stored() -> bool:
        return number in rig.table.stored

    await until(stored)


# Drafts by a machine


@dataclass
class Service:
    """A service of transcription: what it was asked, and what it answers."""

    url: str = ""
    asked: list[dict[str, object]] = field(default_factory=list)
    status: int = 200
    body: str = '{"text": " Сәлеметсіз бе, тапсырыс ашылмайды. "}'

    async def answer(self, request: web.Request) -> web.Response:
        """POST /v1/audio/transcriptions."""
        form = await request.post()
        upload = form["file"]
        assert isinstance(upload, web.FileField)
        self.asked.append(
            {
                "model": form["model"],
                "name": upload.filename,
                "content": upload.file.read(),
                "key": request.headers.get("Authorization"),
            }
        )
        return web.Response(text=self.body, status=self.status, content_type="application/json")


@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    """The service on a port of its own."""
    service, app = Service(), web.Application()
    app.router.add_post("/v1/audio/transcriptions", service.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    service.url = str(server.make_url("/"))
    yield service
    await server.close()


async def test_a_voice_gets_a_draft_beside_the_recording(rig: Rig) -> None:
    async with serving() as service:
        fetcher = rig.fetcher(Transcriber(service.url, "secret", "whisper-1"))
        voice = rig.table.add(await rig.sent())
        photo = rig.table.add(await rig.sent(b"picture"), "photo")
        await fetcher.drain()
        await fetcher.drafted()
    assert rig.table.stored.keys() == {voice, photo}
    assert rig.table.drafts == {voice: "Сәлеметсіз бе, тапсырыс ашылмайды."}
    asked = {"model": "whisper-1", "name": "a.ogg", "content": VOICE, "key": "Bearer secret"}
    assert service.asked == [asked]
    assert rig.table.listened == [(voice, "127.0.0.1")]


@pytest.mark.parametrize(
    ("status", "body"), [(500, "{}"), (401, "no"), (200, "not json"), (200, '{"text": " "}')]
)
async def test_a_service_that_fails_changes_nothing(rig: Rig, status: int, body: str) -> None:
    async with serving() as service:
        service.status, service.body = status, body
        fetcher = rig.fetcher(Transcriber(service.url))
        number = rig.table.add(await rig.sent())
        await fetcher.drain()
        await fetcher.drafted()
    assert rig.table.stored.keys() == {number}
    assert (rig.table.drafts, rig.table.failed) == ({}, [])
    assert rig.table.put_off == [number]
    assert len(service.asked) == 1


async def test_what_came_another_way_or_before_a_restart_gets_its_draft_too(rig: Rig) -> None:
    kept = await rig.files.put(VOICE)
    rig.table.spoken = [Undrafted(at, 1, "call.ogg", "audio/ogg", kept) for at in range(5)]
    rig.table.spoken.append(Undrafted(9, 1, "gone.ogg", "audio/ogg", "e" * 64))
    async with serving() as service:
        fetcher = rig.fetcher(Transcriber(service.url), poll=0.05)
        running = asyncio.create_task(fetcher.run())

        async def first_are_there() -> bool:
            return {0, 1} <= rig.table.drafts.keys()

        await until(first_are_there)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await fetcher.drafted()
    assert rig.table.drafts.keys() == set(range(5))
    assert rig.table.put_off == [9]


async def test_a_service_that_is_not_there_says_so() -> None:
    with pytest.raises(NotTranscribed):
        await Transcriber("http://127.0.0.1:9").text_of(VOICE, "a.ogg", "audio/ogg")


@pytest.mark.parametrize(
    "address",
    [
        "https://speech.example.kz",
        "https://speech.example.kz/",
        "https://speech.example.kz/v1",
        "https://speech.example.kz/v1/audio/transcriptions",
    ],
)
def test_the_address_may_be_given_whole_or_short(address: str) -> None:
    assert endpoint(address) == "https://speech.example.kz/v1/audio/transcriptions"


def test_without_an_address_there_are_no_drafts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAPSYRYS_TRANSCRIBE_URL", raising=False)
    assert transcriber(Settings(_env_file=None)) is None
    assert transcriber(Settings(_env_file=None, transcribe_url="https://example.kz")) is not None
