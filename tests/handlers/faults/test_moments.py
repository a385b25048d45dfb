"""Moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import ASTANA, astana
from handlers.faults.moments import parse_moment

NOW = datetime.fromisoformat("2026-11-20T15:00:00+05:00")


def wall(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ASTANA)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("20.11 14:30", "2026-11-20 14:30"),
        ("20/11, 14:30", "2026-11-20 14:30"),
        (" 20.11.2026   9:05 ", "2026-11-20 09:05"),
        ("2026-11-20 14:30", "2026-11-20 14:30"),
        ("2026-11-20T14:30", "2026-11-20 14:30"),
        ("14:30", "2026-11-20 14:30"),
        ("20.11 24:00", "2026-11-21 00:00"),
        ("31.12 24:00", "2027-01-01 00:00"),
        ("29.02.2024 10:00", "2024-02-29 10:00"),
        # A moment a little later than now stays of this year, it does not fall a year back.
        ("20.11 16:00", "2026-11-20 16:00"),
        ("02.01 10:00", "2027-01-02 10:00"),
    ],
)
def test_what_is_typed_is_meant_in_astana(typed: str, meant: str) -> None:
    found = parse_moment(typed, NOW)
    assert found == wall(meant)
    assert found.tzinfo is UTC


def test_a_december_day_typed_in_january_is_the_one_just_over() -> None:
    now = datetime.fromisoformat("2027-01-02T10:00:00+05:00")
    assert parse_moment("31.12 22:00", now) == wall("2026-12-31 22:00")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "20.11",
        "14.30",
        "20.11 14.30",
        "31.02.2026 10:00",
        "30.02 10:00",
        "20.13 10:00",
        "20.11.26 10:00",
        "25:00",
        "24:01",
        "10:60",
        "вчера 10:00",
        "٢٠.١١ ١٤:٣٠",
        "20.11 14:30 " + "x" * 40,
    ],
)
def test_what_cannot_be_read_is_not_guessed(typed: str) -> None:
    assert parse_moment(typed, NOW) is None


@given(st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 - wall times
def test_a_moment_with_its_year_is_read_back(at: datetime) -> None:
    minute = at.replace(second=0, microsecond=0)
    found = parse_moment(minute.strftime("%d.%m.%Y %H:%M"), NOW)
    assert found is not None
    assert astana(found).replace(tzinfo=None) == minute
