"""A process that was frozen past its claim on an update writes and calls nothing more for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiogram.fsm.storage.base import StorageKey
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.inbox import Inbox, Received
from bot.storage.claims import TakenOver
from bot.storage.engine import make_engine
from bot.storage.fsm import PostgresStorage
from bot.storage.tables import InboxUpdate
from bot.telegram.gateway import Gateway
from tests.bot.telegram.session import scripted_bot
from tests.support.waiting import PATIENCE

BOT, CHAT = 700, 5
KEY = StorageKey(bot_id=BOT, chat_id=CHAT, user_id=CHAT)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = make_engine(database_url)
    yield made
    await made.dispose()


def message(number: int) -> dict[str, object]:
    return {"update_id": number, "message": {"chat": {"id": CHAT}, "text": "x"}}


async def attempts(engine: AsyncEngine) -> dict[int, tuple[str, int]]:
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(InboxUpdate.update_id, InboxUpdate.state, InboxUpdate.attempts)
        )
        return {number: (state, count) for number, state, count in rows}


@dataclass
class Frozen:
    """A replica that stops in the middle of an update until ``thaw``, with the next in hand."""

    engine: AsyncEngine
    passed: float = 0.0
    began: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    worked: list[int] = field(default_factory=list)
    refused: list[type[Exception]] = field(default_factory=list)

    async def start(self, then: Callable[[], Awaitable[object]]) -> None:
        """Claim both updates and stop in the first, just before ``then``."""

        async def handler(item: Received) -> None:
            self.worked.append(item.update_id)
            self.began.set()
            await self.go_on.wait()
            try:
                await then()
            except TakenOver as error:
                self.refused.append(type(error))
                raise

        self.inbox = Inbox(self.engine, monotonic=lambda: time.monotonic() + self.passed)
        await self.inbox.store(BOT, [message(1), message(2)])
        self.task = asyncio.create_task(self.inbox.work(handler))
        await self.began.wait()

    async def outlast(self) -> None:
        """Time passes in which it renews nothing."""
        self.passed += 60
        async with self.engine.begin() as connection:
            await connection.execute(
                update(InboxUpdate).values(claimed_until=func.clock_timestamp())
            )

    async def thaw(self) -> None:
        """Let it go on until it ends."""
        self.go_on.set()
        self.inbox.stop()
        await asyncio.wait_for(self.task, PATIENCE)


@pytest.fixture
async def frozen(engine: AsyncEngine) -> Frozen:
    return Frozen(engine)


Write = Callable[[PostgresStorage], Awaitable[object]]


@pytest.mark.parametrize(
    "write",
    [
        lambda storage: storage.set_data(KEY, {"at": "old"}),
        lambda storage: storage.set_data(KEY, {}),
        lambda storage: storage.set_state(KEY, "old"),
        lambda storage: storage.set_state(KEY, None),
        lambda storage: storage.update_data(KEY, {"at": "old"}),
    ],
)
async def test_what_is_newer_stays(engine: AsyncEngine, frozen: Frozen, write: Write) -> None:
    storage, worked = PostgresStorage(engine), []

    async def handler(item: Received) -> None:
        worked.append(item.update_id)
        await storage.set_state(KEY, f"after {item.update_id}")
        await storage.set_data(KEY, {"at": item.update_id})

    await frozen.start(lambda: write(storage))
    await frozen.outlast()
    await Inbox(engine).drain(handler)
    await frozen.thaw()
    assert (worked, frozen.worked, frozen.refused) == ([1, 2], [1], [TakenOver])
    assert await storage.get_state(KEY) == "after 2"
    assert await storage.get_data(KEY) == {"at": 2}
    assert {state for state, _ in (await attempts(engine)).values()} == {"done"}


async def test_a_lapsed_claim_that_nobody_took_is_still_ours(
    engine: AsyncEngine, frozen: Frozen
) -> None:
    storage = PostgresStorage(engine)
    await frozen.start(lambda: storage.set_data(KEY, {"at": "late"}))
    await frozen.outlast()
    await frozen.thaw()
    assert frozen.refused == []
    assert await storage.get_data(KEY) == {"at": "late"}


async def test_state_is_kept_also_outside_of_any_update(engine: AsyncEngine) -> None:
    storage = PostgresStorage(engine)
    await storage.set_data(KEY, {"a": 1})
    assert await storage.update_data(KEY, {"b": 2}) == {"a": 1, "b": 2}


@pytest.mark.parametrize("taken", [True, False])
async def test_nothing_is_called_for_what_another_has_taken_over(
    engine: AsyncEngine, frozen: Frozen, taken: bool
) -> None:
    bot, session = scripted_bot(Gateway())

    async def answer() -> None:
        await bot.edit_message_text("old", chat_id=CHAT, message_id=1)
        await bot.send_message(CHAT, "old")

    async def newer(item: Received) -> None:
        pass

    await frozen.start(answer)
    await frozen.outlast()
    if taken:
        await Inbox(engine).drain(newer)
    await frozen.thaw()
    assert len(session.calls) == (0 if taken else 2)
    assert frozen.refused == ([TakenOver] if taken else [])


async def test_nobody_died_over_what_was_taken_from_the_living(
    engine: AsyncEngine, frozen: Frozen
) -> None:
    storage = PostgresStorage(engine)
    await frozen.start(lambda: storage.set_data(KEY, {}))
    await frozen.outlast()
    second = Frozen(engine)
    await second.start(lambda: storage.set_data(KEY, {"at": "new"}))
    assert await attempts(engine) == {1: ("working", 2), 2: ("working", 2)}
    await frozen.thaw()
    assert await attempts(engine) == {1: ("working", 1), 2: ("working", 1)}
    await second.thaw()
    assert second.refused == []
    assert await storage.get_data(KEY) == {"at": "new"}


async def test_a_claim_whose_answer_never_came_is_made_again_without_counting(
    engine: AsyncEngine,
) -> None:
    inbox = Inbox(engine, lease=timedelta(0))
    await inbox.store(BOT, [message(1)])
    for _ in range(6):
        ((item,),) = await inbox._claim(1)
        assert item.claims == 1
        inbox._hand.claims.clear()
