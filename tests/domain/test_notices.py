"""Notices as rows: claimed by urgency, settled once, kept in the person's own list."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from domain.actor import Actor
from domain.notices.model import Lane, Notice
from domain.notices.queue import MAX_ATTEMPTS, NoticeQueue, Outcome, Settled
from domain.notices.service import Notices
from domain.notices.views import NoticeView
from domain.notices.writing import tell
from domain.people.queries import tell_company
from domain.people.service import People
from domain.roles import Role
from domain.work import Work, use_case
from tests.domain.stage import Stage
from tests.support.factories import again, integration_actor, make_person
from tests.support.kinds import add_kinds

LEASE = timedelta(minutes=5)


_LANES = {"news": Lane.NEWS, **dict.fromkeys(("law", "law later", "late"), Lane.STATUTORY)}
_PLAIN = ("k", "work", "in hand", "queued", "useful", *(f"k{number}" for number in range(12)))


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of these tests beside the real ones."""
    add_kinds(monkeypatch, *_PLAIN, **_LANES)


class Crier:
    """Tells people things, and waits."""

    def __init__(self, stage: Stage) -> None:
        self.site = stage.site
        self.stage = stage
        self.notices = Notices(stage.site)
        self.queue = NoticeQueue(stage.site)

    @use_case("test.cry", by=None)
    async def _cry(self, work: Work, people: list[int], kind: str, useless_in: int | None) -> None:
        until = work.now + timedelta(seconds=useless_in) if useless_in is not None else None
        await tell(work, people, kind, "order:1", useless_after=until, number=1)

    async def cry(
        self,
        *people: Actor,
        kind: str = "k",
        useless_in: int | None = None,
        cause: str | None = None,
    ) -> None:
        ids = [person.person_id or 0 for person in people]
        await self._cry(integration_actor(cause), ids, kind, useless_in)

    @use_case("test.cry_company", by=None)
    async def company(self, work: Work, companies: list[int], kind: str) -> int:
        told = await tell_company(work, companies, Role.SUPPLIER, kind, "order:1")
        return told + await tell_company(work, companies, Role.CUSTOMER, kind, "order:1")

    async def claimed(self, limit: int = 10) -> list[NoticeView]:
        return list(await self.queue.claim(limit, LEASE))

    async def settle(self, notice: NoticeView, outcome: Outcome) -> None:
        await self.queue.settle([Settled(notice, outcome, self.stage.clock.now())])

    async def row(self, number: int) -> Notice:
        async with self.site.sessions() as session:
            return await session.get_one(Notice, number)

    def wait(self, seconds: float) -> None:
        self.stage.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def crier(stage: Stage) -> Crier:
    return Crier(stage)


@pytest.fixture
async def reader(stage: Stage) -> Actor:
    return await make_person(stage.site)


async def test_the_urgent_go_first_then_the_old(crier: Crier, reader: Actor) -> None:
    for kind in ("news", "work", "law"):
        await crier.cry(reader, kind=kind)
        crier.wait(1)
    await crier.cry(reader, kind="law later")
    first = await crier.claimed(3)
    assert [each.kind for each in first] == ["law", "law later", "work"]
    assert [each.kind for each in await crier.claimed()] == ["news"]
    assert await crier.claimed() == []
    assert await crier.queue.in_queue() == 4


async def test_two_dispatchers_never_take_the_same(crier: Crier, reader: Actor) -> None:
    for _ in range(30):
        await crier.cry(reader)
    found = await asyncio.gather(*(crier.claimed(7) for _ in range(6)))
    numbers = [each.number for part in found for each in part]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) + len(await crier.claimed(50)) == 30


async def test_what_is_sent_is_settled(crier: Crier, reader: Actor) -> None:
    await crier.cry(reader)
    (notice,) = await crier.claimed()
    crier.wait(1)
    await crier.settle(notice, Outcome("sent", message_id=77))
    row = await crier.row(notice.number)
    assert (row.state, row.message_id, row.sent_at, row.claimed_until, row.attempts) == (
        "sent",
        77,
        crier.stage.clock.now(),
        None,
        1,
    )
    assert await crier.queue.in_queue() == 0


async def test_a_dispatcher_killed_before_it_settled_leaves_it_to_the_next(
    crier: Crier, reader: Actor
) -> None:
    await crier.cry(reader)
    (notice,) = await crier.claimed()
    crier.wait(LEASE.total_seconds() - 0.001)
    assert await crier.claimed() == []
    # It is looked for once a second.
    crier.wait(1)
    (taken,) = await crier.claimed()
    assert (taken.number, taken.attempts) == (notice.number, 2)
    await crier.settle(taken, Outcome("sent", message_id=1))
    # The first was not dead, only slow: what it gives up is not sent again.
    await crier.settle(notice, Outcome("retry", retry_after=1))
    crier.wait(10)
    assert await crier.claimed() == []
    assert (await crier.row(notice.number)).state == "sent"


async def test_telegrams_wait_is_kept_and_does_not_count(crier: Crier, reader: Actor) -> None:
    await crier.cry(reader)
    for _ in range(MAX_ATTEMPTS + 3):
        (notice,) = await crier.claimed()
        assert notice.attempts == 1
        await crier.settle(notice, Outcome("retry", retry_after=30, counted=False, reason="429"))
        crier.wait(29.999)
        assert await crier.claimed() == []
        crier.wait(0.001)
    assert (await crier.row(notice.number)).state == "queued"


async def test_what_fails_too_often_is_dead_with_its_reason(crier: Crier, reader: Actor) -> None:
    await crier.cry(reader)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (notice,) = await crier.claimed()
        assert notice.attempts == attempt
        await crier.settle(notice, Outcome("retry", 5, 5, reason=f"try {attempt}"))
        crier.wait(5)
    assert await crier.claimed() == []
    row = await crier.row(notice.number)
    assert (row.state, row.error, row.attempts) == ("dead", f"try {MAX_ATTEMPTS}", MAX_ATTEMPTS)


@pytest.mark.parametrize("state", ["unreachable", "dead"])
async def test_what_cannot_be_sent_is_kept_with_its_reason(
    crier: Crier, reader: Actor, state: str
) -> None:
    await crier.cry(reader)
    (notice,) = await crier.claimed()
    await crier.settle(notice, Outcome(state, reason="blocked"))
    row = await crier.row(notice.number)
    assert (row.state, row.error, row.claimed_until) == (state, "blocked", None)
    crier.wait(3600)
    assert await crier.claimed() == []
    page = await crier.notices.page(again(reader))
    assert [each.number for each in page.notices] == [notice.number]


async def test_what_is_useless_is_not_sent(crier: Crier, reader: Actor) -> None:
    """Also when a dispatcher died with it in hand."""
    await crier.cry(reader, kind="in hand", useless_in=60)
    assert len(await crier.claimed()) == 1
    await crier.cry(reader, kind="queued", useless_in=400)
    await crier.cry(reader, kind="useful", useless_in=401)
    crier.wait(400)
    assert [each.kind for each in await crier.claimed()] == ["useful"]
    async with crier.site.sessions() as session:
        rows = await session.scalars(select(Notice).order_by(Notice.id))
        assert [(row.kind, row.state) for row in rows] == [
            ("in hand", "useless"),
            ("queued", "useless"),
            ("useful", "sending"),
        ]


async def test_one_act_tells_a_person_a_thing_once(crier: Crier, reader: Actor) -> None:
    await crier.cry(reader, reader, cause="a")
    await crier.cry(reader, cause="b")
    long = "c" * 200
    await crier.cry(reader, cause=long)
    assert len(await crier.stage.told(reader)) == 3


async def test_both_sides_of_an_act_are_told_though_it_is_one_person(stage: Stage) -> None:
    """Somebody stands on both sides: the customer's notice does not swallow the supplier's."""
    crier = Crier(stage)
    customer, one = await stage.customer(), await stage.supplier()
    person = await make_person(
        stage.site, customer.person.telegram_id, role=Role.SUPPLIER, company=one.company
    )
    ids = [customer.person.company_id or 0, one.person.company_id or 0]
    assert await crier.company(integration_actor(), ids, "k") == 3
    told = await stage.told(person)
    assert {row.params["for_ru"] for row in told} == {"ТОО «Генподряд»", "ТОО «Прибор»"}
    assert [row.params for row in await stage.told(one)] == [{}]


@pytest.mark.clause("366-11")
async def test_every_notice_stands_in_the_persons_own_list_page_by_page(
    crier: Crier, reader: Actor
) -> None:
    other = await make_person(crier.site)
    for number in range(12):
        await crier.cry(reader, other, kind=f"k{number}")
    # Whatever became of sending it.
    (sent, *_) = await crier.claimed(1)
    await crier.settle(sent, Outcome("dead", reason="?"))
    first = await crier.notices.page(again(reader))
    assert [each.kind for each in first.notices] == ["k11", "k10", "k9", "k8", "k7"]
    assert (first.unread, first.newer) == (12, None)
    second = await crier.notices.page(again(reader), first.older)
    assert [each.kind for each in second.notices] == ["k6", "k5", "k4", "k3", "k2"]
    third = await crier.notices.page(again(reader), second.older)
    assert [each.kind for each in third.notices] == ["k1", "k0"]
    assert third.older is None
    back = await crier.notices.page(again(reader), third.newer)
    assert back.notices == second.notices
    assert (await crier.notices.page(again(reader), back.newer)).notices == first.notices
    assert {each.person_id for each in first.notices} == {reader.person_id}


async def test_only_the_notices_that_were_looked_at_are_read(crier: Crier, reader: Actor) -> None:
    other = await make_person(crier.site)
    for _ in range(3):
        await crier.cry(reader, other)
    page = await crier.notices.page(again(reader))
    assert await crier.notices.mark_read(again(reader), [page.notices[1].number]) == 1
    page = await crier.notices.page(again(reader))
    assert [each.read_at is None for each in page.notices] == [True, False, True]
    assert page.unread == 2
    numbers = [each.number for each in page.notices]
    assert await crier.notices.mark_read(again(other), numbers) == 0
    assert await crier.notices.mark_read(again(reader), numbers) == 2
    assert (await crier.notices.page(again(other))).unread == 3


async def test_what_is_not_committed_is_told_to_nobody(stage: Stage, reader: Actor) -> None:
    class Failing:
        site = stage.site

        @use_case("test.failing", by=None)
        async def act(self, work: Work) -> None:
            await tell(work, [reader.person_id or 0], "k", "order:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Failing().act(integration_actor())
    assert await stage.told(reader) == []


async def test_who_acted_in_the_chat_is_not_told_again_but_finds_it_in_the_list(
    crier: Crier, reader: Actor, stage: Stage
) -> None:
    colleague = await make_person(stage.site)
    mine, theirs = reader.person_id or 0, colleague.person_id or 0
    await crier._cry(again(reader), [mine, theirs], "award.confirmed", None)
    assert [each.person_id for each in await crier.claimed()] == [theirs]
    page = await crier.notices.page(again(reader))
    assert [(each.state, each.read_at) for each in page.notices] == [("sent", stage.clock.now())]
    assert page.unread == 0
    # What is no confirmation of the act comes to its doer too.
    await crier._cry(again(reader), [mine], "protocol.formed", None)
    assert [each.kind for each in await crier.claimed()] == ["protocol.formed"]


async def test_who_lets_the_bot_write_again_gets_the_statutory_ones_missed(
    crier: Crier, reader: Actor
) -> None:
    people = People(crier.site)
    await crier.cry(reader, kind="law")
    await crier.cry(reader, kind="late", useless_in=60)
    await crier.cry(reader, kind="news")
    for each in await crier.claimed():
        await crier.settle(each, Outcome("unreachable", reason="blocked"))
    crier.wait(120)
    assert await people.mark_reachable(again(reader), reader.telegram_id or 0)
    assert [each.kind for each in await crier.claimed()] == ["law"]


@pytest.mark.parametrize("state", ["retry", "dead", "unreachable"])
async def test_whatever_a_server_says_is_kept_and_holds_up_no_other(
    crier: Crier, reader: Actor, state: str
) -> None:
    """Words that PostgreSQL does not hold: a NUL, half of a pair."""
    await crier.cry(reader)
    await crier.cry(reader, kind="work")
    odd, other = await crier.claimed()
    now = crier.stage.clock.now()
    said = Outcome(state, retry_after=5, reason="451 a\0b\udcffc")
    await crier.queue.settle([Settled(odd, said, now), Settled(other, Outcome("sent"), now)])
    assert (await crier.row(odd.number)).error == "451 ab?c"
    assert (await crier.row(other.number)).state == "sent"


async def test_what_is_gone_meanwhile_holds_up_no_other_outcome(
    crier: Crier, reader: Actor
) -> None:
    """A sender that stood still says at last what became of a notice that is no more."""
    await crier.cry(reader)
    await crier.cry(reader, kind="work")
    gone, other = await crier.claimed()
    async with crier.site.sessions.begin() as session:
        await session.execute(delete(Notice).where(Notice.id == gone.number))
    now = crier.stage.clock.now()
    await crier.queue.settle([Settled(each, Outcome("sent"), now) for each in (gone, other)])
    assert (await crier.row(other.number)).state == "sent"
