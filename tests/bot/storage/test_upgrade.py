"""A database of each release is brought to the newest shape and loses nothing on the way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from bot.storage.migrations import NotMigrated, check_migrated, config, migrate, newest
from domain.audit import verify
from domain.base import Json
from domain.clock import ManualClock
from domain.notices.kinds import DESK, KINDS
from domain.services import Services
from domain.work import Site
from tests.bot.storage.test_migrations import differences
from tests.support import releases
from tests.support.factories import again, next_cause

#: What the revisions since then write into rows that stood there, by table: column and value.
#: A link of an invitation stood in a stored answer of 0.1.0; its request stays known as done.
#: What waited for an answer at the desk goes on as a chain.
REWRITTEN: Mapping[str, Mapping[str, list[object]]] = {
    "idempotent_request": {"body": [None]},
    "deadline": {"state": ["moved"]},
}
CHANGELOG = Path(__file__).resolve().parents[3] / "CHANGELOG.md"


def test_each_release_but_the_newest_left_its_database() -> None:
    found = re.findall(r"^## (\S+) – \d{4}-\d{2}-\d{2}$", CHANGELOG.read_text("utf-8"), re.M)
    missing = set(found[1:]) - set(releases.released())
    assert not missing, "python -m tests.support.release_life VERSION"


@pytest.fixture(params=releases.released())
async def release(request: pytest.FixtureRequest, empty_database_url: str) -> None:
    """Let ``empty_database_url`` be the database that a release has left."""
    await releases.restore(empty_database_url, request.param)


async def _unanswered_request(url: str) -> None:
    """A process of the release died between the act and its answer."""
    connection = await asyncpg.connect(releases.plain(url))
    await connection.execute(
        "INSERT INTO idempotent_request (token_id, key, body_hash, created_at)"
        " SELECT id, 'waits', repeat('b', 64), now() FROM api_token"
    )
    await connection.close()


@pytest.mark.usefixtures("release")
async def test_nothing_is_lost(empty_database_url: str) -> None:
    url = empty_database_url
    await _unanswered_request(url)
    before = await releases.contents(url)
    assert [name for name, rows in before.items() if not rows] == []
    revision = str(before["alembic_version"][0]["version_num"])
    if revision != newest():
        with pytest.raises(NotMigrated, match=revision):
            await check_migrated(url)

    await migrate(url)
    await check_migrated(url)
    after = await releases.contents(url)
    for table, rows in before.items():
        if table != "alembic_version":
            assert _kept(rows, after[table], table) == [], table
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    async with make_sessions(engine)() as session:
        verdict = await verify(session)
    await engine.dispose()
    assert verdict.broken_at is None
    assert verdict.entries == len(before["audit_entry"])


def _kept(before: list[Json], after: list[Json], table: str) -> list[Json]:
    """The rows of a table that are not there any more as they were."""
    rewritten = REWRITTEN.get(table, {})
    lost = []
    for row in before:
        same = [
            each
            for each in after
            if all(
                each[name] == value or each[name] in rewritten.get(name, [])
                for name, value in row.items()
            )
        ]
        if len(same) != 1:
            lost.append(row)
    return lost


async def test_links_are_forgotten_and_other_answers_kept(empty_database_url: str) -> None:
    await releases.restore(empty_database_url, "0.1.0")
    connection = await asyncpg.connect(releases.plain(empty_database_url))
    asked = "SELECT key, status, convert_from(body, 'UTF8') FROM idempotent_request"
    before = {key: (status, body) for key, status, body in await connection.fetch(asked)}
    assert before["invite-1"][1].startswith('{"link":')
    await migrate(empty_database_url)
    after = {key: (status, body) for key, status, body in await connection.fetch(asked)}
    await connection.close()
    assert after == before | {"invite-1": (201, None)}


async def test_requests_that_wait_go_on_as_chains(empty_database_url: str) -> None:
    await releases.restore(empty_database_url, "0.2.0")
    connection = await asyncpg.connect(releases.plain(empty_database_url))
    await connection.execute(
        "UPDATE deadline SET state = 'open', closed_at = NULL WHERE id IN"
        " (SELECT max(id) FROM deadline WHERE kind = 'ticket.escalate' GROUP BY subject)"
    )
    open_ = "SELECT due_at, term FROM deadline WHERE kind = $1 AND state = 'open' ORDER BY due_at"
    before = await connection.fetch(open_, "ticket.escalate")
    assert before
    await migrate(empty_database_url)
    assert await connection.fetch(open_, "escalate") == before
    assert await connection.fetch(open_, "ticket.escalate") == []
    chains = await connection.fetch("SELECT state, step, hours FROM escalation")
    await connection.close()
    assert len(chains) == len(before)
    assert {chain["state"] for chain in chains} == {"running"}


async def test_notices_know_as_whom_their_readers_were_told(empty_database_url: str) -> None:
    await releases.restore(empty_database_url, "0.2.0")
    connection = await asyncpg.connect(releases.plain(empty_database_url))
    waits = "UPDATE notice SET state = 'queued' WHERE kind = ANY($1) RETURNING kind"
    of_desk = [kind.name for kind in KINDS.values() if kind.category is DESK]
    waiting = {row["kind"] for row in await connection.fetch(waits, of_desk)}
    await migrate(empty_database_url)
    found = await connection.fetch("SELECT kind, dedup, company_id, roles FROM notice")
    members = set(await connection.fetch("SELECT DISTINCT company_id FROM membership"))
    await connection.close()
    assert {row["company_id"] for row in found} <= {row["company_id"] for row in members}
    of_companies = {row["kind"] for row in found if row["company_id"] is not None}
    assert {"order.invited", "award.selected", "order.summary"} <= of_companies
    own = ("account.", "registration.", "role.", "ticket.", "desk.")
    assert not [kind for kind in of_companies if kind.startswith(own)]
    for row in found:
        ends = row["dedup"].endswith((f"|{row['company_id']}", "/supplier", "/customer"))
        assert ends is (row["company_id"] is not None), row["dedup"]
    roles = {row["kind"]: row["roles"] for row in found if row["roles"]}
    assert set(roles) == waiting
    assert "desk.morning" in waiting
    lead = {"desk.digest", "desk.lost"}
    assert roles == {kind: ["admin"] if kind in lead else ["admin", "support"] for kind in waiting}


async def test_endpoints_belong_to_the_token_that_made_them(empty_database_url: str) -> None:
    """Made before the record said so in the row; what a revoked token has made ends."""
    await releases.restore(empty_database_url, "0.2.0")
    engine = create_async_engine(empty_database_url)
    async with engine.begin() as link:
        await link.run_sync(lambda connection: command.upgrade(config(connection), "0031"))
    await engine.dispose()
    connection = await asyncpg.connect(releases.plain(empty_database_url))
    names = [row["name"] for row in await connection.fetch("SELECT name FROM api_token LIMIT 1")]
    await connection.execute(
        "INSERT INTO api_token (name, token_hash, scope, created_at, revoked_at)"
        " VALUES ('ended', repeat('e', 64), 'integration', now(), now())"
    )
    makers = [("integration", names[0]), ("integration", "ended"), ("system", "")]
    head = await connection.fetchval("SELECT max(position) FROM audit_entry")
    for number, (kind, label) in enumerate(makers, start=1):
        await connection.execute(
            "INSERT INTO webhook_endpoint (url, events, description, state, secret, created_at)"
            " VALUES ('https://erp.example.kz/', '[]', '', 'enabled', 'whsec_', now())"
        )
        await connection.execute(
            "INSERT INTO audit_entry (position, at, actor_kind, label, action, subject, data,"
            " source, cause, result, previous_hash, hash) VALUES ($1, now(), $2, $3,"
            " 'webhook.create', $4, '{}', 'api', $4, '{}', '', '')",
            head + number,
            kind,
            label,
            f"webhook:{number}",
        )
    await migrate(empty_database_url)
    rows = await connection.fetch("SELECT made_by, state FROM webhook_endpoint ORDER BY id")
    await connection.close()
    assert [tuple(row) for row in rows] == [
        (names[0], "enabled"),
        ("ended", "disabled"),
        (None, "enabled"),
    ]


@pytest.mark.usefixtures("release")
async def test_life_goes_on(empty_database_url: str, tmp_path: Path) -> None:
    """Whoever was there sees what was there, asks what is new, and every term runs out in order."""
    url = empty_database_url
    left = await releases.contents(url)
    await migrate(url)
    engine = make_engine(url)
    clock = ManualClock(max(datetime.fromisoformat(str(row["at"])) for row in left["audit_entry"]))
    services = Services(Site(make_sessions(engine), clock, local_files(tmp_path / "files")))
    members = [row for row in left["person"] if row["current_membership_id"] is not None]
    seen: set[int] = set()
    for person in members:
        actor, _ = await services.people.actor_for(int(str(person["telegram_id"])), next_cause())
        page = await services.orders.page(actor, size=100)
        for item in page.orders:
            seen.add((await services.orders.card(actor, item.number)).number)
        ticket = await services.support.open(again(actor), "chat", "Что со старыми заказами?")
        mine = (await services.support.mine(actor)).tickets
        assert ticket.number in [each.number for each in mine]
    assert seen == {row["number"] for row in left["purchase_order"]}

    end = clock.now() + timedelta(days=60)
    while (due := await services.deadlines.next_due()) is not None and due <= end:
        clock.set(max(due, clock.now()))
        assert await services.deadlines.fire_due()
    now = await releases.contents(url)
    assert [row for row in now["deadline"] if row["error"]] == []
    assert not {row["id"] for row in left["deadline"] if row["state"] == "open"} & {
        row["id"] for row in now["deadline"] if row["state"] == "open"
    }
    await engine.dispose()
