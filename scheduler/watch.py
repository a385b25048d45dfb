"""The watchdog of this process's parts: who is silent is woken, and then the process ends.

A part is a loop that should come round again and again: a sweep, the dispatcher, a worker. Its
pulse knows two things that must not be mixed up. That it *came through* says that its work is
being done, and readiness asks for that. That it *turned* says only that it is not stuck: it may
have failed because the database is away, which no new process would mend.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)

#: Seconds of silence after which a part is woken, and after as many again the process ends.
SILENCE = 15.0
_LOOK = 1.0
# A look that comes so late (seconds) says that the whole process stood still, not one part.
_STOOD_STILL = 5.0


class Pulse:
    """The heartbeat of one part, in seconds of ``monotonic``.

    ``every`` is how often the part comes round when there is nothing to do; ``patience`` how much
    longer it may take before it is silent; a part that is not ``vital`` leaves the process ready.
    """

    def __init__(
        self,
        name: str,
        every: float = 1.0,
        *,
        patience: float = SILENCE,
        vital: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.every = every
        self.patience = patience
        self.vital = vital
        self._monotonic = monotonic
        self.came: float | None = None
        self.begun = self.turned = monotonic()

    def __call__(self) -> None:
        """It came through: its work is done up to now."""
        self.came = self.turned = self._monotonic()

    def begin(self) -> None:
        """From now on it is expected to come through."""
        self.begun = self.turned = self._monotonic()

    def turn(self) -> None:
        """It is not stuck: a step of a long act is done, or the act has failed."""
        self.turned = self._monotonic()

    @property
    def age(self) -> float | None:
        """Seconds since it last came through; None before the first time."""
        return None if self.came is None else self._monotonic() - self.came

    @property
    def silent(self) -> bool:
        """Whether it has not come through for longer than it may, or not yet at all."""
        return self.came is None or self.late

    @property
    def late(self) -> bool:
        """Whether it has not come through for longer than it may, its first time included."""
        since = self.begun if self.came is None else self.came
        return self._monotonic() - since > self.every + self.patience

    @property
    def stuck(self) -> bool:
        """Whether it has not even turned for longer than it may."""
        return self._monotonic() - self.turned > self.every + self.patience

    def forgive(self, seconds: float) -> None:
        """So long the whole process stood still: no fault of this part."""
        self.turned += seconds
        self.begun += seconds
        if self.came is not None:
            self.came += seconds


class Part(Protocol):
    """Something with a pulse that can be shaken: what it is doing is cancelled and begun anew."""

    @property
    def pulse(self) -> Pulse: ...
    def shake(self) -> None: ...


class Stuck(Exception):
    """A part does not turn although it was woken: only a new process can mend that."""


async def _never() -> bool:
    return False


class Watch:
    """Looks after all parts of the process; parts register by their name.

    ``excused`` tells a trouble that is not ours (the database does not answer): while it lasts
    nobody is given up.
    """

    def __init__(
        self,
        excused: Callable[[], Awaitable[bool]] = _never,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._excused = excused
        self._monotonic = monotonic
        self._parts: dict[str, Part] = {}
        # Name of a part that was woken -> when.
        self._woken: dict[str, float] = {}
        self._looked = monotonic()

    def add(self, part: Part) -> None:
        """Look after this part from now on; one of the same name takes the other's place."""
        part.pulse.begin()
        self._parts[part.pulse.name] = part
        self._woken.pop(part.pulse.name, None)

    @property
    def pulses(self) -> list[Pulse]:
        """The pulse of each part, by name."""
        return [self._parts[name].pulse for name in sorted(self._parts)]

    def ages(self) -> dict[str, float]:
        """Seconds since each part last came through; those that never have are not in it."""
        return {each.name: each.age for each in self.pulses if each.age is not None}

    def silent(self) -> list[str]:
        """Vital parts that do not come through: while there is one, we are not ready."""
        return [each.name for each in self.pulses if each.vital and each.silent]

    async def run(self) -> None:
        """Look each second until cancelled; raises Stuck when a part has to be given up."""
        self._looked = self._monotonic()
        while True:
            await asyncio.sleep(_LOOK)
            await self.look()

    async def look(self) -> None:
        """Wake who is silent; raises Stuck for one who was woken and still is."""
        self._forgive_standstill()
        for name, part in list(self._parts.items()):
            pulse = part.pulse
            since = self._woken.get(name)
            if not pulse.stuck:
                if since is not None:
                    del self._woken[name]
                    log.info("part.goes_on", part=name)
            elif since is None:
                self._wake(part)
            elif self._monotonic() - since > pulse.patience:
                if not await self._excused():
                    log.error("part.stuck", part=name, seconds=round(self._silence(pulse)))
                    raise Stuck(name)
                self._wake(part)
        # Looking takes its time where somebody has to be excused: that is no standstill.
        self._looked = self._monotonic()

    def _wake(self, part: Part) -> None:
        log.warning("part.woken", part=part.pulse.name, seconds=round(self._silence(part.pulse)))
        self._woken[part.pulse.name] = self._monotonic()
        part.shake()

    def _silence(self, pulse: Pulse) -> float:
        return self._monotonic() - pulse.turned

    def _forgive_standstill(self) -> None:
        """A process that was stopped and goes on finds every pulse old, and nobody at fault."""
        now = self._monotonic()
        late = now - self._looked - _LOOK
        self._looked = now
        if late > _STOOD_STILL:
            log.warning("process.stood_still", seconds=round(late))
            for part in self._parts.values():
                part.pulse.forgive(late)
            self._woken = {name: since + late for name, since in self._woken.items()}
