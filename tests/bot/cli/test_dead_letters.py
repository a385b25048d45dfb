"""``tapsyrys dead-letters``: listed with their reasons, sent again, given up."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from domain.notices.model import Lane, Notice
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.work import Site
from tests.bot.cli.conftest import Terminal
from tests.support.factories import make_person

_WHY = "Bad Request: can't parse entities"


@pytest.fixture
async def numbers(site: Site) -> list[int]:
    """Three notices that Telegram has refused; of the last the deadline is over by now."""
    person, now = await make_person(site), site.clock.now()
    row: dict[str, object] = {
        "person_id": person.person_id,
        "kind": "order.invited",
        "subject": "order:15",
        "params": {},
        "lane": int(Lane.STATUTORY),
        "state": "queued",
        "created_at": now,
        "not_before": now,
    }
    queue = NoticeQueue(site)
    async with site.sessions.begin() as session:
        for dedup in ("a", "b", "c"):
            late = now + timedelta(seconds=1) if dedup == "c" else None
            await session.execute(
                insert(Notice).values(**row, dedup=dedup, useless_after=late, attempts=0)
            )
    taken = await queue.claim(10, timedelta(minutes=5))
    await queue.settle([Settled(each, Outcome("dead", reason=_WHY), now) for each in taken])
    async with site.sessions() as session:
        return list(await session.scalars(select(Notice.id).order_by(Notice.id)))


async def test_listed_sent_again_and_given_up(
    terminal: Terminal, site: Site, numbers: list[int]
) -> None:
    one, two, late = numbers
    listed = await terminal.run_beside("dead-letters", "list")
    assert (listed.code, listed.err) == (0, "")
    lines = listed.out.splitlines()
    assert lines[0] == "Notices given up: 3."
    assert [line.split("\t")[0] for line in lines[1:]] == [str(late), str(two), str(one)]
    assert all(_WHY in line for line in lines[1:])
    rows = json.loads((await terminal.run_beside("dead-letters", "list", "--json")).out)
    assert [row["number"] for row in rows] == [late, two, one]
    dropped = await terminal.run_beside("dead-letters", "drop", str(two), "--reason", "by phone")
    assert dropped.out == "Dropped: 1.\n"
    replayed = await terminal.run_beside("dead-letters", "replay")
    assert replayed.out == "Queued again: 1.\nTheir deadline has passed: 1.\n"
    assert (await terminal.run_beside("dead-letters", "list")).out == "No notice was given up.\n"
    async with site.sessions() as session:
        found = await session.execute(select(Notice.state, Notice.error).order_by(Notice.id))
        assert [tuple(row) for row in found] == [
            ("queued", None),
            ("dropped", f"by phone ({_WHY})"),
            ("useless", _WHY),
        ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("replay", "999"), 1),
        (("replay", "one"), 2),
        (("drop", "1"), 2),
        (("drop", "1", "--reason", " "), 1),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(
    terminal: Terminal, site: Site, numbers: list[int], arguments: tuple[str, ...], code: int
) -> None:
    ended = await terminal.run_beside("dead-letters", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err
    async with site.sessions() as session:
        assert set(await session.scalars(select(Notice.state))) == {"dead"}
    assert numbers
