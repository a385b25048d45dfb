"""How fast a bot may write and how large its files may be; what is beyond gets 429 or 400.

Telegram publishes the figures in its FAQ for bots: about 30 messages a second in all, one a
second to one chat (short bursts are let through), 20 a minute to one group. They do
not say that service messages (a new topic, a pin) are free, so those are counted, too.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages per second in all and per private chat, the burst a private chat tolerates,
    and messages per minute in a group. ``edits`` counts edits like messages too."""

    overall: int = 30
    per_chat: float = 1
    burst: int = 3
    per_group_minute: int = 20
    edits: bool = False


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Bytes: a photo, any other upload, and a download through ``getFile``."""

    photo: int = 10 * 1024 * 1024
    upload: int = 50 * 1024 * 1024
    download: int = 20 * 1024 * 1024


class _Window:
    """At most ``limit`` events within any ``span`` seconds."""

    def __init__(self, limit: int, span: float) -> None:
        self._limit = limit
        self._span = span
        self._at: deque[float] = deque()

    def wait(self, now: float, count: int) -> float:
        """Seconds until ``count`` more events fit; 0 when they fit now."""
        while self._at and self._at[0] <= now - self._span:
            self._at.popleft()
        over = len(self._at) + count - self._limit
        if over <= 0 or not self._at:
            return 0.0
        return self._at[min(over, len(self._at)) - 1] + self._span - now

    def add(self, now: float, count: int) -> None:
        self._at.extend([now] * count)


class _Bucket:
    """Refills at ``rate`` a second up to ``size``."""

    def __init__(self, rate: float, size: int, now: float) -> None:
        self._rate = rate
        self._size = size
        self._level = float(size)
        self._at = now

    def wait(self, now: float, count: int) -> float:
        """Seconds until ``count`` fit. An album larger than the bucket needs a full one."""
        self._level = min(self._size, self._level + (now - self._at) * self._rate)
        self._at = now
        lacking = min(count, self._size) - self._level
        # A hair of tolerance: a sender who waits exactly retry_after must get through.
        return 0.0 if lacking <= 1e-6 else lacking / self._rate

    def add(self, count: int) -> None:
        self._level -= count


class RateLimiter:
    """Counts messages by real (monotonic) time, whatever the sandbox's calendar shows."""

    def __init__(self, limits: Limits | None, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self.set(limits)

    def set(self, limits: Limits | None) -> None:
        """Change the limits and forget what was counted; ``None`` switches them off."""
        self.limits = limits
        self._overall = _Window(limits.overall, 1.0) if limits else None
        self._chats: dict[int, _Bucket] = {}
        self._groups: dict[int, _Window] = {}

    def take(self, chat_id: int, count: int = 1) -> int:
        """Count ``count`` messages to a chat; the whole seconds to wait if they do not fit.

        What does not fit is not counted. Private chats have positive ids, groups negative.
        """
        if self.limits is None or self._overall is None:
            return 0
        now = self._monotonic()
        wait = self._overall.wait(now, count)
        if chat_id > 0:
            bucket = self._chats.get(chat_id)
            if bucket is None:
                bucket = _Bucket(self.limits.per_chat, self.limits.burst, now)
                self._chats[chat_id] = bucket
            wait = max(wait, bucket.wait(now, count))
            if wait == 0:
                bucket.add(count)
        else:
            window = self._groups.get(chat_id)
            if window is None:
                window = self._groups[chat_id] = _Window(self.limits.per_group_minute, 60.0)
            wait = max(wait, window.wait(now, count))
            if wait == 0:
                window.add(now, count)
        if wait > 0:
            return max(1, math.ceil(wait))
        self._overall.add(now, count)
        return 0
