"""Orders filled in as spreadsheets: what is read, what is refused, and where."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from domain.documents.labels import Language
from domain.documents.sheets import OrderSheet, SheetErrors, order_template, read_order
from domain.orders.rules import LineTerms, OrderTerms, check_order
from tests.domain.documents.sheet_samples import (
    FIELDS,
    ORDER_HEADER,
    ORDER_ROW,
    CellValue,
    changed,
    found,
    order_book,
    saved,
)

LINE = LineTerms(
    name_ru="Труба стальная",
    name_kk="Болат құбыр",
    code="242013.100.000000",
    agsk3="241-101-0101",
    quantity=Decimal("1200.5"),
    unit="м",
    allocated_sum=Decimal("1250000.50"),
    characteristics="ГОСТ 10704-91",
)


def read(book: Workbook) -> OrderSheet | SheetErrors:
    return read_order(saved(book))


def with_cell(title: str, value: CellValue) -> Workbook:
    return order_book([changed(ORDER_ROW, ORDER_HEADER, title, value)])


def whole(result: OrderSheet | SheetErrors) -> OrderSheet:
    assert isinstance(result, OrderSheet), result
    return result


def test_an_order_is_read_with_spaces_commas_and_codes_kept() -> None:
    order = whole(read(order_book()))
    assert order.terms == OrderTerms("город Астана, склад № 2", "до склада", 90)
    assert [(line.row, line.terms) for line in order.lines] == [(6, LINE)]
    check_order(order.terms, [line.terms for line in order.lines])


def test_numbers_typed_as_numbers_are_the_same_numbers() -> None:
    with_number = changed(ORDER_ROW, ORDER_HEADER, "Количество", 1200.5)
    book = order_book([changed(with_number, ORDER_HEADER, "Выделенная сумма, ₸", 1250000.5)])
    assert whole(read(book)).lines[0].terms == LINE


@pytest.mark.parametrize(
    ("title", "value", "column", "code"),
    [
        ("Код ЕНС ТРУ", 331312.1, "E", "code_corrupt"),
        ("Код ЕНС ТРУ", "331312.1", "E", "code_corrupt"),
        ("Код ЕНС ТРУ", 3.31312e14, "E", "code_corrupt"),
        ("Код ЕНС ТРУ", "3.31312E+14", "E", "code_corrupt"),
        ("Код ЕНС ТРУ", "3,31312E+14", "E", "code_corrupt"),
        ("Код ЕНС ТРУ", 331312, "E", "code_corrupt"),
        ("Код ЕНС ТРУ", "трубы", "E", "ens_tru_format"),
        ("Код АГСК-3", datetime(2026, 11, 24), "F", "code_corrupt"),  # noqa: DTZ001 - a cell
        ("Код АГСК-3", "241", "F", "agsk3_format"),
        ("Количество", "=1+1", "G", "formula"),
        ("Количество", 0, "G", "not_positive"),
        ("Количество", "-5", "G", "not_positive"),
        ("Количество", 1.2345, "G", "quantity_decimals"),
        ("Количество", "много", "G", "quantity_format"),
        ("Количество", "1e9", "G", "quantity_format"),
        ("Количество", True, "G", "cell_type"),
        ("Количество", None, "G", "text_missing"),
        ("Выделенная сумма, ₸", "1.25 млн", "I", "money_format"),
        ("Выделенная сумма, ₸", "1.250", "I", "money_ambiguous"),
        ("Выделенная сумма, ₸", 250.125, "I", "money_decimals"),
        ("Выделенная сумма, ₸", "#REF!", "I", "cell_error"),
        ("Ед. изм.", " \u00a0 ", "H", "text_missing"),
        ("Характеристики", "x" * 5000, "D", "text_too_long"),
        ("Наименование товара", "=cmd|' /C calc'!A0", "C", "formula"),
    ],
)
def test_a_wrong_cell_is_named(title: str, value: CellValue, column: str, code: str) -> None:
    assert found(read(with_cell(title, value))) == [(f"{column}6", code)]


def test_a_number_with_three_places_is_a_volume_and_no_thousand() -> None:
    assert whole(read(with_cell("Количество", 1.125))).lines[0].terms.quantity == Decimal("1.125")


@pytest.mark.parametrize("name", ["<b>#x</b> 🏗", "שלום", "'; DROP TABLE--"])
def test_any_name_is_only_a_name(name: str) -> None:
    assert whole(read(with_cell("Наименование товара", name))).lines[0].terms.name_ru == name


def test_a_text_that_begins_like_a_formula_is_read_as_text() -> None:
    book = order_book()
    cell = book.worksheets[0]["C6"]
    cell.value, cell.data_type = "=труба", "s"
    assert whole(read(book)).lines[0].terms.name_ru == "=труба"


def test_all_errors_come_at_once_in_the_order_of_the_sheet() -> None:
    bad = changed(ORDER_ROW, ORDER_HEADER, "Количество", "x")
    worse = changed(
        changed(ORDER_ROW, ORDER_HEADER, "Код ЕНС ТРУ", 1.5), ORDER_HEADER, "Ед. изм.", None
    )
    fields = (FIELDS[0], ("Условия поставки", None), ("Срок поставки", 59))
    assert found(read(order_book([bad, ORDER_ROW, worse], fields))) == [
        ("B2", "text_missing"),
        ("B3", "delivery_too_short"),
        ("G6", "quantity_format"),
        ("E8", "code_corrupt"),
        ("H8", "text_missing"),
    ]


def test_errors_are_capped_and_counted() -> None:
    rows = [changed(ORDER_ROW, ORDER_HEADER, "Количество", "x")] * 450
    result = read(order_book(rows))
    assert isinstance(result, SheetErrors)
    assert (len(result.errors), result.total) == (200, 450)


def test_an_error_carries_field_value_and_clause() -> None:
    result = read(order_book(fields=(*FIELDS[:2], ("Срок поставки", "59"))))
    assert isinstance(result, SheetErrors)
    (error,) = result.errors
    assert error.params["field"] == "delivery_days"
    assert error.params["value"] == "59"
    assert error.params["clause"] == "344-12.4"


def test_a_line_needs_a_name_and_a_code() -> None:
    row = list(ORDER_ROW)
    row[1] = row[2] = row[4] = row[5] = None
    assert found(read(order_book([row]))) == [("C6", "text_missing"), ("E6", "code_missing")]


def test_missing_columns_are_named() -> None:
    book = order_book([ORDER_ROW[:6]], header=ORDER_HEADER[:6])
    result = read(book)
    assert isinstance(result, SheetErrors)
    (error,) = result.errors
    assert (error.cell, error.code) == ("", "columns_missing")
    assert error.params["columns"] == (("quantity",), ("unit",), ("allocated_sum",))


def test_missing_delivery_fields_are_named() -> None:
    result = read(order_book(fields=FIELDS[:1]))
    assert isinstance(result, SheetErrors)
    assert [(error.code, error.params["field"]) for error in result.errors] == [
        ("field_missing", "delivery_terms"),
        ("field_missing", "delivery_days"),
    ]


@pytest.mark.parametrize("area", ["G6:G7", "C6:D6", "B7:B8", "C5:C6"])
def test_merged_cells_among_the_lines_are_refused_with_their_place(area: str) -> None:
    book = order_book([ORDER_ROW, ORDER_ROW, ORDER_ROW])
    book.worksheets[0].merge_cells(area)
    result = read(book)
    assert isinstance(result, SheetErrors)
    merged = [error for error in result.errors if error.code == "merged_cells"]
    assert [error.params["range"] for error in merged] == [area]


def test_merged_cells_away_from_the_lines_do_no_harm() -> None:
    book = order_book()
    book.worksheets[0].merge_cells("B1:F1")
    book.worksheets[0].merge_cells("L6:M9")
    whole(read(book))


def test_an_order_without_lines_is_empty() -> None:
    assert found(read(order_book([]))) == [("", "sheet_empty")]


def test_blank_rows_between_lines_are_passed_over() -> None:
    order = whole(read(order_book([ORDER_ROW, (None,) * 9, (" ",) * 9, ORDER_ROW])))
    assert [line.row for line in order.lines] == [6, 9]


def fill(sheet: Worksheet) -> None:
    fields: tuple[CellValue, ...] = ("город Астана", "до склада", 90)
    for row, value in enumerate(fields, start=3):
        sheet.cell(row, 3, value)
    values: tuple[CellValue, ...] = (
        "1",
        "Болат құбыр",
        "Труба",
        "ГОСТ",
        "242013.100.000000",
        "241-101-0101",
        5,
        "м",
        100,
    )
    for column, value in enumerate(values, start=1):
        sheet.cell(10, column, value)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_form_handed_out_is_read_back_without_its_example(language: Language) -> None:
    book = load_workbook(io.BytesIO(order_template(language)))
    fill(book.worksheets[0])
    order = whole(read(book))
    assert order.terms == OrderTerms("город Астана", "до склада", 90)
    assert [(line.row, line.terms.quantity) for line in order.lines] == [(10, Decimal(5))]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_form_as_it_is_holds_no_order(language: Language) -> None:
    assert found(read_order(order_template(language))) == [("", "sheet_empty")]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_form_keeps_codes_as_text_and_checks_what_is_typed(language: Language) -> None:
    book = load_workbook(io.BytesIO(order_template(language)))
    sheet, help_sheet = book.worksheets
    assert sheet["E10"].number_format == "@"
    assert sheet["F400"].number_format == "@"
    checks = {str(check.sqref): check for check in sheet.data_validations.dataValidation}
    assert checks["C5"].formula1 == "60"
    assert any("G10" in places for places in checks)
    assert help_sheet["A7"].value


def test_the_example_is_itself_a_good_line() -> None:
    book = load_workbook(io.BytesIO(order_template("ru")))
    sheet = book.worksheets[0]
    fill(sheet)
    sheet["A9"].value = "1"
    assert len(whole(read(book)).lines) == 2


@pytest.mark.parametrize("mark", ["Пример", " пример ", "ҮЛГІ", "example"])
def test_example_rows_are_left_out_however_they_are_marked(mark: str) -> None:
    example = (mark, *ORDER_ROW[1:6], "не число", *ORDER_ROW[7:])
    assert len(whole(read(order_book([example, ORDER_ROW]))).lines) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda text: text.upper(), id="upper case"),
        pytest.param(lambda text: f"  {text}\u00a0* ", id="spaces and star"),
        pytest.param(lambda text: text.replace("о", "o").replace("а", "a"), id="latin look-alikes"),
    ],
)
def test_titles_are_recognised_as_people_type_them(spoil: Callable[[str], str]) -> None:
    header = tuple(spoil(title) for title in ORDER_HEADER)
    assert whole(read(order_book(header=header))).lines[0].terms == LINE
