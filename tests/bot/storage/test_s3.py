"""Files in a store of the S3 kind behave as those in a folder; the settings name it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from obstore.exceptions import BaseError

from bot.config import Settings, SettingsError
from bot.storage.files import ContentStore, DamagedFile, open_files
from domain.files import MAX_FILE_BYTES, Destroyed
from tests.bot.storage.s3_server import BUCKET, KEY_ID, REGION, S3, SECRET, s3_server


@pytest.fixture
async def s3() -> AsyncIterator[S3]:
    async with s3_server() as server:
        yield server


def opened(s3: S3, **changed: str) -> ContentStore:
    """The store as ``TAPSYRYS_FILES_URL`` names it."""
    options = {
        "endpoint": s3.endpoint,
        "region": REGION,
        "access_key_id": KEY_ID,
        "secret_access_key": SECRET,
        **changed,
    }
    url = f"s3://{BUCKET}/tapsyrys/kept?{urlencode(options)}"
    return open_files(Settings(_env_file=None, files_url=url))


def place(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    return f"/{BUCKET}/tapsyrys/kept/{sha256[:2]}/{sha256[2:]}"


async def test_the_same_content_is_kept_once_under_the_prefix(s3: S3) -> None:
    store = opened(s3)
    hashes = await asyncio.gather(*(store.put(b"drawing") for _ in range(8)))
    assert set(hashes) == {hashlib.sha256(b"drawing").hexdigest()}
    assert s3.objects == {place(b"drawing"): b"drawing"}
    assert await store.get(hashes[0]) == b"drawing"


async def test_the_biggest_file_goes_in_one_piece(s3: S3) -> None:
    store = opened(s3)
    content = bytes(MAX_FILE_BYTES)
    assert len(await store.get(await store.put(content))) == MAX_FILE_BYTES
    assert list(s3.objects) == [place(content)]


@pytest.mark.parametrize("name", ["", "../secret", "0" * 64, "Z" * 64])
async def test_what_is_not_there_is_a_key_error(s3: S3, name: str) -> None:
    s3.objects[f"/{BUCKET}/secret"] = b"x"
    with pytest.raises(KeyError):
        await opened(s3).get(name)


async def test_a_damaged_file_is_refused_and_mended_by_the_next_put(s3: S3) -> None:
    store = opened(s3)
    sha256 = await store.put(b"drawing")
    s3.objects[place(b"drawing")] = b"drawn"
    with pytest.raises(DamagedFile):
        await store.get(sha256)
    assert await store.put(b"drawing") == sha256
    assert await store.get(sha256) == b"drawing"


async def test_what_is_dropped_is_gone_and_may_be_dropped_again(s3: S3) -> None:
    store = opened(s3)
    sha256, other = await store.put(b"drawing"), await store.put(b"other")
    await store.drop(sha256)
    await store.drop(sha256)
    assert list(s3.objects) == [place(b"other")]
    with pytest.raises(KeyError):
        await store.get(sha256)
    assert await store.get(other) == b"other"


async def test_a_passing_fault_is_tried_again(s3: S3) -> None:
    store = opened(s3)
    s3.faults = 1
    sha256 = await store.put(b"drawing")
    s3.faults = 1
    assert await store.get(sha256) == b"drawing"


async def test_a_store_that_refuses_is_an_error_and_no_missing_file(s3: S3) -> None:
    stranger = opened(s3, access_key_id="STRANGER")
    with pytest.raises(BaseError):
        await stranger.put(b"drawing")
    with pytest.raises(BaseError):
        await stranger.get("0" * 64)
    assert s3.objects == {}


def test_an_option_that_is_none_is_named(s3: S3) -> None:
    with pytest.raises(SettingsError, match="TAPSYRYS_FILES_URL: unknown option endpont"):
        opened(s3, endpont="x")


async def test_what_the_address_does_not_say_is_in_the_environment(
    s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("ENDPOINT_URL", s3.endpoint),
        ("ALLOW_HTTP", "true"),
        ("REGION", REGION),
        ("ACCESS_KEY_ID", KEY_ID),
        ("SECRET_ACCESS_KEY", SECRET),
    ):
        monkeypatch.setenv(f"AWS_{name}", value)
    store = open_files(Settings(_env_file=None, files_url=f"s3://{BUCKET}/tapsyrys/kept"))
    assert await store.get(await store.put(b"drawing")) == b"drawing"
    assert list(s3.objects) == [place(b"drawing")]


async def test_the_ledger_of_what_was_destroyed_only_grows(s3: S3) -> None:
    store = opened(s3)
    at = datetime(2026, 11, 20, 5, tzinfo=UTC)
    lines = [Destroyed(f"{n:064x}", n, at + timedelta(days=n)) for n in range(1, 6)]
    assert await store.destroyed() == []
    await store.note_destroyed([])
    for line in lines:
        before = dict(s3.objects)
        await store.note_destroyed([line])
        await store.note_destroyed([line])
        assert before.items() <= s3.objects.items()
        assert len(s3.objects) == len(before) + 1
    assert await opened(s3).destroyed() == lines
    (first, *_) = [body for body in s3.objects.values() if b" 1 " in body]
    assert first.decode() == f"{1:064x} 1 2026-11-21T05:00:00+00:00\n"


async def test_the_store_says_what_it_has(s3: S3) -> None:
    store = opened(s3)
    sha256 = await store.put(b"drawing")
    assert await store.has(sha256)
    await store.drop(sha256)
    assert not await store.has(sha256)
