"""Clocks, and the refusal of time zone data older than March 2024."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from domain.clock import (
    ASTANA,
    ManualClock,
    ShiftedClock,
    SystemClock,
    as_utc,
    astana,
    check_zone,
)
from domain.errors import RuleBroken

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class ZoneOfOldData(tzinfo):
    """What tz data released before 2024 says of Asia/Almaty: +06:00 for ever."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return timedelta(hours=6)

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, dt: datetime | None) -> str:
        return "+06"


def test_the_system_clock_tells_aware_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta()


def test_a_manual_clock_stands_until_it_is_moved() -> None:
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(HOUR)
    assert clock.now() == NOON + HOUR
    clock.set(NOON - HOUR)
    assert clock.now() == NOON - HOUR


def test_a_manual_clock_tells_utc_whatever_offset_it_was_put_with() -> None:
    clock = ManualClock(astana(NOON))
    assert clock.now() == NOON
    assert clock.now().utcoffset() == timedelta()


def test_a_shifted_clock_runs_on_from_where_it_was_put() -> None:
    base = ManualClock(NOON)
    clock = ShiftedClock(base)
    assert clock.now() == NOON
    clock.set(datetime(2027, 1, 4, tzinfo=UTC))
    base.advance(HOUR)
    assert clock.now() == datetime(2027, 1, 4, 1, tzinfo=UTC)
    clock.advance(-HOUR)
    assert clock.now() == datetime(2027, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("clock", [ManualClock(NOON), ShiftedClock(ManualClock(NOON))])
def test_a_time_without_offset_is_refused(clock: ManualClock | ShiftedClock) -> None:
    with pytest.raises(RuleBroken) as refusal:
        clock.set(datetime(2026, 11, 20, 12))  # noqa: DTZ001 - the naive time is the point
    assert refusal.value.code == "naive_time"
    assert clock.now() == NOON


def test_astana_is_six_hours_ahead_until_march_2024_and_five_since() -> None:
    last = datetime(2024, 2, 29, 17, 59, 59, tzinfo=UTC)
    assert astana(last).isoformat() == "2024-02-29T23:59:59+06:00"
    assert astana(last + timedelta(seconds=1)).isoformat() == "2024-02-29T23:00:00+05:00"
    assert astana(last + HOUR).isoformat() == "2024-02-29T23:59:59+05:00"
    assert as_utc(astana(last)) == last


def test_present_zone_data_passes_before_and_after_the_change() -> None:
    check_zone(NOON, ASTANA)
    check_zone(datetime(2024, 1, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "found", "expected"),
    [
        pytest.param(ZoneOfOldData(), 6, 5, id="data before the change"),
        pytest.param(ZoneInfo("Asia/Tashkent"), 5, 6, id="always +05"),
        pytest.param(timezone(5 * HOUR), 5, 6, id="fixed offset"),
        pytest.param(UTC, 0, 6, id="utc"),
        pytest.param(ZoneInfo("Asia/Omsk"), 6, 5, id="still +06"),
    ],
)
def test_wrong_zone_data_is_refused_with_what_was_found(
    zone: tzinfo, found: int, expected: int
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        check_zone(NOON, zone)
    assert refusal.value.code == "zone_outdated"
    assert (refusal.value.params["found"], refusal.value.params["expected"]) == (found, expected)


class ZoneOfALaterLaw(tzinfo):
    """Right about 2024, and moved once more in 2030."""

    def fromutc(self, dt: datetime) -> datetime:
        return ASTANA.fromutc(dt.replace(tzinfo=ASTANA)).replace(tzinfo=self)

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return 4 * HOUR if dt is not None and dt.year >= 2030 else ASTANA.utcoffset(dt)

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, dt: datetime | None) -> str:
        return "later"


def test_a_later_change_of_the_zone_is_noticed_at_the_instant_now() -> None:
    zone = ZoneOfALaterLaw()
    check_zone(NOON, zone)
    with pytest.raises(RuleBroken) as refusal:
        check_zone(datetime(2031, 1, 1, tzinfo=UTC), zone)
    assert (refusal.value.params["found"], refusal.value.params["expected"]) == (4, 5)
