"""The journal of requests: one line each, headed in both languages, nothing that calculates."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from domain.documents.journal_sheet import render_journal
from domain.incidents.views import JournalRow
from domain.support.views import JournalLine
from tests.domain.documents.desk_samples import SINCE, UNTIL, a_fault, a_line


def journal(lines: list[JournalLine], faults: list[JournalRow]) -> Worksheet:
    sheet = load_workbook(io.BytesIO(render_journal(SINCE, UNTIL, lines, faults))).active
    assert isinstance(sheet, Worksheet)
    return sheet


def rows(sheet: Worksheet) -> list[tuple[object, ...]]:
    return list(sheet.iter_rows(min_row=7, values_only=True))


def test_it_is_headed_in_kazakh_and_russian() -> None:
    sheet = journal([], [])
    assert sheet["A1"].value == "Өтініштерді есепке алу журналы"
    assert sheet["A2"].value == "Журнал учета обращений"
    assert "01.11.2026 00:00 – 01.12.2026 00:00" in str(sheet["A3"].value)
    assert (sheet["B5"].value, sheet["B6"].value) == (
        "Бірегей сәйкестендіргіш",
        "Уникальный идентификатор",
    )
    assert rows(sheet) == []


@pytest.mark.clause("627-7")
def test_requests_and_reports_stand_in_the_order_of_registration() -> None:
    found = rows(journal([a_line()], [a_fault()]))
    assert [(row[0], row[1]) for row in found] == [
        (1, "14"),
        (2, "Техникалық іркіліс № 3, хабарлама № 7 / Технический сбой № 3, сообщение № 7"),
    ]
    request, fault = found
    # Written on Friday evening, registered on Monday at 9:00.
    assert request[2] == datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 - sheets know no zones
    assert request[3] == "электрондық пошта / электронная почта"
    assert request[12] == "жауап берілді / ответ дан"
    assert request[5] == "«Жылу Құрылыс» ЖШС / ТОО «Тепло Строй»"
    assert fault[10] == datetime(2026, 11, 24, 11, 0)  # noqa: DTZ001 - sheets know no zones
    assert fault[11] == "иә / да"
    assert fault[12] == "техникалық іркіліс расталды / технический сбой подтвержден"
    assert fault[15] == datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - sheets know no zones


def test_a_report_given_within_a_request_is_one_line_with_it() -> None:
    at = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    fault = a_fault(ticket=14, registered_at=at, late=False)
    (row,) = rows(journal([a_line(incident=3)], [fault]))
    assert (row[1], row[8], row[9]) == ("14", 15, 3)
    assert row[11] == "жоқ / нет"


def test_formulas_in_texts_stay_texts() -> None:
    evil = '=HYPERLINK("http://x","y")'
    sheet = journal([a_line(subject=evil, name="@SUM(A1)")], [a_fault(text="+1", facts="-1")])
    cells = [cell for row in sheet.iter_rows(min_row=7) for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    defused = {cell.value for cell in cells if cell.quotePrefix}
    assert {evil, "@SUM(A1)", "+1", "-1"} <= defused


def test_each_of_many_lines_looks_as_the_first() -> None:
    texts = ["=1+1", "plain", "=2+2", "plain too", "@x"]
    sheet = journal([a_line(number, subject=text) for number, text in enumerate(texts)], [])
    cells = [sheet.cell(row, 8) for row in range(7, 12)]
    assert [cell.value for cell in cells] == texts
    assert [cell.quotePrefix for cell in cells] == [True, False, True, False, True]
    assert {cell.data_type for cell in cells} == {"s"}
    for column in range(1, sheet.max_column + 1):
        looks = {
            (cell.number_format, cell.border.left.style, cell.alignment.wrap_text)
            for cell in (sheet.cell(row, column) for row in range(7, 12))
        }
        assert len(looks) == 1, column
