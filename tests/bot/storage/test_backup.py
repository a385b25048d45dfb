"""A backup holds one moment, reads back, and comes to life in an empty database."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.storage import archive
from bot.storage.archive import BadBackup, Manifest, reading
from bot.storage.backup import NothingToSave, make_backup
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from bot.storage.migrations import check_migrated
from bot.storage.restore import CannotRestore, Report, restore_backup
from domain.actor import Actor
from domain.audit import verify
from domain.clock import Clock, ManualClock
from domain.deadlines import Deadline
from domain.files import Destroyed
from domain.notices.model import Notice
from domain.restored import HELD, MARK
from domain.webhooks.views import Claim
from domain.work import Site
from tests.bot.storage.s3_server import s3_server
from tests.bot.storage.test_s3 import opened
from tests.domain.incidents.desk import make_desk
from tests.domain.stage import Stage, moment, offered
from tests.support import releases
from tests.support.factories import admin_actor

pytestmark = pytest.mark.usefixtures("site")


async def save(site: Site, url: str, target: Path, *, with_files: bool = True) -> Manifest:
    """A backup of the test's database and files."""
    return await make_backup(url, site.files, target, with_files=with_files)


async def bring_back(url: str, source: Path, folder: Path, clock: Clock) -> Report:
    """Restore into a database and a folder of files."""
    with reading(source) as reader:
        return await restore_backup(url, local_files(folder), clock, reader)


@asynccontextmanager
async def lived_in(url: str, clock: Clock, folder: Path) -> AsyncIterator[Site]:
    """A site on a restored database."""
    engine = make_engine(url)
    yield Site(make_sessions(engine), clock, local_files(folder))
    await engine.dispose()


async def town(stage: Stage) -> int:
    """An order with two offers and its window open; returns its number."""
    customer, one, two = (
        await stage.customer(),
        await stage.supplier("ТОО «Бір»"),
        await stage.supplier("ТОО «Екі»"),
    )
    number = await stage.order(customer)
    for supplier in (one, two):
        await stage.offer(supplier, number, offered())
    return number


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> Stage:
    """The stage on the test's database."""
    return Stage(site, clock)


@pytest.mark.parametrize("name", ["saved.tar", "saved"])
async def test_every_row_comes_back_as_it_was(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path, name: str
) -> None:
    await town(stage)
    await stage.sent()
    before = await releases.contents(database_url)
    made = await save(stage.site, database_url, tmp_path / name)
    assert made.rows == sum(map(len, before.values())) - len(before["alembic_version"])
    with reading(tmp_path / name) as reader:
        reader.verify()
    done = await bring_back(empty_database_url, tmp_path / name, tmp_path / "other", stage.clock)
    await check_migrated(empty_database_url)
    after = await releases.contents(empty_database_url)
    for table in ("audit_entry", "audit_head"):
        # The restore itself goes on record.
        assert len(after.pop(table)) >= len(before.pop(table))
    # Whatever was on record and not told yet was made into events first, and held.
    del after["webhook_cursor"], before["webhook_cursor"]
    assert after == before
    assert done.held.total == 0
    async with lived_in(empty_database_url, stage.clock, tmp_path / "other") as site:
        async with site.sessions() as session:
            assert (await verify(session)).problem is None
        number = await Stage(site, stage.clock).order(await Stage(site, stage.clock).customer())
        # Numbers that were given after the backup are never given again.
        assert number > 1_000


async def test_the_database_of_every_release_can_be_restored_from_its_backup(
    clock: ManualClock, empty_database_url: str, database_server: object, tmp_path: Path
) -> None:
    """A backup of an older shape is brought up to date."""
    assert releases.released()
    server = database_server
    for version in releases.released():
        async with server.database(empty=True) as old, server.database(empty=True) as fresh:  # type: ignore[attr-defined]
            await releases.restore(old, version)
            made = await make_backup(old, local_files(tmp_path / "none"), tmp_path / version)
            assert made.missing, "the files of a release are not kept"
            await bring_back(fresh, tmp_path / version, tmp_path / f"files-{version}", clock)
            await check_migrated(fresh)


async def test_a_backup_is_of_one_moment_while_the_town_lives_on(
    stage: Stage, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is written while the tables are copied is in none of them."""
    await town(stage)
    before = await releases.contents(database_url)
    original = archive._FolderWriter.put
    written: list[str] = []

    def put(self: archive._FolderWriter, name: str, content: bytes | Path) -> None:
        original(self, name, content)
        if not written:
            asyncio.run_coroutine_threadsafe(town(stage), loop).result(30)
        written.append(name)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(archive._FolderWriter, "put", put)
    made = await save(stage.site, database_url, tmp_path / "saved")
    assert {part.name: part.rows for part in made.tables} == {
        name: len(rows) for name, rows in before.items() if name != "alembic_version"
    }


async def test_files_go_along_and_what_was_destroyed_since_stays_destroyed(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    site = stage.site
    kept, gone = await site.files.put(b"a plan"), await site.files.put(b"a voice")
    async with site.sessions.begin() as session:
        for position, sha256 in enumerate((kept, gone, "f" * 64)):
            await session.execute(
                text(
                    "INSERT INTO attachment (subject, position, name, mime, size, sha256,"
                    " telegram_file_id, added_at) VALUES ('x', :position, 'n', 'm', 1, :sha256,"
                    " '', now())"
                ),
                {"position": position, "sha256": sha256},
            )
    made = await save(site, database_url, tmp_path / "saved.tar")
    assert made.files == tuple(sorted((kept, gone)))
    assert made.missing == ("f" * 64,)
    newer = local_files(tmp_path / "newer")
    line = Destroyed(gone, 4, stage.clock.now())
    await newer.note_destroyed([line])
    done = await bring_back(
        empty_database_url, tmp_path / "saved.tar", tmp_path / "newer", stage.clock
    )
    assert (done.files, done.destroyed) == (1, 1)
    assert await newer.get(kept) == b"a plan"
    assert not await newer.has(gone)
    assert await newer.destroyed() == [line]


async def test_files_of_a_bucket_are_saved_and_put_back_into_one(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    async with s3_server() as s3:
        store = opened(s3)
        sha256, gone = await store.put(b"a plan"), await store.put(b"a voice")
        await town(stage)
        async with stage.site.sessions.begin() as session:
            await session.execute(text("UPDATE attachment SET sha256 = :it"), {"it": sha256})
        await store.note_destroyed([Destroyed(gone, 1, stage.clock.now())])
        made = await make_backup(database_url, store, tmp_path / "saved.tar")
        assert made.files == (sha256,)
    async with s3_server() as s3:
        store = opened(s3)
        with reading(tmp_path / "saved.tar") as reader:
            done = await restore_backup(empty_database_url, store, stage.clock, reader)
        assert done.files == 1
        assert await store.get(sha256) == b"a plan"
        assert [line.sha256 for line in await store.destroyed()] == [gone]


@pytest.mark.parametrize("part", ["tables/notice.gz", "destroyed.log", "manifest.json", "files"])
@pytest.mark.parametrize("how", ["lost", "damaged"])
async def test_a_damaged_backup_is_refused_and_nothing_is_written(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path, part: str, how: str
) -> None:
    await town(stage)
    sha256 = await stage.site.files.put(b"x")
    async with stage.site.sessions.begin() as session:
        await session.execute(text("UPDATE attachment SET sha256 = :sha256"), {"sha256": sha256})
    await save(stage.site, database_url, tmp_path / "saved")
    broken = tmp_path / "saved" / part
    if part == "files":
        broken = tmp_path / "saved" / archive.file_path(sha256)
    if how == "lost":
        broken.unlink()
    else:
        content = broken.read_bytes()
        broken.write_bytes(content[: len(content) // 2] + b"1" + content[len(content) // 2 :])
    with pytest.raises(BadBackup):
        await bring_back(empty_database_url, tmp_path / "saved", tmp_path / "other", stage.clock)
    assert await releases.contents(empty_database_url) == {}
    assert not (tmp_path / "other" / "destroyed.log").exists()


async def test_nothing_is_ever_written_over(
    stage: Stage, database_url: str, tmp_path: Path
) -> None:
    await save(stage.site, database_url, tmp_path / "saved")
    digest = hashlib.sha256((tmp_path / "saved" / "manifest.json").read_bytes()).hexdigest()
    with pytest.raises(BadBackup, match="there already"):
        await save(stage.site, database_url, tmp_path / "saved")
    assert hashlib.sha256((tmp_path / "saved" / "manifest.json").read_bytes()).hexdigest() == digest
    with pytest.raises(CannotRestore, match="not empty"):
        await bring_back(database_url, tmp_path / "saved", tmp_path / "other", stage.clock)


async def test_half_a_backup_never_bears_the_name(
    stage: Stage, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, name: str, content: bytes | Path) -> None:
        if name.startswith("tables/person"):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive._FolderWriter, "put", full)
    with pytest.raises(OSError, match="No space"):
        await save(stage.site, database_url, tmp_path / "deep" / "saved")
    assert list((tmp_path / "deep").iterdir()) == []


async def test_a_database_that_is_not_ours_is_not_saved(
    empty_database_url: str, tmp_path: Path
) -> None:
    with pytest.raises(NothingToSave):
        await make_backup(empty_database_url, local_files(tmp_path / "f"), tmp_path / "saved")
    assert not (tmp_path / "saved").exists()


async def test_a_backup_of_a_newer_program_is_refused(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    made = await save(stage.site, database_url, tmp_path / "saved")
    newer = made.model_copy(update={"revision": "9999"}).checked()
    (tmp_path / "saved" / "manifest.json").write_text(newer.model_dump_json())
    with pytest.raises(CannotRestore, match="9999"):
        await bring_back(empty_database_url, tmp_path / "saved", tmp_path / "o", stage.clock)


async def test_an_hour_old_backup_sends_no_storm(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    """What waited, and what came due since, is asked about; nothing is told a second time."""
    admin = await admin_actor(stage.site)
    await town(stage)
    await stage.sent()
    await stage.order(await stage.customer("ТОО «Басқа»"))
    waiting = await _states(stage.site)
    assert waiting["queued"] > 0
    await stage.at("11-24 23:30")
    await save(stage.site, database_url, tmp_path / "saved")
    await stage.until("11-25 00:30")
    async with lived_in(empty_database_url, stage.clock, tmp_path / "o") as site:
        done = await bring_back(empty_database_url, tmp_path / "saved", tmp_path / "o", stage.clock)
        assert sum(done.held.notices.values()) == waiting["queued"]
        assert dict(done.held.deadlines) == {"offer_window": 2}
        again = Stage(site, stage.clock)
        assert await again.sweep() == 0
        # Only the word to administrators goes out.
        (told,) = await _queued(site)
        assert (told.kind, told.person_id) == ("restore.held", admin.person_id)
        # The administrator decides: a part is sent, a part never, the window closes after all.
        restored = again.services.restored
        assert await restored.send(admin, ["order.invited"]) == 2
        assert await restored.drop(admin.because("d"), sorted(done.held.notices)) > 0
        assert await restored.fire(admin.because("f"), ["offer_window"]) == 2
        assert await again.sweep() == 2
        assert (await restored.held(admin)).total == 0
        assert HELD not in await _states(site)


async def test_a_week_later_reminders_are_dropped_and_calm_returns(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    await town(stage)
    await save(stage.site, database_url, tmp_path / "saved")
    stage.clock.advance(timedelta(days=7))
    await bring_back(empty_database_url, tmp_path / "saved", tmp_path / "o", stage.clock)
    async with lived_in(empty_database_url, stage.clock, tmp_path / "o") as site:
        assert await Stage(site, stage.clock).sweep() == 0
        async with site.sessions() as session:
            left = await session.execute(
                select(Deadline.kind, Deadline.state, Deadline.error).where(
                    Deadline.due_at <= stage.clock.now(), Deadline.state != "fired"
                )
            )
            assert {tuple(row) for row in left} == {
                ("offer_window", "open", MARK),
                ("remind.offer_window", "dropped", None),
            }


async def test_the_lost_time_put_on_record_as_a_fault_moves_what_is_held(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    """A window that ended in the lost time goes on by the rules of the act, held no more."""
    await make_desk(stage)
    await town(stage)
    await stage.at("11-24 11:00")
    await save(stage.site, database_url, tmp_path / "saved")
    await stage.at("11-25 12:00")
    await bring_back(empty_database_url, tmp_path / "saved", tmp_path / "o", stage.clock)
    async with lived_in(empty_database_url, stage.clock, tmp_path / "o") as site:
        again = Stage(site, stage.clock)
        desk = await make_desk(again)
        await desk.apply(await desk.fault("11-24 11:00", "11-25 12:00"))
        (window,) = [r for r in await again.deadlines("offer_window") if r.state == "open"]
        assert window.due_at == moment("11-27 00:00")
        assert (window.error, window.retry_at) == (None, None)
        held = await again.services.restored.held(await admin_actor(site))
        assert "offer_window" not in held.deadlines


async def test_a_fault_that_lasts_goes_on_protecting_windows(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    """The evening's moment was in the lost time: tonight's window is moved all the same."""
    desk = await make_desk(stage)
    await town(stage)
    await stage.at("11-24 11:00")
    await desk.apply(await desk.fault("11-24 10:00", None))
    (before,) = [r for r in await stage.deadlines("offer_window") if r.state == "open"]
    await stage.at("11-24 19:00")
    await save(stage.site, database_url, tmp_path / "saved")
    await stage.until("11-26 00:00")
    await bring_back(empty_database_url, tmp_path / "saved", tmp_path / "o", stage.clock)
    async with lived_in(empty_database_url, stage.clock, tmp_path / "o") as site:
        again = Stage(site, stage.clock)
        held = await again.services.restored.held(await admin_actor(site))
        assert "incident.extend" not in held.deadlines
        assert await again.sweep() > 0
        (window,) = [r for r in await again.deadlines("offer_window") if r.state == "open"]
        assert window.due_at >= before.due_at


@pytest.mark.parametrize("decision", ["send", "drop"])
async def test_programs_are_told_nothing_a_second_time_unasked(
    stage: Stage, database_url: str, empty_database_url: str, tmp_path: Path, decision: str
) -> None:
    """What was on its way to webhooks, or only on record, waits, and holds up what comes after."""
    admin = await admin_actor(stage.site)
    await stage.supplier()
    customer, cli = await stage.customer(), Actor.system("cli:hook", "cli")
    hook, _ = await stage.services.webhooks.create(cli, "https://erp.example.kz/in")
    await stage.order(customer)
    while await stage.services.webhooks.announcing.announce():
        pass
    await stage.order(customer)  # on record, and not yet made into events
    await save(stage.site, database_url, tmp_path / "saved")
    async with lived_in(empty_database_url, stage.clock, tmp_path / "o") as site:
        done = await bring_back(empty_database_url, tmp_path / "saved", tmp_path / "o", stage.clock)
        again = Stage(site, stage.clock)
        webhooks, restored = again.services.webhooks, again.services.restored
        held = done.held.events["webhooks"]
        page = await webhooks.deliveries(cli, hook.id)
        assert [each.state for each in page.deliveries] == ["held"] * held
        about = {each.stream for each in page.deliveries}
        assert about == {"order:1", "order:2"}
        assert await webhooks.queue.ready() == []
        # What happens now to the same orders waits behind; a new one goes.
        new = await again.order(customer)
        await again.until("11-25 00:30")
        await restored.fire(admin.because("f"), ["offer_window"])
        await again.sweep()
        while await webhooks.announcing.announce():
            pass
        claims = await webhooks.queue.claim(hook.id, 50, timedelta(seconds=60))
        assert {json.loads(each.body)["data"]["order"] for each in claims} == {new}
        # An administrator decides; then all go on in their order.
        act = restored.send if decision == "send" else restored.drop
        assert await act(admin.because("d"), (await restored.held(admin)).told) >= held
        assert (await restored.held(admin)).events == {}
        page = await webhooks.deliveries(cli, hook.id)
        states = [each.state for each in page.deliveries if each.id in _ids(claims, held)]
        assert set(states) == ({"queued"} if decision == "send" else {"skipped"})
        went = await webhooks.queue.claim(hook.id, 50, timedelta(seconds=60))
        firsts = [json.loads(each.body)["data"]["order"] for each in went]
        assert sorted(firsts) == [1, 2]
        assert {each.type for each in went} == (
            {"order.published" if decision == "send" else "order.window_closed"}
        )


def _ids(claims: Sequence[Claim], held: int) -> set[int]:
    return set(range(1, held + 1)) - {each.delivery for each in claims}


async def test_a_paused_broadcast_is_none_of_what_a_restore_holds(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await town(stage)
    async with stage.site.sessions.begin() as session:
        await session.execute(
            text("UPDATE notice SET state = 'held', error = 'broadcast:1' WHERE state = 'queued'")
        )
    restored = stage.services.restored
    assert (await restored.held(admin)).total == 0
    assert await restored.send(admin, ["order.invited"]) == 0
    assert await restored.drop(admin.because("d"), ["order.invited"]) == 0


async def _states(site: Site) -> dict[str, int]:
    async with site.sessions() as session:
        rows = await session.execute(select(Notice.state, func.count()).group_by(Notice.state))
        return {str(row[0]): int(row[1]) for row in rows}


async def _queued(site: Site) -> list[Notice]:
    async with site.sessions() as session:
        return list(await session.scalars(select(Notice).where(Notice.state == "queued")))
