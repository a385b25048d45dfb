"""Sends what waits in a channel besides Telegram: codes first, then notices, the urgent before all.

The rows are the queue. One replica at a time sends, so that the budget has one keeper; whoever
loses the turn settles nothing any more but what it has really sent. A process that dies in the
middle leaves its notices to the next, and what was taken just before arrives a second time under
the same number.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.channels.gateways import Gateway, Unanswered
from bot.channels.rendering import Message, of_code, of_notice
from bot.logs import scrub
from bot.mail.transport import Unsent
from bot.storage.outage import is_outage, through_outages
from domain.channels.views import CodeLetter
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.notices.views import NoticeView
from domain.services import Services
from scheduler.lease import Lease
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

#: On their way at once in one channel.
AT_ONCE = 4
# Longer than any sending takes: nobody else claims what is on its way.
CLAIM = timedelta(minutes=15)
# Seconds: what falls through wakes nobody, so it waits for the next look; acts come by hundreds.
_POLL = 1.0
_GAP = 0.25
# Seconds between looks where nothing can be sent: only what is left from before goes on from there.
_IDLE = 60.0
# Seconds between tries to take the turn from another replica.
_TAKING = 1.0
# Seconds that messages on their way have when the process is to end.
_FINISHING = 20.0
# Seconds between tries to put a sending on record while the database is away.
_RECORDING = 2.0
# Seconds: first pause after a refusal, the longest one, and while nobody takes anything.
_FIRST, _MOST, _AWAY = 30.0, 3600.0, 60.0
#: A gateway that takes nothing for so long will not take this.
GIVEN_UP = timedelta(days=3)

Username = Callable[[], Awaitable[str]]
Note = Callable[[NoticeView, Outcome, float], None]
"""Told of each attempt: how it ended, and after how many seconds."""


class Budget:
    """So many messages a minute, a sixth of them at once."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._most = max(1.0, per_minute / 6)
        self._monotonic = monotonic
        self._left = self._most
        self._at = monotonic()

    @property
    def room(self) -> int:
        """How many may go now."""
        now = self._monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._rate)
        self._at = now
        return int(self._left)

    def take(self, count: int) -> None:
        """So many go."""
        self._left -= count


class ChannelSender:
    """The worker of one channel; ``gateway`` is None where the installation has none.

    ``username`` asks for the bot's name, for links back into the chat.
    """

    def __init__(
        self,
        services: Services,
        channel: str,
        gateway: Gateway | None,
        budget: Budget,
        username: Username,
        lease: Lease | None = None,
        *,
        poll: float = _POLL,
    ) -> None:
        self.channel = channel
        self.gateway = gateway
        self._services = services
        self._queue = NoticeQueue(services.site, channel)
        self._budget = budget
        self._username = username
        self._lease = lease
        self._owner = False
        # The fence of the turn in which what others had in hand was taken over.
        self._turn: int | None = None
        self._tried = -math.inf
        self._in_hand: dict[int, int | None] = {}
        self._going: set[asyncio.Task[None]] = set()
        self.note: Note = lambda notice, outcome, seconds: None
        # Where the reader of a letter says that they have seen its notice.
        self.seen: Callable[[NoticeView], str] = lambda notice: ""
        self.worker = Worker(
            f"channel {channel}",
            self.turn,
            poll=_IDLE if gateway is None else poll,
            gap=_GAP,
            vital=False,
            is_outage=is_outage,
        )

    async def run(self) -> None:
        """Work until stopped; what is on its way then is put on record first."""
        try:
            await self.worker.run()
        finally:
            await self.close()

    async def close(self) -> None:
        """Let what is on its way end, then give up the turn."""
        if self._going:
            await asyncio.wait(self._going, timeout=_FINISHING)
        if self._lease is not None:
            await self._lease.release()
        self._owner = False

    async def turn(self) -> int:
        """Begin to send what may go now; waits for no sending. Returns how many were begun."""
        if not await self._is_owner():
            return 0
        begun = 0
        if self.gateway is not None and (room := self._room()):
            for letter in await self._services.addresses.codes.claim(self.channel, CLAIM, room):
                self._begin(self._send_code(letter, self.gateway))
                begun += 1
        while room := self._room():
            found = await self._queue.claim(room, CLAIM, fence=self._fence, in_hand=self._in_hand)
            for notice in found:
                self._in_hand[notice.number] = notice.fence
                self._begin(self._send_notice(notice))
            begun += len(found)
            if len(found) < room:
                break
        return begun

    async def drain(self) -> int:
        """Send until nothing may go now (tests, the demo); returns how many were tried."""
        tried = 0
        while True:
            begun = await self.turn()
            tried += begun
            if self._going:
                await asyncio.wait(list(self._going))
            elif not begun:
                return tried

    @property
    def _fence(self) -> int | None:
        return None if self._lease is None else self._lease.fence

    def _room(self) -> int:
        return max(0, min(AT_ONCE - len(self._going), self._budget.room))

    async def _is_owner(self) -> bool:
        if self._lease is None:
            return True
        now = time.monotonic()
        if not self._owner and now - self._tried < _TAKING:
            return False
        self._tried = now
        owner = await self._lease.hold()
        if owner and self._lease.fence != self._turn:
            await self._queue.take_over(self._lease.fence or 0, self._in_hand)
            self._turn = self._lease.fence
        self._owner = owner
        return owner

    def _begin(self, work: Awaitable[None]) -> None:
        self._budget.take(1)
        task = asyncio.ensure_future(work)
        self._going.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._going.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # Left to the end of its claim.
            log.warning("channel.left", channel=self.channel, error=type(task.exception()).__name__)
        self.worker.wake()

    async def _send_code(self, letter: CodeLetter, gateway: Gateway) -> None:
        codes = self._services.addresses.codes
        try:
            await gateway.send(of_code(letter))
        except (Unsent, Unanswered) as error:
            reason = scrub(str(error))
            log.warning("code.unsent", channel=self.channel, address=letter.id, why=reason)
            if isinstance(error, Unsent) and error.verdict == "never":
                await codes.failed(letter, reason)
            else:
                await codes.again(letter, timedelta(seconds=backoff(letter.attempts)))
        else:
            await codes.sent(letter)
            log.info("code.sent", channel=self.channel, address=letter.id)

    async def _send_notice(self, notice: NoticeView) -> None:
        try:
            began_at, began = self._services.site.clock.now(), time.perf_counter()
            if self.gateway is None:
                outcome = Outcome("dead", reason="no gateway is set for this channel")
            else:
                outcome = await self._attempt(notice, self.gateway)
            self.note(notice, outcome, time.perf_counter() - began)
            await self._record(Settled(notice, outcome, began_at))
        finally:
            self._let_go(notice)

    def _let_go(self, notice: NoticeView) -> None:
        # After a turn of somebody else it may be in hand a second time, by a claim of its own.
        if self._in_hand.get(notice.number) == notice.fence:
            self._in_hand.pop(notice.number, None)

    async def _attempt(self, notice: NoticeView, gateway: Gateway) -> Outcome:
        """One attempt; never raises for what a view, the database or a gateway does."""
        try:
            message = await self._message(notice)
            if message is None:
                return Outcome("unreachable", reason="no confirmed address")
            if self._lease is not None and not self._lease.valid(notice.fence):
                return Outcome("retry", counted=False, reason="the turn is over")
            await gateway.send(message)
        except (Unsent, Unanswered) as error:
            return self._unsent(notice, error)
        except Exception as error:
            log.exception("channel.send_failed", channel=self.channel, notice=notice.number)
            return Outcome(
                "retry", retry_after=backoff(notice.attempts), reason=type(error).__name__
            )
        return Outcome("sent")

    def _unsent(self, notice: NoticeView, error: Unsent | Unanswered) -> Outcome:
        reason, pause = scrub(str(error)), backoff(notice.attempts)
        if isinstance(error, Unanswered):
            return Outcome("unknown", retry_after=pause, reason=reason)
        late = self._services.site.clock.now() - notice.created_at >= GIVEN_UP
        if error.verdict == "never" or (error.verdict == "away" and late):
            return Outcome("dead", reason=reason)
        if error.verdict == "away":
            return Outcome("retry", retry_after=_AWAY, counted=False, reason=reason)
        return Outcome("retry", retry_after=pause, reason=reason)

    async def _message(self, notice: NoticeView) -> Message | None:
        receiver = await self._services.addresses.receiver(notice.person_id, self.channel)
        if receiver is None or receiver.address is None:
            return None
        name = await self._username() if receiver.chat else ""
        now = self._services.site.clock.now()
        return of_notice(notice, receiver, name, now, self.seen(notice))

    async def _record(self, settled: Settled) -> None:
        """Put on record what became of it: until that is done it might go once more."""
        until = time.monotonic() + CLAIM.total_seconds()
        await through_outages(lambda: self._queue.settle([settled]), until, _RECORDING)


def backoff(attempts: int) -> float:
    """Seconds before the next attempt after so many: twice as long each time, about an hour at
    most, and never the same for many at once."""
    pause: float = min(_MOST, _FIRST * 2 ** max(0, attempts - 1))
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads attempts, keeps no secret
