"""The producers' registry and the goods lists of projects as spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import pytest

from domain.documents.sheets import (
    ProducerEntry,
    ProducerGood,
    SheetErrors,
    read_goods_list,
    read_producers,
)
from domain.documents.sheets.goods_list import ListedItem, ListedProject
from tests.domain.documents.sheet_samples import (
    GOODS_HEADER,
    GOODS_ROW,
    PRODUCER_HEADER,
    PRODUCER_ROW,
    CellValue,
    changed,
    found,
    saved,
    table,
)


def producers(*rows: Sequence[CellValue]) -> tuple[ProducerEntry, ...] | SheetErrors:
    return read_producers(saved(table(PRODUCER_HEADER, rows)))


def one(title: str, value: CellValue) -> tuple[ProducerEntry, ...] | SheetErrors:
    return producers(changed(PRODUCER_ROW, PRODUCER_HEADER, title, value))


def good_of(result: tuple[ProducerEntry, ...] | SheetErrors) -> ProducerGood:
    assert isinstance(result, tuple), result
    return result[0].goods[0]


def test_every_column_of_the_registry_is_read() -> None:
    assert producers(PRODUCER_ROW) == (
        ProducerEntry(
            bin="020240000555",
            name_ru="ТОО «Восток Металл»",
            name_kk="«Шығыс Металл» ЖШС",
            status="active",
            registry_number="KZ-1",
            goods=(
                ProducerGood(
                    row=2,
                    name_ru="Труба стальная",
                    name_kk="",
                    code="242013.100.000000",
                    agsk3="241-101-0101",
                    tnved="7304110001",
                    kpved="24.20.13",
                    oked="24200",
                    kato="631010000",
                    capacity="1000",
                    unit="тонна",
                    local_content=Decimal("85.50"),
                    localisation_level="высокий",
                    included_on=date(2026, 11, 24),
                ),
            ),
        ),
    )


def test_a_producer_takes_as_many_rows_as_it_has_goods() -> None:
    second = changed(PRODUCER_ROW, PRODUCER_HEADER, "Продукция", "Отвод")
    other = changed(PRODUCER_ROW, PRODUCER_HEADER, "БИН/ИИН", "940140000385")
    result = producers(PRODUCER_ROW, other, second)
    assert isinstance(result, tuple)
    assert [(entry.bin, len(entry.goods)) for entry in result] == [
        ("020240000555", 2),
        ("940140000385", 1),
    ]


def test_a_name_merged_over_its_rows_counts_for_each() -> None:
    blank: tuple[CellValue, ...] = (
        None,
        None,
        None,
        *PRODUCER_ROW[3:5],
        "Отвод",
        *PRODUCER_ROW[6:],
    )
    book = table(PRODUCER_HEADER, [PRODUCER_ROW, blank])
    for area in ("A2:A3", "B2:B3", "C2:C3"):
        book.worksheets[0].merge_cells(area)
    result = read_producers(saved(book))
    assert isinstance(result, tuple)
    assert [good.name_ru for good in result[0].goods] == ["Труба стальная", "Отвод"]


def test_a_merged_good_is_refused() -> None:
    book = table(PRODUCER_HEADER, [PRODUCER_ROW, PRODUCER_ROW])
    book.worksheets[0].merge_cells("K2:K3")
    assert ("K2", "merged_cells") in found(read_producers(saved(book)))


def test_numbers_that_lost_nothing_are_read_as_codes() -> None:
    row = changed(PRODUCER_ROW, PRODUCER_HEADER, "БИН/ИИН", 940140000385)
    good = good_of(producers(changed(row, PRODUCER_HEADER, "ТН ВЭД", 7304110001)))
    assert good.tnved == "7304110001"


@pytest.mark.parametrize(
    ("title", "value", "cell", "code"),
    [
        ("БИН/ИИН", 20240000555, "A2", "code_corrupt"),
        ("БИН/ИИН", "20240000555", "A2", "code_corrupt"),
        ("БИН/ИИН", "9.4014E+11", "A2", "code_corrupt"),
        ("БИН/ИИН", "020240000556", "A2", "bin_check_digit"),
        ("БИН/ИИН", None, "A2", "text_missing"),
        ("БИН/ИИН", "=A1", "A2", "formula"),
        ("ОКЭД", 1110, "D2", "code_corrupt"),
        ("КАТО", "где-то", "E2", "classifier_format"),
        ("ТН ВЭД", 409000000, "I2", "code_corrupt"),
        ("ТН ВЭД", "0409 00 000 0 1", "I2", "tn_ved_format"),
        ("КПВЭД", 24.2, "J2", "code_corrupt"),
        ("КПВЭД", datetime(2013, 9, 24), "J2", "code_corrupt"),  # noqa: DTZ001 - a cell
        ("ЕНС ТРУ", 3.31312e14, "K2", "code_corrupt"),
        ("ДВЦ, %", "120", "M2", "percent_format"),
        ("ДВЦ, %", "много", "M2", "percent_format"),
        ("Дата включения", "31.02.2026", "O2", "date_format"),
        ("Дата включения", "вчера", "O2", "date_format"),
        ("Дата включения", 45000, "O2", "date_format"),
        ("Статус", "спит", "P2", "status_unknown"),
        ("Продукция", None, "F2", "text_missing"),
    ],
)
def test_a_wrong_cell_is_named(title: str, value: CellValue, cell: str, code: str) -> None:
    assert found(one(title, value)) == [(cell, code)]


@pytest.mark.parametrize(
    "typed",
    [
        "24.11.2026",
        "24.11.2026 г.",
        "24.11.2026\u00a0ж.",
        "2026-11-24",
        "24/11/2026",
        datetime(2026, 11, 24),  # noqa: DTZ001 - a cell has no zone
        date(2026, 11, 24),
    ],
)
def test_a_date_is_read_in_every_usual_form(typed: CellValue) -> None:
    assert good_of(one("Дата включения", typed)).included_on == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "share"),
    [("85,5", "85.50"), ("85.5 %", "85.50"), (85.5, "85.50"), (0, "0.00"), (100, "100.00")],
)
def test_a_share_is_read_in_every_usual_form(typed: CellValue, share: str) -> None:
    assert good_of(one("ДВЦ, %", typed)).local_content == Decimal(share)


def test_a_cell_formatted_as_per_cent_holds_a_fraction() -> None:
    book = table(PRODUCER_HEADER, [changed(PRODUCER_ROW, PRODUCER_HEADER, "ДВЦ, %", 0.855)])
    book.worksheets[0]["M2"].number_format = "0.0%"
    assert good_of(read_producers(saved(book))).local_content == Decimal("85.50")


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("Банкротство", "bankrupt"),
        ("Таратылуда", "liquidation"),
        ("жосықсыз қатысушы", "unfair"),
        ("EXCLUDED", "excluded"),
        (None, "active"),
    ],
)
def test_a_status_is_read_in_both_languages(typed: CellValue, status: str) -> None:
    result = one("Статус", typed)
    assert isinstance(result, tuple)
    assert result[0].status == status


def test_rows_of_one_producer_must_not_differ() -> None:
    other = changed(PRODUCER_ROW, PRODUCER_HEADER, "Продукция", "Отвод")
    result = producers(PRODUCER_ROW, changed(other, PRODUCER_HEADER, "Статус", "Банкрот"))
    assert isinstance(result, SheetErrors)
    (error,) = result.errors
    assert (error.cell, error.code, error.params["first_row"]) == ("P3", "producer_differs", 2)


def test_a_row_said_twice_is_named() -> None:
    assert found(producers(PRODUCER_ROW, PRODUCER_ROW)) == [("A3", "row_repeated")]


def test_one_bad_row_lets_nothing_in() -> None:
    good = [changed(PRODUCER_ROW, PRODUCER_HEADER, "Продукция", f"Труба {n}") for n in range(50)]
    bad = changed(PRODUCER_ROW, PRODUCER_HEADER, "БИН/ИИН", "020240000556")
    assert found(producers(*good, bad)) == [("A52", "bin_check_digit")]


def test_a_title_above_the_table_is_passed_over() -> None:
    book = table(PRODUCER_HEADER, [PRODUCER_ROW])
    book.worksheets[0].insert_rows(1, 3)
    book.worksheets[0]["A1"].value = "Реестр казахстанских товаропроизводителей"
    book.worksheets[0].merge_cells("A1:Q1")
    assert good_of(read_producers(saved(book))).row == 5


def listed(*rows: Sequence[CellValue]) -> tuple[ListedProject, ...] | SheetErrors:
    return read_goods_list(saved(table(GOODS_HEADER, rows)))


@pytest.mark.clause("344-3")
def test_a_goods_list_is_taken_in_project_by_project() -> None:
    second = changed(GOODS_ROW, GOODS_HEADER, "№ п/п", 2)
    other = changed(GOODS_ROW, GOODS_HEADER, "Код проекта", "P-8")
    result = listed(GOODS_ROW, other, second)
    assert isinstance(result, tuple)
    first = result[0]
    assert (first.project_code, first.project_name) == ("P-7", "Теплосети Астаны")
    assert first.customer_bin == "971240001315"
    assert [item.item for item in first.items] == ["1", "2"]
    assert first.items[0] == ListedItem(
        row=2,
        item="1",
        name_ru="Труба стальная",
        name_kk="Болат құбыр",
        code="242013.100.000000",
        agsk3="241-101-0101",
        quantity=Decimal("1200.5"),
        unit="м",
        characteristics="ГОСТ 10704-91",
    )
    assert [project.project_code for project in result] == ["P-7", "P-8"]


@pytest.mark.parametrize(
    ("title", "value", "cell", "code"),
    [
        ("БИН заказчика", "971240001316", "C2", "bin_check_digit"),
        ("Код проекта", None, "A2", "text_missing"),
        ("Количество", "=SUM(I3:I9)", "I2", "formula"),
        ("Количество", "0", "I2", "not_positive"),
        ("Код ЕНС ТРУ", "331312.1", "G2", "code_corrupt"),
    ],
)
def test_a_wrong_cell_of_a_goods_list_is_named(
    title: str, value: CellValue, cell: str, code: str
) -> None:
    assert found(listed(changed(GOODS_ROW, GOODS_HEADER, title, value))) == [(cell, code)]


def test_items_and_names_of_a_project_must_agree() -> None:
    renamed = changed(GOODS_ROW, GOODS_HEADER, "Наименование проекта", "Другое")
    assert found(listed(GOODS_ROW, renamed)) == [("B3", "project_differs"), ("D3", "item_repeated")]
