"""Updates are stored before they are acknowledged, and worked once, in order per chat.

A claim takes the first waiting update of each chat and those that follow it, so two updates of
one chat are never at work together, also not in two replicas. The claimed time is a short lease
that its owner keeps renewing: what a killed process held is taken again when the lease ends, and
idempotency by cause makes the second working harmless. An owner that was only frozen finds out
before it writes or calls anything more (``bot.storage.claims``), and gives its count back.

Instants of the queue are the database's own clock: the clock of the business may be moved in a
demo, a lease must not be. That clock says only when an update was received, which is when its
sender acted.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    Update,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.keeping import Left
from bot.logs import scrub
from bot.storage.claims import Claim, TakenOver, working
from bot.storage.inbox_statements import CLAIM, OPEN, STORE, chat_of, storable
from bot.storage.outage import is_outage
from bot.storage.tables import InboxUpdate
from domain.clock import Clock, SystemClock
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

# An update over which so many processes died is given up, or it would kill every next one.
_MOST_CLAIMS = 4
# Seconds before the second and the third try of a handler.
_DELAYS = (0.5, 3.0)
# Seconds between tries while the database or Telegram is away, and how many such tries.
_OUTAGE_DELAY, _OUTAGE_TRIES = 2.0, 150
_POLL = 1.0
# Marking is woken by what was worked; by itself it only shows that it lives.
_MARK_POLL = 5.0
# Seconds that a stop waits for handlers in hand.
_PATIENCE = 20.0


@dataclass(frozen=True)
class Received:
    """An update in hand."""

    number: int
    bot_id: int
    update_id: int
    chat_id: int | None
    payload: Mapping[str, object]
    claims: int
    received_at: datetime

    @property
    def cause(self) -> str:
        """The cause of every act that this update leads to."""
        return f"tg:{self.bot_id}:{self.update_id}"


Handler = Callable[[Received], Awaitable[None]]


async def _nobody(_received: Received) -> None:
    raise AssertionError("updates are worked by the handler that ``work`` is given")


@dataclass
class _Hand:
    """What this process holds: claims on what is at work and on what is worked but not yet marked.

    ``last`` are the last ones of their chains: only with them marked can more of their chats
    be claimed.
    """

    claims: dict[int, Claim] = field(default_factory=dict)
    last: set[int] = field(default_factory=set)
    done: dict[int, str | None] = field(default_factory=dict)
    chains: set[asyncio.Task[None]] = field(default_factory=set)


class Inbox:
    """The queue of updates of all replicas, and this process's workers.

    ``outage`` tells an error that will pass by itself (the database or Telegram is away) from a
    failure of the handler: only the latter is counted. ``keeps`` says whether this process keeps
    the limits of sending: it works what comes, so that answers are counted with all else.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        concurrency: int = 32,
        lease: timedelta = timedelta(seconds=10),
        clock: Clock | None = None,
        outage: Callable[[BaseException], bool] = is_outage,
        keeps: Callable[[], bool] = lambda: True,
        delays: Sequence[float] = _DELAYS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        # One statement is one transaction: no BEGIN and COMMIT on the way.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._concurrency = concurrency
        self._lease = lease
        self._clock = clock or SystemClock()
        self._outage = outage
        self._left = Left(keeps, monotonic)
        self._delays = tuple(delays)
        self._monotonic = monotonic
        self._owner = uuid.uuid4().hex
        #: Told when updates were stored: another process may have to work them.
        self.stored: Callable[[], None] = lambda: None
        self._hand = _Hand()
        self._handler: Handler = _nobody
        third = lease.total_seconds() / 3
        self._claiming = Worker("inbox", self._look, poll=_POLL, is_outage=outage)
        self._marking = Worker("inbox marks", self._mark, poll=_MARK_POLL, is_outage=outage)
        self._renewing = Worker("inbox claims", self._renew, poll=third, is_outage=outage)

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Its loops, for the watchdog."""
        return (self._claiming, self._marking, self._renewing)

    async def store(self, bot_id: int, updates: Sequence[Mapping[str, object]]) -> int:
        """Store raw updates in one statement; returns how many were not there before."""
        if not updates:
            return 0
        now = self._clock.now()
        rows = [
            {"update_id": item["update_id"], "chat_id": chat_of(item), "payload": item}
            for item in updates
        ]
        async with self._engine.connect() as connection:
            given = {"bot_id": bot_id, "rows": storable(rows), "received_at": now}
            stored = await connection.execute(STORE, given)
            count = len(stored.all())
        if count:
            self.wake()
            self.stored()
        return count

    def wake(self) -> None:
        """Say that there may be updates to work."""
        self._claiming.wake()

    async def waiting(self) -> int:
        """How many updates wait or are at work, in all replicas."""
        async with self._engine.connect() as connection:
            return (
                await connection.scalar(select(func.count()).where(InboxUpdate.state.in_(OPEN)))
                or 0
            )

    async def oldest(self) -> datetime | None:
        """When the oldest update was received that is not worked yet, in all replicas."""
        async with self._engine.connect() as connection:
            return await connection.scalar(
                select(func.min(InboxUpdate.received_at)).where(InboxUpdate.state.in_(OPEN))
            )

    async def forget(self, older_than: timedelta, failed: timedelta | None = None) -> int:
        """Delete updates done so long ago: they hold what people wrote and serve nothing more.

        Those that failed so long ago, too, if ``failed`` is given: a voice may be among them.
        """
        now = func.clock_timestamp()
        over = and_(InboxUpdate.state == "done", InboxUpdate.done_at < now - older_than)
        if failed is not None:
            lost = and_(InboxUpdate.state == "failed", InboxUpdate.done_at < now - failed)
            over = or_(over, lost)
        async with self._engine.connect() as connection:
            gone = await connection.execute(
                delete(InboxUpdate).where(over).returning(InboxUpdate.id)
            )
            return len(gone.all())

    def work(self, handler: Handler) -> Coroutine[object, object, None]:
        """Work updates until ``stop`` is called, also if that is before the first turn.

        Survives the database being away.
        """
        self._handler = handler
        return self._work(self._claiming.run())

    async def _work(self, claiming: Coroutine[object, object, None]) -> None:
        helpers = [
            asyncio.create_task(each.run(), name=each.pulse.name)
            for each in (self._marking, self._renewing)
        ]
        try:
            await claiming
            if self._hand.chains:
                await asyncio.wait(self._hand.chains, timeout=_PATIENCE)
        finally:
            for task in (*helpers, *self._hand.chains):
                task.cancel()
            await asyncio.gather(*helpers, *self._hand.chains, return_exceptions=True)
            with suppress(Exception):  # the lease gives them back when this does not
                await self._mark()
                await self._release(sorted(self._hand.claims))
                self._hand.claims.clear()
                self._hand.last.clear()

    def stop(self) -> None:
        """Take no more updates; ``work`` returns when those in hand are finished."""
        self._claiming.stop()

    async def drain(self, handler: Handler) -> None:
        """Work until nothing waits (tests and demo)."""
        worker = asyncio.create_task(self.work(handler))
        try:
            # Another replica may hold updates: only the database knows, and it has to be asked.
            while await self.waiting() and not worker.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        finally:
            self.stop()
            await worker

    async def _look(self) -> None:
        """Claim for every free worker, as long as all of them get something to do."""
        while (free := self._concurrency - len(self._hand.chains)) > 0:
            claimed = await self._claim(free)
            for updates in claimed:
                self._hand.last.add(updates[-1].number)
                task = asyncio.create_task(self._chain(self._handler, updates))
                self._hand.chains.add(task)
                task.add_done_callback(self._chain_ended)
            if len(claimed) < free or self._claiming.stopping:
                return

    def _chain_ended(self, task: asyncio.Task[None]) -> None:
        full = len(self._hand.chains) >= self._concurrency
        self._hand.chains.discard(task)
        if full:
            self._claiming.wake()

    async def _chain(self, handler: Handler, updates: list[Received]) -> None:
        for place, item in enumerate(updates):
            if self._claiming.stopping:
                return
            # Whatever is logged on the way bears the update that it is about.
            claim = self._hand.claims[item.number]
            with structlog.contextvars.bound_contextvars(update=item.update_id), working(claim):
                try:
                    error = await self._handle(handler, item, claim)
                except TakenOver:
                    log.warning("inbox.taken_over")
                    await self._let_go([each.number for each in updates[place:]])
                    return
            self._hand.done[item.number] = error
            self._marking.wake()

    async def _handle(self, handler: Handler, item: Received, claim: Claim) -> str | None:
        """Work one update, with its retries; returns the error it finally failed with.

        Raises TakenOver when another process works it by now.
        """
        if item.claims > _MOST_CLAIMS:
            log.error("inbox.gave_up", update=item.update_id, claims=item.claims)
            return f"claimed {item.claims} times, its process died every time"
        failures = outages = 0
        while True:
            try:
                await claim.check()
                await handler(item)
            except TakenOver:
                raise
            except Exception as error:
                if self._outage(error) and outages < _OUTAGE_TRIES:
                    outages += 1
                    await asyncio.sleep(min(_OUTAGE_DELAY, 0.1 * 2**outages))
                    continue
                reason = scrub(f"{type(error).__name__}: {error}")[:500]
                log.exception("inbox.handler_failed", update=item.update_id, failure=failures + 1)
                if failures == len(self._delays):
                    return reason
                await asyncio.sleep(self._delays[failures])
                failures += 1
            else:
                return None

    async def _claim(self, limit: int) -> list[list[Received]]:
        until = self._sure_until()
        async with self._engine.connect() as connection:
            upto = await self._left.upto(connection)
            claim = {"owner": self._owner, "lease": self._lease, "most": limit, "upto": upto}
            rows = await connection.execute(CLAIM, {**claim, "held": sorted(self._hand.claims)})
            found = [Received(*row) for row in rows]
        for item in found:
            self._hand.claims[item.number] = Claim(
                self._engine, item.number, self._owner, until, self._monotonic
            )
        by_chat: dict[tuple[int, int | None, int], list[Received]] = defaultdict(list)
        for item in found:
            # Updates of no chat wait for nobody: each is a chain of its own.
            key = (item.bot_id, item.chat_id, item.number if item.chat_id is None else 0)
            by_chat[key].append(item)
        for updates in by_chat.values():
            updates.sort(key=lambda item: item.update_id)
        return list(by_chat.values())

    async def _mark(self) -> None:
        """Mark what has been worked, all in one statement each for done and failed."""
        batch = dict(self._hand.done)
        if not batch:
            return
        good = [number for number, error in batch.items() if error is None]
        async with self._engine.connect() as connection:
            if good:
                await connection.execute(self._mine(good).values(state="done", **_FINISHED))
            for number, error in batch.items():
                if error is not None:
                    await connection.execute(
                        self._mine([number]).values(state="failed", error=error, **_FINISHED)
                    )
        for number in batch:
            del self._hand.done[number]
            del self._hand.claims[number]
        if not self._hand.last.isdisjoint(batch):
            self._hand.last.difference_update(batch)
            self._claiming.wake()

    async def _renew(self) -> None:
        if not self._hand.claims:
            return
        until, asked = self._sure_until(), set(self._hand.claims)
        async with self._engine.connect() as connection:
            ours = await connection.scalars(
                self._mine(asked)
                .values(claimed_until=func.clock_timestamp() + self._lease)
                .returning(InboxUpdate.id)
            )
            renewed = set(ours)
        for number, claim in list(self._hand.claims.items()):
            if number in renewed:
                claim.until = until
            elif number in asked and number not in self._hand.done:
                await self._give_back(claim)

    def _sure_until(self) -> float:
        """Until when nobody else can take what is claimed or renewed from now on."""
        return self._monotonic() + self._lease.total_seconds()

    async def _let_go(self, numbers: Sequence[int]) -> None:
        """Forget a chain that another process has begun to work; what is left of it goes along."""
        try:
            with suppress(Exception):  # the leases end, and the bound of claims is generous
                released = await self._release(numbers)
                for number in set(numbers) - released:
                    await self._give_back(self._hand.claims[number])
        finally:
            for number in numbers:
                del self._hand.claims[number]
            self._hand.last.difference_update(numbers)
            self._claiming.wake()

    async def _give_back(self, claim: Claim) -> None:
        """Nobody died over what was taken from a living process: its claim does not count."""
        if claim.lost:
            return
        claim.lost = True
        async with self._engine.connect() as connection:
            await connection.execute(
                update(InboxUpdate)
                .where(
                    InboxUpdate.id == claim.number,
                    InboxUpdate.state.in_(OPEN),
                    InboxUpdate.claimed_by.is_distinct_from(self._owner),
                )
                .values(attempts=func.greatest(InboxUpdate.attempts - 1, 0))
            )

    async def _release(self, numbers: Sequence[int]) -> set[int]:
        """Give back what was claimed and not begun; returns what was still ours."""
        if not numbers:
            return set()
        async with self._engine.connect() as connection:
            ours = await connection.scalars(
                self._mine(numbers)
                .values(
                    state="queued",
                    claimed_by=None,
                    claimed_until=None,
                    attempts=InboxUpdate.attempts - 1,
                )
                .returning(InboxUpdate.id)
            )
            return set(ours)

    def _mine(self, numbers: Sequence[int] | set[int]) -> Update:
        return update(InboxUpdate).where(
            InboxUpdate.id == func.any(list(numbers)),
            InboxUpdate.state == "working",
            InboxUpdate.claimed_by == self._owner,
        )


_FINISHED = {"done_at": func.clock_timestamp(), "claimed_until": None}
