"""Spreadsheets for the tests, made cell by cell."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from domain.documents.sheets import SheetErrors

CellValue: TypeAlias = str | float | date | None

FIELDS = (
    ("Место поставки", "город Астана, склад № 2"),
    ("Условия поставки", "до склада"),
    ("Срок поставки", "90"),
)
ORDER_HEADER = (
    "№",
    "Тауардың қазақша атауы",
    "Наименование товара",
    "Характеристики",
    "Код ЕНС ТРУ",
    "Код АГСК-3",
    "Количество",
    "Ед. изм.",
    "Выделенная сумма, ₸",
)
ORDER_ROW: tuple[CellValue, ...] = (
    "1",
    "Болат құбыр",
    "Труба стальная",
    "ГОСТ 10704-91",
    "242013.100.000000",
    "241-101-0101",
    "1\u00a0200,5",
    "м",
    "1\u00a0250\u00a0000,50",
)
PRODUCER_HEADER = (
    "БИН/ИИН",
    "Наименование производителя",
    "Өндірушінің атауы",
    "ОКЭД",
    "КАТО",
    "Продукция",
    "Мощность",
    "Ед. изм.",
    "ТН ВЭД",
    "КПВЭД",
    "ЕНС ТРУ",
    "АГСК-3",
    "ДВЦ, %",
    "Уровень локализации",
    "Дата включения",
    "Статус",
    "Номер в реестре",
)
PRODUCER_ROW: tuple[CellValue, ...] = (
    "020240000555",
    "ТОО «Восток Металл»",
    "«Шығыс Металл» ЖШС",
    "24200",
    "631010000",
    "Труба стальная",
    "1000",
    "тонна",
    "7304110001",
    "24.20.13",
    "242013.100.000000",
    "241-101-0101",
    "85,5",
    "высокий",
    "24.11.2026",
    "Действует",
    "KZ-1",
)
GOODS_HEADER = (
    "Код проекта",
    "Наименование проекта",
    "БИН заказчика",
    "№ п/п",
    "Наименование товара",
    "Тауардың атауы",
    "Код ЕНС ТРУ",
    "АГСК-3",
    "Количество",
    "Ед. изм.",
    "Характеристики",
)
GOODS_ROW: tuple[CellValue, ...] = (
    "P-7",
    "Теплосети Астаны",
    "971240001315",
    "1",
    "Труба стальная",
    "Болат құбыр",
    "242013.100.000000",
    "241-101-0101",
    "1200,5",
    "м",
    "ГОСТ 10704-91",
)


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def table(header: Sequence[CellValue], rows: Iterable[Sequence[CellValue]]) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    return book


def order_book(
    rows: Iterable[Sequence[CellValue]] = (ORDER_ROW,),
    fields: Iterable[Sequence[CellValue]] = FIELDS,
    header: Sequence[CellValue] = ORDER_HEADER,
) -> Workbook:
    """An order: fields in rows 1-3 (values in column B), the header in row 5, lines from 6."""
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    for number, (label, value) in enumerate(fields, start=1):
        sheet.cell(number, 1, label)
        sheet.cell(number, 2, value)
    for number, row in enumerate((header, *rows), start=5):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    return book


def changed(
    row: Sequence[CellValue], header: Sequence[CellValue], title: str, value: CellValue
) -> tuple[CellValue, ...]:
    """The row with another value under a title."""
    place = list(header).index(title)
    return (*row[:place], value, *row[place + 1 :])


def found(result: object) -> list[tuple[str, str]]:
    """The errors as (cell, code)."""
    assert isinstance(result, SheetErrors), result
    return [(error.cell, error.code) for error in result.errors]
