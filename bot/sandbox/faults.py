"""Faults on demand: what goes wrong with the next calls of a method, a chat, or any."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

FaultKind = Literal[
    "429", "5xx", "500", "400", "timeout_after", "timeout_before", "drop", "truncated"
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


@dataclass(slots=True, eq=False)
class Fault:
    """``timeout_after`` works the call and then never answers; ``timeout_before`` does not even
    work it; ``drop`` closes the connection unworked. ``hang`` is how many seconds the
    connection is held open before it is closed. ``truncated`` works the call and answers with half
    of its JSON. ``5xx`` is a 502 of a proxy. ``400`` refuses with ``text``, and names the group's
    new id where ``migrate_to`` is given. With ``lasts`` every fitting call is struck for so many
    real seconds, and a 429 says what is left of them; ``times`` then counts for nothing."""

    kind: FaultKind
    method: str = "*"
    chat_id: int | None = None
    times: int = 1
    retry_after: int = 1
    hang: float = 30.0
    text: str = "chat not found"
    migrate_to: int | None = None
    lasts: float | None = None

    @property
    def works(self) -> bool:
        """Whether the call is worked all the same, and only its answer is lost."""
        return self.kind in {"timeout_after", "truncated"}


class Faults:
    """Faults waiting for their call, the oldest that fits first."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._waiting: list[Fault] = []
        self._until: dict[int, float] = {}

    def add(self, fault: Fault) -> None:
        """Strike the next ``fault.times`` fitting calls, or all for ``fault.lasts`` seconds."""
        self._waiting.append(fault)
        if fault.lasts is not None:
            self._until[id(fault)] = self._monotonic() + fault.lasts

    @property
    def waiting(self) -> list[Fault]:
        """What is still to come, the oldest first; ``lasts`` is what is left."""
        self._end()
        found = []
        for each in self._waiting:
            until = self._until.get(id(each))
            left = None if until is None else max(0.0, until - self._monotonic())
            found.append(replace(each, lasts=left))
        return found

    def _end(self) -> None:
        now = self._monotonic()
        for each in [each for each in self._waiting if self._until.get(id(each), now + 1) <= now]:
            self._waiting.remove(each)
            del self._until[id(each)]

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()
        self._until.clear()

    def strike(self, method: str, chat_id: object) -> Fault | None:
        """The fault this call runs into, used up once. ``*`` spares the fetching of updates."""
        if not self._waiting:
            return None
        self._end()
        for fault in self._waiting:
            named = fault.method.lower() == method.lower()
            if not named and (fault.method != "*" or method.lower() == "getupdates"):
                continue
            if fault.chat_id is not None and str(chat_id) != str(fault.chat_id):
                continue
            if (until := self._until.get(id(fault))) is not None:
                left = math.ceil(until - self._monotonic())
                return replace(fault, retry_after=max(1, left))
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
            return fault
        return None
