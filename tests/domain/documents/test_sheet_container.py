"""Files from strangers: refused before they can cost anything."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from openpyxl import Workbook

from domain.documents.sheets import read_goods_list, read_order, read_producers
from domain.documents.sheets.container import MAX_FILE_BYTES
from tests.domain.documents.sheet_samples import (
    ORDER_ROW,
    PRODUCER_HEADER,
    PRODUCER_ROW,
    found,
    order_book,
    saved,
    table,
)

READERS = [read_order, read_producers, read_goods_list]


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def repacked(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    return zipped(parts)


def with_shared_strings(data: bytes) -> bytes:
    """The file as Excel saves it: texts in a part of their own, cells pointing at them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings: list[bytes] = []

    def pointer(cell: re.Match[bytes]) -> bytes:
        strings.append(cell[2])
        return b'<c r="%s" t="s"><v>%d</v></c>' % (cell[1], len(strings) - 1)

    inline = rb'<c r="(\w+)" t="inlineStr"><is>(.*?)</is></c>'
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(inline, pointer, parts[sheet])
    assert strings
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = b"".join(b"<si>%s</si>" % text for text in strings)
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s">%s</sst>' % (main, items)
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
        b'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(b"</Types>", override)
    return zipped(parts)


def test_texts_shared_between_cells_are_read_the_same() -> None:
    data = saved(order_book())
    assert with_shared_strings(data) != data
    assert read_order(with_shared_strings(data)) == read_order(data)
    assert not hasattr(read_order(data), "errors")


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"name;quantity\n1;2", id="csv"),
        pytest.param(b"%PDF-1.7", id="pdf"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, id="old xls or encrypted"),
        pytest.param(zipped({"word/document.xml": b"<w/>"}), id="another zip"),
        pytest.param(zipped({"[Content_Types].xml": b"<Types/>"}), id="hollow"),
        pytest.param(saved(order_book())[:-200], id="cut off"),
        pytest.param(
            zipped({f"{n}": b"" for n in range(1200)} | {"[Content_Types].xml": b""}),
            id="many parts",
        ),
    ],
)
def test_what_is_no_xlsx_is_refused(reader: object, data: bytes) -> None:
    assert callable(reader)
    assert found(reader(data)) == [("", "not_xlsx")]


def test_a_file_over_20_megabytes_is_refused_unopened() -> None:
    assert found(read_order(b"\0" * (MAX_FILE_BYTES + 1))) == [("", "file_too_large")]


def test_a_zip_bomb_is_refused_unpacked() -> None:
    bomb = zipped(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/worksheets/sheet1.xml": b"\0" * (300 * 1024 * 1024),
        }
    )
    assert len(bomb) < 1024 * 1024
    # Spoilt in the middle: whoever unpacks it finds that out and calls it broken.
    middle = len(bomb) // 2
    spoilt = bomb[:middle] + b"\xff" * 64 + bomb[middle + 64 :]
    assert found(read_order(spoilt)) == [("", "archive_too_large")]


def test_entities_are_not_expanded() -> None:
    data = repacked(
        saved(order_book()),
        "xl/worksheets/sheet1.xml",
        b"<worksheet",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet',
    )
    assert found(read_order(data)) == [("", "not_xlsx")]


def test_an_empty_workbook_is_said_to_be_empty() -> None:
    assert found(read_order(saved(Workbook()))) == [("", "sheet_empty")]


def test_ten_thousand_rows_are_refused_and_five_thousand_are_not() -> None:
    assert found(read_order(saved(order_book([ORDER_ROW] * 10_000)))) == [("", "too_many_rows")]
    result = read_order(saved(order_book([ORDER_ROW] * 5_000)))
    assert not hasattr(result, "errors")


def test_a_lone_cell_at_the_end_of_the_world_costs_nothing() -> None:
    book = order_book()
    book.worksheets[0].cell(1_048_576, 16_384, "x")
    assert found(read_order(saved(book))) == [("", "too_many_rows")]


def test_a_million_rows_are_counted_before_they_are_read() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"/></row>' % (n, n) for n in range(1, 30_000))
    data = repacked(
        saved(table(PRODUCER_HEADER, [PRODUCER_ROW])),
        "xl/worksheets/sheet1.xml",
        b"<sheetData>",
        b"<sheetData>" + rows,
    )
    assert found(read_producers(data)) == [("", "too_many_rows")]


def test_the_table_may_stand_on_another_sheet() -> None:
    book = order_book()
    book.create_sheet("Примечания", 0).append(["Цены", "действуют", "до", "конца", "года"])
    assert not hasattr(read_order(saved(book)), "errors")
