"""Reports and the journal in the private chat of those who work at the desk."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from bot.sandbox.client import Message
from domain.roles import Role
from handlers.support.reports import named_period, typed_period
from handlers.views.menus import ACTIONS
from tests.support.chat import Town, said, t_of, tap
from tests.support.desk import DeskTown, open_desk

NOW = datetime.fromisoformat("2026-11-20T10:00:00+05:00")
ASK = "From which day to which day?"


def days(period: tuple[datetime, datetime] | None) -> tuple[str, str]:
    """The days of Astana with which a period begins and ends (exclusive)."""
    assert period is not None
    begins, ends = (each.astimezone(NOW.tzinfo) for each in period)
    assert (begins.hour, begins.minute, ends.hour, ends.minute) == (0, 0, 0, 0)
    return f"{begins:%Y-%m-%d}", f"{ends:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("week", ("2026-11-16", "2026-11-23")),
        ("month", ("2026-11-01", "2026-12-01")),
        ("last_month", ("2026-10-01", "2026-11-01")),
    ],
)
def test_named_periods(name: str, expected: tuple[str, str]) -> None:
    assert days(named_period(name, NOW)) == expected


def test_periods_at_the_turn_of_a_year() -> None:
    january = datetime.fromisoformat("2027-01-01T00:30:00+05:00")
    assert days(named_period("last_month", january)) == ("2026-12-01", "2027-01-01")
    assert days(named_period("month", january)) == ("2027-01-01", "2027-02-01")
    assert days(named_period("week", january)) == ("2026-12-28", "2027-01-04")
    assert days(typed_period("30.12 - 31.12", january)) == ("2026-12-30", "2027-01-01")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01.11.2026 - 15.11.2026", ("2026-11-01", "2026-11-16")),
        ("1.11–15.11", ("2026-11-01", "2026-11-16")),
        ("2026-11-01 2026-11-15", ("2026-11-01", "2026-11-16")),
        ("20.11", ("2026-11-20", "2026-11-21")),
        ("21.11.2025, 20.11.2026", ("2025-11-21", "2026-11-21")),
        ("01.12", ("2025-12-01", "2025-12-02")),
    ],
)
def test_typed_periods(text: str, expected: tuple[str, str]) -> None:
    assert days(typed_period(text, NOW)) == expected


@pytest.mark.parametrize(
    "text", ["", "вчера", "31.02", "15.11 - 01.11", "1.11 2.11 3.11", "1.11 до 2.11", "٠١.١١"]
)
def test_what_is_no_period(text: str) -> None:
    assert typed_period(text, NOW) is None


async def sheet(desk: DeskTown, begins: str) -> Workbook:
    """The spreadsheet that came, by the beginning of its name."""

    def wanted(message: Message) -> bool:
        return str(message.raw.get("document", {}).get("file_name", "")).startswith(begins)

    message = await desk.operator.eventually(wanted)
    content = await desk.town.sandbox.content(message.raw["document"]["file_id"])
    return load_workbook(io.BytesIO(content))


@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_the_report_of_this_month_comes_as_a_picture_and_a_sheet(
    town: Town, language: str
) -> None:
    desk = await open_desk(town, language)
    await desk.ask()
    t = t_of(language)
    await desk.operator.say(t.button(ACTIONS["reports"]))
    await desk.operator.eventually(lambda each: said(t, "The report of support") in each.text)
    await tap(desk.operator, "reports.make", "report", "month")
    await desk.operator.eventually(lambda each: "photo" in each.raw)
    book = await sheet(desk, "report-2026-11-01-2026-11-30.xlsx")
    assert book.sheetnames[0] == ("Жиынтық" if language == "kk" else "Итоги")
    assert book.worksheets[2].max_row == 2


@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_the_journal_of_a_typed_period(town: Town, language: str) -> None:
    desk = await open_desk(town, language)
    await desk.ask("Өтініш мәтіні")
    t = t_of(language)
    await desk.operator.say("/reports")
    await tap(desk.operator, "reports", "journal")
    await tap(desk.operator, "reports.period", "journal")
    await desk.operator.eventually(lambda each: said(t, ASK) in each.text)
    await desk.operator.say("вчера")
    await desk.operator.eventually(lambda each: said(t, "These are not two days") in each.text)
    await desk.operator.say("01.11.2020 - 20.11.2026")
    await desk.operator.eventually(lambda each: said(t, "There is no such period") in each.text)
    await desk.operator.say("19.11 - 20.11")
    book = await sheet(desk, "journal-2026-11-19-2026-11-20.xlsx")
    (row,) = book.worksheets[0].iter_rows(min_row=7, values_only=True)
    assert row[7] == "Өтініш мәтіні"


async def test_reports_are_for_the_desk_only(town: Town) -> None:
    watcher = await town.person("Айгүл", role=Role.OBSERVER)
    await watcher.start()
    await watcher.say("/reports")
    await watcher.eventually(lambda each: "366" in each.text and each.by_bot)
    assert not [each for each in await watcher.messages() if "document" in each.raw]
