"""How fast a bot may write: 30 messages a second in all, one a second to a person (short bursts
pass), 20 a minute to a group. A message waits for its turn; none is ever dropped.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

# Telegram counts when a message arrives; ours set off a little apart from each other and may
# arrive closer together. This much air between what we count and what Telegram counts.
_AIR = 1.05
# Groups of the desk fill in bursts of all at once, when a message may well be late by more than
# that: together they take this part of what all chats may have in a second.
_FOR_GROUPS = 2 / 3
#: Of a group's messages in a minute so many are left to answers to people: whoever presses a
#: button while thousands of topics are written does not wait for a minute.
FOR_PEOPLE = 3
_MANY_CHATS = 4096


class _Window:
    """At most ``limit`` messages within any ``span`` seconds."""

    def __init__(self, limit: int, span: float) -> None:
        self._limit = limit
        self._span = span * _AIR
        self._at: deque[float] = deque()

    def wait(self, now: float, count: int) -> float:
        while self._at and self._at[0] <= now - self._span:
            self._at.popleft()
        over = len(self._at) + count - self._limit
        if over <= 0 or not self._at:
            return 0.0
        return self._at[min(over, len(self._at)) - 1] + self._span - now

    def take(self, now: float, count: int) -> None:
        self._at.extend([now] * count)


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

    def take(self, now: float, count: int) -> None:
        self._level -= count


@dataclass
class _Chat:
    meter: _Window | _Bucket
    paused_until: float = 0.0
    # First come, first served: asyncio's locks are fair.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    # What nobody waits for has less of a group, and a queue of its own.
    unhurried: _Chat | None = None

    def wait(self, now: float, count: int) -> float:
        return max(self.meter.wait(now, count), self.paused_until - now)


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
        self._all = _Chat(_Window(overall, 1.0))
        self._all_groups = _Chat(_Window(max(1, int(overall * _FOR_GROUPS)), 1.0))
        self._per_chat = per_chat
        self._burst = burst
        self._per_group_minute = per_group_minute
        self._chats: dict[int, _Chat] = {}
        self._monotonic = monotonic
        self._sleep = sleep

    async def take(self, chat_id: int, count: int = 1, *, hurry: bool = True) -> None:
        """Wait for the turn of ``count`` messages to this chat.

        Without ``hurry`` a part of a group's messages is left to those that somebody waits for.
        """
        chat = self._chat(chat_id)
        if hurry or chat.unhurried is None:
            await self._take(chat_id, chat, count)
            return
        async with chat.unhurried.turn:
            await self._wait(chat.unhurried, count)
            await self._take(chat_id, chat, count)
            chat.unhurried.meter.take(self._monotonic(), count)

    async def _take(self, chat_id: int, chat: _Chat, count: int) -> None:
        async with chat.turn:
            await self._wait(chat, count)
            if chat_id > 0:
                await self._pass(chat, count)
                return
            async with self._all_groups.turn:
                await self._wait(self._all_groups, count)
                await self._pass(chat, count)
                self._all_groups.meter.take(self._monotonic(), count)

    def pause(self, chat_id: int, seconds: float) -> None:
        """Telegram said to wait: this chat for so long, everybody for a second at most.

        Telegram does not say which limit was broken; the second is enough for the common one.
        """
        now = self._monotonic()
        for chat, length in ((self._chat(chat_id), seconds), (self._all, min(seconds, 1.0))):
            chat.paused_until = max(chat.paused_until, now + length)

    async def _pass(self, chat: _Chat, count: int) -> None:
        async with self._all.turn:
            await self._wait(self._all, count)
            now = self._monotonic()
            chat.meter.take(now, count)
            self._all.meter.take(now, count)

    async def _wait(self, chat: _Chat, count: int) -> None:
        while (left := chat.wait(self._monotonic(), count)) > 0:
            await self._sleep(left)

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            if len(self._chats) >= _MANY_CHATS:
                self._forget_idle()
            meter: _Window | _Bucket = (
                _Bucket(self._per_chat, self._burst)
                if chat_id > 0
                else _Window(self._per_group_minute, 60.0)
            )
            chat = self._chats[chat_id] = _Chat(meter)
            most = self._per_group_minute - FOR_PEOPLE
            if chat_id < 0 and most > 0:
                chat.unhurried = _Chat(_Window(most, 60.0))
        return chat

    def _forget_idle(self) -> None:
        """Drop chats that may write at once as much as a new one: nothing is lost with them."""
        now = self._monotonic()
        most = {_Bucket: self._burst, _Window: self._per_group_minute}
        self._chats = {
            chat_id: chat
            for chat_id, chat in self._chats.items()
            if chat.turn.locked()
            or (chat.unhurried is not None and chat.unhurried.turn.locked())
            or chat.wait(now, most[type(chat.meter)]) > 0
        }
