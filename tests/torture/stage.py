"""What every seed begins with: companies, people, a desk, a token; made once and then copied."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import asyncpg
from sqlalchemy import make_url, select

from bot.sandbox.records import FIRST_GROUP_ID, Chat, Person
from bot.sandbox.world import World
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.actor import Actor
from domain.channels.model import ContactAddress
from domain.clock import ManualClock
from domain.duty.model import DutyRoster
from domain.people.model import Person as PersonRow
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.services import Services
from domain.webhooks.model import WebhookEndpoint
from domain.webhooks.rules import new_secret
from domain.work import Site
from tests.support.database import Server
from tests.support.factories import (
    company_id_of,
    make_customer,
    make_person,
    make_producer,
    next_cause,
)

_SOME_DAY = datetime.fromisoformat("2026-10-01T10:00:00+05:00")
GROUP = FIRST_GROUP_ID
BUYER, ADMIN, OPERATOR, ASKER = 500_000_001, 500_000_002, 500_000_003, 500_000_004
MAKERS = (500_000_011, 500_000_012, 500_000_013)
#: The head of the first supplier's company, where the duty is another's; and somebody of the third
#: one's who has no Telegram (the number is only a handle here).
COLLEAGUE, LETTERS_ONLY = 500_000_021, 500_000_022
_LANGUAGES = {BUYER: "ru", ADMIN: "ru", OPERATOR: "ru", ASKER: "kk", COLLEAGUE: "ru"} | dict(
    zip(MAKERS, ("kk", "ru", "kk"), strict=True)
)
#: Confirmed addresses besides Telegram.
ADDRESSES = {
    BUYER: ("email", "buyer@example.kz"),
    MAKERS[1]: ("email", "second@example.kz"),
    COLLEAGUE: ("email", "head@example.kz"),
    LETTERS_ONLY: ("email", "letters@example.kz"),
    MAKERS[2]: ("sms", "+77010000031"),
}
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
    #: Of each endpoint of webhooks: its secret and whose it is (empty: the operator's).
    hooks: dict[int, tuple[str, str]]
    #: Whether there is a gateway of SMS: to load what sends them takes seconds.
    by_sms: bool

    def write(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Stage:
        """From that text."""
        given = json.loads(text)
        hooks = {int(each): (secret, whose) for each, (secret, whose) in given["hooks"].items()}
        return cls(**{**given, "makers": tuple(given["makers"]), "hooks": hooks})

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
async def built(server: Server, folder: Path, *, by_sms: bool = False) -> AsyncIterator[Stage]:
    """A stage, for the time of the context."""
    async with server.database() as url:
        engine = make_engine(url)
        site = Site(make_sessions(engine), ManualClock(_SOME_DAY), local_files(folder))
        customer, makers, token = await _populate(site)
        await _address(site, by_sms=by_sms)
        hooks = await _hook(site, ("", makers[0]))
        await engine.dispose()
        name = str(make_url(url).database)
        await _make_disk(server.socket, name)
        yield Stage(name, server.socket, customer, makers, token, hooks, by_sms)


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
        where = "contact" if company is makers[0] else "head"
        await make_person(site, number, Role.SUPPLIER, company, _LANGUAGES[number], position=where)
    await make_person(site, COLLEAGUE, Role.SUPPLIER, makers[0], "ru")
    await make_person(site, LETTERS_ONLY, Role.SUPPLIER, makers[2], "kk", position="contact")
    await _give_duty(site, makers[0])
    admin = await make_person(site, ADMIN, Role.ADMIN, name="Админ Әділ")
    await make_person(site, OPERATOR, Role.SUPPORT, name="Оператор Мұрат")
    await make_person(site, ASKER, None, None, "kk", name="Жанар Сейіт")
    services = Services(site)
    await services.desk.add(admin.because(next_cause()), GROUP, "Поддержка", "ru")
    token = await services.integrations.create_token(
        Actor.system(next_cause(), source="cli"), "torture", "integration"
    )
    return customer.bin, tuple(each.bin for each in makers), token


async def _give_duty(site: Site, company: CompanyView) -> None:
    """Of the first supplier's people one has the duty, for good."""
    async with site.sessions.begin() as session:
        person = await session.scalar(
            select(PersonRow.id).where(PersonRow.telegram_id == MAKERS[0])
        )
        session.add(
            DutyRoster(
                company_id=await company_id_of(session, company.bin),
                role=Role.SUPPLIER.value,
                since=date(2026, 9, 28),
                turns=[person],
                changed_at=_SOME_DAY,
            )
        )


async def _address(site: Site, *, by_sms: bool) -> None:
    """Addresses that were confirmed; one of their owners has no Telegram."""
    async with site.sessions.begin() as session:
        for number, (channel, address) in ADDRESSES.items():
            if channel == "sms" and not by_sms:
                continue
            person = (
                await session.scalars(select(PersonRow).where(PersonRow.telegram_id == number))
            ).one()
            if number == LETTERS_ONLY:
                person.telegram_id = None
            session.add(
                ContactAddress(
                    person_id=person.id,
                    channel=channel,
                    address=address,
                    state="verified",
                    verified_at=_SOME_DAY,
                    codes=[],
                    created_at=_SOME_DAY,
                )
            )


async def _hook(site: Site, owners: tuple[str, ...]) -> dict[int, tuple[str, str]]:
    """An endpoint for each of these; where it leads is known when a town is opened."""
    found: dict[int, tuple[str, str]] = {}
    async with site.sessions.begin() as session:
        for owner in owners:
            row = WebhookEndpoint(
                company_id=await company_id_of(session, owner) if owner else None,
                url="http://127.0.0.1/",
                events=[],
                description="",
                state="enabled",
                secret=new_secret(),
                created_at=_SOME_DAY,
            )
            session.add(row)
            await session.flush()
            found[row.id] = (row.secret, owner)
    return found


def inhabit(world: World) -> None:
    """The same people in Telegram, with open chats, and the group of the desk."""
    for number, language in _LANGUAGES.items():
        person = Person(number, f"P{number % 100}", language_code=language, started=True)
        person.phone = f"+7701{number % 10_000_000:07d}"
        world.keep_person(person)
        world.post(world.chats[number], world.bot, "bot", {"text": "…"})
    world.keep_chat(Chat(GROUP, "supergroup", "Поддержка", [ADMIN, OPERATOR], is_forum=True))
