"""The dispatcher: takes notices from the queue by priority, sends them, records the outcome."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from domain.notices.model import Lane
from domain.notices.queue import NoticeQueue, Outcome, Settled, Share
from domain.notices.views import NoticeView
from scheduler.lease import Lease
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

Send = Callable[[NoticeView], Awaitable[Outcome]]

# Notices in hand: what goes out in about three seconds. More would stand in our memory where a
# more urgent one could not pass them.
_BUDGET = 90
_CLAIM = timedelta(minutes=5)
# Seconds: at most one look into the queue in this time, however often it is woken.
_GAP = 0.02
_POLL = 1.0
_PATIENCE = 10.0
_HOLD = 60.0
# Of what is in hand so much is left to more urgent lanes.
_SHARE = {Lane.STATUTORY: 1.0, Lane.WORK: 5 / 6, Lane.NEWS: 2 / 3}
# Of one person, who takes one message a second, so many in hand; what is statutory besides. The
# rest would keep the places of others.
_OF_ONE = 5
_MOST_SETTLED = 300
# However fast it goes, so many are enough for nobody to wait for the database; more would keep
# everything else in the process waiting. Of them claimed in one turn to the database: the first
# go out while the next are claimed.
_MOST_IN_HAND, _MOST_CLAIMED = 600, 150
# Seconds in which outcomes gather, so that one turn to the database records many; while so many
# are being sent, three times as long.
_GATHER = 0.01
_MANY_SENT = 100
# What goes out is made good once so much of all that may be in hand has gone: a look into the
# queue costs the same for one as for a hundred.
_MADE_GOOD = 1 / 6
# What says that Telegram is there; so many in a row without it say that it is not. One connection
# that is not made says nothing of the others.
_ANSWERED, _SURELY_AWAY = ("sent", "unknown", "dead"), 3
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(eq=False)
class _Line:
    """What is in hand for one person, who is sent one thing after another."""

    person: int
    waiting: deque[NoticeView]
    # What keeps those behind from going, the lane of which it is, and until when. Whatever comes
    # into the line later may go, or what has waited long enough would meet the same hold again.
    held: Outcome | None = None
    lane: int = Lane.STATUTORY
    until: datetime = _EVER
    behind: set[int] = field(default_factory=set)

    def holds(self, notice: NoticeView, now: datetime) -> Outcome | None:
        """What keeps this one from going now."""
        behind = notice.number in self.behind
        self.behind.discard(notice.number)
        if self.held is None or not (self.held.holds or notice.lane >= self.lane):
            return None
        return self.held if behind or now < self.until else None

    def ended(self, notice: NoticeView, outcome: Outcome, now: datetime) -> None:
        """An attempt has ended so: what it means for those behind."""
        self.held, self.lane = _holds(outcome), notice.lane
        if self.held is not None:
            self.until = now + timedelta(seconds=self.held.retry_after)
            self.behind = {each.number for each in self.waiting}


class Dispatcher:
    """Sends what waits: people side by side, the notices of one person one after another.

    ``send`` never raises for what happens on the way; without a ``lease`` this process is the
    only one (tests and the demo). ``is_outage`` tells a database that is away.
    """

    def __init__(
        self,
        queue: NoticeQueue,
        send: Send,
        lease: Lease | None = None,
        budget: int = _BUDGET,
        is_outage: Callable[[BaseException], bool] = lambda _: False,
    ) -> None:
        self._queue = queue
        self._send = send
        self._lease = lease
        self._budget = min(budget, _MOST_IN_HAND)
        self._enough = self._budget * _MADE_GOOD
        # The fence of the turn in which what others had in hand was taken over.
        self._turn: int | None = None
        self.worker = Worker("notices", self.look, poll=_POLL, gap=_GAP, is_outage=is_outage)
        self._looking = asyncio.Lock()
        self._in_hand: dict[int, NoticeView] = {}
        self._lines: dict[int, _Line] = {}
        self._senders: set[asyncio.Task[None]] = set()
        self._done: list[tuple[_Line, Settled]] = []
        self._recorder: asyncio.Task[None] | None = None
        # While nobody can be reached at all: when one is tried next, in the place of all.
        self._away_until: datetime | None = None
        self._nobody = 0
        # Whenever something has left our hands; how many since the last look.
        self._moved = asyncio.Event()
        self._gone = 0

    def wake(self) -> None:
        """Say that an act was committed: its notices go out at once."""
        self.worker.wake()

    @property
    def in_hand(self) -> int:
        """How many notices are claimed and not settled."""
        return len(self._in_hand)

    def run(self) -> Coroutine[object, object, None]:
        """Send until ``stop``, also if that is before the first turn.

        Survives the database being away.
        """
        return self.worker.run()

    async def look(self) -> int:
        """Claim what may go now and start sending it; returns how many were claimed."""
        async with self._looking:
            claimed = self._gone = 0
            # Asked each time: while much is claimed a turn would run out.
            while not self.worker.stopping and await self._is_owner():
                room = self._room()
                free = self._budget - len(self._in_hand)
                if not any(room.values()) or (claimed and free < self._enough):
                    break
                found = await self._queue.claim(
                    room,
                    _CLAIM,
                    fence=self._fence,
                    in_hand=self._claims(),
                    share=Share(_OF_ONE, self._busy()),
                )
                for notice in found:
                    self._take(notice)
                claimed += len(found)
                if not found:
                    break
                # While much waits a look has no end; it is not stuck.
                self.worker.pulse.turn()
            return claimed

    async def drain(self) -> int:
        """Send until nothing may go now and nothing is in hand; returns how many were claimed."""
        total = 0
        while True:
            claimed = await self.look()
            total += claimed
            if self._lines:
                await self._something_moved()
            elif not claimed:
                return total

    async def stop(self) -> None:
        """Claim no more, finish what is being sent, give back the rest and the lease."""
        self.worker.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while self._lines:
                    await self._something_moved()
        late = list(self._senders)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        # A look in hand might take the lease again just after it was given up.
        async with self._looking:
            if self._lease is not None:
                await self._lease.release()

    @property
    def _fence(self) -> int | None:
        return None if self._lease is None else self._lease.fence

    def _room(self) -> dict[Lane, int]:
        """How many more of each lane may be taken in hand at once."""
        if self._away_until is not None:
            one = not self._in_hand and self._queue.site.clock.now() >= self._away_until
            return dict.fromkeys(Lane, int(one))
        held = Counter(notice.lane for notice in self._in_hand.values())
        free = self._budget - len(self._in_hand)
        # Work and news together leave room to what is statutory.
        unhurried = held[Lane.WORK] + held[Lane.NEWS]
        return {
            lane: min(
                _MOST_CLAIMED,
                max(0, min(free, max(1, int(self._budget * share)) - unhurried)) if lane else free,
            )
            for lane, share in _SHARE.items()
        }

    def _claims(self) -> dict[int, int | None]:
        return {number: notice.fence for number, notice in self._in_hand.items()}

    def _busy(self) -> list[int]:
        """People with as much in hand as goes to one of them in a few seconds."""
        return [line.person for line in self._lines.values() if len(line.waiting) >= _OF_ONE]

    async def _something_moved(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    async def _is_owner(self) -> bool:
        if self._lease is None:
            return True
        if not await self._lease.hold():
            return False
        if self._lease.fence != self._turn:
            await self._queue.take_over(self._lease.fence or 0, self._claims())
            self._turn = self._lease.fence
        return True

    def _take(self, notice: NoticeView) -> None:
        self._in_hand[notice.number] = notice
        line = self._lines.get(notice.person_id)
        if line is not None:
            # What is more urgent passes what waits for the same person.
            later = (at for at, each in enumerate(line.waiting) if each.lane > notice.lane)
            line.waiting.insert(next(later, len(line.waiting)), notice)
            return
        line = self._lines[notice.person_id] = _Line(notice.person_id, deque([notice]))
        self._go_on(line)

    def _go_on(self, line: _Line) -> None:
        task = asyncio.create_task(self._send_first(line))
        self._senders.add(task)
        task.add_done_callback(self._senders.discard)

    async def _send_first(self, line: _Line) -> None:
        """Send what stands first; the next of the line goes once this is on record."""
        notice = line.waiting.popleft()
        began_at, tried = self._queue.site.clock.now(), False
        try:
            if self.worker.stopping:
                outcome = Outcome("retry", counted=False, reason="stopped")
            elif held := line.holds(notice, began_at) or self._held_with_all(began_at):
                outcome = held
            else:
                tried, outcome = True, await self._attempt(notice)
                ended_at = self._queue.site.clock.now()
                line.ended(notice, outcome, ended_at)
                self._note_away(outcome, ended_at)
        except BaseException:
            for each in (notice, *line.waiting):
                self._let_go(each)
            del self._lines[line.person]
            self._moved.set()
            raise
        self._done.append((line, Settled(notice, outcome, began_at, tried)))
        if self._recorder is None:
            self._recorder = asyncio.create_task(self._record())

    def _held_with_all(self, now: datetime) -> Outcome | None:
        """What keeps everybody from being sent anything now."""
        if self._away_until is None or now >= self._away_until:
            return None
        left = (self._away_until - now).total_seconds()
        return Outcome("retry", retry_after=left, counted=False, reason="waits", holds=True)

    def _note_away(self, outcome: Outcome, now: datetime) -> None:
        """Nobody is there: one asks for all, or a day without Telegram would be millions of
        attempts on record. Any answer but a refusal that may pass lets all go.
        """
        if outcome.state in _ANSWERED:
            self._away_until, self._nobody = None, 0
        elif outcome.everyone:
            self._nobody += 1
            if self._nobody >= _SURELY_AWAY:
                self._away_until = now + timedelta(seconds=outcome.retry_after)

    def _let_go(self, notice: NoticeView) -> None:
        # After a turn of somebody else it may be in hand a second time, by a claim of its own.
        if self._in_hand.get(notice.number) is notice:
            del self._in_hand[notice.number]

    def _recorded(self, batch: Sequence[tuple[_Line, Settled]]) -> None:
        for line, settled in batch:
            self._let_go(settled.notice)
            if line.waiting:
                self._go_on(line)
            else:
                del self._lines[line.person]
        self._moved.set()
        self._gone += len(batch)
        if self._gone >= self._enough or len(self._in_hand) <= self._enough:
            self.wake()

    async def _attempt(self, notice: NoticeView) -> Outcome:
        try:
            return await self._send(notice)
        except Exception as error:
            log.exception("dispatcher.send_failed", notice=notice.number)
            return Outcome("retry", retry_after=60, reason=type(error).__name__)

    async def _record(self) -> None:
        """Record outcomes, however long the database is away: else they would be sent twice."""
        delay, most = 0.1, _MOST_SETTLED
        try:
            while self._done:
                # What is being sent beside it ends in the same moment.
                await asyncio.sleep(_GATHER if len(self._senders) < _MANY_SENT else 3 * _GATHER)
                batch = self._done[:most]
                try:
                    await self._queue.settle([settled for _, settled in batch])
                except Exception as error:
                    log.warning(
                        "dispatcher.not_settled", notices=len(batch), error=type(error).__name__
                    )
                    # It may be one of them that cannot be recorded: the others go without it.
                    if len(batch) == 1:
                        self._done.append(self._done.pop(0))
                    most = max(1, len(batch) // 2)
                    await asyncio.sleep(delay)
                    delay = min(2.0, delay * 2)
                    continue
                delay, most = 0.1, min(_MOST_SETTLED, 2 * most)
                del self._done[: len(batch)]
                self._recorded(batch)
        finally:
            self._recorder = None


def _holds(outcome: Outcome) -> Outcome | None:
    """What a notice that has to wait means for those behind it: they wait as long.

    What is told to a person stays in its order while Telegram is away; a notice that keeps
    failing by itself holds the others up for a minute at most each time, the more urgent not.
    """
    if outcome.state not in ("retry", "unknown"):
        return None
    after = outcome.retry_after if outcome.holds else min(outcome.retry_after, _HOLD)
    return Outcome("retry", retry_after=after, counted=False, reason="waits", holds=outcome.holds)
