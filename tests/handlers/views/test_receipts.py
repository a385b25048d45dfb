"""The receipt of a deadline: each day, whether it counted, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.calendar import WorkingCalendar, holiday_keys
from domain.clock import ASTANA
from domain.deadlines import DeadlineView
from domain.law import OFFER_WINDOW, PERIODS, RESELECTION
from domain.terms import DAY_SWAP, DayCode, DayReason, Term
from handlers.views import format as fmt
from handlers.views import samples
from handlers.views.receipts import STARTS, day_reason, receipt, receipt_text, receipt_view
from handlers.views.terms import DAY_CODES
from handlers.views.translator import Translator, plain, translator
from tests.handlers.views.hearing import hearing
from tests.support.language import assert_catalogued

en, kk, ru = translator("en"), translator("kk"), translator("ru")
each_language = pytest.mark.parametrize("t", [kk, ru, en], ids=str)
CALENDAR = WorkingCalendar(version="kz-test")


def _lines(term: str, year: int, month: int, day: int) -> list[str]:
    start = datetime(year, month, day, 15, 4, tzinfo=ASTANA).astimezone(UTC)
    return plain(receipt_text(en, CALENDAR.due(start, Term.parse(term)))).splitlines()


def test_working_days_are_numbered_and_a_weekend_is_one_line() -> None:
    assert _lines("2wd", 2026, 11, 20) == [
        "The term ends: 24 November 2026, 24:00 (Astana)",
        "",
        "Start: 20 November 2026, 15:04 (Astana)",
        "Term: 2 working days",
        "",
        "• Fri, 20 November: Day of the event, not counted",
        "• Sat, 21 November – Sun, 22 November: Weekend, not counted",
        "1. Mon, 23 November: Working day",
        "2. Tue, 24 November: Working day",
        "",
        "End: 24 November 2026, 24:00 (Astana)",
        "Version of the calendar: kz-test",
    ]


def test_holidays_are_named() -> None:
    lines = _lines("2wd", 2026, 12, 15)
    assert "• Wed, 16 December: Public holiday: Independence Day, not counted" in lines


def test_calendar_days_count_days_off_and_roll_to_a_working_day() -> None:
    lines = _lines("3d", 2026, 11, 26)
    assert lines[5:11] == [
        "• Thu, 26 November: Day of the event, not counted",
        "1. Fri, 27 November: Working day",
        "2. Sat, 28 November: Weekend",
        "3. Sun, 29 November: Weekend",
        "• Mon, 30 November: The term moves to this working day",
        "",
    ]


def test_minutes_and_hours_have_no_numbers() -> None:
    assert "• Mon, 14 December: Working day" in _lines("480wm", 2026, 12, 11)
    assert "• Fri, 11 December: The hours run on the clock" in _lines("5h", 2026, 12, 11)


@pytest.mark.parametrize("term", ["16wd", "60d", "1000wd", "3660d", "60000wm"])
def test_long_terms_are_shown_in_runs_and_fit_a_message(term: str) -> None:
    lines = _lines(term, 2026, 11, 20)
    assert len("\n".join(lines)) <= 4096
    assert len(lines) < 50
    runs = [line for line in lines if re.match(r"\d+–\d+\. ", line)]
    assert bool(runs) is not term.endswith("wm")


def test_runs_keep_the_count() -> None:
    lines = _lines("20wd", 2026, 11, 20)
    assert "1–5. Mon, 23 November – Fri, 27 November: Working day" in lines
    assert "6–10. Mon, 30 November – Fri, 4 December: Working day" in lines


def _deadline(**changes: object) -> DeadlineView:
    return replace(samples.deadline(OFFER_WINDOW), **changes)  # type: ignore[arg-type]  # by name


def test_a_stored_deadline_shows_what_set_it_off_and_what_is_left() -> None:
    text = plain(receipt(en, _deadline(), samples.NOW))
    assert text.splitlines()[:7] == [
        "How this deadline was counted",
        "Price offers are taken until: 25 November 2026, 24:00 (Astana)",
        "4 days 12 hours 56 minutes left",
        "",
        f"Start: 20 November 2026, 15:04 (Astana) – {STARTS['offer_window'].text}",
        "Term: 2 working days · act No. 344, clause 13, item 3",
        "",
    ]
    assert "• Tue, 24 November: Day off by decision, not counted\n2. Wed, 25 November" in text
    assert text.endswith("Version of the calendar: kz0.108+sample")


def test_a_stored_receipt_reads_as_the_one_counted_now() -> None:
    counted = CALENDAR.due(samples.STARTED, OFFER_WINDOW.term)
    stored = _deadline(receipt={**counted.as_json()}, calendar_version=CALENDAR.version)
    marks = ("•", "1.", "2.")

    def days(text: str) -> list[str]:
        return [line for line in plain(text).splitlines() if line.startswith(marks)]

    assert days(receipt(ru, stored, samples.NOW)) == days(receipt_text(ru, counted))
    assert len(days(receipt_text(ru, counted))) == 4


def test_a_new_choice_tells_of_the_refusal_before_it() -> None:
    again = samples.deadline(RESELECTION, kind="selection")
    assert "a supplier refused or did not answer in time" in receipt(en, again, samples.NOW)


@pytest.mark.parametrize(("state", "said"), [("done", "Met"), ("moved", "Moved")])
def test_a_deadline_that_is_closed_says_so_instead_of_time_left(state: str, said: str) -> None:
    text = plain(receipt(en, _deadline(state=state), samples.NOW))
    assert f"State: {said}" in text
    assert "left" not in text


def test_a_moment_without_a_term_or_an_old_row_still_shows() -> None:
    for stored in (None, {}, {"days": [{"date": "x", "reason": "y"}]}, {"days": 3}):
        bare = _deadline(kind="remind.me", term="", clause=None, receipt=stored)
        text = plain(receipt(en, bare, samples.NOW))
        assert "Start: 20 November 2026" in text
        assert "Term:" not in text


@each_language
def test_every_receipt_is_from_the_catalogue(t: Translator) -> None:
    with hearing() as heard:
        texts = [receipt(t, each, samples.NOW) for each in samples.deadlines()]
        texts += [receipt_text(t, samples.counted(term)) for term in ("2wd", "60d", "5h", "480wm")]
    version = samples.calendar().version
    for text in texts:
        assert_catalogued(plain(text), heard, data=[version])


@each_language
def test_every_reason_of_a_day_has_words(t: Translator) -> None:
    for code in DayCode:
        assert day_reason(t, DayReason(code)) == t(DAY_CODES[code])
    for key in holiday_keys():
        assert key == DAY_SWAP or ": " in day_reason(t, DayReason(DayCode.HOLIDAY, key))


def test_a_day_off_says_what_it_was_exchanged_for_and_by_which_decision() -> None:
    swapped = DayReason(DayCode.MOVED_DAY_OFF, DAY_SWAP, swapped_with=date(2026, 11, 28))
    assert "(instead of 28 November 2026)" in day_reason(en, swapped)
    expected = DayReason(DayCode.HOLIDAY, "eid_al_adha", estimated=True)
    assert "(the date is expected, not yet announced)" in day_reason(en, expected)
    decided = DayReason(DayCode.OVERRIDE_OFF, name_kk="<kk>", name_ru="<ru>", basis="№ 5")
    assert day_reason(kk, decided).endswith(": &lt;kk&gt;. № 5")
    assert day_reason(ru, decided).endswith(": &lt;ru&gt;. № 5")


def test_the_view_leads_back_to_the_order() -> None:
    shown = receipt_view(en, _deadline(), samples.NOW, 15)
    assert shown.keyboard is not None
    assert [row[0].callback_data for row in shown.keyboard.inline_keyboard] == ["1:order.card:15"]


@each_language
def test_every_period_of_law_has_its_receipt(t: Translator) -> None:
    for period in PERIODS:
        text = receipt(t, samples.deadline(period), samples.NOW + timedelta(days=90))
        assert plain(t("The time is over")) in plain(text)


@each_language
def test_what_a_fault_and_works_have_added_stands_in_the_receipt(t: Translator) -> None:
    counted = samples.deadline(OFFER_WINDOW)
    old = counted.due_at
    steps = [
        {
            "cause": cause,
            "rule": rule,
            "clause": clause,
            "old": (old + timedelta(days=n)).isoformat(),
            "new": (old + timedelta(days=n + 1)).isoformat(),
        }
        for n, (cause, rule, clause) in enumerate(
            [
                ("incident:7", "next_working_day", "366-29.3"),
                ("maintenance:2", "next_working_day", "627-31b"),
                ("incident:9", "until", "627-20"),
            ]
        )
    ]
    moved = replace(
        counted,
        due_at=old + timedelta(days=3),
        receipt={**(counted.receipt or {}), "extensions": steps},
    )
    with hearing() as heard:
        text = plain(receipt(t, moved, samples.NOW))
    assert_catalogued(text, heard)
    (first, second, third) = [line for line in text.splitlines() if "→" in line]
    assert "7" in first
    assert plain(fmt.clause(t, "366-29.3")) in first
    assert plain(fmt.deadline(t, old)) in first
    assert plain(fmt.deadline(t, old + timedelta(days=1))) in first
    assert "2" in second
    assert plain(fmt.clause(t, "627-20")) in third
    odd = replace(counted, receipt={"extensions": [{"cause": "x"}, 3, {"old": "soon"}]})
    assert "→" not in receipt(t, odd, samples.NOW)
