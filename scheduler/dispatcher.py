"""The dispatcher: takes notices from the queue by priority, sends them, records the outcome."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta

import structlog
from sqlalchemy import update

from domain.notices import Notice, Notices, NoticeView, Outcome
from domain.waking import woken
from scheduler.lease import Lease

log = structlog.get_logger(__name__)

Send = Callable[[NoticeView], Awaitable[Outcome]]

# Notices in hand: what goes out in about three seconds. More would stand in our memory where a
# more urgent one could not pass them.
_BUDGET = 90
_AT_ONCE = 40
_CLAIM = timedelta(minutes=5)
# Seconds: at most one look into the queue in this time, however often it is woken.
_GAP = 0.02
_POLL = 1.0
_PATIENCE = 10.0
_HOLD = 60.0


class Dispatcher:
    """Sends what waits: people side by side, the notices of one person one after another.

    ``send`` never raises for what happens on the way; without a ``lease`` this process is the
    only one (tests and the demo).
    """

    def __init__(
        self, notices: Notices, send: Send, lease: Lease | None = None, budget: int = _BUDGET
    ) -> None:
        self._notices = notices
        self._send = send
        self._lease = lease
        self._budget = budget
        self._owner = False
        self._woken = asyncio.Event()
        self._looking = asyncio.Lock()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._in_hand: set[int] = set()
        self._queues: dict[int, deque[NoticeView]] = {}
        self._senders: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """Say that an act was committed: its notices go out at once."""
        self._woken.set()

    @property
    def in_hand(self) -> int:
        """How many notices are claimed and not settled."""
        return len(self._in_hand)

    def run(self, beat: Callable[[], None] = lambda: None) -> Coroutine[object, object, None]:
        """Send until ``stop``, also if that is before the first turn.

        Survives the database being away.
        """
        self._stopping = False
        return self._run(beat)

    async def _run(self, beat: Callable[[], None]) -> None:
        while not self._stopping:
            await woken(self._woken, _POLL)
            try:
                await self.look()
                beat()
            except Exception as error:
                log.warning("dispatcher.trouble", error=type(error).__name__)
                await asyncio.sleep(_POLL)
            await asyncio.sleep(_GAP)

    async def look(self) -> int:
        """Claim what may go now and start sending it; returns how many were claimed."""
        async with self._looking:
            if self._stopping or not await self._is_owner():
                return 0
            claimed = 0
            while (free := self._budget - len(self._in_hand)) > 0 and not self._stopping:
                found = await self._notices.claim(free, _CLAIM)
                # Ours already, when the clock was moved past the end of its claim.
                fresh = [notice for notice in found if notice.number not in self._in_hand]
                for notice in fresh:
                    self._take(notice)
                claimed += len(fresh)
                if not fresh:
                    break
            return claimed

    async def drain(self) -> int:
        """Send until nothing may go now and nothing is in hand; returns how many were claimed."""
        total = 0
        while True:
            claimed = await self.look()
            total += claimed
            if self._senders:
                await asyncio.wait(self._senders, return_when=asyncio.FIRST_COMPLETED)
            elif not claimed:
                return total

    async def stop(self) -> None:
        """Claim no more, finish what is being sent, give back the rest and the lease."""
        self._stopping = True
        self.wake()
        if self._senders:
            _, late = await asyncio.wait(self._senders, timeout=_PATIENCE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        # A look in hand might take the lease again just after it was given up.
        async with self._looking:
            if self._lease is not None:
                await self._lease.release()
            self._owner = False

    async def _is_owner(self) -> bool:
        if self._lease is None:
            return True
        owner = await self._lease.hold()
        if owner and not self._owner:
            await self._take_over()
        self._owner = owner
        return owner

    async def _take_over(self) -> None:
        """What the owner before us had in hand waits again: it cannot be sending any more."""
        async with self._notices.site.sessions.begin() as session:
            await session.execute(
                update(Notice)
                .where(Notice.state == "sending", Notice.id.not_in(self._in_hand))
                .values(state="queued", claimed_until=None)
            )

    def _take(self, notice: NoticeView) -> None:
        self._in_hand.add(notice.number)
        queue = self._queues.get(notice.person_id)
        if queue is not None:
            queue.append(notice)
            return
        self._queues[notice.person_id] = deque([notice])
        task = asyncio.create_task(self._send_all(notice.person_id))
        self._senders.add(task)
        task.add_done_callback(self._senders.discard)

    async def _send_all(self, person: int) -> None:
        queue = self._queues[person]
        held: Outcome | None = None
        try:
            while queue:
                notice = queue.popleft()
                if self._stopping:
                    outcome = Outcome("retry", counted=False)
                elif held is not None:
                    outcome = held
                else:
                    async with self._slots:
                        outcome = await self._attempt(notice)
                    held = _holds(outcome)
                await self._settle(notice, outcome)
                self._in_hand.discard(notice.number)
        finally:
            self._in_hand.difference_update(notice.number for notice in queue)
            del self._queues[person]
            self.wake()

    async def _attempt(self, notice: NoticeView) -> Outcome:
        try:
            return await self._send(notice)
        except Exception as error:
            log.exception("dispatcher.send_failed", notice=notice.number)
            return Outcome("retry", retry_after=60, reason=type(error).__name__)

    async def _settle(self, notice: NoticeView, outcome: Outcome) -> None:
        """Record the outcome, however long the database is away: else it would be sent twice."""
        delay = 0.1
        while True:
            try:
                await self._notices.settle(notice.number, outcome)
            except Exception as error:
                log.warning(
                    "dispatcher.not_settled", notice=notice.number, error=type(error).__name__
                )
                await asyncio.sleep(delay)
                delay = min(2.0, delay * 2)
            else:
                return


def _holds(outcome: Outcome) -> Outcome | None:
    """What a notice that has to wait means for those behind it: they wait as long.

    What is told to a person stays in its order while Telegram is away; a notice that keeps
    failing by itself holds the others up for a minute at most each time.
    """
    if outcome.state != "retry":
        return None
    return Outcome("retry", retry_after=min(outcome.retry_after, _HOLD), counted=False)
