"""Notices that were given up: listed, sent again without telling twice, dropped with a reason."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from domain.actor import Actor
from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.notices.dead import DeadLetters, Elsewhere, Replayed
from domain.notices.model import Lane, Notice
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.notices.receipts import Receipts
from domain.restored import HELD, MARK, Restored
from domain.roles import Role
from handlers.views.letters import in_letter
from handlers.views.translator import translator
from tests.domain.stage import Stage
from tests.support.factories import admin_actor, again, make_person

LEASE = timedelta(minutes=5)


class Letters:
    """Dead letters on a stage."""

    def __init__(self, stage: Stage, admin: Actor, reader: Actor) -> None:
        self.stage = stage
        self.admin = admin
        self.reader = reader
        self.queue = NoticeQueue(stage.site)
        self.letters = DeadLetters(stage.site)

    def row(self, now: datetime) -> dict[str, object]:
        """A notice that waits."""
        return {
            "person_id": self.reader.person_id,
            "kind": "order.invited",
            "subject": "order:1",
            "params": {},
            "lane": int(Lane.STATUTORY),
            "state": "queued",
            "dedup": "one",
            "created_at": now,
            "not_before": now,
            "attempts": 0,
        }

    async def dead(self, count: int = 1, **values: object) -> list[int]:
        """Write notices whose only attempt was refused."""
        now = self.stage.clock.now()
        rows = [
            self.row(now) | {"dedup": f"{now}|{number}|{values}"} | values
            for number in range(count)
        ]
        async with self.stage.site.sessions.begin() as session:
            found = await session.scalars(insert(Notice).returning(Notice.id), rows)
            ids = sorted(found)
        taken = await self.queue.claim(count, LEASE)
        refused = Outcome("dead", reason="Bad Request: text is empty")
        await self.queue.settle([Settled(each, refused, now) for each in taken])
        return ids

    async def states(self) -> dict[int, str]:
        async with self.stage.site.sessions() as session:
            rows = await session.execute(select(Notice.id, Notice.state))
            return {row.id: row.state for row in rows}


@pytest.fixture
async def letters(stage: Stage) -> Letters:
    return Letters(stage, await admin_actor(stage.site), await make_person(stage.site))


async def test_they_are_listed_with_their_reasons_page_by_page(letters: Letters) -> None:
    assert (await letters.letters.page(again(letters.admin))).letters == []
    ids = await letters.dead(7)
    first = await letters.letters.page(again(letters.admin), size=5)
    assert [each.notice.number for each in first.letters] == ids[:1:-1]
    assert (first.total, first.letters[0].reason) == (7, "Bad Request: text is empty")
    rest = await letters.letters.page(again(letters.admin), first.older, size=5)
    assert ([each.notice.number for each in rest.letters], rest.older) == (ids[1::-1], None)


async def test_what_is_sent_again_goes_out_as_if_new(letters: Letters) -> None:
    one, two, three = await letters.dead(3)
    done = await letters.letters.replay(again(letters.admin), [one, three])
    assert done == Replayed(queued=2, delivered=0, useless=0)
    assert await letters.states() == {one: "queued", two: "dead", three: "queued"}
    taken = await letters.queue.claim(10, LEASE)
    assert [(each.number, each.attempts) for each in taken] == [(one, 1), (three, 1)]
    # Each attempt stays on record.
    receipts = Receipts(letters.stage.site)
    [receipt] = await receipts.one(again(letters.admin), one)
    assert [each.outcome for each in receipt.attempts] == ["dead"]


async def test_what_may_have_arrived_stays_known_as_such(letters: Letters) -> None:
    """Given up and sent again, or held by a restore and released: it may come a second time."""
    site, now = letters.stage.site, letters.stage.clock.now()
    async with site.sessions.begin() as session:
        await session.execute(insert(Notice), [letters.row(now)])
    for outcome in ("unknown", "dead"):
        [taken] = await letters.queue.claim(1, LEASE)
        await letters.queue.settle([Settled(taken, Outcome(outcome, reason="?"), now)])
    await letters.letters.replay(again(letters.admin))
    async with site.sessions.begin() as session:
        await session.execute(update(Notice).values(state=HELD, error=MARK))
    assert await Restored(site).send(again(letters.admin), ["order.invited"]) == 1
    [taken] = await letters.queue.claim(1, LEASE)
    assert taken.repeated
    told = in_letter(translator("ru"), replace(taken, kind="ticket.answered"), now, "")
    assert "Возможно, это сообщение уже дошло до Вас." in told.text


@pytest.mark.parametrize("state", ["sent", "queued", "sending"])
async def test_nobody_is_told_twice_what_arrives_by_another_channel(
    letters: Letters, state: str
) -> None:
    [known] = await letters.dead()
    now = letters.stage.clock.now()
    copy = {"channel": "email", "origin_id": known, "state": state}
    async with letters.stage.site.sessions.begin() as session:
        await session.execute(insert(Notice), [letters.row(now) | copy])
    [late] = await letters.dead(1, useless_after=now + timedelta(hours=1))
    letters.stage.clock.advance(timedelta(hours=1))
    # Whoever looks sees it before they press.
    page = await letters.letters.page(again(letters.admin))
    assert [each.elsewhere for each in page.letters] == [(), (Elsewhere("email", None),)]
    assert await letters.letters.replay(again(letters.admin)) == Replayed(0, 1, 1)
    states = await letters.states()
    assert (states[known], states[late]) == ("dropped", "useless")
    assert await letters.queue.claim(10, LEASE) == []


@pytest.mark.parametrize("named", [True, False])
async def test_what_died_in_two_channels_goes_again_by_one(letters: Letters, named: bool) -> None:
    [first] = await letters.dead()
    now = letters.stage.clock.now()
    copy = letters.row(now) | {"channel": "email", "origin_id": first, "state": "dead"}
    async with letters.stage.site.sessions.begin() as session:
        second = await session.scalar(insert(Notice).values(copy).returning(Notice.id))
    assert second is not None
    wanted = [second, first] if named else None
    assert await letters.letters.replay(again(letters.admin), wanted) == Replayed(1, 1, 0)
    assert await letters.states() == {first: "queued", second: "dropped"}


async def test_two_admins_at_once_send_by_one_channel(letters: Letters) -> None:
    """One presses at the message, the other at its letter: neither sees the other's yet."""
    other = await make_person(letters.stage.site, role=Role.ADMIN)
    [first] = await letters.dead()
    copy = letters.row(letters.stage.clock.now())
    copy |= {"channel": "email", "origin_id": first, "state": "dead"}
    async with letters.stage.site.sessions.begin() as session:
        second = await session.scalar(insert(Notice).values(copy).returning(Notice.id))
    assert second is not None
    done = await asyncio.gather(
        letters.letters.replay(again(letters.admin), [first]),
        letters.letters.replay(again(other), [second]),
    )
    assert sum(each.queued for each in done) == 1
    assert sorted((await letters.states()).values()) == ["dropped", "queued"]


async def test_two_admins_at_once_send_it_once(letters: Letters) -> None:
    [one] = await letters.dead()
    other = await make_person(letters.stage.site, role=Role.ADMIN)
    await letters.letters.replay(again(letters.admin), [one])
    with pytest.raises(NotFound, match="dead_letter_unknown"):
        await letters.letters.replay(again(other), [one])
    assert len(await letters.queue.claim(10, LEASE)) == 1


async def test_it_is_given_up_with_a_reason_only(letters: Letters) -> None:
    [one] = await letters.dead()
    with pytest.raises(RuleBroken, match="text_missing"):
        await letters.letters.drop(again(letters.admin), [one], " \n")
    with pytest.raises(RuleBroken, match="text_too_long"):
        await letters.letters.drop(again(letters.admin), [one], "x" * 5000)
    assert await letters.letters.drop(again(letters.admin), [one], "told by phone") == 1
    assert await letters.states() == {one: "dropped"}
    assert (await letters.letters.replay(again(letters.admin))).queued == 0


@pytest.mark.parametrize("number", [0, -1, 10**18, 10**30])
async def test_what_is_none_is_refused_and_nothing_changes(letters: Letters, number: int) -> None:
    [one] = await letters.dead()
    with pytest.raises(NotFound, match="dead_letter_unknown"):
        await letters.letters.replay(again(letters.admin), [one, number])
    with pytest.raises(NotFound, match="dead_letter_unknown"):
        await letters.letters.one(again(letters.admin), number)
    assert await letters.states() == {one: "dead"}


async def test_only_admins_may(letters: Letters) -> None:
    [one] = await letters.dead()
    with pytest.raises(AccessDenied):
        await letters.letters.replay(again(letters.reader), [one])
    with pytest.raises(AccessDenied):
        await letters.letters.page(again(letters.reader))
