"""How long recordings are kept: examples, and what holds whatever the dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import ASTANA, astana
from domain.support.retention_rules import (
    Dispute,
    collected_before,
    end_of_keeping,
    kept_until,
    midnight,
    month_of,
)

_FIRST = datetime(2024, 3, 2, tzinfo=UTC)
instants = st.integers(0, 16 * 365 * 86_400).map(lambda s: _FIRST + timedelta(seconds=s))
settings = st.none() | st.integers(1, 365)
spans = st.timedeltas(timedelta(0), timedelta(days=900))


@st.composite
def disputes(draw: st.DrawFn) -> list[Dispute]:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        set_at = draw(instants)
        settled = draw(st.none() | spans)
        found.append(Dispute(set_at, None if settled is None else set_at + settled))
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ASTANA)


@pytest.mark.clause("366-21.2")
@pytest.mark.parametrize(
    ("collected", "days", "end"),
    [
        ("2026-11-20T10:00", None, "2027-11-20T00:00"),
        ("2026-11-20T00:00", None, "2027-11-20T00:00"),
        ("2026-11-20T23:59:59", None, "2027-11-20T00:00"),
        ("2028-02-28T12:00", None, "2029-02-28T00:00"),
        ("2028-02-29T12:00", None, "2029-02-28T00:00"),
        ("2027-03-01T12:00", None, "2028-03-01T00:00"),
        ("2026-11-20T10:00", 30, "2026-12-20T00:00"),
        ("2027-06-01T10:00", 365, "2028-05-31T00:00"),  # 29 February lies between
        ("2026-06-01T10:00", 365, "2027-06-01T00:00"),
    ],
)
def test_the_term_is_counted_by_dates_in_astana(collected: str, days: int | None, end: str) -> None:
    assert end_of_keeping(at(collected), days) == at(end)


@pytest.mark.clause("366-21.2")
@given(collected=instants, days=settings)
def test_never_more_than_a_year_without_a_dispute(collected: datetime, days: int | None) -> None:
    until = kept_until(collected, days, ())
    assert until is not None
    then, start = astana(until), astana(collected)
    assert until <= collected + timedelta(days=366)
    assert (then.year, then.month, then.day) <= (start.year + 1, start.month, start.day)
    if days is not None:
        assert until <= collected + timedelta(days=days)


@given(collected=instants, days=settings, now=instants)
def test_what_is_over_is_found_by_one_comparison(
    collected: datetime, days: int | None, now: datetime
) -> None:
    over = end_of_keeping(collected, days) <= now
    assert over is (collected < collected_before(now, days))


@pytest.mark.clause("366-21.2")
@given(collected=instants, days=settings, marks=disputes())
def test_a_dispute_holds_until_it_is_settled_and_not_longer(
    collected: datetime, days: int | None, marks: list[Dispute]
) -> None:
    end = end_of_keeping(collected, days)
    until = kept_until(collected, days, marks)
    if until is None:
        assert any(mark.settled_at is None for mark in marks)
        return
    assert until >= end
    # Nothing is open at that moment, and only a dispute can have moved it.
    assert not any(mark.set_at <= until < (mark.settled_at or until) for mark in marks)
    assert until == end or until in {mark.settled_at for mark in marks}


@given(collected=instants, days=settings, marks=disputes())
def test_a_settled_dispute_lets_the_term_resume(
    collected: datetime, days: int | None, marks: list[Dispute]
) -> None:
    settled = [Dispute(mark.set_at, mark.settled_at or mark.set_at) for mark in marks]
    until = kept_until(collected, days, settled)
    assert until is not None
    last = max((mark.settled_at for mark in settled if mark.settled_at), default=collected)
    assert until <= max(end_of_keeping(collected, days), last)


def test_the_month_of_a_day() -> None:
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))


@pytest.mark.clause("366-21.2")
@given(collected=instants, days=settings, now=instants)
def test_each_recording_goes_in_one_month_and_that_is_the_month_of_its_end(
    collected: datetime, days: int | None, now: datetime
) -> None:
    """As the preview of a month asks the table: collected from, collected before."""
    first, after = month_of(astana(now).date())
    day = timedelta(days=1)
    since, until = (collected_before(midnight(each - day), days) for each in (first, after))
    ends = astana(end_of_keeping(collected, days)).date()
    assert (since <= collected < until) is (first <= ends < after)


@pytest.mark.clause("366-21.2")
@given(collected=instants, days=st.integers(1, 365), marks=disputes())
def test_a_shorter_term_never_keeps_longer(
    collected: datetime, days: int, marks: list[Dispute]
) -> None:
    shorter, longest = kept_until(collected, days, marks), kept_until(collected, None, marks)
    if longest is None:
        # A dispute that holds the longer term may have come too late for the shorter one.
        return
    assert shorter is not None
    assert shorter <= longest
