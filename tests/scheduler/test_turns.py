"""One person's many notices, urgent ones among them, and turns that pass to another and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.storage.engine import make_engine
from domain.clock import ManualClock
from domain.leases import LeaseRow
from domain.notices.model import Delivery, Lane, Notice
from domain.notices.queue import MAX_ATTEMPTS, NoticeQueue, Outcome, Settled
from domain.notices.views import NoticeView
from domain.work import Site
from scheduler.dispatcher import Dispatcher
from scheduler.lease import Lease
from tests.scheduler.notices import Sender, queue, states
from tests.support.waiting import until

LEASE = timedelta(minutes=5)


@pytest.fixture
def notices(site: Site) -> NoticeQueue:
    return NoticeQueue(site)


class Gate:
    """A sender whose calls wait until they are let through, each asked whether it still may."""

    def __init__(self, lease: Lease | None = None) -> None:
        self.begun: list[NoticeView] = []
        self.sent: list[NoticeView] = []
        self.open = asyncio.Event()
        self._lease = lease

    async def __call__(self, notice: NoticeView) -> Outcome:
        self.begun.append(notice)
        await self.open.wait()
        if self._lease is not None and not self._lease.valid(notice.fence):
            return Outcome("retry", counted=False, reason="TurnPassed")
        self.sent.append(notice)
        return Outcome("sent")


async def test_what_is_statutory_passes_the_news_of_the_same_person(
    site: Site, notices: NoticeQueue
) -> None:
    gate = Gate()
    dispatcher = Dispatcher(notices, gate)
    await queue(site, [1] * 4, Lane.NEWS, "news")
    await dispatcher.look()
    await queue(site, [1], Lane.STATUTORY, "law")
    await queue(site, [1], Lane.WORK, "work")
    await dispatcher.look()
    gate.open.set()
    await dispatcher.drain()
    marks = [each.params["mark"] for each in gate.sent]
    assert marks == ["news", "law", "work", "news", "news", "news"]


async def test_many_notices_of_one_person_leave_places_to_the_others(
    site: Site, notices: NoticeQueue
) -> None:
    """One person takes a message a second: a hundred of theirs stand in nobody's way."""
    gate = Gate()
    dispatcher = Dispatcher(notices, gate, budget=30)
    await queue(site, [1] * 100, Lane.WORK, "much")
    await queue(site, list(range(2, 12)), Lane.WORK, "others")
    await dispatcher.look()
    assert {each.person_id for each in gate.begun} <= set(range(1, 12))
    in_hand = [each.person_id for each in dispatcher._in_hand.values()]
    assert set(in_hand) == set(range(1, 12))
    assert in_hand.count(1) <= 12
    await queue(site, [1] * 10, Lane.STATUTORY, "law")
    await dispatcher.look()
    statutory = [each for each in dispatcher._in_hand.values() if each.lane == Lane.STATUTORY]
    assert len(statutory) == 10
    gate.open.set()
    await dispatcher.drain()
    assert await states(site) == {"sent": 120}
    numbers = [each.number for each in gate.sent if each.params["mark"] == "much"]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("budget", [1, 7, 60])
async def test_what_has_gone_is_made_good_without_being_asked(
    site: Site, notices: NoticeQueue, budget: int
) -> None:
    """However few may be in hand, the next are claimed as those go, not at the next look."""
    await queue(site, [number % 20 for number in range(40)])
    dispatcher = Dispatcher(notices, Sender(), budget=budget)
    dispatcher.worker._poll = None
    running = asyncio.create_task(dispatcher.run())

    async def all_sent() -> bool:
        return await states(site) == {"sent": 40}

    await until(all_sent)
    assert dispatcher.in_hand == 0
    await dispatcher.stop()
    await running


async def test_a_look_that_finds_more_and_more_is_not_taken_for_stuck(
    site: Site, notices: NoticeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, turns = notices.claim, 0
    dispatcher = Dispatcher(notices, Sender(), budget=12)

    async def after_all_is_gone(*args: Any, **more: Any) -> Sequence[NoticeView]:
        async def gone() -> bool:
            return dispatcher.in_hand == 0

        await until(gone)
        return await claim(*args, **more)

    def turn() -> None:
        nonlocal turns
        turns += 1

    monkeypatch.setattr(notices, "claim", after_all_is_gone)
    monkeypatch.setattr(dispatcher.worker.pulse, "turn", turn)
    await queue(site, list(range(60)))
    await dispatcher.look()
    await dispatcher.drain()
    assert await states(site) == {"sent": 60}
    assert turns >= 60 // 12


async def test_a_stop_waits_for_what_is_not_on_record_yet(
    site: Site, notices: NoticeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent and not recorded would be sent again by whoever comes next."""
    settle, go_on = notices.settle, asyncio.Event()

    async def slow(done: Sequence[Settled]) -> None:
        await go_on.wait()
        await settle(done)

    monkeypatch.setattr(notices, "settle", slow)
    await queue(site, [1, 1])
    sender = Sender()
    dispatcher = Dispatcher(notices, sender)
    await dispatcher.look()

    async def sent() -> bool:
        return len(sender.sent) == 1

    await until(sent)
    stopping = asyncio.create_task(dispatcher.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert len(sender.sent) == 1
    assert await states(site) == {"sent": 1, "queued": 1}


async def test_news_that_keep_failing_hold_up_nothing_more_urgent(
    site: Site, notices: NoticeQueue
) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    tried: list[object] = []

    async def send(notice: NoticeView) -> Outcome:
        tried.append(notice.params["mark"])
        began.set()
        await go_on.wait()
        if notice.lane == Lane.NEWS:
            return Outcome("retry", retry_after=600, reason="KeyError")
        return Outcome("sent")

    dispatcher = Dispatcher(notices, send)
    await queue(site, [1, 1], Lane.NEWS, "news")
    await dispatcher.look()
    await began.wait()
    await queue(site, [1], Lane.STATUTORY, "law")
    await dispatcher.look()
    go_on.set()
    await dispatcher.drain()
    assert tried == ["news", "law", "news"]
    assert await states(site) == {"sent": 1, "queued": 2}


async def test_only_what_was_tried_stands_on_record_as_an_attempt(
    site: Site, notices: NoticeQueue
) -> None:
    """Behind one that has to wait the others wait without having been tried."""
    await queue(site, [1, 1, 1])
    wait = Outcome("retry", retry_after=60, counted=False, reason="429", holds=True)
    await Dispatcher(notices, Sender(lambda _: wait)).drain()
    async with site.sessions() as session:
        found = await session.execute(select(Delivery.notice_id, Delivery.error))
        first = await session.scalar(select(func.min(Notice.id)))
        assert [tuple(row) for row in found] == [(first, "429")]
        assert set(await session.scalars(select(Notice.attempts))) == {0}
    assert await states(site) == {"queued": 3}


@pytest.fixture
async def leases(database_url: str) -> AsyncIterator[tuple[Lease, Lease]]:
    engines = make_engine(database_url), make_engine(database_url)
    pair = Lease(engines[0], 98), Lease(engines[1], 98)
    yield pair
    for lease, engine in zip(pair, engines, strict=True):
        await lease.release()
        await engine.dispose()


async def test_a_turn_that_came_back_sends_nothing_of_the_one_before(
    site: Site, notices: NoticeQueue, leases: tuple[Lease, Lease]
) -> None:
    """Frozen before its call, it wakes when another has sent the same and has died since."""
    first, second = leases
    gate = Gate(first)
    frozen = Dispatcher(notices, gate, first)
    await queue(site, [1, 2])
    assert await frozen.look() == 2
    await until(_begun(gate, 2))
    await _run_out(site)

    sender = Sender()
    other = Dispatcher(NoticeQueue(site), sender, second)
    assert await other.drain() == 2
    await other.stop()

    # It has the turn again, and what it had in hand all the while is asked for with its own.
    first._renewed = float("-inf")
    assert not await first.hold()
    assert await frozen.look() == 0
    assert first.held
    gate.open.set()
    await frozen.drain()
    assert (len(sender.sent), gate.sent) == (2, [])
    assert await states(site) == {"sent": 2}
    await frozen.stop()


async def test_a_turn_is_kept_while_much_is_claimed(
    site: Site, notices: NoticeQueue, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow database takes half a turn for each claim: nothing may go out past its end."""
    engine, passed = make_engine(database_url), 0.0
    lease = Lease(engine, 97, now=lambda: passed)
    claim = notices.claim

    async def slow(*args: Any, **more: Any) -> Sequence[NoticeView]:
        nonlocal passed
        passed += 5.0
        return await claim(*args, **more)

    monkeypatch.setattr(notices, "claim", slow)
    monkeypatch.setattr("scheduler.dispatcher._MOST_CLAIMED", 10)
    gate = Gate(lease)
    gate.open.set()
    await queue(site, list(range(1, 41)))
    dispatcher = Dispatcher(notices, gate, lease)
    assert await dispatcher.look() == 40
    await until(_begun(gate, 40))
    assert len(gate.sent) == 40
    await dispatcher.stop()
    await engine.dispose()


async def test_what_another_had_claimed_since_goes_on_at_once(
    site: Site, notices: NoticeQueue, leases: tuple[Lease, Lease], clock: ManualClock
) -> None:
    """The other died with it in hand: our own old claim of it must not keep it from going."""
    first, second = leases
    gate = Gate(first)
    frozen = Dispatcher(notices, gate, first)
    await queue(site, [1])
    await frozen.look()
    await until(_begun(gate, 1))
    await _run_out(site)
    assert await second.hold()
    other = NoticeQueue(site)
    assert await other.take_over(second.fence or 0) == 1
    assert len(await other.claim(5, LEASE, fence=second.fence)) == 1
    await second.release()

    first._renewed = float("-inf")
    assert not await first.hold()
    assert await frozen.look() == 1
    gate.open.set()
    await frozen.drain()
    assert [each.fence for each in gate.sent] == [first.fence]
    assert await states(site) == {"sent": 1}
    assert frozen.in_hand == 0
    await frozen.stop()


async def test_what_has_gone_is_sent_whatever_became_of_its_row(
    site: Site, notices: NoticeQueue
) -> None:
    """An owner that was frozen says late what it has sent: such a dead letter is none."""
    await queue(site, [1])
    (notice,) = await notices.claim(5, LEASE, fence=1)
    await notices.take_over(2)
    (again,) = await notices.claim(5, LEASE, fence=2)
    now = site.clock.now()
    await notices.settle([Settled(again, Outcome("dead", reason="refused"), now)])
    await notices.settle([Settled(notice, Outcome("sent", message_id=7), now)])
    assert await states(site) == {"sent": 1}
    # And the other way round nothing that was sent is taken back.
    await notices.settle([Settled(again, Outcome("dead", reason="refused"), now)])
    assert await states(site) == {"sent": 1}


async def test_what_kills_its_sender_each_time_stands_alone_and_is_given_up(
    site: Site, notices: NoticeQueue, clock: ManualClock
) -> None:
    await queue(site, [1, 2])
    for turn in range(1, MAX_ATTEMPTS + 1):
        clock.advance(timedelta(minutes=5))
        taken = await notices.claim(5, LEASE, fence=turn)
        assert len(taken) == 2
        assert await notices.take_over(turn + 1) == 2
        async with site.sessions() as session:
            moments = set(await session.scalars(select(Notice.not_before)))
        # Twice may be chance; then they are tried apart, and still in a moment.
        assert len(moments) == (1 if turn <= 2 else 2)
        assert max(moments) <= clock.now() + timedelta(minutes=2)
    assert await states(site) == {"dead": 2}
    async with site.sessions() as session:
        outcomes = list(await session.scalars(select(Delivery.outcome)))
    assert outcomes == ["unknown"] * 2 * MAX_ATTEMPTS


def _begun(gate: Gate, count: int) -> Callable[[], Awaitable[bool]]:
    async def begun() -> bool:
        return len(gate.begun) >= count

    return begun


async def _run_out(site: Site) -> None:
    """The turn is over, as if its owner had stood still for so long."""
    async with site.sessions.begin() as session:
        await session.execute(update(LeaseRow).values(until=LeaseRow.until - timedelta(hours=1)))


async def test_an_owner_hears_who_calls_it_and_the_begin_of_its_turn(
    database_url: str,
) -> None:
    engine = make_engine(database_url)
    heard: list[str] = []
    owner, other = Lease(engine, 98), Lease(engine, 98)
    owner.called, other.called = lambda: heard.append("owner"), lambda: heard.append("other")
    assert await owner.hold()
    assert not await other.hold()
    assert heard == ["owner"]
    await owner.call_owner()  # nobody calls itself
    await other.call_owner()
    await until(_says(lambda: heard == ["owner"] * 2))
    await owner.release()
    assert await other.hold()
    await owner.call_owner()
    await until(_says(lambda: heard[2:] == ["other"] * 2))
    await other.release()
    await engine.dispose()


def _says(check: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def so() -> bool:
        return check()

    return so
