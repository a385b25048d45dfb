"""One act, one transaction: the frame around every use case.

``@use_case`` turns ``async def submit(self, work, ...)`` into ``await offers.submit(actor, ...)``.
The frame opens the transaction, refuses an actor without the right, answers a repeated cause
with the stored answer, and writes the audit entry and commits, last. A use case therefore never
commits by itself and nobody outside the domain ever holds a session.
"""

from __future__ import annotations

import asyncio
import functools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, get_type_hints

import structlog
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from domain.actor import Actor
from domain.audit import AuditEntry, Draft, write_chain
from domain.base import Json, plain
from domain.clock import Clock
from domain.errors import RuleBroken
from domain.files import FileStore
from domain.roles import EVERYBODY, Role

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

# Serialization failure and deadlock: PostgreSQL asks for the transaction to be run again.
_TRY_AGAIN = frozenset({"40001", "40P01"})
_TRIES = 4


class Busy(Exception):
    """A row needed by a sweep is held by somebody's act; the sweep comes back later."""


@dataclass(frozen=True)
class Site:
    """What every use case stands on: the database, the one clock and the file store."""

    sessions: async_sessionmaker[AsyncSession]
    clock: Clock
    files: FileStore
    # Called after every committed act: what it announced can go out at once.
    acted: Callable[[], None] = lambda: None
    # The regime of support of this installation: see domain.support.regimes.
    regime: str = "366"
    # How many days recordings of support are kept, where that is less than the law's year.
    keep_recordings_days: int | None = None

    def moment(self, actor: Actor) -> datetime:
        """The moment of an act: when it was received, which may be before it is worked."""
        return actor.at or self.clock.now()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads: each statement by itself, without the two turns to the
        database that open and close a transaction. (At our isolation level a transaction would
        not make several statements see one moment anyway.)
        """
        async with self._reads() as session:
            yield session

    @functools.cached_property
    def _reads(self) -> async_sessionmaker[AsyncSession]:
        engine: AsyncEngine = self.sessions.kw["bind"]
        by_statement = engine.execution_options(isolation_level="AUTOCOMMIT")
        return async_sessionmaker(by_statement, expire_on_commit=False, autoflush=False)


class Service(Protocol):
    """Anything that holds a site can have use cases."""

    @property
    def site(self) -> Site: ...


@dataclass
class Work:
    """The transaction of one act: its session, its moment, its actor and its audit entry."""

    session: AsyncSession
    now: datetime
    actor: Actor
    entry: Draft
    extra: list[Draft] = field(default_factory=list)
    # The id of the deadline that is being fired; None outside a sweep.
    firing: int | None = None

    @property
    def from_sweep(self) -> bool:
        """Whether time brought the act about: it holds deadlines, so it waits for nobody."""
        return self.firing is not None

    consequences: Counter[str] = field(default_factory=Counter)

    @property
    def cause(self) -> str:
        """The cause of the act, unique together with the action."""
        return self.actor.cause

    def act_for(self, company_id: int) -> None:
        """Say for which of the person's companies the act is done."""
        if self.actor.kind == "person":
            self.actor = replace(self.actor, company_id=company_id)
            self.entry.actor = self.actor

    def record(self, subject: str, **data: object) -> None:
        """Say on what the act was done and what it changed; plain values only."""
        self.entry.subject = subject
        self.entry.data.update(plain(data))

    def also(self, action: str, subject: str, **data: object) -> None:
        """Put a further entry on record that follows from this act.

        One act may lead to the same consequence for several subjects: from the second on its
        cause is numbered, as a cause and an action together stand on record once.
        """
        self.consequences[action] += 1
        actor, count = self.actor, self.consequences[action]
        if count > 1:
            actor = actor.because(f"{actor.cause}#{count}")
        self.extra.append(Draft(self.now, actor, action, subject, plain(data)))


@dataclass(frozen=True)
class Look:
    """A reading transaction: changes nothing and leaves no entry."""

    session: AsyncSession
    now: datetime
    actor: Actor


USE_CASES: dict[str, frozenset[Role] | None] = {}
"""Every use case by name, with the roles that may perform it (``None``: anybody)."""


def _say(entry: Draft, consequences: int = 0) -> None:
    """One line for an act that is committed: its cause leads on to the notices it wrote."""
    log.info(
        "act",
        act=entry.action,
        cause=entry.actor.cause,
        subject=entry.subject,
        by=entry.actor.kind,
        person=entry.actor.person_id,
        consequences=consequences,
    )


async def _stored_answer(session: AsyncSession, actor: Actor, action: str) -> Json | None:
    row = await session.execute(
        select(AuditEntry.result).where(
            AuditEntry.cause == actor.cause, AuditEntry.action == action
        )
    )
    return row.scalar_one_or_none()


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


@dataclass(frozen=True)
class Recall:
    """For answers with personal data: what is on record of an act stays there for good.

    Only the number that ``reference`` takes from the answer is stored; for a repeated cause
    ``read`` reads the answer anew by it, as it is at the moment given.
    """

    # Any: of the type that the use case answers.
    reference: Callable[[Any], int]
    read: Callable[[AsyncSession, int, datetime], Awaitable[Any]]


def use_case(
    action: str, by: frozenset[Role] | None = EVERYBODY, *, recall: Recall | None = None
) -> Callable[
    [Callable[Concatenate[Any, Work, P], Awaitable[R]]],
    Callable[Concatenate[Any, Actor, P], Coroutine[Any, Any, R]],
]:
    """Make a method a use case named ``action`` that the roles ``by`` may perform.

    ``recall`` for an answer with personal data; any other is stored as it is.
    The decorated method raises RuleBroken when a rule refuses; nothing is changed then.
    """

    def decorate(
        method: Callable[Concatenate[Any, Work, P], Awaitable[R]],
    ) -> Callable[Concatenate[Any, Actor, P], Coroutine[Any, Any, R]]:
        USE_CASES[action] = by
        adapter: TypeAdapter[R] | None = None

        def answers() -> TypeAdapter[R]:
            nonlocal adapter
            if adapter is None:
                adapter = TypeAdapter(get_type_hints(method)["return"])
            return adapter

        def kept(answer: R) -> dict[str, object]:
            if recall is not None:
                return {"recall": recall.reference(answer)}
            return {"answer": answers().dump_python(answer, mode="json")}

        async def answered(session: AsyncSession, stored: Json, now: datetime) -> R:
            reference = stored.get("recall")
            if recall is not None and isinstance(reference, int):
                read: R = await recall.read(session, reference, now)
                return read
            return answers().validate_python(stored["answer"])

        async def is_done(self: Service, actor: Actor) -> bool:
            async with self.site.sessions() as session:
                return await _stored_answer(session, actor, action) is not None

        async def once(self: Service, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            now = self.site.moment(actor)
            async with self.site.sessions() as session:
                stored = await _stored_answer(session, actor, action)
                if stored is not None:
                    return await answered(session, stored, now)
                work = Work(session, now, actor, Draft(now, actor, action))
                answer = await method(self, work, *args, **kwargs)
                work.entry.result = kept(answer)
                await session.flush()
                await write_chain(session, [work.entry, *work.extra])
                await session.commit()
                _say(work.entry, len(work.extra))
                self.site.acted()
                return answer

        @functools.wraps(method)
        async def call(self: Any, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            actor.check_role(by)
            actor.check_may_write()
            for attempt in range(_TRIES):
                try:
                    return await once(self, actor, *args, **kwargs)
                except (RuleBroken, IntegrityError):
                    # Two workers had the same cause: what the first has done stands in the way
                    # of the second, which answers what the first did.
                    if attempt == _TRIES - 1 or not await is_done(self, actor):
                        raise
                except DBAPIError as error:
                    if _sqlstate(error) not in _TRY_AGAIN or attempt == _TRIES - 1:
                        raise
                    await asyncio.sleep(0)
            raise AssertionError("unreachable: the last attempt returns or raises")

        return call

    return decorate


def query(
    by: frozenset[Role] | None = EVERYBODY,
) -> Callable[
    [Callable[Concatenate[Any, Look, P], Awaitable[R]]],
    Callable[Concatenate[Any, Actor, P], Coroutine[Any, Any, R]],
]:
    """Make a method a reading use case: same call shape, a session that changes nothing."""

    def decorate(
        method: Callable[Concatenate[Any, Look, P], Awaitable[R]],
    ) -> Callable[Concatenate[Any, Actor, P], Coroutine[Any, Any, R]]:
        @functools.wraps(method)
        async def call(self: Any, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            actor.check_role(by)
            async with self.site.reading() as session:
                return await method(
                    self, Look(session, self.site.moment(actor), actor), *args, **kwargs
                )

        return call

    return decorate


@asynccontextmanager
async def sweep_work(site: Site) -> AsyncIterator[tuple[AsyncSession, list[Draft]]]:
    """One transaction for many consequences: entries are collected and chained once, at the end."""
    async with site.sessions() as session:
        drafts: list[Draft] = []
        yield session, drafts
        await session.flush()
        await write_chain(session, drafts)
        await session.commit()
    for draft in drafts:
        _say(draft)
