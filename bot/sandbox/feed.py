"""What happened in the chats, in order, for those who watch: the page and the tests."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import Literal

from bot.sandbox.records import Json

EventKind = Literal[
    "message", "edit", "delete", "callback_answer", "chat_action", "unread", "commands", "person"
]

KEPT_EVENTS = 20_000


class Signal:
    """Wakes everybody who waits; may be made before there is an event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wake all."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, timeout_s: float) -> bool:
        """Sleep until notified (``True``) or for ``timeout_s`` seconds (``False``)."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            with contextlib.suppress(TimeoutError):
                # Not ``wait_for``: see ``domain.waking``.
                async with asyncio.timeout(timeout_s):
                    await future
                return True
            return False
        finally:
            self._waiting.discard(future)


class Feed:
    """Numbered events; ``version`` is the number of the newest."""

    def __init__(self, version: int = 0) -> None:
        self.version = version
        self.signal = Signal()
        self._events: deque[Json] = deque(maxlen=KEPT_EVENTS)

    def add(self, kind: EventKind, chat_id: int, **extra: object) -> None:
        """Put an event on record; watchers are woken when the act is over."""
        self.version += 1
        self._events.append({"n": self.version, "kind": kind, "chat": chat_id, **extra})
        self.signal.notify()

    def after(self, number: int, chat_id: int | None = None) -> list[Json]:
        """Events newer than ``number``, oldest first."""
        newer: list[Json] = []
        for event in reversed(self._events):
            if event["n"] <= number:
                break
            if chat_id is None or event["chat"] == chat_id:
                newer.append(event)
        newer.reverse()
        return newer
