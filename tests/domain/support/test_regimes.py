"""The regimes as data: which wording is in force when, and which clause speaks of a request."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from domain.calendar import WorkingCalendar
from domain.clock import ASTANA
from domain.errors import RuleBroken
from domain.support.promise import Channel, promise
from domain.support.regimes import REGIMES, regime_at

CALENDAR = WorkingCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ASTANA)


@pytest.mark.parametrize(
    ("code", "moment", "since"),
    [
        ("627", "2026-07-11 23:59:59", date(2025, 1, 1)),
        # The day turns in Astana, wherever the server stands.
        ("627", "2026-07-12 00:00:00", date(2026, 7, 12)),
        ("627", "2026-11-20 10:00:00", date(2026, 7, 12)),
        ("627", "2024-12-31 10:00:00", date(2025, 1, 1)),
        ("366", "2026-11-20 10:00:00", date(2025, 9, 15)),
    ],
)
def test_a_wording_is_in_force_from_its_date(code: str, moment: str, since: date) -> None:
    assert regime_at(code, at(moment)).since == since


def test_versions_stand_in_the_order_of_their_dates() -> None:
    for versions in REGIMES.values():
        dates = [each.since for each in versions]
        assert dates == sorted(set(dates))


def test_an_unknown_regime_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RuleBroken) as refused:
        regime_at("1216", at("2026-11-20 10:00"))
    assert (refused.value.code, refused.value.params["known"]) == ("regime_unknown", "366, 627")


@pytest.mark.parametrize(
    ("code", "channel", "moment", "clause"),
    [
        ("366", "chat", "2026-11-20 10:00", "366-19.1"),
        ("366", "chat", "2026-11-20 19:00", "366-19.2"),
        ("366", "voice", "2026-11-21 10:00", "366-19.2"),
        ("366", "email", "2026-11-20 19:00", "366-19.3"),
        ("366", "email", "2026-11-21 10:00", "366-19.4"),
        # Clause 16 of act 627 speaks of letters alone.
        ("627", "chat", "2026-11-20 19:00", "627-15.hours"),
        ("627", "voice", "2026-11-20 13:30", "627-15.hours"),
        ("627", "phone", "2026-11-21 10:00", "627-15.hours"),
        ("627", "email", "2026-11-20 10:00", "627-15.hours"),
        ("627", "email", "2026-11-20 19:00", "627-16"),
        ("627", "email", "2026-11-21 10:00", "627-16"),
    ],
)
def test_a_promise_names_the_clause_that_speaks_of_it(
    code: str, channel: Channel, moment: str, clause: str
) -> None:
    made = promise(CALENDAR, regime_at(code, at(moment)), channel, at(moment))
    assert made.clause == clause
