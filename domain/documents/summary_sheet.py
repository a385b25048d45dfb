"""The summary as a spreadsheet: one row for each offer line."""

from __future__ import annotations

from openpyxl import Workbook

from domain.documents.labels import labels
from domain.documents.summary import SummaryData, SummaryLine, SummaryOffer
from domain.documents.xlsx_out import (
    MONEY_FORMAT,
    QUANTITY_FORMAT,
    Value,
    put,
    put_header,
    to_bytes,
)

_COLUMNS: tuple[tuple[str, float, str | None], ...] = (
    ("col_line", 9, None),
    ("col_goods", 38, None),
    ("col_code", 22, None),
    ("col_needed", 14, QUANTITY_FORMAT),
    ("col_unit", 12, None),
    ("col_allocated", 19, MONEY_FORMAT),
    ("col_limit", 16, None),
    ("col_supplier", 38, None),
    ("col_bin", 16, None),
    ("col_quantity", 16, QUANTITY_FORMAT),
    ("col_price", 19, MONEY_FORMAT),
    ("col_unit_price", 19, MONEY_FORMAT),
    ("col_delivery", 16, None),
    ("col_result", 42, None),
    ("col_proposed", 18, QUANTITY_FORMAT),
    ("col_characteristics", 60, None),
    ("col_warranty", 38, None),
)


def render_summary_sheet(data: SummaryData) -> bytes:
    """The summary as XLSX: codes as text, sums and volumes as numbers, the header kept in view."""
    text = labels("summary", data.language)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = text["sheet"]
    put_header(sheet, 1, [text[key] for key, _, _ in _COLUMNS], [width for _, width, _ in _COLUMNS])
    row = 2
    for index, line in enumerate(data.lines, start=1):
        for offer in line.offers or (None,):
            for column, value in enumerate(_values(index, line, offer, text), start=1):
                put(sheet, row, column, value, _COLUMNS[column - 1][2])
            row += 1
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    return to_bytes(book)


def _values(
    index: int, line: SummaryLine, offer: SummaryOffer | None, text: dict[str, str]
) -> tuple[Value, ...]:
    needed = (
        index,
        line.name,
        line.code,
        line.quantity,
        line.unit,
        line.allocated,
        line.delivery_limit,
    )
    if offer is None:
        return (*needed, text["no_offers"], *(None for _ in range(9)))
    return (
        *needed,
        offer.supplier,
        offer.supplier_bin,
        offer.quantity,
        offer.price,
        offer.unit_price,
        offer.delivery_days,
        text[offer.rejected or "accepted"],
        offer.proposed,
        offer.characteristics,
        offer.warranty,
    )
