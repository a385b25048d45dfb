"""Files are kept once under their hash, and a damaged one is never handed out."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from bot.config import Settings
from bot.storage.files import ContentStore, DamagedFile, local_files, open_files


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    store = local_files(tmp_path / "files")
    hashes = await asyncio.gather(*(store.put(b"drawing") for _ in range(8)))
    sha256 = hashlib.sha256(b"drawing").hexdigest()
    assert set(hashes) == {sha256}
    assert kept(tmp_path) == [tmp_path / "files" / sha256[:2] / sha256[2:]]
    assert await store.get(sha256) == b"drawing"


@pytest.mark.parametrize("name", ["", "../secret", "0" * 64, "Z" * 64, "ab"])
async def test_what_is_not_there_is_a_key_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    with pytest.raises(KeyError):
        await local_files(tmp_path / "files").get(name)


async def test_a_damaged_file_is_refused_and_mended_by_the_next_put(tmp_path: Path) -> None:
    store = local_files(tmp_path)
    sha256 = await store.put(b"drawing")
    (file,) = kept(tmp_path)
    file.write_bytes(b"drawn")
    with pytest.raises(DamagedFile):
        await store.get(sha256)
    assert await store.put(b"drawing") == sha256
    assert await store.get(sha256) == b"drawing"


async def test_the_store_is_chosen_by_the_settings(tmp_path: Path) -> None:
    by_default = open_files(Settings(_env_file=None, data_dir=tmp_path / "data"))
    await by_default.put(b"a")
    assert kept(tmp_path / "data" / "files")

    (tmp_path / "elsewhere").mkdir()
    url = (tmp_path / "elsewhere").as_uri()
    by_url: ContentStore = open_files(Settings(_env_file=None, files_url=url))
    await by_url.put(b"a")
    assert kept(tmp_path / "elsewhere")
