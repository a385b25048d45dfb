"""The file store: bytes under their own SHA-256, in a local folder or in S3."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from bot.config import Settings, SettingsError
from bot.storage.ledger import FolderLedger, Ledger, ObjectLedger
from domain.files import Destroyed

if TYPE_CHECKING:
    from obstore.store import S3Config

_S3_OPTIONS = frozenset({"endpoint", "region", "access_key_id", "secret_access_key"})
# Somebody waits in the chat for the file to be taken.
_PATIENCE = timedelta(seconds=20)
# What was destroyed for good. Names of files never look so.
_LEDGER = "destroyed.log"
_HEX = frozenset("0123456789abcdef")


class DamagedFile(Exception):
    """What is kept under a hash is not what was put there."""


class ContentStore:
    """Keeps bytes under their SHA-256; satisfies ``domain.files.FileStore``."""

    def __init__(self, store: ObjectStore, ledger: Ledger | None = None) -> None:
        self._store = store
        self._ledger = ledger or ObjectLedger(store)

    async def put(self, content: bytes) -> str:
        """Keep the content and return its hex SHA-256; the same content is kept once.

        The store writes aside and renames (or uploads whole): a reader never sees half a file.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            await self._store.put_async(_place(sha256), content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            # Mended when what lies there is damaged, as the same content has come again.
            try:
                await self.get(sha256)
            except DamagedFile:
                await self._store.put_async(_place(sha256), content, use_multipart=False)
        return sha256

    async def get(self, sha256: str) -> bytes:
        """The content kept under this hash; raises KeyError, or DamagedFile."""
        if len(sha256) != 64 or not _HEX.issuperset(sha256):
            raise KeyError(sha256)
        try:
            found = await self._store.get_async(_place(sha256))
        except FileNotFoundError:
            raise KeyError(sha256) from None
        content = bytes(await found.bytes_async())
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedFile(sha256)
        return content

    async def drop(self, sha256: str) -> None:
        """Keep the content under this hash no more."""
        # A store of the S3 kind says nothing when there is no such file, a folder does.
        with contextlib.suppress(FileNotFoundError):
            await self._store.delete_async(_place(sha256))

    async def has(self, sha256: str) -> bool:
        """Whether there is anything under this hash, whole or not."""
        try:
            await self._store.head_async(_place(sha256))
        except FileNotFoundError:
            return False
        return True

    async def note_destroyed(self, gone: Sequence[Destroyed]) -> None:
        """Add lines to the ledger beside the files; those that stand there already stay once."""
        if gone:
            await self._ledger.add(gone)

    async def destroyed(self) -> list[Destroyed]:
        """All that the ledger says, oldest first."""
        return await self._ledger.lines()


def _place(sha256: str) -> str:
    # Two letters of folder keep any one folder small.
    return f"{sha256[:2]}/{sha256[2:]}"


def local_files(folder: Path) -> ContentStore:
    """A store in a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    where = folder.resolve()
    return ContentStore(LocalStore(where), FolderLedger(where / _LEDGER))


def open_files(settings: Settings) -> ContentStore:
    """The store of these settings: by its address, else ``files`` in the data directory."""
    if settings.files_url is None:
        return local_files(settings.data_dir / "files")
    url = settings.files_url.get_secret_value()
    if url.startswith("s3:"):
        return ContentStore(_s3(url))
    return ContentStore(from_url(url))


def _s3(url: str) -> ObjectStore:
    """``s3://bucket/prefix``, with options as in a query; what is not said is in AWS_* variables.

    Raises SettingsError.
    """
    address, _, query = url.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(options.keys() - _S3_OPTIONS)
    if unknown:
        raise SettingsError(
            f"TAPSYRYS_FILES_URL: unknown option {', '.join(unknown)}; "
            f"there are {', '.join(sorted(_S3_OPTIONS))}."
        )
    # Without TLS only where the operator says so by the address itself, as for a server at hand.
    plain = options.get("endpoint", "").startswith("http://")
    return from_url(
        address,
        config=cast("S3Config", options),
        client_options={"allow_http": True} if plain else None,
        retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
    )
