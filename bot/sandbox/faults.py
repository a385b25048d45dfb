"""Faults on demand: what goes wrong with the next calls of a method, a chat, or any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "429", "5xx", "500", "400", "timeout_after", "timeout_before", "drop", "truncated"
]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


@dataclass(slots=True)
class Fault:
    """``timeout_after`` works the call and then never answers; ``timeout_before`` does not even
    work it; ``drop`` closes the connection unworked. ``hang`` is how many seconds the
    connection is held open before it is closed. ``truncated`` works the call and answers with half
    of its JSON. ``5xx`` is a 502 of a proxy. ``400`` refuses with ``text``, and names the group's
    new id where ``migrate_to`` is given."""

    kind: FaultKind
    method: str = "*"
    chat_id: int | None = None
    times: int = 1
    retry_after: int = 1
    hang: float = 30.0
    text: str = "chat not found"
    migrate_to: int | None = None

    @property
    def works(self) -> bool:
        """Whether the call is worked all the same, and only its answer is lost."""
        return self.kind in {"timeout_after", "truncated"}


class Faults:
    """Faults waiting for their call, the oldest that fits first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Strike the next ``fault.times`` fitting calls."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()

    def strike(self, method: str, chat_id: object) -> Fault | None:
        """The fault this call runs into, used up once. ``*`` spares the fetching of updates."""
        if not self._waiting:
            return None
        for fault in self._waiting:
            named = fault.method.lower() == method.lower()
            if not named and (fault.method != "*" or method.lower() == "getupdates"):
                continue
            if fault.chat_id is not None and str(chat_id) != str(fault.chat_id):
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
            return fault
        return None
