"""Quiet hours, digests and muting as plain rules."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import astana
from domain.errors import RuleBroken
from domain.notices.kinds import CATEGORIES, FAULTS, KINDS, WORKS, Kind
from domain.notices.model import Lane
from domain.preferences.rules import (
    ALONE,
    AT_ONCE,
    BEGINS_A_TERM,
    CLOSE,
    DAY,
    DIGEST,
    EVERY_DAY,
    MUTED,
    QUEUED,
    QuietHours,
    Wishes,
    check_mutable,
    check_quiet,
    goes_at,
    next_digest,
    parse_clock,
    parse_hours,
    placed,
    placed_anew,
)
from tests.domain.stage import moment

NIGHT = QuietHours(22 * 60, 8 * 60)
INVITED, REMINDED = KINDS["order.invited"], KINDS["remind.offer_window"]
DONE, NEWS, ASKED = KINDS["order.done"], KINDS["broadcast.news"], KINDS["remind.me"]


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, "11-20 21:59", None),
        (NIGHT, "11-20 22:00", "11-21 08:00"),
        (NIGHT, "11-21 00:00", "11-21 08:00"),
        (NIGHT, "11-21 07:59", "11-21 08:00"),
        (NIGHT, "11-21 08:00", None),
        # 20 November 2026 is a Friday: the night of Friday begins on it, Saturday's does not.
        (QuietHours(22 * 60, 8 * 60, 0b0011111), "11-21 07:00", "11-21 08:00"),
        (QuietHours(22 * 60, 8 * 60, 0b0011111), "11-21 23:00", None),
        (QuietHours(22 * 60, 8 * 60, 0b0011111), "11-23 07:00", None),
        (QuietHours(13 * 60, 14 * 60), "11-20 13:30", "11-20 14:00"),
        (QuietHours(13 * 60, 14 * 60, 0b1100000), "11-20 13:30", None),
        (QuietHours(0, DAY - 1), "11-20 23:58", "11-20 23:59"),
    ],
)
def test_quiet_hours_run_until_their_end(quiet: QuietHours, now: str, until: str | None) -> None:
    assert quiet.until(moment(now)) == (None if until is None else moment(until))


def test_by_default_everything_comes_at_once() -> None:
    now = moment("11-21 03:00")
    for kind in KINDS.values():
        found = placed(Wishes(), kind, now, now + timedelta(days=2))
        assert (found.state, found.not_before) == (QUEUED, now)


@pytest.mark.parametrize(
    ("kind", "useless", "goes"),
    [
        # A term begins with it: whoever is told late has less of it.
        (INVITED, "11-27 00:00", "11-21 03:00"),
        (REMINDED, "11-22 00:00", "11-21 08:00"),
        (REMINDED, "11-21 12:00", "11-21 03:00"),
        (REMINDED, "11-21 12:01", "11-21 08:00"),
        (REMINDED, None, "11-21 03:00"),
        (DONE, None, "11-21 08:00"),
        (NEWS, None, "11-21 08:00"),
        (ASKED, "11-22 00:00", "11-21 03:00"),
        # Two whole days before the works: the night is not taken from them.
        (KINDS["maintenance.announced"], None, "11-21 03:00"),
        (KINDS["incident.began"], None, "11-21 08:00"),
        (KINDS["offer.submitted"], None, "11-21 03:00"),
    ],
)
def test_what_waits_for_the_end_of_quiet_hours(kind: Kind, useless: str | None, goes: str) -> None:
    until = None if useless is None else moment(useless)
    assert goes_at(NIGHT, kind, moment("11-21 03:00"), until) == moment(goes)


def test_a_digest_takes_news_and_work_and_nothing_of_the_law() -> None:
    wishes, now = Wishes(digest_at=18 * 60), moment("11-20 10:00")
    taken = {name for name, kind in KINDS.items() if placed(wishes, kind, now).state == DIGEST}
    assert {"order.done", "broadcast.news", "order.published", "colleague.joined"} <= taken
    assert not any(KINDS[name].category in (FAULTS, WORKS) for name in taken)
    assert not taken & (AT_ONCE | ALONE | BEGINS_A_TERM)
    assert not any(KINDS[name].lane is Lane.STATUTORY for name in taken)
    assert placed(wishes, DONE, now).not_before == moment("11-20 18:00")
    assert next_digest(18 * 60, moment("11-20 18:00")) == moment("11-21 18:00")


def test_what_is_muted_stays_in_the_list() -> None:
    wishes = Wishes(muted=frozenset({"course"}), digest_at=18 * 60)
    now = moment("11-20 10:00")
    assert placed(wishes, DONE, now).state == MUTED
    assert placed(wishes, NEWS, now).state == DIGEST
    everything = Wishes(muted=frozenset(each.name for each in CATEGORIES))
    assert placed(everything, INVITED, now).state == QUEUED


@pytest.mark.clause("366-11")
def test_what_the_law_tells_cannot_be_muted() -> None:
    for category in CATEGORIES:
        if category.mutable:
            assert check_mutable(category.name) == category.name
        else:
            with pytest.raises(RuleBroken, match="category_told"):
                check_mutable(category.name)
    with pytest.raises(RuleBroken, match="category_unknown"):
        check_mutable("weather")
    assert not any(kind.mutable for kind in KINDS.values() if kind.lane is Lane.STATUTORY)


def test_named_kinds_are_kinds() -> None:
    assert KINDS.keys() >= AT_ONCE | ALONE | BEGINS_A_TERM


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("9", 540), ("09:30", 570), ("18.05", 1085), ("0:00", 0), (" 23:59 ", 1439)],
)
def test_times_of_day_are_read(typed: str, minutes: int) -> None:
    assert parse_clock(typed) == minutes


@pytest.mark.parametrize("typed", ["", "24:00", "9:60", "9:5", "nine", "-1", "12:00:00", "1" * 90])
def test_other_texts_are_no_times(typed: str) -> None:
    with pytest.raises(RuleBroken, match="clock_format"):
        parse_clock(typed)


def test_hours_are_read_and_checked() -> None:
    assert parse_hours("22:30 – 7:30") == parse_hours("22.30-07.30") == (1350, 450)
    assert parse_hours("22 8") == (1320, 480)
    for typed in ("22:30", "22-8-9", "25-8", "", "a-b"):
        with pytest.raises(RuleBroken, match="hours_format"):
            parse_hours(typed)
    for quiet, code in (
        (QuietHours(60, 60), "quiet_empty"),
        (QuietHours(60, DAY), "hours_format"),
        (QuietHours(60, 120, 0), "quiet_days"),
        (QuietHours(60, 120, EVERY_DAY + 1), "quiet_days"),
    ):
        with pytest.raises(RuleBroken, match=code):
            check_quiet(quiet)


minutes_of_day = st.integers(0, DAY - 1)
quiets = st.builds(QuietHours, minutes_of_day, minutes_of_day, st.integers(1, EVERY_DAY)).filter(
    lambda quiet: quiet.first != quiet.last
)
moments = st.integers(0, 2 * 365 * 86_400).map(
    lambda seconds: moment("01-01 00:00") + timedelta(seconds=seconds)
)
wishes_made = st.builds(
    Wishes,
    st.none() | quiets,
    st.none() | minutes_of_day,
    st.frozensets(st.sampled_from([each.name for each in CATEGORIES])),
)
kinds_made = st.sampled_from(sorted(KINDS.values(), key=lambda kind: kind.name))
terms = st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=20))


@given(wishes_made, kinds_made, moments, terms)
def test_no_notice_of_the_law_comes_too_late(
    wishes: Wishes, kind: Kind, now: datetime, term: timedelta | None
) -> None:
    useless = None if term is None else now + term
    found = placed(wishes, kind, now, useless)
    assert found.not_before >= now
    assert found.not_before <= now + timedelta(days=1)
    if kind.lane is Lane.STATUTORY:
        assert found.state == QUEUED
        if found.not_before > now:
            assert kind.name not in BEGINS_A_TERM
            assert useless is not None
            assert useless - found.not_before > CLOSE
    if found.state == QUEUED and found.not_before > now:
        assert wishes.quiet is not None
        assert wishes.quiet.until(found.not_before) is None
    if found.state == DIGEST and wishes.digest_at is not None:
        here = astana(found.not_before)
        assert here.hour * 60 + here.minute == wishes.digest_at


@given(
    wishes_made,
    wishes_made,
    kinds_made,
    moments,
    terms,
    st.timedeltas(timedelta(), timedelta(days=1)),
)
def test_a_change_of_mind_never_puts_off_by_more_than_a_day(
    wishes: Wishes,
    other: Wishes,
    kind: Kind,
    now: datetime,
    term: timedelta | None,
    later: timedelta,
) -> None:
    useless = None if term is None else now + term
    before = placed(wishes, kind, now, useless)
    changed = now + later
    if before.state == MUTED or before.not_before <= changed:
        return
    after = placed_anew(other, kind, before.state, changed, useless)
    if after.state == MUTED:
        assert kind.category.name in other.muted
        return
    assert changed <= after.not_before <= changed + timedelta(days=1)
    if before.state == QUEUED:
        assert after.state == QUEUED
    else:
        assert (after.state == DIGEST) == (other.digest_at is not None)
