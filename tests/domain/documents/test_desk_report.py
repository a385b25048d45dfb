"""The report of the desk: a picture and a workbook of the same values."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import load_workbook

from domain.documents.desk_report import (
    OPERATORS_SHOWN,
    render_report_picture,
    render_report_sheet,
    report_view,
)
from domain.documents.labels import LANGUAGES, Language
from tests.domain.documents.desk_samples import NONE, a_desk_report, a_line
from tests.domain.documents.document_samples import NASTY, texts_of

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_says_the_values_in_words_of_the_reader(language: Language) -> None:
    view = report_view(a_desk_report(language))
    del view["label"]
    said = "\n".join(texts_of(view))
    for value in ("01.11.2026 00:00 (Астана)", "01.12.2026 00:00", "90\u00a0%", "18,5 мин", "4,56"):
        assert value in said
    assert ("голосовое сообщение" if language == "ru" else "дауыстық хабарлама") in said
    assert "voice" not in said
    assert "№ 366" in said


def test_the_picture_is_a_thousand_pixels_wide_and_the_same_each_time() -> None:
    data = a_desk_report()
    drawn = render_report_picture(data)
    assert drawn == render_report_picture(data)
    assert drawn.startswith(PNG)
    assert int.from_bytes(drawn[16:20], "big") == 1080


def test_operators_beyond_the_picture_are_named_in_the_file_only() -> None:
    data = a_desk_report(operators=OPERATORS_SHOWN + 3)
    view = report_view(data)
    assert len(view["operators"]) == OPERATORS_SHOWN  # type: ignore[arg-type]  # a list of rows
    assert "3" in str(view["more"])
    sheet = load_workbook(io.BytesIO(render_report_sheet(data))).worksheets[1]
    assert sheet.max_row == OPERATORS_SHOWN + 4


def test_an_empty_and_a_nasty_period_are_drawn_too() -> None:
    data = a_desk_report(operators=1)
    nothing = replace(
        data.report,
        opened=0,
        by_channel={},
        by_state={},
        by_result={},
        first_answer=NONE,
        decision=NONE,
        kept=0,
        broken=0,
        ratings=dict.fromkeys(range(1, 6), 0),
        rating=None,
        operators=(),
    )
    empty = replace(data, report=nothing, regime=None, tickets=())
    assert report_view(empty)["empty"]
    assert render_report_picture(empty).startswith(PNG)
    assert len(load_workbook(io.BytesIO(render_report_sheet(empty))).worksheets) == 3
    one = replace(data.report.operators[0], name=NASTY, rating=None)
    nasty = replace(data, report=replace(data.report, operators=(one,)))
    assert render_report_picture(nasty).startswith(PNG)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_totals_operators_and_tickets(language: Language) -> None:
    data = replace(a_desk_report(language), tickets=(a_line(subject="=1+1"), a_line(15)))
    book = load_workbook(io.BytesIO(render_report_sheet(data)))
    totals, operators, tickets = book.worksheets
    values = {row[0]: row[1] for row in totals.iter_rows(values_only=True)}
    assert values["Поступило обращений" if language == "ru" else "Түскен өтініштер"] == 12
    assert values["Срок нарушен" if language == "ru" else "Мерзім бұзылды"] == 1
    assert [cell.value for cell in operators[2]][:3] == ["Оператор 0", 9, 4]
    rows = list(tickets.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [14, 15]
    # Friday 19:31 in Astana, as a date that sorts.
    assert rows[0][1] == datetime(2026, 11, 20, 19, 31)  # noqa: DTZ001 - sheets know no zones
    subject = tickets["G2"]
    assert (subject.value, subject.data_type, subject.quotePrefix) == ("=1+1", "s", True)
