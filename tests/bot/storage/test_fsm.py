"""Conversation state survives a restart and keeps conversations apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from aiogram import Bot
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import StorageKey
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram_dialog.api.entities import AccessSettings, Context
from aiogram_dialog.api.exceptions import UnknownIntent
from aiogram_dialog.context.storage import StorageProxy
from sqlalchemy import func, select

from bot.storage.engine import make_engine
from bot.storage.fsm import PostgresStorage
from bot.storage.tables import FsmState

KEY = StorageKey(bot_id=700, chat_id=5, user_id=5)


class Form(StatesGroup):
    price = State()


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[PostgresStorage]:
    engine = make_engine(database_url)
    yield PostgresStorage(engine)
    await engine.dispose()


async def rows(storage: PostgresStorage) -> int:
    async with storage._engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(FsmState)) or 0


async def test_state_and_data_are_kept_apart(storage: PostgresStorage) -> None:
    assert await storage.get_state(KEY) is None
    assert await storage.get_data(KEY) == {}
    await storage.set_state(KEY, Form.price)
    await storage.set_data(KEY, {"line": 1})
    assert await storage.get_state(KEY) == "Form:price"
    assert await storage.update_data(KEY, {"price": "12.50"}) == {"line": 1, "price": "12.50"}
    assert await storage.get_value(KEY, "price") == "12.50"
    assert await storage.get_value(KEY, "none", "other") == "other"

    await storage.set_state(KEY, None)
    assert await storage.get_state(KEY) is None
    assert await storage.get_data(KEY) == {"line": 1, "price": "12.50"}


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, bot_id=701),
        replace(KEY, chat_id=6),
        replace(KEY, user_id=6),
        replace(KEY, thread_id=1),
        replace(KEY, business_connection_id="b"),
        replace(KEY, destiny="aiogd:stack:"),
    ],
)
async def test_another_conversation_is_another_row(
    storage: PostgresStorage, other: StorageKey
) -> None:
    await storage.set_data(KEY, {"a": 1})
    await storage.set_data(other, {"b": 2})
    assert await storage.get_data(KEY) == {"a": 1}
    assert await storage.get_data(other) == {"b": 2}


async def test_an_ended_conversation_leaves_no_row(storage: PostgresStorage) -> None:
    await storage.set_state(KEY, "Form:price")
    await storage.set_data(KEY, {"a": 1})
    await storage.set_data(KEY, {})
    assert await rows(storage) == 1
    await storage.set_state(KEY)
    assert await rows(storage) == 0
    await storage.set_data(KEY, {})
    assert await rows(storage) == 0


async def test_what_json_does_not_know_comes_back_as_text(storage: PostgresStorage) -> None:
    await storage.set_data(KEY, {"price": Decimal("1.20"), "at": datetime(2026, 1, 2, tzinfo=UTC)})
    assert await storage.get_data(KEY) == {"price": "1.20", "at": "2026-01-02T00:00:00Z"}


async def test_a_dialog_is_loaded_as_it_was_saved(storage: PostgresStorage) -> None:
    def proxy() -> StorageProxy:
        return StorageProxy(
            storage=storage,
            events_isolation=DisabledEventIsolation(),
            user_id=5,
            chat_id=5,
            thread_id=None,
            business_connection_id=None,
            bot=Bot("123456:" + "A" * 35),
            state_groups={"Form": Form},
        )

    context = Context(
        _intent_id="abc",
        _stack_id="",
        state=Form.price,
        start_data={"order": 12},
        dialog_data={"volumes": {"1": "10.5"}},
        widget_data={"pager": 2},
        access_settings=AccessSettings(user_ids=[5]),
    )
    await proxy().save_context(context)
    assert vars(await proxy().load_context("abc")) == vars(context)

    stack = await proxy().load_stack()
    stack.last_message_id = 77
    stack.intents.append("abc")
    await proxy().save_stack(stack)
    assert (await proxy().load_stack()).last_message_id == 77
    await proxy().remove_context("abc")
    with pytest.raises(UnknownIntent):
        await proxy().load_context("abc")
