"""How fast a bot may write: 30 messages a second in all, one a second to a person (short bursts
pass), 20 a minute to a group. A message waits for its turn, the more urgent before the less; none
is ever dropped.

Telegram counts a message when it arrives, which is somewhere between our call and its answer. So
a message counts from its call until a second (a minute in a group) after its answer: however slow
the line, there are never more within Telegram's second than it allows.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum

# A person's second is counted from call to call: a little air, for calls may be slow.
_AIR = 1.05
# Groups of the desk fill in bursts of all at once: together they take this part of what all chats
# may have in a second, so that people are told at the same time.
_FOR_GROUPS = 2 / 3
#: Of a group's messages in a minute so many are left to answers to people: whoever presses a
#: button while thousands of topics are written does not wait for a minute.
FOR_PEOPLE = 3
#: Of what all chats may have in a second this part is left to statutory notices that wait, however
#: many people press buttons.
_FOR_STATUTORY = 1 / 6
_MANY_CHATS = 4096
# What the queue sends goes evenly through the second, so that whatever is more urgent finds a
# free place within a moment; so many places may be made up for at once.
_CATCH_UP = 4
# Seconds after which a call without an answer counts as arrived.
_LOST = 5.0
# Chats refused within a second of each other: it was the limit of all. Then all wait so long at
# most, and try again.
_TOGETHER, _ALL_WAIT = 1.0, 5.0


class Urgency(IntEnum):
    """Who goes first: a person who has pressed a button, then the lanes of notices."""

    PRESS = 0
    STATUTORY = 1
    WORK = 2
    NEWS = 3


class ChatPaused(Exception):
    """Telegram lets nothing be written to this chat for ``seconds`` more."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"paused for {seconds:.0f} s")
        self.seconds = seconds


class _Window:
    """At most ``limit`` messages within any ``span`` seconds, wherever on the way each is."""

    def __init__(self, limit: int, span: float) -> None:
        self._limit = limit
        self._span = span
        self._called: deque[float] = deque()
        self._answered: deque[float] = deque()
        self._given_up = 0

    def wait(self, now: float, count: int) -> float:
        """Seconds until ``count`` more fit; as far as calls without an answer let us know."""
        while self._called and self._called[0] <= now - _LOST:
            self._called.popleft()
            self._answered.append(now)
            self._given_up += 1
        while self._answered and self._answered[0] <= now - self._span:
            self._answered.popleft()
        over = len(self._called) + len(self._answered) + count - self._limit
        if over <= 0 or not (self._answered or self._called):
            return 0.0
        if over <= len(self._answered):
            return self._answered[over - 1] + self._span - now
        # An answer wakes us; without one the oldest call counts as arrived by then.
        return (self._called[0] + _LOST if self._called else now + self._span) - now

    def call(self, now: float, count: int) -> None:
        self._called.extend([now] * count)

    def answer(self, now: float, count: int) -> None:
        for _ in range(count):
            if self._given_up:
                self._given_up -= 1
            elif self._called:
                self._called.popleft()
                self._answered.append(now)


class _Bucket:
    """Refills at ``rate`` a second up to ``size``; an album larger than it needs a full one."""

    def __init__(self, rate: float, size: int) -> None:
        self._rate = rate / _AIR
        self._size = size
        self._level = float(size)
        self._at = 0.0

    def wait(self, now: float, count: int) -> float:
        self._level = min(self._size, self._level + max(0.0, now - self._at) * self._rate)
        self._at = now
        lacking = min(count, self._size) - self._level
        return 0.0 if lacking <= 1e-9 else lacking / self._rate

    def call(self, now: float, count: int) -> None:
        self._level -= count

    def answer(self, now: float, count: int) -> None:
        """A person's second is counted from call to call."""


@dataclass
class _Chat:
    meters: list[_Window | _Bucket]
    # What nobody waits for has less of a group.
    unhurried: list[_Window]
    paused_until: float = 0.0
    waiting: int = 0

    def wait(self, now: float, count: int, urgency: Urgency = Urgency.PRESS) -> float:
        longest = self.paused_until - now
        for meter in self.meters:
            longest = max(longest, meter.wait(now, count))
        if urgency is not Urgency.PRESS:
            for window in self.unhurried:
                longest = max(longest, window.wait(now, count))
        return longest


@dataclass(eq=False)
class _Waiter:
    chat: _Chat
    count: int
    urgency: Urgency
    turn: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class _Turn:
    """``async with`` it: the wait is before the block, the answer at its end."""

    __slots__ = ("_chat", "_count", "_limits", "_patience", "_to", "_urgency")

    def __init__(
        self, limits: Limits, to: int, count: int, urgency: Urgency, patience: float | None
    ) -> None:
        self._limits = limits
        self._to = to
        self._count = count
        self._urgency = urgency
        self._patience = patience

    async def __aenter__(self) -> None:
        self._chat = await self._limits.take(self._to, self._count, self._urgency, self._patience)

    async def __aexit__(self, *_error: object) -> None:
        self._limits.answer(self._chat, self._count, self._urgency)


class Limits:
    """The turns of all messages of one bot; ``monotonic`` and ``sleep`` are given by tests."""

    def __init__(
        self,
        *,
        overall: int = 30,
        per_chat: float = 1,
        burst: int = 3,
        per_group_minute: int = 20,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._all = _Window(overall, 1.0)
        self._all_groups = _Window(max(1, int(overall * _FOR_GROUPS)), 1.0)
        self._presses = _Window(overall - max(1, int(overall * _FOR_STATUTORY)), 1.0)
        self._gap = 1.0 / overall
        self._next_even = 0.0
        self._all_paused_until = 0.0
        self._refused: tuple[int, float] = (0, float("-inf"))
        self._per_chat = per_chat
        self._burst = burst
        self._per_group_minute = per_group_minute
        self._chats: dict[int, _Chat] = {}
        self._waiters: dict[Urgency, deque[_Waiter]] = {each: deque() for each in Urgency}
        self._waiting = 0
        self._monotonic = monotonic
        self._sleep = sleep
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at = float("inf")
        #: Told how long each message has waited for its turn (seconds).
        self.on_wait: Callable[[Urgency, float], None] = lambda urgency, seconds: None

    @property
    def waiting(self) -> int:
        """How many messages wait for their turn."""
        return self._waiting

    def turn(
        self,
        chat_id: int,
        count: int = 1,
        urgency: Urgency = Urgency.PRESS,
        patience: float | None = None,
    ) -> _Turn:
        """The turn of ``count`` messages to this chat; the call is made inside (``async with``).

        Raises ChatPaused at once where the chat is paused for longer than ``patience`` seconds.
        """
        return _Turn(self, chat_id, count, urgency, patience)

    async def take(
        self, chat_id: int, count: int, urgency: Urgency, patience: float | None
    ) -> _Chat:
        """Wait for a turn, as ``turn`` does; it is given back by ``answer``."""
        began, chat = self._monotonic(), self._chat(chat_id)
        if patience is not None:
            paused = max(chat.paused_until, self._all_paused_until) - began
            if paused > patience:
                raise ChatPaused(paused)
        if not self._take_at_once(chat, count, urgency, began):
            await self._await_turn(_Waiter(chat, count, urgency))
        self.on_wait(urgency, self._monotonic() - began)
        return chat

    def answer(self, chat: _Chat, count: int, urgency: Urgency) -> None:
        """The call of a turn has ended, whatever came of it."""
        now = self._monotonic()
        for meter in self._meters(chat, urgency):
            meter.answer(now, count)
        if self._waiting:
            self._serve()

    def pause(self, chat_id: int, seconds: float) -> None:
        """Telegram said to wait: this chat for so long.

        It does not say which limit was broken. Refusals of two chats at once mean the one of
        all: then everybody waits a few seconds.
        """
        now = self._monotonic()
        chat = self._chat(chat_id)
        chat.paused_until = max(chat.paused_until, now + seconds)
        before, at = self._refused
        self._refused = (chat_id, now)
        if before != chat_id and now - at < _TOGETHER:
            until = now + min(seconds, _ALL_WAIT)
            self._all_paused_until = max(self._all_paused_until, until)

    def _take_at_once(self, chat: _Chat, count: int, urgency: Urgency, now: float) -> bool:
        """Whether nobody waits and there is a place, which is taken: most often it is so."""
        if (
            self._waiting
            or chat.wait(now, count, urgency) > 0
            or self._all_wait(now, count, urgency) > 0
        ):
            return False
        self._count(chat, count, urgency, now)
        return True

    async def _await_turn(self, waiter: _Waiter) -> None:
        queue = self._waiters[waiter.urgency]
        queue.append(waiter)
        self._waiting += 1
        waiter.chat.waiting += 1
        try:
            self._serve()
            await waiter.turn
        except asyncio.CancelledError:
            if waiter in queue:
                queue.remove(waiter)
                self._waiting -= 1
            elif waiter.turn.done() and not waiter.turn.cancelled():
                # Its turn had come, and nothing will be sent.
                self.answer(waiter.chat, waiter.count, waiter.urgency)
            raise
        finally:
            waiter.chat.waiting -= 1

    def _meters(self, chat: _Chat, urgency: Urgency) -> Iterable[_Window | _Bucket]:
        if urgency is Urgency.PRESS:
            return (self._all, self._presses, *chat.meters)
        return (self._all, *chat.meters, *chat.unhurried)

    def _serve(self) -> None:
        """Give turns, the most urgent first; of one chat in order; then wait for the next."""
        now, soonest = self._monotonic(), float("inf")
        for urgency, queue in self._waiters.items():
            held: set[int] = set()
            for waiter in list(queue):
                if id(waiter.chat) in held:
                    continue
                wait = waiter.chat.wait(now, waiter.count, urgency)
                if wait > 0:
                    # Nobody else waits for this chat.
                    soonest = min(soonest, wait)
                    held.add(id(waiter.chat))
                    continue
                wait = self._for_statutory(now, waiter.count, urgency)
                if wait > 0:
                    soonest = min(soonest, wait)
                    break
                wait = self._all_wait(now, waiter.count, urgency)
                if wait > 0:
                    # The places of all are for the urgent first: who comes behind waits, too.
                    self._set_alarm(now + min(soonest, wait))
                    return
                queue.remove(waiter)
                self._waiting -= 1
                self._count(waiter.chat, waiter.count, urgency, now)
                if not waiter.turn.done():
                    waiter.turn.set_result(None)
        self._set_alarm(now + soonest)

    def _for_statutory(self, now: float, count: int, urgency: Urgency) -> float:
        """How long presses leave their place to what is statutory; 0 where none waits."""
        if urgency is not Urgency.PRESS or not self._waiters[Urgency.STATUTORY]:
            return 0.0
        return self._presses.wait(now, count)

    def _all_wait(self, now: float, count: int, urgency: Urgency) -> float:
        """How long for a place of all; what the queue sends goes evenly through the second."""
        wait = max(self._all_paused_until - now, self._all.wait(now, count))
        return wait if urgency is Urgency.PRESS else max(wait, self._next_even - now)

    def _count(self, chat: _Chat, count: int, urgency: Urgency, now: float) -> None:
        """Somebody has their turn: their call goes out."""
        for meter in self._meters(chat, urgency):
            meter.call(now, count)
        if urgency is not Urgency.PRESS:
            earliest = now - self._gap * _CATCH_UP
            self._next_even = max(self._next_even, earliest) + self._gap * count

    def _set_alarm(self, at: float) -> None:
        if at == float("inf") or (self._alarm_at <= at and self._alarm is not None):
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = asyncio.get_running_loop().create_task(self._ring(at))

    async def _ring(self, at: float) -> None:
        await self._sleep(max(0.0, at - self._monotonic()))
        self._alarm, self._alarm_at = None, float("inf")
        self._serve()

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            if len(self._chats) >= _MANY_CHATS:
                self._forget_idle()
            if chat_id > 0:
                chat = _Chat([_Bucket(self._per_chat, self._burst)], [])
            else:
                most = self._per_group_minute - FOR_PEOPLE
                less = [_Window(most, 60.0)] if most > 0 else []
                group = _Window(self._per_group_minute, 60.0)
                chat = _Chat([group, self._all_groups], less)
            self._chats[chat_id] = chat
        return chat

    def _forget_idle(self) -> None:
        """Drop chats that may write at once as much as a new one: nothing is lost with them."""
        now = self._monotonic()
        self._chats = {
            chat_id: chat
            for chat_id, chat in self._chats.items()
            if chat.waiting
            or chat.paused_until > now
            or chat.meters[0].wait(now, self._burst if chat_id > 0 else self._per_group_minute) > 0
        }
