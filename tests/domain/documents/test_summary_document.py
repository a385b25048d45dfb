"""The summary: pictures a phone can show, and a spreadsheet that cannot bite."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from domain.documents.labels import Language, labels
from domain.documents.summary import SummaryData, render_summary_picture, summary_view
from domain.documents.summary_sheet import render_summary_sheet
from tests.domain.documents.document_samples import NASTY, a_summary, a_summary_offer


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def verdicts(data: SummaryData) -> list[str]:
    return [
        offer["verdict"]
        for page in summary_view(data)["pages"]
        for line in page["lines"]
        for offer in line["offers"]
    ]


def sheet_of(data: SummaryData) -> Worksheet:
    return load_workbook(io.BytesIO(render_summary_sheet(data))).worksheets[0]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_picture_fits_a_phone(language: Language) -> None:
    (picture,) = render_summary_picture(a_summary(language))
    width, height = size(picture)
    assert width == 1080
    assert height < 2560


@pytest.mark.parametrize(
    ("offers", "lines", "pictures"), [(12, 1, 1), (13, 1, 2), (30, 1, 3), (4, 3, 2), (0, 2, 1)]
)
def test_many_offers_go_on_in_further_pictures(offers: int, lines: int, pictures: int) -> None:
    data = a_summary(offers=offers, lines=lines)
    drawn = render_summary_picture(data)
    assert len(drawn) == pictures
    # Messengers refuse a photo whose sides add up to more than 10,000 pixels.
    assert all(sum(size(picture)) < 10_000 for picture in drawn)
    assert len(verdicts(data)) == offers * lines


def test_a_continued_line_keeps_counting_its_offers() -> None:
    first, second = summary_view(a_summary(offers=13))["pages"]
    assert first["part"] == "Лист: 1 / 2"
    assert second["lines"][0]["name"] == "1. Труба стальная (продолжение)"
    assert second["lines"][0]["offers"][0]["number"] == "13"


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_rejected_offers_are_marked_by_word_and_clause(language: Language) -> None:
    text = labels("summary", language)
    proposed, too_dear, too_late, accepted = verdicts(a_summary(language))
    assert proposed.endswith("700\u00a0м")
    assert too_dear == text["price_above_allocated"]
    assert too_late == text["delivery_beyond_limit"]
    assert "13.4" in too_dear
    assert "13.4" in too_late
    assert accepted == text["accepted"]


def test_a_price_a_hair_above_never_reads_as_100_percent() -> None:
    data = a_summary(offers=1)
    offer = replace(a_summary_offer(), price=Decimal("1250000.51"))
    line = replace(data.lines[0], offers=(offer,))
    card = summary_view(replace(data, lines=(line,)))["pages"][0]["lines"][0]["offers"][0]
    assert card["percent"] == "101 %"
    assert card["over"] is True


@pytest.mark.parametrize(
    ("price", "percent"),
    [("725000.01", "58 %"), ("731250", "59 %"), ("1249999.99", "100 %"), ("1", "1 %")],
)
def test_a_share_is_rounded_as_people_round(price: str, percent: str) -> None:
    data = a_summary(offers=1)
    offer = replace(a_summary_offer(), price=Decimal(price))
    line = replace(data.lines[0], allocated=Decimal("1250000"), offers=(offer,))
    card = summary_view(replace(data, lines=(line,)))["pages"][0]["lines"][0]["offers"][0]
    assert card["percent"] == percent


def test_nasty_names_are_drawn() -> None:
    data = a_summary(offers=1)
    line = replace(data.lines[0], name=NASTY, offers=(replace(a_summary_offer(), supplier=NASTY),))
    assert len(render_summary_picture(replace(data, lines=(line,)))) == 1


def test_the_sheet_holds_numbers_as_numbers_and_codes_as_text() -> None:
    sheet = sheet_of(a_summary(offers=2))
    header, row, _ = sheet.iter_rows(values_only=True)
    text = labels("summary", "ru")
    values = dict(zip(header, row, strict=True))
    assert values[text["col_code"]] == "241-101-0101"
    assert values[text["col_bin"]] == "020240000555"
    assert values[text["col_price"]] == pytest.approx(1000000.5)
    assert values[text["col_delivery"]] == 75
    assert values[text["col_proposed"]] == 700
    assert sheet.freeze_panes == "C2"
    assert sheet.column_dimensions["B"].width == 38


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_sheet_tells_every_rejection(language: Language) -> None:
    text = labels("summary", language)
    sheet = sheet_of(a_summary(language))
    results = [row[13] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert results[1:3] == [text["price_above_allocated"], text["delivery_beyond_limit"]]


@pytest.mark.parametrize("bait", ["=1+1", "+7 701", "-5", "@SUM(A1)", " =1+1", "=HYPERLINK(1)\x07"])
def test_a_text_that_looks_like_a_formula_stays_text(bait: str) -> None:
    data = a_summary(offers=1)
    line = replace(data.lines[0], name=bait, offers=(replace(a_summary_offer(), supplier=bait),))
    sheet = sheet_of(replace(data, lines=(line,)))
    for place in ("B2", "H2"):
        assert sheet[place].data_type == "s"
        assert sheet[place].value == bait.replace("\x07", "")
        assert sheet[place].quotePrefix


def test_a_line_without_offers_still_stands_in_the_sheet() -> None:
    sheet = sheet_of(a_summary(offers=0))
    assert [cell.value for cell in sheet[2]][7] == labels("summary", "ru")["no_offers"]
