"""``tapsyrys promise``: what support promises, for people and programs."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from domain.actor import Actor
from domain.calendar import WorkingCalendar
from domain.services import Services
from domain.support.promise import Channel, promise
from domain.support.regimes import regime_at
from domain.work import Site
from domain.working_time.rules import OverrideChange
from tests.bot.cli.conftest import Terminal

NIGHT = "2026-11-20T18:31+05:00"


def _asked(terminal: Terminal, *words: str) -> dict[str, object]:
    ended = terminal.run("promise", *words, "--json")
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, object] = json.loads(ended.out)
    return found


@pytest.mark.clause("366-19.2")
def test_a_voice_of_friday_night_is_worked_on_monday(bare: Terminal) -> None:
    found = _asked(bare, NIGHT, "--kind", "voice")
    assert found["open"] is False
    assert found["due_at"] == "2026-11-23T18:30:00+05:00"
    assert found["clause"] == "366-19.2"
    assert found["days"] == [
        {"date": "2026-11-20", "counted": False, "reason": "outside_hours"},
        {"date": "2026-11-21", "counted": False, "reason": "weekend"},
        {"date": "2026-11-22", "counted": False, "reason": "weekend"},
        {"date": "2026-11-23", "counted": True, "reason": "working"},
    ]


@pytest.mark.clause("366-19.1")
def test_in_hours_operators_are_there(bare: Terminal) -> None:
    found = _asked(bare, "2026-11-20T13:30")
    assert found["open"] is True
    assert found["due_at"] == "2026-11-20T18:30:00+05:00"


def test_the_other_act_has_a_break(bare: Terminal) -> None:
    found = _asked(bare, "2026-11-20T13:30", "--regime", "627")
    assert (found["open"], found["regime"]) == (False, "627")
    assert found["due_at"] == "2026-11-20T18:30:00+05:00"


def test_the_regime_of_the_installation_is_asked_first(bare: Terminal) -> None:
    bare.set(regime="627")
    assert _asked(bare, "2026-11-20T13:30")["open"] is False
    assert _asked(bare, "2026-11-20T13:30", "--regime", "366")["open"] is True


@pytest.mark.parametrize("regime", ["366", "627"])
@pytest.mark.parametrize(
    ("moment", "kind"),
    [
        ("2026-11-20T18:29:59+05:00", "chat"),
        ("2026-11-20T13:00:00+05:00", "voice"),
        ("2026-11-21T10:00:00Z", "email"),
    ],
)
def test_it_is_the_promise_that_requests_get(
    bare: Terminal, moment: str, kind: Channel, regime: str
) -> None:
    at = datetime.fromisoformat(moment)
    made = promise(WorkingCalendar(), regime_at(regime, at), kind, at)
    found = _asked(bare, moment, "--regime", regime, "--kind", kind)
    assert list(found) == ["at", "regime", "open", "due_at", "days", "clause", "calendar"]
    assert found["open"] is made.open
    assert datetime.fromisoformat(str(found["due_at"])) == made.due_at
    assert found["days"] == made.receipt.as_json()["days"]
    assert (found["clause"], found["regime"]) == (made.clause, regime)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_people_read_it_in_their_language(bare: Terminal, language: str) -> None:
    ended = bare.run("promise", NIGHT, "--kind", "voice", "--language", language)
    assert (ended.code, ended.err) == (0, "")
    assert "18:30" in ended.out
    assert "366" in ended.out
    assert "<" not in ended.out
    assert ("Operators are away" in ended.out) == (language == "en")


@pytest.mark.parametrize(
    "words", [["tomorrow"], [NIGHT, "--kind", "fax"], [NIGHT, "--regime", "1"]]
)
def test_what_makes_no_sense_is_refused(bare: Terminal, words: list[str]) -> None:
    ended = bare.run("promise", *words)
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err


async def test_days_that_administrators_moved_count_as_they_decided(
    terminal: Terminal, site: Site
) -> None:
    services = Services(site)
    version = (await services.working_time.calendar(Actor.system("test:1"))).version
    moved = OverrideChange(
        date(2026, 11, 21), working=True, name_kk="Көшті", name_ru="Перенос", basis="Order 1"
    )
    await services.working_time.apply(Actor.system("test:2"), [moved], version)
    ended = await terminal.run_beside("promise", NIGHT, "--kind", "voice", "--json")
    assert json.loads(ended.out)["due_at"] == "2026-11-21T18:30:00+05:00"
