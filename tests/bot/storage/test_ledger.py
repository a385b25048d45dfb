"""The ledger in a folder: lines are added, and what a crash has torn is not read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.storage.files import local_files
from domain.files import Destroyed

AT = datetime(2027, 11, 20, 5, 0, 0, 120_000, tzinfo=UTC)
FIRST, SECOND, THIRD = (
    Destroyed(letter * 64, act, AT + timedelta(days=act)) for act, letter in enumerate("abc", 1)
)


def text(folder: Path) -> str:
    return (folder / "destroyed.log").read_text(encoding="ascii")


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def test_lines_are_added_and_those_before_stay_as_they_are(tmp_path: Path) -> None:
    store = local_files(tmp_path)
    await store.note_destroyed([SECOND, FIRST, SECOND])
    before, inode = text(tmp_path), (tmp_path / "destroyed.log").stat().st_ino
    await store.note_destroyed([FIRST, THIRD])
    assert text(tmp_path).startswith(before)
    assert (tmp_path / "destroyed.log").stat().st_ino == inode
    assert text(tmp_path).count("\n") == 3
    assert await local_files(tmp_path).destroyed() == [FIRST, SECOND, THIRD]


async def test_wherever_a_line_is_torn_it_says_nothing_and_the_next_is_whole(
    tmp_path: Path,
) -> None:
    await local_files(tmp_path).note_destroyed([FIRST, SECOND])
    whole = text(tmp_path)
    first_ends = whole.index("\n") + 1
    for length in range(first_ends, len(whole)):
        (tmp_path / "destroyed.log").write_text(whole[:length], encoding="ascii")
        store = local_files(tmp_path)
        # The last line without its end of line is whole.
        expected = [FIRST] if length < len(whole) - 1 else [FIRST, SECOND]
        assert await store.destroyed() == expected, length
        await store.note_destroyed([THIRD])
        await store.note_destroyed([SECOND])
        assert await store.destroyed() == [FIRST, SECOND, THIRD], length


@pytest.mark.parametrize("rubbish", [b"\x00" * 90, b"\xff\xfe torn", b"g" * 64 + b" 1 x"])
async def test_what_is_no_line_is_passed_over(tmp_path: Path, rubbish: bytes) -> None:
    store = local_files(tmp_path)
    await store.note_destroyed([FIRST])
    with (tmp_path / "destroyed.log").open("ab") as file:
        file.write(rubbish)
    await store.note_destroyed([SECOND])
    assert await store.destroyed() == [FIRST, SECOND]


async def test_an_empty_folder_has_no_ledger(tmp_path: Path) -> None:
    store = local_files(tmp_path)
    await store.note_destroyed([])
    assert await store.destroyed() == []
    assert names(tmp_path) == []
