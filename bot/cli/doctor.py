"""``tapsyrys doctor``: everything the service needs, each line well or with what to do."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryFile

import asyncpg
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.cli.doctor_outside import outside, skew
from bot.cli.findings import Finding, doubtful, well, wrong
from bot.cli.frame import database
from bot.config import Settings, load_settings
from bot.storage.backup import driver
from bot.storage.embedded import EmbeddedError
from bot.storage.engine import Database, DatabaseUnreachable
from bot.storage.files import open_files
from bot.storage.migrations import newest
from domain.calendar import LAST_YEAR, WorkingCalendar
from domain.clock import SystemClock, astana, check_zone
from domain.errors import RuleBroken
from domain.restored import MARK
from domain.working_time.model import calendar_for_reading
from handlers.views.translator import translator

_GIGABYTE = 1024**3
_FREE_DOUBTFUL, _FREE_WRONG = 5 * _GIGABYTE, _GIGABYTE // 2
# The oldest server that every statement of ours was written for.
_OLDEST_SERVER = 140_000
# Connections a replica may take: its pool, leases, and what stands beside it.
_CONNECTIONS = 40
# From here on in a year the days moved in the next are known, or soon.
_NEXT_YEAR_FROM = (11, 15)
_MARKS = {"ok": "ok     ", "warning": "warning", "wrong": "WRONG  "}


async def doctor(options: argparse.Namespace) -> int:
    """Look at everything; 1 when something is wrong. Raises SettingsError."""
    settings = load_settings(need_token=False)
    found = []
    async for finding in _findings(settings):
        found.append(finding)
        if not options.json:
            _print(finding)
    bad = sum(each.state == "wrong" for each in found)
    if options.json:
        print(to_json({"ok": not bad, "findings": [asdict(e) for e in found]}, indent=2).decode())
    else:
        doubts = sum(each.state == "warning" for each in found)
        print(f"{len(found)} looked at: {bad} wrong, {doubts} to look into.")
    return 1 if bad else 0


def _print(finding: Finding) -> None:
    print(f"{_MARKS[finding.state]} {finding.name}: {finding.told}", flush=True)
    if finding.advice:
        print(f"        {finding.advice}", flush=True)


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield _zone()
    yield _texts()
    yield _disk("disk of the data", settings.data_dir)
    yield await _files(settings)
    if settings.database_url is None and not (settings.data_dir / "postgres").is_dir():
        told = f"none yet in {settings.data_dir}"
        yield doubtful("database", told, "`tapsyrys run` makes one, or set TAPSYRYS_DATABASE_URL.")
    else:
        try:
            async with database(settings) as found:
                async for finding in _database(found, settings):
                    yield finding
        except (DatabaseUnreachable, EmbeddedError) as error:
            yield wrong("database", "is not reachable", str(error))
    async for finding in outside(settings):
        yield finding


def _zone() -> Finding:
    now = SystemClock().now()
    try:
        check_zone(now)
    except RuleBroken as error:
        told = f"Asia/Almaty is {error.params.get('found')} hours from UTC"
        return wrong("time zone", told, "Install the locked packages (tzdata) anew.")
    return well("time zone", f"Asia/Almaty is {astana(now):%z}")


def _texts() -> Finding:
    name = "texts"
    missing = [each for each in ("kk", "ru") if not _is_translated(each)]
    if missing:
        advice = "Run `python -m locales compile` where it is installed."
        return wrong(name, f"no catalogue: {', '.join(missing)}", advice)
    return well(name, "Kazakh and Russian are there")


def _is_translated(locale: str) -> bool:
    try:
        t = translator("kk" if locale == "kk" else "ru")
        return str(t("There is news for you")) != "There is news for you"
    except Exception:
        # Whatever is wrong with a catalogue, the advice is the same.
        return False


def _disk(name: str, folder: Path) -> Finding:
    place = folder.expanduser().resolve()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    told = f"{free / _GIGABYTE:.1f} GB are free at {place}"
    advice = "Make room: a full disk stops the database and with it everything."
    if free < _FREE_WRONG:
        return wrong(name, told, advice)
    return doubtful(name, told, advice) if free < _FREE_DOUBTFUL else well(name, told)


async def _files(settings: Settings) -> Finding:
    folder = settings.data_dir / "files"
    if settings.files_url is None and not folder.is_dir():
        return well("files", f"{folder} is made at the first start")
    where = "TAPSYRYS_FILES_URL" if settings.files_url is not None else "files in the data folder"
    try:
        # A question that writes nothing: no content has this hash.
        await open_files(settings).has("0" * 64)
    except Exception as error:
        told = f"{where} does not answer ({type(error).__name__})"
        return wrong("files", told, "See address, keys and rights of the store.")
    if settings.files_url is None and (closed := _closed(folder)) is not None:
        advice = "Give it to the user of the service (`chown -R`), and run all commands as that."
        return wrong("files", f"{closed} cannot be written", advice)
    return well("files", f"{where} answer")


def _closed(folder: Path) -> Path | None:
    """The folder, or one in it, where this user can make nothing; whatever it tries is gone again.

    Rights alone do not tell: a disk may be mounted for reading.
    """
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError:
        return folder
    inside = (each for each in folder.iterdir() if each.is_dir())
    return next((each for each in inside if not os.access(each, os.W_OK | os.X_OK)), None)


async def _database(found: Database, settings: Settings) -> AsyncIterator[Finding]:
    engine = create_async_engine(found.url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            raw = await driver(connection)
            yield await _server(raw, settings)
            yield await _isolation(raw)
            yield await _pooler(raw)
            before = datetime.now(UTC)
            theirs = await raw.fetchval("SELECT clock_timestamp()")
            middle = before + (datetime.now(UTC) - before) / 2
            yield skew("clock against the database", middle - theirs, "the database's")
            revision = await _revision(raw)
            yield _migrated(revision)
            if revision == newest():
                yield await _held(raw)
                yield await _overdue(raw)
    finally:
        await engine.dispose()
    if revision == newest():
        async with found.sessions() as session:
            yield _calendar(await calendar_for_reading(session), astana(datetime.now(UTC)).date())


async def _server(raw: asyncpg.Connection, settings: Settings) -> Finding:
    number = int(await raw.fetchval("SHOW server_version_num"))
    shown = await raw.fetchval("SHOW server_version")
    most = int(await raw.fetchval("SHOW max_connections"))
    where = "embedded" if settings.database_url is None else "external"
    told = f"PostgreSQL {shown}, {where}, {most} connections"
    if number < _OLDEST_SERVER:
        return wrong("database", told, "Take PostgreSQL 14 or newer.")
    if most < 2 * _CONNECTIONS:
        advice = f"Set max_connections to {_CONNECTIONS} for each replica, and 20 besides."
        return doubtful("database", told, advice)
    return well("database", told)


async def _isolation(raw: asyncpg.Connection) -> Finding:
    level = await raw.fetchval("SHOW default_transaction_isolation")
    if level != "read committed":
        advice = "ALTER DATABASE ... SET default_transaction_isolation TO 'read committed';"
        return wrong("isolation", str(level), advice)
    return well("isolation", str(level))


async def _pooler(raw: asyncpg.Connection) -> Finding:
    """Leases are session locks: every statement must reach the same server process."""
    seen = {await raw.fetchval("SELECT pg_backend_pid()") for _ in range(5)}
    if len(seen) > 1:
        advice = "Connect to the server itself, or let the pooler pool sessions."
        return wrong("pooler", "statements of one session reach several processes", advice)
    return well("pooler", "none in between, or it pools sessions")


async def _revision(raw: asyncpg.Connection) -> str | None:
    if await raw.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    found: str | None = await raw.fetchval("SELECT version_num FROM alembic_version")
    return found


def _migrated(revision: str | None) -> Finding:
    head = newest()
    if revision == head:
        return well("migrations", f"revision {head}")
    told = f"revision {revision or 'none'}, the program expects {head}"
    if revision is not None and revision > head:
        return wrong("migrations", told, "A newer version made it: install that version.")
    return wrong("migrations", told, "Run `tapsyrys migrate` (after `tapsyrys backup`).")


async def _held(raw: asyncpg.Connection) -> Finding:
    count = await raw.fetchval(
        "SELECT (SELECT count(*) FROM notice WHERE state = 'held' AND error = $1)"
        " + (SELECT count(*) FROM deadline WHERE state = 'open' AND error = $1)"
        " + (SELECT count(*) FROM outgoing_mail WHERE state = 'queued' AND error = $1)"
        " + (SELECT count(*) FROM webhook_delivery WHERE state = 'held')",
        MARK,
    )
    if count:
        told = f"{count} notices, letters, deadlines and events wait since a restore"
        return doubtful("held", told, "Decide: `tapsyrys held list`.")
    return well("held", "nothing")


async def _overdue(raw: asyncpg.Connection) -> Finding:
    oldest = await raw.fetchval(
        "SELECT min(due_at) FROM deadline WHERE state = 'open'"
        " AND due_at < now() - interval '1 minute' AND error IS DISTINCT FROM $1",
        MARK,
    )
    if oldest is None:
        return well("deadlines", "none is behind")
    told = f"one has been due since {astana(oldest):%Y-%m-%d %H:%M} (Astana)"
    return doubtful("deadlines", told, "Does the service run? `tapsyrys reconcile` names it.")


def _calendar(calendar: WorkingCalendar, today: date) -> Finding:
    name, year = "calendar", today.year + 1
    if year > LAST_YEAR:
        return wrong(name, f"ends with {LAST_YEAR}", "Install a newer version.")
    known = sum(each.day.year == year for each in calendar.overrides)
    told = f"up to {LAST_YEAR}; days set by hand: {len(calendar.overrides)}, of {year}: {known}"
    if not known and (today.month, today.day) >= _NEXT_YEAR_FROM:
        advice = f"Enter the days off that were moved in {year}: “Calendar” in the chat."
        return doubtful(name, f"no day of {year} is set by hand yet", advice)
    return well(name, told)
