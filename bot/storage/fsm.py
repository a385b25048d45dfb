"""Conversation state in PostgreSQL: a restart loses no draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from pydantic_core import to_jsonable_python
from sqlalchemy import (
    CTE,
    ColumnElement,
    Delete,
    Text,
    Update,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.claims import TakenOver, current
from bot.storage.tables import FsmState


def _identity(key: StorageKey) -> dict[str, object]:
    return {
        "bot_id": key.bot_id,
        "chat_id": key.chat_id,
        "user_id": key.user_id,
        "thread_id": key.thread_id or 0,
        "business_connection_id": key.business_connection_id or "",
        "destiny": key.destiny,
    }


def _where(key: StorageKey) -> list[ColumnElement[bool]]:
    return [getattr(FsmState, name) == value for name, value in _identity(key).items()]


# Asked for each update: made once.
_STATE = select(FsmState.state).where(
    *(column == bindparam(column.name) for column in FsmState.__table__.primary_key)
)


def in_drafts(engine: AsyncEngine) -> Callable[[str], Awaitable[bool]]:
    """Whether what people have typed so far mentions a text, such as the hash of a file."""

    async def mentioned(text: str) -> bool:
        found = exists().where(cast(FsmState.data, Text).contains(text, autoescape=True))
        async with engine.connect() as connection:
            return bool(await connection.scalar(select(found)))

    return mentioned


def _fresh(values: Mapping[str, object], held: CTE | None) -> Insert:
    """A row of its own, where the update that leads to it is still ours."""
    columns = [FsmState.__table__.c[name] for name in values]
    row = select(
        *(literal(value, each.type) for each, value in zip(columns, values.values(), strict=True)),
        func.now(),
    )
    if held is not None:
        row = row.where(_exists(held))
    return insert(FsmState).from_select([*values, "updated_at"], row)


def _exists(held: CTE) -> ColumnElement[bool]:
    return exists(select(held.c.id))


async def _write(
    connection: AsyncConnection, statement: Insert | Update | Delete, held: CTE | None
) -> None:
    """Write in one statement with the question whose the update is; raises TakenOver."""
    if held is None:
        await connection.execute(statement)
        return
    if not isinstance(statement, Insert):
        statement = statement.where(_exists(held))
    written = statement.returning(FsmState.bot_id).cte("written")
    if await connection.scalar(select(held.c.id).add_cte(written)) is None:
        raise TakenOver


class PostgresStorage(BaseStorage):
    """aiogram's storage on the table ``fsm_state``.

    Data is kept as JSON: what JSON does not know (sums, instants) comes back as text, so a
    dialog reads the same whether or not the process was restarted in between. A conversation
    without state and data has no row. With ``states=False`` no plain states are kept: aiogram
    asks for one at every update, and a bot whose forms are dialogs would ask in vain.

    While an update is worked, a write raises TakenOver when another process has taken it over.
    """

    def __init__(self, engine: AsyncEngine, *, states: bool = True) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._states = states

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Set the state; ``None`` ends it. Raises TypeError where no states are kept."""
        if not self._states:
            if state is not None:
                raise TypeError("forms are dialogs here; plain states are not kept")
            return
        name = state.state if isinstance(state, State) else state
        await self._put(key, "state", name)

    async def get_state(self, key: StorageKey) -> str | None:
        """The state, if any."""
        if not self._states:
            return None
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(_STATE, _identity(key))
            return found

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace the data."""
        await self._put(key, "data", to_jsonable_python(dict(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The data; empty when there is none."""
        async with self._engine.connect() as connection:
            found = await connection.scalar(select(FsmState.data).where(*_where(key)))
            return dict(found or {})

    async def update_data(self, key: StorageKey, data: Mapping[str, Any]) -> dict[str, Any]:
        """Set some keys of the data in one statement and return the whole."""
        values = to_jsonable_python(dict(data))
        claim = current()
        held = claim.held() if claim is not None else None
        statement = (
            _fresh(_identity(key) | {"state": None, "data": values}, held)
            .on_conflict_do_update(
                constraint="pk_fsm_state",
                set_={"data": FsmState.data.op("||")(values), "updated_at": func.now()},
            )
            .returning(FsmState.data)
        )
        async with self._engine.connect() as connection:
            whole = await connection.scalar(statement)
            if held is not None and whole is None:
                raise TakenOver
            return dict(whole or {})

    async def _put(self, key: StorageKey, column: str, value: object) -> None:
        values: dict[str, object] = {column: value, "updated_at": func.now()}
        claim = current()
        held = claim.held() if claim is not None else None
        async with self._engine.connect() as connection:
            if value:
                fresh = _fresh(_identity(key) | {"state": None, "data": {}, column: value}, held)
                await _write(
                    connection,
                    fresh.on_conflict_do_update(constraint="pk_fsm_state", set_=values),
                    held,
                )
            else:
                await _write(
                    connection, update(FsmState).where(*_where(key)).values(**values), held
                )
                empty = (FsmState.state.is_(None), FsmState.data == {})
                await _write(connection, delete(FsmState).where(*_where(key), *empty), held)

    async def close(self) -> None:
        """Nothing of its own to close: the engine belongs to the process."""
