"""Opening an XLSX from a stranger: what it would cost is known before it is unpacked.

An XLSX is a ZIP of XML: small files can unpack to gigabytes or a billion cells. Sizes are read
from the directory of the archive (Python's reader never unpacks more than is declared there),
cells are counted in the XML, and only then openpyxl gets to see it.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile

from openpyxl import Workbook, load_workbook

from domain.documents.sheets.errors import SheetErrors, refused

MAX_FILE_BYTES = 20 * 1024 * 1024  # act 627, clause 8; also what Telegram lets a bot download
MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_ABOVE = 5 * 1024 * 1024
MAX_PARTS = 1000
MAX_ROWS = 5000
MAX_CELLS = 400_000
# Rows that hold only formatting are no data; a sheet may carry some of them.
MAX_ROW_ELEMENTS = 20_000

_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


def open_book(data: bytes) -> Workbook | SheetErrors:
    """The workbook, or why it is refused.

    Codes: ``file_too_large`` (``limit_mb``), ``not_xlsx``, ``archive_too_large``,
    ``too_many_rows`` (``limit``), ``too_many_cells`` (``limit``).
    """
    if len(data) > MAX_FILE_BYTES:
        return refused("file_too_large", limit_mb=MAX_FILE_BYTES // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refusal = _refusal(archive)
        return refusal or _load(data)
    # What a broken or hostile file makes the ZIP and XML readers raise has no common base
    # (KeyError, ValueError, zlib.error, ParseError and more); to the sender it is one thing.
    except Exception:
        return refused("not_xlsx")


def _load(data: bytes) -> Workbook:
    with warnings.catch_warnings():
        # openpyxl warns of extensions it leaves out; they hold nothing that we read.
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    if not book.worksheets:
        raise ValueError("no worksheet")
    return book


def _refusal(archive: zipfile.ZipFile) -> SheetErrors | None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or len(parts) > MAX_PARTS:
        return refused("not_xlsx")
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    ratio = unpacked / max(packed, 1)
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > RATIO_MATTERS_ABOVE and ratio > MAX_RATIO):
        return refused("archive_too_large")
    rows = cells = 0
    for part in parts:
        content = archive.read(part)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            return refused("not_xlsx")
        if _SHEET_PART.fullmatch(part.filename):
            rows = max(rows, sum(1 for _ in _ROW.finditer(content)))
            cells += sum(1 for _ in _CELL.finditer(content))
    if rows > MAX_ROW_ELEMENTS:
        return refused("too_many_rows", limit=MAX_ROWS)
    if cells > MAX_CELLS:
        return refused("too_many_cells", limit=MAX_CELLS)
    return None
