"""Calendar files, read back strictly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.calendar_file import CalendarEvent, calendar_file, folded
from tests.domain.stage import moment
from tests.support.ics import read, unfolded

DUE = moment("11-25 00:00")
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n\\;,:" '))


def made(**given_: object) -> CalendarEvent:
    """An event of the offer window of order 15."""
    values: dict[str, object] = {
        "uid": "offer_window-order-15@tapsyrys",
        "sequence": 1,
        "stamp": moment("11-20 10:00"),
        "starts_at": DUE - timedelta(minutes=30),
        "ends_at": DUE,
        "summary": "№ 15 тапсырыс",
        "description": "",
        **given_,
    }
    return CalendarEvent(**values)  # type: ignore[arg-type]  # named values of one dataclass


def test_an_event_reads_back() -> None:
    (event,) = read(calendar_file("Мерзімдер", [made()])).inside
    assert event.values["UID"] == "offer_window-order-15@tapsyrys"
    assert event.instant("DTSTART") == datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    assert event.instant("DTEND") == DUE
    assert event.values["STATUS"] == "CONFIRMED"
    assert event.text("SUMMARY") == "№ 15 тапсырыс"
    (gone,) = read(calendar_file("x", [made(cancelled=True, sequence=3)])).inside
    assert (gone.values["STATUS"], gone.values["SEQUENCE"]) == ("CANCELLED", "3")


def test_an_empty_calendar_is_one() -> None:
    assert read(calendar_file("", [])).inside == []


def test_controls_do_not_break_lines() -> None:
    (event,) = read(calendar_file("x", [made(summary="a\r\nb\rc\x00\x1fd\x7f")])).inside
    assert event.text("SUMMARY") == "a\nb\ncd"


@given(texts, texts)
def test_any_text_reads_back(summary: str, description: str) -> None:
    content = calendar_file(summary, [made(summary=summary, description=description)])
    calendar = read(content)
    assert calendar.text("NAME") == summary
    assert calendar.inside[0].text("SUMMARY") == summary
    assert calendar.inside[0].text("DESCRIPTION") == description
    assert content == calendar_file(summary, [made(summary=summary, description=description)])


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=400))
def test_lines_are_folded_between_characters(text: str) -> None:
    assert unfolded(folded("X" + text)) == ["X" + text]
