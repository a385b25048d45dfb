"""``tapsyrys migrate`` and ``tapsyrys import``, and databases that are not as they should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from bot.storage.engine import make_engine
from domain.actor import Actor
from domain.services import Services
from domain.work import Site
from tests.bot.cli.conftest import Terminal
from tests.domain.documents.sheet_samples import (
    GOODS_HEADER,
    GOODS_ROW,
    PRODUCER_HEADER,
    PRODUCER_ROW,
    changed,
    saved,
    table,
)

CUSTOMER = "971240001315"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """The registry with one producer."""
    path = tmp_path / "registry.xlsx"
    path.write_bytes(saved(table(PRODUCER_HEADER, [PRODUCER_ROW])))
    return path


def test_a_database_is_brought_up_to_date(bare: Terminal, empty_database_url: str) -> None:
    bare.set(database_url=empty_database_url)
    waiting = bare.run("token", "list")
    assert waiting.code == 2
    assert "Run `tapsyrys migrate` (after a backup)." in waiting.err
    for _ in range(2):
        ended = bare.run("migrate")
        assert (ended.code, ended.out, ended.err) == (0, "The database is up to date.\n", "")
    assert bare.run("token", "list").code == 0


async def test_a_database_of_a_newer_version_is_left_alone(
    terminal: Terminal, database_url: str
) -> None:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    ended = await terminal.run_beside("migrate")
    assert ended.code == 2
    assert "made by a newer version of the program" in ended.err
    assert "Traceback" not in ended.err


def test_a_database_that_does_not_exist_is_told_at_once(bare: Terminal, database_url: str) -> None:
    address, _, query = database_url.partition("?")
    bare.set(database_url=f"{address.rpartition('/')[0]}/nowhere?{query}")
    ended = bare.run("token", "list")
    assert ended.code == 2
    assert 'refuses: database "nowhere" does not exist' in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_database_out_of_reach_is_told(bare: Terminal) -> None:
    bare.set(database_url="postgresql://tapsyrys:hush@127.0.0.1:1/site")
    ended = bare.run("token", "list")
    assert ended.code == 2
    assert "Is the database up, and is TAPSYRYS_DATABASE_URL right?" in ended.err
    assert "hush" not in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_data_folder_that_cannot_be_made_is_told(bare: Terminal) -> None:
    (bare.folder / "taken").write_text("a file")
    bare.set(data_dir=str(bare.folder / "taken"))
    ended = bare.run("token", "list")
    assert ended.code == 2
    assert str(bare.folder / "taken") in ended.err
    assert len(ended.err.splitlines()) == 1


def test_producers_are_taken_in(terminal: Terminal, registry: Path) -> None:
    ended = terminal.run("import", "producers", registry)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "1 producers taken in (1 new), 1 goods (1 added, 0 removed).\n"
    again = terminal.run("import", "producers", registry)
    assert again.out == "1 producers taken in (0 new), 1 goods (0 added, 0 removed).\n"


def test_one_wrong_row_keeps_all_out(terminal: Terminal, registry: Path) -> None:
    bad = changed(PRODUCER_ROW, PRODUCER_HEADER, "БИН/ИИН", "123456789012")
    broken = registry.with_name("broken.xlsx")
    broken.write_bytes(saved(table(PRODUCER_HEADER, [PRODUCER_ROW, bad])))
    ended = terminal.run("import", "producers", broken)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[0] == f"{broken}: nothing was taken in; 1 error:"
    assert "A3" in ended.err
    # The right row of the broken sheet had not come in: it is new now.
    assert "(1 new)" in terminal.run("import", "producers", registry).out


def test_what_is_no_spreadsheet_is_named(bare: Terminal) -> None:
    letter = bare.folder / "letter.xlsx"
    letter.write_text("Dear colleagues")
    for what in ("producers", "goods-list"):
        ended = bare.run("import", what, letter)
        assert (ended.code, ended.out) == (1, "")
        assert "This is not an XLSX file, or it is damaged." in ended.err


@pytest.mark.parametrize(
    ("name", "said"), [("absent.xlsx", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_is_not_there_is_named(bare: Terminal, name: str, said: str) -> None:
    ended = bare.run("import", "producers", name)
    assert (ended.code, ended.out, ended.err) == (2, "", f"{name}: {said}.\n")


async def test_goods_lists_are_taken_in(terminal: Terminal, site: Site) -> None:
    path = terminal.folder / "list.xlsx"
    path.write_bytes(saved(table(GOODS_HEADER, [GOODS_ROW])))
    unknown = await terminal.run_beside("import", "goods-list", path)
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err.startswith("P-7: nothing was taken in; ")
    assert CUSTOMER in unknown.err
    await Services(site).registry.put_customer(
        Actor.system("test:1"), CUSTOMER, name_ru="ГКП", name_kk="МКК"
    )
    ended = await terminal.run_beside("import", "goods-list", path)
    assert (ended.code, ended.out, ended.err) == (0, "P-7: 1 items taken in.\n", "")
