"""The process that destroys recordings is killed for good at each crossing, and comes back.

A crossing is a commit, a change of the store or its ledger, a deletion in a chat; the process
dies just before and just after. It is another process, killed by SIGKILL: nothing of it is left
but what the database and the disk have.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import ContentStore, local_files
from domain.actor import Actor
from domain.clock import ManualClock
from domain.files import Destroyed
from domain.services import Services
from domain.support.model import DestructionItem
from domain.support.recording_views import Copy
from domain.work import Site
from tests.domain.support.recording_stage import RecordingStage, Voice
from tests.support.zygote import zygote

_MOST_CROSSINGS = 60
_PATIENCE = 60


class Fuse:
    """Kills the process at the crossing so numbered; 0: never."""

    def __init__(self, at: int) -> None:
        self.left = at

    def burn(self, *_: object) -> None:
        """One more crossing."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Chats:
    """Chats whose deletions a file keeps, as Telegram would: they outlive whoever deletes."""

    def __init__(self, path: Path, fuse: Fuse) -> None:
        self._path, self._fuse = path, fuse

    async def delete(self, copies: Sequence[Copy]) -> Mapping[Copy, str]:
        """One by one."""
        for chat, post in copies:
            self._fuse.burn()
            with self._path.open("a") as file:
                file.write(f"{chat}:{post}\n")
        self._fuse.burn()
        return {}


class Store:
    """The real store between two chances to die at each change."""

    def __init__(self, store: ContentStore, fuse: Fuse) -> None:
        self._store, self._fuse = store, fuse
        self.put, self.get, self.has = store.put, store.get, store.has
        self.destroyed = store.destroyed

    async def drop(self, sha256: str) -> None:
        """As the store."""
        self._fuse.burn()
        await self._store.drop(sha256)
        self._fuse.burn()

    async def note_destroyed(self, gone: Sequence[Destroyed]) -> None:
        """As the store."""
        self._fuse.burn()
        await self._store.note_destroyed(gone)
        self._fuse.burn()


def _destroy(url: str, folder: Path, now: str, at: int) -> None:
    fuse = Fuse(at)
    event.listen(Engine, "commit", fuse.burn)

    async def run() -> None:
        engine = make_engine(url)
        store = Store(local_files(folder / "files"), fuse)
        site = Site(make_sessions(engine), ManualClock(datetime.fromisoformat(now)), store)
        chats = Chats(folder / "deleted", fuse)
        order = Actor.system(f"cli:{now}", source="cli")
        await Services(site).recordings.destroy_due(order, chats)
        await engine.dispose()

    asyncio.run(run())


async def _killed(url: str, folder: Path, now: datetime, at: int) -> bool:
    """Run the process; whether it has died at its crossing."""
    process = zygote().start(_destroy, url, folder, now.isoformat(), at)
    code = await asyncio.to_thread(process.join, _PATIENCE)
    assert code in (0, -signal.SIGKILL)
    return code != 0


async def _in_act(session: AsyncSession, voice: Voice) -> bool:
    found = await session.scalar(
        select(DestructionItem.id).where(DestructionItem.recording_id == voice.id).limit(1)
    )
    return found is not None


@pytest.mark.clause("366-21.3")
async def test_neither_a_file_without_an_act_nor_an_act_without_destruction(
    site: Site, database_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    stage = RecordingStage(site, clock, tmp_path / "files")
    every: list[Voice] = []
    at, dies = 0, True
    while dies:
        at += 1
        assert at <= _MOST_CROSSINGS
        voice = await stage.voice(f"said {at}".encode(), transcript="алло", copies=1)
        every.append(voice)
        clock.set(clock.now() + timedelta(days=366))
        dies = await _killed(database_url, tmp_path, clock.now(), at)
        async with site.sessions() as session:
            # Bytes never go before the act that says so.
            assert await stage.has(voice) or await _in_act(session, voice)
        # The service starts again, and carries to the end whatever was begun.
        stage.restart()
        chats = Chats(tmp_path / "deleted", Fuse(0))
        await stage.recordings.destroy_due(stage.cli(), chats)
        await stage.whole()
    # The ledger, a file, a copy: before and after each; and the commits between them.
    assert at > 8
    assert len(await stage.files.destroyed()) == len(every)
    assert len(await stage.acts()) == at
    deleted = set((tmp_path / "deleted").read_text().split())
    assert deleted == {f"{chat}:{post}" for voice in every for chat, post in voice.copies}
