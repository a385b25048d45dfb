"""Updates are worked once, in order per chat, whatever dies on the way."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.inbox import Inbox, Received
from bot.storage.engine import make_engine
from bot.storage.inbox_statements import chat_of
from bot.storage.tables import InboxUpdate
from tests.support.waiting import PATIENCE

BOT = 700


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(database_url)
    yield made
    await made.dispose()


def message(number: int, chat: int, words: str = "") -> dict[str, object]:
    return {"update_id": number, "message": {"chat": {"id": chat}, "text": words}}


class Worked:
    """A handler that remembers and complains when a chat's order is broken."""

    def __init__(self) -> None:
        self.by_chat: dict[int | None, list[int]] = defaultdict(list)
        self.at_work: set[int | None] = set()

    async def __call__(self, item: Received) -> None:
        assert item.chat_id not in self.at_work, "two updates of one chat at work together"
        self.at_work.add(item.chat_id)
        await asyncio.sleep(0)
        self.by_chat[item.chat_id].append(item.update_id)
        self.at_work.remove(item.chat_id)


async def states(engine: AsyncEngine) -> dict[int, tuple[str, str | None]]:
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(InboxUpdate.update_id, InboxUpdate.state, InboxUpdate.error)
        )
        return {row[0]: (row[1], row[2]) for row in rows}


async def test_the_same_update_is_stored_once(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    assert await inbox.store(BOT, [message(1, 5), message(2, 5)]) == 2
    assert await inbox.store(BOT, [message(2, 5), message(3, 5)]) == 1
    assert await inbox.store(BOT + 1, [message(2, 5)]) == 1
    assert await inbox.store(BOT, []) == 0
    assert await inbox.waiting() == 4


async def test_what_postgresql_cannot_hold_is_taken_out(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    seen: list[object] = []

    async def handler(item: Received) -> None:
        seen.append(item.payload["message"])

    await inbox.store(BOT, [message(1, 5, "a\0b\ud83d \U0001f600 құбыр")])
    await inbox.drain(handler)
    assert seen == [{"chat": {"id": 5}, "text": "ab\ufffd \U0001f600 құбыр"}]


async def test_chats_keep_their_order_in_two_replicas(engine: AsyncEngine) -> None:
    first, second = Inbox(engine, concurrency=4), Inbox(engine, concurrency=4)
    worked = Worked()
    updates = [message(number, number % 7) for number in range(1, 301)]
    for start in range(0, 300, 25):
        await (first if start % 50 else second).store(BOT, updates[start : start + 25])
    await asyncio.gather(first.drain(worked), second.drain(worked))

    assert sum(len(numbers) for numbers in worked.by_chat.values()) == 300
    for numbers in worked.by_chat.values():
        assert numbers == sorted(numbers)
    assert {state for state, _ in (await states(engine)).values()} == {"done"}


async def test_different_chats_do_not_wait_for_each_other(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    go_on = asyncio.Event()
    finished: list[int] = []

    async def handler(item: Received) -> None:
        if item.chat_id == 1:
            await go_on.wait()
        finished.append(item.update_id)
        if item.chat_id == 2:
            go_on.set()

    await inbox.store(BOT, [message(1, 1), message(2, 1), message(3, 2)])
    await asyncio.wait_for(inbox.drain(handler), PATIENCE)
    assert finished == [3, 1, 2]


async def test_an_update_stored_later_is_worked_without_a_poll(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    came = asyncio.Event()

    async def handler(item: Received) -> None:
        came.set()

    worker = asyncio.create_task(inbox.work(handler))
    await inbox.store(BOT, [message(1, 1)])
    await asyncio.wait_for(came.wait(), PATIENCE)
    inbox.stop()
    await worker


async def test_what_a_killed_process_held_is_worked_again_after_its_lease(
    engine: AsyncEngine,
) -> None:
    killed, alive = Inbox(engine), Inbox(engine)
    await killed.store(BOT, [message(1, 1), message(2, 1), message(3, 2)])
    assert [[item.update_id for item in held] for held in await killed._claim(1)] == [[1, 2]]

    # Until the lease ends neither they nor anything else of that chat is taken.
    await alive.store(BOT, [message(4, 1)])
    assert [[item.update_id for item in held] for held in await alive._claim(5)] == [[3]]

    async with engine.begin() as connection:
        await connection.execute(update(InboxUpdate).values(claimed_until=func.clock_timestamp()))
    worked = Worked()
    await Inbox(engine).drain(worked)
    assert worked.by_chat == {1: [1, 2, 4], 2: [3]}


async def test_an_update_that_kills_every_process_is_given_up(engine: AsyncEngine) -> None:
    await Inbox(engine).store(BOT, [message(1, 1), message(2, 1)])
    async with engine.begin() as connection:
        await connection.execute(
            update(InboxUpdate).where(InboxUpdate.update_id == 1).values(attempts=4)
        )
    worked = Worked()
    await Inbox(engine).drain(worked)
    assert worked.by_chat == {1: [2]}
    assert (await states(engine))[1][0] == "failed"


async def test_the_lease_of_a_long_handler_is_renewed(engine: AsyncEngine) -> None:
    inbox = Inbox(engine, lease=timedelta(milliseconds=300))
    began, go_on = asyncio.Event(), asyncio.Event()

    async def handler(item: Received) -> None:
        began.set()
        await go_on.wait()

    await inbox.store(BOT, [message(1, 1)])
    worker = asyncio.create_task(inbox.work(handler))
    await began.wait()
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        until = select(InboxUpdate.claimed_until)
        first = await connection.scalar(until)
        async with asyncio.timeout(PATIENCE):
            while await connection.scalar(until) == first:
                await connection.execute(text("SELECT pg_sleep(0.02)"))
    assert await Inbox(engine)._claim(5) == []
    go_on.set()
    inbox.stop()
    await worker
    assert (await states(engine))[1] == ("done", None)


async def test_a_failing_handler_is_tried_three_times_and_the_chat_goes_on(
    engine: AsyncEngine,
) -> None:
    inbox = Inbox(engine, delays=(0, 0))
    calls: list[int] = []

    async def handler(item: Received) -> None:
        calls.append(item.update_id)
        if item.update_id == 1:
            raise ValueError("token 123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA and 900101300123")

    await inbox.store(BOT, [message(1, 1), message(2, 1)])
    await inbox.drain(handler)
    assert calls == [1, 1, 1, 2]
    assert await states(engine) == {
        1: ("failed", "ValueError: token <token> and <digits>"),
        2: ("done", None),
    }


async def test_an_outage_is_waited_out_and_not_counted(engine: AsyncEngine) -> None:
    inbox = Inbox(engine, delays=())
    calls: list[int] = []

    async def handler(item: Received) -> None:
        calls.append(item.update_id)
        if len(calls) < 3:
            raise ConnectionRefusedError

    await inbox.store(BOT, [message(1, 1)])
    await inbox.drain(handler)
    assert calls == [1, 1, 1]
    assert await states(engine) == {1: ("done", None)}


async def test_the_workers_survive_the_loss_of_all_connections(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    worked: list[int] = []
    last = asyncio.Event()

    async def handler(item: Received) -> None:
        worked.append(item.update_id)
        if item.update_id == 1:
            async with engine.connect() as connection:
                await connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
        if item.update_id == 3:
            last.set()

    worker = asyncio.create_task(inbox.work(handler))
    await inbox.store(BOT, [message(1, 1), message(2, 1)])
    await inbox.store(BOT, [message(3, 1)])
    await asyncio.wait_for(last.wait(), PATIENCE)
    inbox.stop()
    await worker
    assert worked == [1, 2, 3]


async def test_a_stop_gives_back_what_was_not_begun(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)

    async def handler(item: Received) -> None:
        inbox.stop()

    await inbox.store(BOT, [message(1, 1), message(2, 1)])
    await inbox.work(handler)
    assert await states(engine) == {1: ("done", None), 2: ("queued", None)}
    worked = Worked()
    await Inbox(engine).drain(worked)
    assert worked.by_chat == {1: [2]}


async def test_old_updates_are_forgotten(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    await inbox.store(BOT, [message(1, 1)])
    await inbox.drain(Worked())
    await inbox.store(BOT, [message(2, 1)])
    assert await inbox.forget(timedelta(days=1)) == 0
    assert await inbox.forget(timedelta(0)) == 1
    assert set(await states(engine)) == {2}


async def test_failed_updates_are_forgotten_in_their_own_time(engine: AsyncEngine) -> None:
    async def fails(item: Received) -> None:
        raise ValueError(item.update_id)

    inbox = Inbox(engine, delays=())
    await inbox.store(BOT, [message(1, 1)])
    await inbox.drain(fails)
    assert (await states(engine))[1][0] == "failed"
    assert await inbox.forget(timedelta(0)) == 0
    assert await inbox.forget(timedelta(0), timedelta(days=1)) == 0
    assert await inbox.forget(timedelta(days=1), timedelta(0)) == 1
    assert await states(engine) == {}


@pytest.mark.parametrize(
    ("event", "chat"),
    [
        ({"message": {"chat": {"id": -100}, "from": {"id": 1}}}, -100),
        ({"callback_query": {"from": {"id": 1}, "message": {"chat": {"id": 2}}}}, 2),
        ({"callback_query": {"from": {"id": 1}, "inline_message_id": "x"}}, 1),
        ({"poll_answer": {"user": {"id": 4}}}, 4),
        ({"inline_query": {"from": {"id": 3}}}, 3),
        ({"poll": {"id": "77"}}, None),
    ],
)
def test_the_chat_of_an_update(event: dict[str, object], chat: int | None) -> None:
    assert chat_of({"update_id": 1, **event}) == chat


async def test_a_stop_before_the_first_turn_is_heard(engine: AsyncEngine) -> None:
    inbox = Inbox(engine)
    working = asyncio.create_task(inbox.work(Worked()))
    inbox.stop()
    await asyncio.wait_for(working, PATIENCE)


async def test_what_comes_is_left_for_a_second_to_who_keeps_the_limits(
    engine: AsyncEngine,
) -> None:
    now = 100.0
    keeps = False
    other = Inbox(engine, keeps=lambda: keeps, monotonic=lambda: now)
    await other.store(BOT, [message(1, 1), message(2, 2)])
    assert await other._claim(5) == []
    now += 0.9
    assert await other._claim(5) == []
    now += 0.2
    await other.store(BOT, [message(3, 3), message(4, 1)])
    # What waited when it last looked is the keeper's no more; what follows in a chat goes along.
    found = [[item.update_id for item in each] for each in await other._claim(5)]
    assert sorted(found) == [[1, 4], [2]]
    assert await other._claim(5) == []
    keeps = True
    assert [[item.update_id for item in each] for each in await other._claim(5)] == [[3]]


async def test_whoever_keeps_the_limits_hears_of_what_another_has_stored(
    engine: AsyncEngine,
) -> None:
    calls = 0

    def stored() -> None:
        nonlocal calls
        calls += 1

    inbox = Inbox(engine, keeps=lambda: False)
    inbox.stored = stored
    await inbox.store(BOT, [message(1, 1)])
    await inbox.store(BOT, [message(1, 1)])
    assert calls == 1
