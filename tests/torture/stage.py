"""What every seed begins with: companies, people, a desk, a token; made once and then copied."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from bot.sandbox.records import FIRST_GROUP_ID, Chat, Person
from bot.sandbox.world import World
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.actor import Actor
from domain.clock import ManualClock
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.support.database import Server
from tests.support.factories import make_customer, make_person, make_producer, next_cause

_SOME_DAY = datetime.fromisoformat("2026-10-01T10:00:00+05:00")
GROUP = FIRST_GROUP_ID
BUYER, ADMIN, OPERATOR, ASKER = 500_000_001, 500_000_002, 500_000_003, 500_000_004
MAKERS = (500_000_011, 500_000_012, 500_000_013)
_LANGUAGES = {BUYER: "ru", ADMIN: "ru", OPERATOR: "ru", ASKER: "kk"} | dict(
    zip(MAKERS, ("kk", "ru", "kk"), strict=True)
)
_TRIES = 100
#: Tables whose growth fails while the disk is full, with PostgreSQL's own error.
_GROWING = ("audit_entry", "deadline", "inbox_update", "notice")
_DISK = """
CREATE TABLE torture_disk (is_full boolean NOT NULL);
INSERT INTO torture_disk VALUES (false);
CREATE FUNCTION torture_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT is_full FROM torture_disk) THEN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END IF;
    RETURN NULL;
END $$;
"""


@dataclass(frozen=True)
class Stage:
    """The database that is copied for each seed, and what one has to know of it."""

    database: str
    socket: str
    customer: str
    makers: tuple[str, ...]
    token: str

    def write(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Stage:
        """From that text."""
        given = json.loads(text)
        return cls(**{**given, "makers": tuple(given["makers"])})

    def url(self, database: str) -> str:
        """The SQLAlchemy address of a database of the server."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.socket.replace('/', '%2F')}"

    async def administer(self) -> asyncpg.Connection:
        """A connection that may make databases."""
        return await asyncpg.connect(host=self.socket, user="postgres", database="postgres")

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[str]:
        """The name of a copy, for the time of the context."""
        name = f"t_{uuid.uuid4().hex}"
        admin = await self.administer()
        try:
            await _create(admin, name, self.database)
            yield name
        finally:
            with contextlib.suppress(asyncpg.PostgresError):
                await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.close()


async def _create(admin: asyncpg.Connection, name: str, template: str) -> None:
    for attempt in range(_TRIES):
        try:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        except asyncpg.ObjectInUseError:
            # Another seed copies it at this moment.
            if attempt == _TRIES - 1:
                raise
            await asyncio.sleep(0.05)
        else:
            return


@asynccontextmanager
async def built(server: Server, folder: Path) -> AsyncIterator[Stage]:
    """A stage, for the time of the context."""
    async with server.database() as url:
        engine = make_engine(url)
        site = Site(make_sessions(engine), ManualClock(_SOME_DAY), local_files(folder))
        customer, makers, token = await _populate(site)
        await engine.dispose()
        name = str(make_url(url).database)
        await _make_disk(server.socket, name)
        yield Stage(name, server.socket, customer, makers, token)


async def _make_disk(socket: str, name: str) -> None:
    connection = await asyncpg.connect(host=socket, user="postgres", database=name)
    await connection.execute(_DISK)
    for table in _GROWING:
        await connection.execute(
            f"CREATE TRIGGER torture_disk BEFORE INSERT ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION torture_disk()"
        )
    await connection.close()


async def _populate(site: Site) -> tuple[str, tuple[str, ...], str]:
    customer = await make_customer(site)
    makers = [await make_producer(site, name_ru=f"Завод {each}") for each in range(len(MAKERS))]
    await make_person(site, BUYER, Role.CUSTOMER, customer, "ru", name="Данияр Ахметов")
    for number, company in zip(MAKERS, makers, strict=True):
        await make_person(site, number, Role.SUPPLIER, company, _LANGUAGES[number])
    admin = await make_person(site, ADMIN, Role.ADMIN, name="Админ Әділ")
    await make_person(site, OPERATOR, Role.SUPPORT, name="Оператор Мұрат")
    await make_person(site, ASKER, None, None, "kk", name="Жанар Сейіт")
    services = Services(site)
    await services.desk.add(admin.because(next_cause()), GROUP, "Поддержка", "ru")
    token = await services.integrations.create_token(
        Actor.system(next_cause(), source="cli"), "torture", "integration"
    )
    return customer.bin, tuple(each.bin for each in makers), token


def inhabit(world: World) -> None:
    """The same people in Telegram, with open chats, and the group of the desk."""
    for number, language in _LANGUAGES.items():
        person = Person(number, f"P{number % 100}", language_code=language, started=True)
        person.phone = f"+7701{number % 10_000_000:07d}"
        world.keep_person(person)
        world.post(world.chats[number], world.bot, "bot", {"text": "…"})
    world.keep_chat(Chat(GROUP, "supergroup", "Поддержка", [ADMIN, OPERATOR], is_forum=True))
