"""What a backup looks like: a folder, or the same as one tar file, with a manifest of its parts.

``tables/NAME.gz`` holds the rows of a table as COPY writes them, ``files/`` what the file store
keeps, by hash, ``destroyed.log`` the ledger of what was destroyed. The manifest is written last:
without it there is no backup. All rows are of one moment.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

#: Another shape of backup gets another number.
FORMAT = 1
MANIFEST = "manifest.json"
LEDGER = "destroyed.log"
_TAR = ".tar"
_CHUNK = 1024 * 1024


class BadBackup(Exception):
    """It cannot be used, or is not what was written; the text says where."""


class TablePart(BaseModel):
    """A table: its columns in the order of the rows' fields, and a proof of the rows."""

    model_config = ConfigDict(frozen=True)

    name: str
    columns: tuple[str, ...]
    rows: int
    # Of the rows as COPY wrote them, before they were pressed.
    sha256: str

    @property
    def path(self) -> str:
        """Where its rows stand in the backup."""
        return f"tables/{self.name}.gz"


class SequencePart(BaseModel):
    """A sequence: the number given last, and whether it was given at all."""

    model_config = ConfigDict(frozen=True)

    name: str
    last: int
    called: bool


class Manifest(BaseModel):
    """What a backup holds. ``made_at``: the moment of its rows, by the database's clock, UTC."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    program: str
    made_at: datetime
    revision: str
    server: str
    tables: tuple[TablePart, ...]
    sequences: tuple[SequencePart, ...]
    # Hashes of the contents that stand under ``files/``; None: they are saved by other means.
    files: tuple[str, ...] | None
    # Contents that rows name and that the store did not have, or not whole.
    missing: tuple[str, ...] = ()
    ledger_sha256: str
    # Of all above: a manifest that was changed shows it.
    check: str = ""

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    def checked(self) -> Manifest:
        """The same with its ``check`` made anew."""
        bare = self.model_copy(update={"check": ""})
        digest = hashlib.sha256(bare.model_dump_json().encode()).hexdigest()
        return bare.model_copy(update={"check": digest})


def file_path(sha256: str) -> str:
    """Where a content of the file store stands in a backup."""
    return f"files/{sha256[:2]}/{sha256[2:]}"


class Writer(Protocol):
    """Takes the parts of a backup, each once."""

    @property
    def beside(self) -> Path:
        """A folder on the same disk, for parts in the making."""
        ...

    def put(self, name: str, content: bytes | Path) -> None:
        """Keep bytes, or what a file holds (it may be moved away), under a name."""
        ...


class _FolderWriter:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.beside = folder.parent

    def put(self, name: str, content: bytes | Path) -> None:
        place = self._folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.move(content, place)
        else:
            place.write_bytes(content)
        _to_disk(place)


class _TarWriter:
    def __init__(self, tar: tarfile.TarFile, beside: Path) -> None:
        self._tar = tar
        self.beside = beside

    def put(self, name: str, content: bytes | Path) -> None:
        made = tarfile.TarInfo(name)
        made.mode = 0o600
        if isinstance(content, Path):
            made.size = content.stat().st_size
            with content.open("rb") as file:
                self._tar.addfile(made, file)
        else:
            made.size = len(content)
            self._tar.addfile(made, io.BytesIO(content))


def _to_disk(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """A new backup at ``target``, there under its name only when the context ends well.

    A name that ends with ``.tar`` is one file, any other a folder. Raises BadBackup where
    something stands already.
    """
    if target.exists():
        raise BadBackup(f"{target} is there already: a backup is never written over another.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial-{os.getpid()}")
    try:
        if target.suffix == _TAR:
            # Rows hold personal data: nobody else may read them.
            with open(partial, "xb", opener=_private) as file:
                with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                    yield _TarWriter(tar, target.parent)
                file.flush()
                os.fsync(file.fileno())
        else:
            partial.mkdir(mode=0o700)
            yield _FolderWriter(partial)
        partial.rename(target)
        _to_disk(target.parent)
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Reader:
    """The parts of a backup, to be read again and again."""

    def __init__(self, root: Path | tarfile.TarFile) -> None:
        self._root = root
        self.manifest = self._read_manifest()

    def open(self, name: str) -> IO[bytes]:
        """A part as it was put; raises BadBackup where it is missing."""
        try:
            if isinstance(self._root, Path):
                return (self._root / name).open("rb")
            found = self._root.extractfile(name)
        except (KeyError, OSError, tarfile.TarError) as error:
            raise BadBackup(f"The part {name} is missing: the backup is not whole.") from error
        if found is None:
            raise BadBackup(f"The part {name} is no file: the backup is not whole.")
        return found

    def read(self, name: str) -> bytes:
        """A part at once."""
        with self.open(name) as file:
            return file.read()

    def chunks(self, table: TablePart) -> Iterator[bytes]:
        """The rows of a table, piece by piece; raises BadBackup at the end if they are not it."""
        digest, rows = hashlib.sha256(), 0
        try:
            with self.open(table.path) as packed, gzip.open(packed, "rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
                    # A line's end inside a value is written as two signs.
                    rows += chunk.count(b"\n")
                    yield chunk
        except (OSError, EOFError, zlib.error) as error:
            raise BadBackup(f"The rows of {table.name} are damaged: {error}.") from error
        if (digest.hexdigest(), rows) != (table.sha256, table.rows):
            raise BadBackup(f"The rows of {table.name} are not those that were written.")

    def content(self, sha256: str) -> bytes:
        """A content of the file store; raises BadBackup when it is damaged."""
        found = self.read(file_path(sha256))
        if hashlib.sha256(found).hexdigest() != sha256:
            raise BadBackup(f"The file {sha256} is damaged.")
        return found

    def ledger(self) -> bytes:
        """The ledger of what was destroyed; raises BadBackup when it is damaged."""
        found = self.read(LEDGER)
        if hashlib.sha256(found).hexdigest() != self.manifest.ledger_sha256:
            raise BadBackup("The ledger of destroyed recordings is damaged.")
        return found

    def verify(self) -> None:
        """Read all there is; raises BadBackup at the first part that is not as it was written."""
        self.ledger()
        for table in self.manifest.tables:
            for _ in self.chunks(table):
                pass
        for sha256 in self.manifest.files or ():
            self.content(sha256)

    def _read_manifest(self) -> Manifest:
        try:
            manifest = Manifest.model_validate_json(self.read(MANIFEST))
        except ValidationError as error:
            raise BadBackup("The manifest cannot be read: this is no backup of ours.") from error
        if manifest.format != FORMAT:
            raise BadBackup(f"The backup has format {manifest.format}; this program reads 1.")
        if manifest.checked().check != manifest.check:
            raise BadBackup("The manifest was changed after it was written.")
        return manifest


@contextmanager
def reading(source: Path) -> Iterator[Reader]:
    """The backup at ``source``; raises BadBackup where there is none, or not a whole one."""
    if source.is_dir():
        yield Reader(source)
        return
    try:
        tar = tarfile.open(source, "r:")  # noqa: SIM115 - closed below, after what reads it
    except (OSError, tarfile.TarError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        raise BadBackup(f"{source}: {why or 'this is no backup'}.") from error
    with tar:
        yield Reader(tar)
