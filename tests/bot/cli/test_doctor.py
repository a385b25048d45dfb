"""``tapsyrys doctor``: what is well, what is not, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from bot.cli import doctor, doctor_outside
from bot.cli.findings import Finding
from bot.sandbox.server import create_app
from bot.sandbox.world import World
from bot.storage.engine import make_engine
from domain.calendar import WorkingCalendar
from domain.clock import ManualClock
from domain.terms import DayOverride
from tests.bot.cli.conftest import Ended, Terminal
from tests.support.releases import plain

TOKEN = "123456789:" + "A" * 35


@pytest.fixture
async def telegram(terminal: Terminal) -> AsyncIterator[World]:
    """A Bot API server that the settings name."""
    world = World(token=TOKEN, clock=ManualClock(datetime.now(UTC)), limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    terminal.set(bot_token=TOKEN, telegram_api=str(server.make_url("/")).rstrip("/"))
    # Nothing of ours listens there.
    terminal.set(web_port="9")
    yield world
    await server.close()


def findings(ended: Ended) -> dict[str, dict[str, str]]:
    """What was printed as JSON, by name."""
    return {each["name"]: each for each in json.loads(ended.out)["findings"]}


async def test_a_machine_that_is_well_is_told_so(telegram: World, terminal: Terminal) -> None:
    ended = await terminal.run_beside("doctor", "--json")
    found = findings(ended)
    assert (ended.code, ended.err) == (0, "")
    wrong = {name: each for name, each in found.items() if each["state"] == "wrong"}
    assert wrong == {}
    for name in ("token", "webhook", "database", "migrations", "isolation", "pooler", "time zone"):
        assert found[name]["state"] == "ok", found[name]
    assert found["clock against the database"]["state"] == "ok"
    assert found["clock against Telegram"]["state"] == "ok"
    assert "Asia/Almaty is +0500" in found["time zone"]["told"]


async def test_it_is_read_by_people_too_and_looks_change_nothing(
    telegram: World, terminal: Terminal
) -> None:
    before = sorted(terminal.folder.rglob("*"))
    ended = await terminal.run_beside("doctor")
    assert ended.code == 0
    assert "ok      migrations: revision" in ended.out
    assert ended.out.splitlines()[-1].endswith("to look into.")
    assert sorted(terminal.folder.rglob("*")) == before


def test_before_anything_is_set_each_line_says_what_to_do(bare: Terminal) -> None:
    bare.set(telegram_api="http://127.0.0.1:9", web_port="9")
    ended = bare.run("doctor")
    assert ended.code == 1
    assert "WRONG   token: is not set" in ended.out
    assert "Put the token of @BotFather into TAPSYRYS_BOT_TOKEN." in ended.out
    assert "warning database: none yet in var" in ended.out
    assert list(bare.folder.iterdir()) == []


async def test_what_is_wrong_is_named(telegram: World, terminal: Terminal) -> None:
    terminal.set(
        bot_token="123456789:" + "B" * 35,
        public_url="https://bot.example.kz",
        webhook_secret="x",
        smtp_url="smtp://127.0.0.1:9",
        mail_address="support@example.kz",
        mail_tls_cert=str(terminal.folder / "none.pem"),
    )
    ended = await terminal.run_beside("doctor", "--json")
    found = findings(ended)
    assert ended.code == 1
    wrong = {name for name, each in found.items() if each["state"] == "wrong"}
    assert wrong == {"token", "mail", "mail certificate"}
    assert all(each["advice"] for each in found.values() if each["state"] != "ok")


async def test_gateways_that_apprise_does_not_know_are_named_without_their_secrets(
    telegram: World, terminal: Terminal
) -> None:
    terminal.set(
        email_url="mailtos://user:hush@mail.example.kz/{to}",
        sms_url="carrierpigeon://hush@host/{to}",
        alarm_url="nothing://hush",
    )
    ended = await terminal.run_beside("doctor", "--json")
    found = findings(ended)
    assert found["gateway mailtos"]["state"] == "ok"
    assert found["gateway carrierpigeon"]["state"] == found["alarm"]["state"] == "wrong"
    assert "hush" not in ended.out + ended.err


async def test_a_webhook_that_is_not_ours_is_wrong(telegram: World, terminal: Terminal) -> None:
    terminal.set(public_url="https://bot.example.kz", webhook_secret="x")
    found = findings(await terminal.run_beside("doctor", "--json"))
    assert found["webhook"]["state"] == "wrong"
    assert "is none, not https://bot.example.kz/telegram/webhook" in found["webhook"]["told"]


async def test_a_database_that_is_away_or_old_or_set_wrongly(
    telegram: World, terminal: Terminal, database_url: str
) -> None:
    engine = make_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
        name = (await connection.execute(text("SELECT current_database()"))).scalar_one()
        level = "SET default_transaction_isolation TO 'serializable'"
        await connection.execute(text(f"ALTER DATABASE {name} {level}"))
    await engine.dispose()
    found = findings(await terminal.run_beside("doctor", "--json"))
    assert found["migrations"]["state"] == "wrong"
    assert found["migrations"]["told"].startswith("revision 0003, the program expects")
    assert found["isolation"] == {
        "name": "isolation",
        "state": "wrong",
        "told": "serializable",
        "advice": found["isolation"]["advice"],
    }
    terminal.set(database_url="postgresql://nobody:secret@127.0.0.1:9/none")
    ended = await terminal.run_beside("doctor", "--json")
    assert findings(ended)["database"]["state"] == "wrong"
    assert "secret" not in ended.out + ended.err


async def test_what_is_behind_or_held_is_told(
    telegram: World, terminal: Terminal, database_url: str
) -> None:
    connection = await asyncpg.connect(plain(database_url))
    row = (
        "INSERT INTO deadline (kind, subject, generation, started_at, due_at, term,"
        " calendar_version, state, params, attempts, error) VALUES"
        " ('support.morning', $1, 1, now(), now() - interval '1 hour', '', '', 'open', '{}', 0, $2)"
    )
    await connection.execute(row, "desk", None)
    await connection.execute(row, "held", "held after a restore")
    await connection.close()
    found = findings(await terminal.run_beside("doctor", "--json"))
    assert found["deadlines"]["state"] == found["held"]["state"] == "warning"
    assert found["held"]["told"].startswith("1 ")


async def test_letters_and_events_for_programs_are_held_like_notices(
    telegram: World, terminal: Terminal, database_url: str
) -> None:
    connection = await asyncpg.connect(plain(database_url))
    # What they belong to does not matter here.
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(
        "INSERT INTO webhook_delivery (endpoint_id, event_id, stream, state, attempts, not_before,"
        " fence, created_at) VALUES (1, 1, '', 'held', 0, now(), 0, now())"
    )
    await connection.execute(
        "INSERT INTO outgoing_mail (ticket_id, kind, params, address, automatic, token, created_at,"
        " state, not_before, attempts, error) VALUES (1, '', '{}', '', false, '', now(), 'queued',"
        " 'infinity', 0, 'held after a restore')"
    )
    await connection.close()
    found = findings(await terminal.run_beside("doctor", "--json"))
    assert found["held"]["state"] == "warning"
    assert found["held"]["told"].startswith("2 ")


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(0, "ok"), (1.9, "ok"), (-3, "warning"), (9, "warning"), (11, "wrong"), (-3600, "wrong")],
)
def test_a_clock_that_is_off_moves_ends_of_windows(ahead: float, state: str) -> None:
    found: Finding = doctor_outside.skew("clock", timedelta(seconds=ahead), "theirs")
    assert found.state == state


def test_in_november_the_next_years_days_are_asked_for() -> None:
    day = datetime(2026, 11, 20, tzinfo=UTC).date()
    assert doctor._calendar(WorkingCalendar(), day).state == "warning"
    assert doctor._calendar(WorkingCalendar(), day.replace(month=6)).state == "ok"
    moved = DayOverride(day.replace(year=2027), working=False, name_kk="", name_ru="", basis="1")
    assert doctor._calendar(WorkingCalendar([moved]), day).state == "ok"
    assert doctor._calendar(WorkingCalendar(), day.replace(year=2040)).state == "wrong"


async def test_files_that_cannot_be_kept_are_found_before_somebody_sends_one(
    telegram: World, terminal: Terminal
) -> None:
    """Of another user, mounted for reading: all is there, and yet nothing can be added."""
    # Nobody may make anything there, whoever runs this test.
    closed = next(each for each in (Path("/proc"), Path("/dev")) if each.is_dir())
    terminal.set(data_dir=str(terminal.folder / "data"))
    (terminal.folder / "data").mkdir()
    (terminal.folder / "data" / "files").symlink_to(closed, target_is_directory=True)
    found = findings(await terminal.run_beside("doctor", "--json"))
    assert found["files"]["state"] == "wrong"
    assert "cannot be written" in found["files"]["told"]
    assert "user" in found["files"]["advice"]


async def test_a_failure_of_the_webhook_says_what_waits_now(
    telegram: World, terminal: Terminal
) -> None:
    """Telegram tells of the last failure for long; what waits tells whether it is over."""
    url = "https://bot.example.kz"
    terminal.set(public_url=url, webhook_secret="x")
    hook = telegram.updates.webhook
    hook.url = f"{url}/telegram/webhook"
    hook.last_error_date, hook.last_error_message = telegram.unix(), "Connection refused"
    found = findings(await terminal.run_beside("doctor", "--json"))["webhook"]
    assert found["state"] == "warning"
    assert "Connection refused; 0 updates wait now" in found["told"]
