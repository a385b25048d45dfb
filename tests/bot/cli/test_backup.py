"""``tapsyrys backup``, ``restore``, ``held`` and ``reconcile`` as an operator types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot.storage.files import local_files
from domain.clock import ManualClock
from domain.deadlines import Deadline
from domain.work import Site
from tests.bot.cli.conftest import Terminal
from tests.domain.stage import Stage
from tests.support.factories import admin_actor


async def town(terminal: Terminal, site: Site) -> Stage:
    """An order published half an hour ago, in the database and the files of the terminal."""
    clock = ManualClock(datetime.now(UTC) - timedelta(minutes=30))
    files = local_files(terminal.folder / "var" / "files")
    stage = Stage(Site(site.sessions, clock, files), clock)
    await admin_actor(stage.site)
    customer = await stage.customer()
    await stage.supplier()
    await stage.order(customer)
    return stage


async def test_save_look_restore_and_decide(
    terminal: Terminal, site: Site, empty_database_url: str
) -> None:
    await town(terminal, site)
    saved = await terminal.run_beside("backup", "saved.tar")
    assert (saved.code, saved.err) == (0, "")
    assert saved.out.startswith("saved.tar: as of ")
    assert (terminal.folder / "saved.tar").stat().st_mode & 0o077 == 0
    again = await terminal.run_beside("backup", "saved.tar")
    assert again.code == 2
    assert "is there already" in again.err
    whole = await terminal.run_beside("backup", "saved.tar", "--verify")
    assert (whole.code, whole.err) == (0, "")
    assert whole.out.startswith("saved.tar is whole: as of ")

    over = await terminal.run_beside("restore", "saved.tar")
    assert over.code == 2
    assert "The database is not empty." in over.err
    terminal.set(database_url=empty_database_url)
    done = await terminal.run_beside("restore", "saved.tar")
    assert (done.code, done.err) == (0, "")
    assert "notice\torder.invited\t1" in done.out
    listed = await terminal.run_beside("held", "list")
    assert listed.out.splitlines()[1:] == ["notice\torder.invited\t1", "notice\torder.published\t1"]
    assert (await terminal.run_beside("held", "send", "order.invited")).out == "Queued: 1.\n"
    assert (await terminal.run_beside("held", "drop")).out == "Dropped: 1.\n"
    assert (await terminal.run_beside("held", "fire")).out == "Released: 0.\n"
    assert (await terminal.run_beside("held", "list")).out == "Nothing is held.\n"
    assert (await terminal.run_beside("audit", "verify")).code == 0


async def test_what_is_no_backup_is_refused_in_a_sentence(terminal: Terminal) -> None:
    (terminal.folder / "letter.tar").write_text("Dear all")
    for name in ("letter.tar", "nowhere", "nowhere.tar"):
        for command in (("backup", name, "--verify"), ("restore", name)):
            ended = await terminal.run_beside(*command)
            assert ended.code == 1, ended
            assert "Traceback" not in ended.err
            assert name in ended.err


async def test_a_database_without_tables_is_not_saved(
    terminal: Terminal, empty_database_url: str
) -> None:
    terminal.set(database_url=empty_database_url)
    ended = await terminal.run_beside("backup", "saved")
    assert ended.code == 2
    assert "there is nothing to save" in ended.err
    assert not (terminal.folder / "saved").exists()


def test_where_there_is_no_database_none_is_made_to_be_saved(bare: Terminal) -> None:
    ended = bare.run("backup", "saved")
    assert ended.code == 2
    assert "there is nothing to save" in ended.err
    assert list(bare.folder.iterdir()) == []


async def test_differences_are_listed_and_end_with_1(terminal: Terminal, site: Site) -> None:
    stage = await town(terminal, site)
    assert (await terminal.run_beside("reconcile", "--last")).out == "Nothing was compared yet.\n"
    well = await terminal.run_beside("reconcile")
    assert (well.code, well.err) == (0, "")
    assert well.out.endswith(" looked at, 0 differences.\n")
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Deadline)
            .where(Deadline.kind == "offer_window")
            .values(due_at=Deadline.due_at + timedelta(seconds=1))
        )
    found = await terminal.run_beside("reconcile")
    assert found.code == 1
    codes = [line.split("\t")[:3] for line in found.out.splitlines()[1:]]
    assert codes == [
        ["due_differs", "order:1", "offer_window"],
        ["due_unlike", "order:1", "offer_window"],
    ]
    last = await terminal.run_beside("reconcile", "--last", "--json")
    assert last.code == 1
    shown = json.loads(last.out)
    assert (shown["found"], len(shown["differences"])) == (2, 2)
