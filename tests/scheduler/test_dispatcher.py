"""NoticeQueue go out by priority, in order for each person, once, and by one owner."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.storage.engine import make_engine
from domain.clock import ManualClock
from domain.notices.model import Lane, Notice
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.notices.views import NoticeView
from domain.work import Site
from scheduler.dispatcher import Dispatcher
from scheduler.lease import Lease
from tests.scheduler.notices import Sender, queue, states
from tests.support.waiting import PATIENCE, until


@pytest.fixture
def notices(site: Site) -> NoticeQueue:
    return NoticeQueue(site)


async def test_all_that_waits_is_sent_once(site: Site, notices: NoticeQueue) -> None:
    await queue(site, [number % 40 for number in range(200)])
    sender = Sender()
    assert await Dispatcher(notices, sender).drain() == 200
    assert Counter(notice.number for notice in sender.sent).most_common(1)[0][1] == 1
    assert sender.most_at_once > 1
    by_person: dict[int, list[int]] = {}
    for notice in sender.sent:
        by_person.setdefault(notice.person_id, []).append(notice.number)
    assert all(numbers == sorted(numbers) for numbers in by_person.values())
    assert await states(site) == {"sent": 200}
    async with site.sessions() as session:
        assert all(await session.scalars(select(Notice.message_id == Notice.id)))


async def test_the_most_urgent_goes_first(site: Site, notices: NoticeQueue) -> None:
    await queue(site, [1, 1], Lane.NEWS, mark="news")
    await queue(site, [1, 1], Lane.WORK, mark="work")
    await queue(site, [1, 1], Lane.STATUTORY, mark="statutory")
    sender = Sender()
    await Dispatcher(notices, sender, budget=2).drain()
    assert sender.marks() == ["statutory"] * 2 + ["work"] * 2 + ["news"] * 2


async def test_a_retry_waits_for_its_moment(
    site: Site, notices: NoticeQueue, clock: ManualClock
) -> None:
    answers = [Outcome("retry", retry_after=30, counted=False), Outcome("sent", message_id=1)]
    await queue(site, [1])
    sender = Sender(lambda notice: answers.pop(0))
    dispatcher = Dispatcher(notices, sender)
    assert await dispatcher.drain() == 1
    clock.advance(timedelta(seconds=29))
    assert await dispatcher.drain() == 0
    clock.advance(timedelta(seconds=1))
    assert await dispatcher.drain() == 1
    assert [notice.attempts for notice in sender.sent] == [1, 1], "an uncounted one is not counted"
    assert await states(site) == {"sent": 1}


async def test_told_to_wait_for_hours_a_restart_asks_no_sooner(
    site: Site, notices: NoticeQueue, clock: ManualClock
) -> None:
    """One chat alone is meant, whatever is written for it since; no attempt is counted."""
    await queue(site, [1, 2], mark="first")
    wait = Outcome("retry", retry_after=10_072, counted=False, holds=True)
    first = Sender(lambda each: wait if each.person_id == 1 else Outcome("sent"))
    await Dispatcher(notices, first).drain()
    await queue(site, [1, 2], Lane.STATUTORY, mark="since")
    soon = clock.now() + timedelta(hours=1)
    await queue(site, [1], Lane.STATUTORY, mark="useless", useless_after=soon)
    restarted = Sender()
    dispatcher = Dispatcher(NoticeQueue(site), restarted)
    await dispatcher.drain()
    assert [each.person_id for each in restarted.sent] == [2]
    clock.advance(timedelta(seconds=10_071))
    assert await dispatcher.drain() == 0
    clock.advance(timedelta(seconds=1))
    await dispatcher.drain()
    late = [(each.person_id, each.params["mark"], each.attempts) for each in restarted.sent[1:]]
    assert late == [(1, "since", 1), (1, "first", 1)]
    assert await states(site) == {"sent": 4, "useless": 1}


async def test_what_waits_no_longer_keeps_nobody_waiting(site: Site, notices: NoticeQueue) -> None:
    """A turn that passed holds up what was behind, for no time: it comes back at once, into the
    same line, and must not meet the old hold there.
    """
    passed = [Outcome("retry", counted=False, reason="the turn is over")]
    await queue(site, [1, 1, 1])
    sender = Sender(lambda notice: passed.pop() if passed else Outcome("sent", message_id=1))
    async with asyncio.timeout(PATIENCE):
        await Dispatcher(notices, sender).drain()
    assert await states(site) == {"sent": 3}
    assert len(sender.sent) == 4


async def test_after_eight_counted_attempts_a_notice_is_dead_with_its_reason(
    site: Site, notices: NoticeQueue, clock: ManualClock
) -> None:
    await queue(site, [1])
    sender = Sender(lambda notice: Outcome("retry", retry_after=5, reason="Bad Gateway"))
    dispatcher = Dispatcher(notices, sender)
    for _ in range(12):
        await dispatcher.drain()
        clock.advance(timedelta(seconds=5))
    assert len(sender.sent) == 8
    async with site.sessions() as session:
        found = (await session.execute(select(Notice.state, Notice.error))).one()
    assert tuple(found) == ("dead", "Bad Gateway")


@pytest.mark.parametrize("state", ["unreachable", "dead"])
async def test_final_outcomes_are_kept(site: Site, notices: NoticeQueue, state: str) -> None:
    await queue(site, [1])
    await Dispatcher(notices, Sender(lambda notice: Outcome(state, reason="why"))).drain()
    async with site.sessions() as session:
        found = (await session.execute(select(Notice.state, Notice.error))).one()
    assert tuple(found) == (state, "why")


async def test_what_has_become_useless_is_not_sent(
    site: Site, notices: NoticeQueue, clock: ManualClock
) -> None:
    await queue(site, [1], useless_after=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(hours=1))
    sender = Sender()
    await Dispatcher(notices, sender).drain()
    assert sender.sent == []
    assert await states(site) == {"useless": 1}


async def test_a_sender_that_breaks_does_not_stop_the_rest(
    site: Site, notices: NoticeQueue
) -> None:
    def answer(notice: NoticeView) -> Outcome:
        if notice.person_id == 1:
            raise ZeroDivisionError
        return Outcome("sent")

    await queue(site, [1, 2, 3])
    await Dispatcher(notices, Sender(answer)).drain()
    assert await states(site) == {"sent": 2, "queued": 1}


async def test_a_jump_of_the_clock_does_not_send_twice(
    site: Site, notices: NoticeQueue, clock: ManualClock
) -> None:
    await queue(site, [1])
    began, go_on = asyncio.Event(), asyncio.Event()
    calls: list[int] = []

    async def send(notice: NoticeView) -> Outcome:
        calls.append(notice.number)
        began.set()
        await go_on.wait()
        return Outcome("sent")

    dispatcher = Dispatcher(notices, send)
    await dispatcher.look()
    await began.wait()
    clock.advance(timedelta(days=1))
    assert await dispatcher.look() == 0
    go_on.set()
    await dispatcher.drain()
    assert len(calls) == 1


async def test_a_waking_sends_at_once(site: Site, notices: NoticeQueue) -> None:
    sent = asyncio.Event()

    async def send(notice: NoticeView) -> Outcome:
        sent.set()
        return Outcome("sent")

    dispatcher = Dispatcher(notices, send)
    running = asyncio.create_task(dispatcher.run())
    await queue(site, [1])
    dispatcher.wake()
    await asyncio.wait_for(sent.wait(), PATIENCE)
    await dispatcher.stop()
    await running
    assert await states(site) == {"sent": 1}


async def test_a_stop_gives_back_what_was_not_begun(site: Site, notices: NoticeQueue) -> None:
    await queue(site, [1, 1, 1])
    began, go_on = asyncio.Event(), asyncio.Event()

    async def send(notice: NoticeView) -> Outcome:
        began.set()
        await go_on.wait()
        return Outcome("sent")

    dispatcher = Dispatcher(notices, send)
    await dispatcher.look()
    await began.wait()
    stopping = asyncio.create_task(dispatcher.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert await states(site) == {"sent": 1, "queued": 2}
    sender = Sender()
    assert await Dispatcher(notices, sender).drain() == 2
    assert [notice.attempts for notice in sender.sent] == [1, 1]


async def test_an_outcome_is_recorded_though_the_database_was_away(
    site: Site, notices: NoticeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(site, [1])
    settle, failures = notices.settle, [ConnectionError(), ConnectionError()]

    async def flaky(done: Sequence[Settled]) -> None:
        if failures:
            raise failures.pop()
        await settle(done)

    monkeypatch.setattr(notices, "settle", flaky)
    sender = Sender()
    await Dispatcher(notices, sender).drain()
    assert len(sender.sent) == 1
    assert await states(site) == {"sent": 1}


async def test_an_outcome_that_cannot_be_recorded_holds_up_no_other(
    site: Site, notices: NoticeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    await queue(site, list(range(1, 8)))
    settle, ill, refusals = notices.settle, 1, 0

    async def refusing(done: Sequence[Settled]) -> None:
        nonlocal refusals
        if any(each.notice.person_id == ill for each in done):
            refusals += 1
            raise ValueError
        await settle(done)

    async def others_sent() -> bool:
        return await states(site) == {"sent": 6, "sending": 1}

    monkeypatch.setattr(notices, "settle", refusing)
    sender = Sender()
    dispatcher = Dispatcher(notices, sender)
    await dispatcher.look()
    await until(others_sent)
    assert refusals > 1
    monkeypatch.undo()
    await dispatcher.drain()
    assert len(sender.sent) == 7
    assert await states(site) == {"sent": 7}


async def test_one_replica_sends_and_another_takes_over_when_it_dies(
    site: Site, notices: NoticeQueue, database_url: str
) -> None:
    first_engine, second_engine = make_engine(database_url), make_engine(database_url)
    first_lease, second_lease = Lease(first_engine), Lease(second_engine)
    stuck = asyncio.Event()

    async def never(notice: NoticeView) -> Outcome:
        stuck.set()
        await asyncio.Event().wait()
        raise AssertionError

    sender = Sender()
    first, second = (
        Dispatcher(notices, never, first_lease),
        Dispatcher(notices, sender, second_lease),
    )
    await queue(site, [1])
    assert await first.look() == 1
    await stuck.wait()
    await queue(site, [2], mark="later")
    assert await second.look() == 0, "the first owner lives"

    # The first is killed: its connections end, its notice was never settled.
    for task in first._senders:
        task.cancel()
    assert first_lease._connection is not None
    pid = await first_lease._connection.scalar(text("SELECT pg_backend_pid()"))
    async with second_engine.connect() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    await second.drain()
    assert sorted(notice.person_id for notice in sender.sent) == [1, 2]
    assert not await first_lease.hold(), "who lost it does not think that it is still its"
    assert await states(site) == {"sent": 2}
    await second.stop()
    assert await first_lease.hold(), "a replica that stops gives the lease up"
    await first_lease.release()
    for engine in (first_engine, second_engine):
        await engine.dispose()
