"""Attaching files to what people send: orders, offered lines, contracts."""

from __future__ import annotations

import mimetypes

from sqlalchemy import select

from domain.errors import RuleBroken
from domain.files import MAX_FILE_BYTES, Attachment, FileInfo
from domain.identifiers import bare
from domain.texts import clean_text
from domain.work import Work

MAX_FILES = 10
FILE_NAME_LIMIT = 200


def _visible_name(name: str) -> str:
    """A file's name without what the database cannot hold, short enough to show."""
    return clean_text(name[:FILE_NAME_LIMIT], "file_name", FILE_NAME_LIMIT) or "file"


_TEXTS = ("pdf", "doc", "docx", "odt", "rtf", "txt")
_TABLES = ("xls", "xlsx", "ods", "csv")
_PICTURES = ("jpg", "jpeg", "png", "webp", "heic", "heif", "tif", "tiff")
_DRAWINGS = ("dwg", "dxf")
_ARCHIVES = ("zip", "rar", "7z")
#: What people send about goods and contracts.
DOCUMENTS = frozenset((*_TEXTS, *_TABLES, *_PICTURES, *_DRAWINGS, *_ARCHIVES))
_PROGRAMS = ("exe", "com", "scr", "msi", "jar", "apk", "app", "dmg", "run", "cpl", "lnk")
_SCRIPTS = ("bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "sh")
_RUNNABLE = frozenset((*_PROGRAMS, *_SCRIPTS))
# Programs of Windows and Linux and scripts begin so, whatever they are called.
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!")


def check_document(file: FileInfo, content: bytes = b"") -> None:
    """Take what people work with and nothing that could run on a reader's computer.

    ``content`` may be its beginning, or nothing when it has not been read yet. Raises
    ``RuleBroken``: ``file_is_program``, ``file_kind_unknown`` with the ``name``.
    """
    name = _visible_name(file.name)
    kind = _extension(name) or _extension(mimetypes.guess_extension(file.mime) or "")
    if kind in _RUNNABLE or content.startswith(_PROGRAM_STARTS):
        raise RuleBroken("file_is_program", None, name=name)
    if kind not in DOCUMENTS:
        raise RuleBroken("file_kind_unknown", None, name=name)


def _extension(name: str) -> str:
    return bare(name).rpartition(".")[2].casefold() if "." in name else ""


async def add_file(work: Work, subject: str, file: FileInfo) -> int:
    """Attach a file to any subject inside an act; returns its number within the subject."""
    if file.size > MAX_FILE_BYTES:
        raise RuleBroken("file_too_big", "627-8", size=file.size, limit=MAX_FILE_BYTES)
    taken = list(
        await work.session.scalars(select(Attachment.position).where(Attachment.subject == subject))
    )
    if len(taken) >= MAX_FILES:
        raise RuleBroken("too_many_files", None, limit=MAX_FILES)
    # A number once given to a file is not given to another while a later one stands.
    position = max(taken, default=0) + 1
    work.session.add(
        Attachment(
            subject=subject,
            position=position,
            name=_visible_name(file.name),
            mime=clean_text(file.mime[:128], "mime", 128),
            size=file.size,
            sha256=file.sha256,
            telegram_file_id=file.telegram_file_id,
            added_at=work.now,
            added_by=work.actor.person_id,
        )
    )
    await work.session.flush()
    return position
