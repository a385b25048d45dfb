"""``Idempotency-Key``: the same request again gets the stored answer, byte for byte.

While a request is worked, an advisory lock of the database is held for its key: two replicas
cannot work it twice, and when the process dies the lock goes with its connection. What was done
by then is not done again, because the key is part of the cause of the use case.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal

from aiohttp import hdrs, web
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.integrations.model import IdempotentRequest
from domain.integrations.rules import check_key, check_repeat
from domain.work import Site

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

# Each holds a connection beside the one its use case needs: more at once would empty the pool.
_AT_ONCE = 6
# Answers that say "not now" are no outcome of the request.
_PASSING = frozenset({401, 408, 429})

Answer = Callable[[], Awaitable[web.Response]]


def read_key(request: web.Request) -> str | None:
    """The key of a request, if any; raises ``idempotency_key_format``."""
    key = request.headers.get(HEADER)
    return None if key is None else check_key(key.strip())


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return f"decimal:{value.normalize()}"
    if isinstance(value, bytes):
        return f"bytes:{hashlib.sha256(value).hexdigest()}"
    raise TypeError(type(value).__name__)


def request_hash(request: web.Request, body: object) -> str:
    """What makes two requests the same: method, address, and the JSON value of the body."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=_exact)
    return hashlib.sha256(f"{request.method} {request.path_qs}\n{text}".encode()).hexdigest()


class Idempotency:
    """Stored answers by token and key."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def answer(
        self, token_id: int, key: str, body_hash: str, work: Answer, *, secret: bool = False
    ) -> web.Response:
        """The stored answer, or the one that ``work`` gives now.

        The answer that holds a ``secret`` is not stored but made again, of the same secret: the
        act itself is not done again, as its cause is the same.

        Raises Conflict ``idempotency_key_reused`` for another request with this key,
        ``request_in_work`` while another connection is working it.
        """
        async with self._room, self._site.sessions() as session:
            check_repeat(in_work=not await _lock(session, token_id, key))
            stored = await self._claim(token_id, key, body_hash)
            check_repeat(same_request=stored.body_hash == body_hash)
            if stored.status is not None and stored.body is not None:
                return _replayed(stored)
            response = await work()
            if stored.status is not None:
                response.headers[REPLAYED] = "true"
            elif response.status < 500 and response.status not in _PASSING:
                hidden = secret and response.status < 300
                await _store(session, token_id, key, response, hidden=hidden)
            return response

    async def _claim(self, token_id: int, key: str, body_hash: str) -> IdempotentRequest:
        """Put the request on record before it is worked: a crash must not free its key."""
        async with self._site.sessions.begin() as session:
            await session.execute(
                insert(IdempotentRequest)
                .values(
                    token_id=token_id,
                    key=key,
                    body_hash=body_hash,
                    created_at=self._site.clock.now(),
                )
                .on_conflict_do_nothing()
            )
            return await session.get_one(IdempotentRequest, (token_id, key))


async def _lock(session: AsyncSession, token_id: int, key: str) -> bool:
    digest = hashlib.sha256(f"idempotency:{token_id}:{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(number))))


async def _store(
    session: AsyncSession, token_id: int, key: str, response: web.Response, *, hidden: bool
) -> None:
    body = response.body if isinstance(response.body, bytes) else b""
    await session.execute(
        update(IdempotentRequest)
        .where(IdempotentRequest.token_id == token_id, IdempotentRequest.key == key)
        .values(
            status=response.status,
            content_type=response.headers[hdrs.CONTENT_TYPE],
            body=None if hidden else body,
        )
    )
    await session.commit()


def _replayed(stored: IdempotentRequest) -> web.Response:
    return web.Response(
        status=stored.status or 200,
        body=stored.body,
        headers={hdrs.CONTENT_TYPE: stored.content_type or "", REPLAYED: "true"},
    )
