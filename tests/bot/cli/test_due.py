"""``tapsyrys due``: the receipt of a term, for people and programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from domain.actor import Actor
from domain.services import Services
from domain.work import Site
from domain.working_time.rules import OverrideChange
from tests.bot.cli.conftest import Terminal

FRIDAY = "2026-11-20T15:00+05:00"


def test_json_holds_the_receipt(bare: Terminal) -> None:
    ended = bare.run("due", FRIDAY, "2wd", "--json")
    assert (ended.code, ended.err) == (0, "")
    receipt = json.loads(ended.out)
    assert list(receipt) == ["from", "term", "due_at", "days", "calendar"]
    assert receipt["from"] == "2026-11-20T15:00:00+05:00"
    assert receipt["term"] == "2wd"
    assert receipt["due_at"] == "2026-11-25T00:00:00+05:00"
    assert receipt["days"] == [
        {"date": "2026-11-20", "counted": False, "reason": "start_day"},
        {"date": "2026-11-21", "counted": False, "reason": "weekend"},
        {"date": "2026-11-22", "counted": False, "reason": "weekend"},
        {"date": "2026-11-23", "counted": True, "reason": "working"},
        {"date": "2026-11-24", "counted": True, "reason": "working"},
    ]


@pytest.mark.parametrize("start", ["2026-11-20T15:00", "2026-11-20T10:00Z", "20261120T100000Z"])
def test_an_instant_without_an_offset_is_astanas(bare: Terminal, start: str) -> None:
    receipt = json.loads(bare.run("due", start, "1h", "--json").out)
    assert receipt["from"] == "2026-11-20T15:00:00+05:00"
    assert receipt["due_at"] == "2026-11-20T16:00:00+05:00"


@pytest.mark.parametrize(
    ("language", "end"),
    [("kk", "24 қараша 2026"), ("ru", "24 ноября 2026"), ("en", "24 November 2026")],
)
def test_people_read_it_in_their_language(bare: Terminal, language: str, end: str) -> None:
    ended = bare.run("due", FRIDAY, "2wd", "--language", language)
    assert ended.code == 0
    assert end in ended.out
    assert "<" not in ended.out


@pytest.mark.parametrize(
    "start", ["yesterday", "2026-13-01", "", "1", "0001-01-01T00:00+14:00", "9999-12-31T23:59Z"]
)
def test_what_is_no_instant_is_named(bare: Terminal, start: str) -> None:
    ended = bare.run("due", start, "2wd")
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err == f"{start!r} is no instant. Write it as 2026-11-20T15:00+05:00.\n"


@pytest.mark.parametrize("term", ["2", "wd", "2xx", "0wd", "-1d", "2 wd", "1e3d", "99999999wd"])
def test_what_is_no_term_is_refused(bare: Terminal, term: str) -> None:
    ended = bare.run("due", FRIDAY, "--json", "--", term)
    assert ended.code == 1
    assert ended.out == ""
    assert "term" in ended.err
    assert "Traceback" not in ended.err


def test_a_year_beyond_the_calendar_is_refused(bare: Terminal) -> None:
    ended = bare.run("due", "1999-01-01", "2wd")
    assert ended.code == 1
    assert "Traceback" not in ended.err


async def test_days_that_administrators_moved_count_as_they_decided(
    terminal: Terminal, site: Site
) -> None:
    services = Services(site)
    version = (await services.working_time.calendar(Actor.system("test:1"))).version
    moved = OverrideChange(
        date(2026, 11, 23), working=False, name_kk="Көшті", name_ru="Перенос", basis="Order 1"
    )
    await services.working_time.apply(Actor.system("test:2"), [moved], version)
    ended = await terminal.run_beside("due", FRIDAY, "2wd", "--json")
    receipt = json.loads(ended.out)
    assert receipt["due_at"] == "2026-11-26T00:00:00+05:00"
    assert receipt["calendar"] != version


def test_without_a_database_nothing_is_made_and_little_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from bot.cli import run_command;"
        f"code = run_command(['due', '{FRIDAY}', '2wd', '--json']);"
        "heavy = {'aiogram', 'sqlalchemy', 'aiohttp', 'typst'} & set(sys.modules);"
        "sys.exit(f'loaded {heavy}' if heavy else code)"
    )
    environment = {n: v for n, v in os.environ.items() if not n.startswith("TAPSYRYS_")}
    root = str(Path(__file__).resolve().parents[3])
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["due_at"] == "2026-11-25T00:00:00+05:00"
    assert list(tmp_path.iterdir()) == []
