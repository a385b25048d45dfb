"""One memory of compiled statements for all engines of a run.

Every test has an engine of its own, and an engine compiles each statement anew: a third of what
such a test costs. What a statement compiles to is the same on all of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.util import LRUCache

_MOST = 5_000


def share_compiled() -> None:
    """Let all engines made from now on remember together; call it once in a process."""
    compiled: LRUCache[Any, Any] = LRUCache(_MOST)
    make = Engine.__init__

    def made(engine: Engine, *given: Any, **named: Any) -> None:
        make(engine, *given, **named)
        engine._compiled_cache = compiled

    Engine.__init__ = made  # type: ignore[method-assign,assignment]  # SQLAlchemy offers no other way in
    # What is remembered is found by dialect too: ours all speak to one server in one way.
    PGDialect_asyncpg.__eq__ = _of_one_kind  # type: ignore[method-assign]
    PGDialect_asyncpg.__hash__ = _kind  # type: ignore[assignment,method-assign]


def _of_one_kind(dialect: object, other: object) -> bool:
    return type(dialect) is type(other)


def _kind(dialect: object) -> int:
    return hash(type(dialect))
