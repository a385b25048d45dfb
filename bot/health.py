"""What ails this process from outside, by name: a revoked token, somebody else with our token.

Parts say so where they meet it and take it back where it has passed; readiness, metrics and the
alarm read it. It is no part's fault and no new process mends it, so nothing ends for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)

#: Telegram refuses the bot's token (401): it was revoked, or a wrong one is set.
TOKEN = "telegram_token"  # noqa: S105 - a name, no secret
#: Another program asks Telegram for this bot's updates (409).
CONFLICT = "telegram_conflict"
#: The notice that is sent to see that notices go is late.
CANARY = "canary_late"


@dataclass(frozen=True)
class Ailment:
    """What to do about it, and whether the process is not ready while it lasts."""

    advice: str
    unready: bool


AILMENTS: Mapping[str, Ailment] = {
    TOKEN: Ailment(
        "Telegram refuses the bot's token: get the right one from @BotFather and restart.", True
    ),
    CONFLICT: Ailment(
        "Another program takes this bot's updates, or has set a webhook: end it.", True
    ),
    # All replicas see it alike: without any of them nothing would work at all.
    CANARY: Ailment("The test notice did not arrive in time: notices are late.", False),
}
"""Everything that may ail us; no other name can be set."""


@dataclass(frozen=True)
class Condition:
    """How the process is: vital parts that do not come through, what ails it (with what to do),
    whether it is ready for all that, and for each part the seconds since it last came through
    (None: not yet)."""

    silent: Sequence[str] = ()
    ill: Mapping[str, str] = field(default_factory=dict)
    ready: bool = True
    parts: Mapping[str, float | None] = field(default_factory=dict)


class Health:
    """The ailments of this process now; safe to call as often as one likes."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._since: dict[str, float] = {}

    def set(self, name: str) -> None:
        """Say that this ails us; raises KeyError for a name that is none of ``AILMENTS``."""
        advice = AILMENTS[name].advice
        if name not in self._since:
            self._since[name] = self._monotonic()
            log.error("health.ill", what=name, advice=advice)

    def clear(self, name: str) -> None:
        """Say that this has passed, or never was."""
        since = self._since.pop(name, None)
        if since is not None:
            log.info("health.well", what=name, seconds=round(self._monotonic() - since))

    @property
    def ready(self) -> bool:
        """Whether nothing ails us that would make the process not ready."""
        return not any(AILMENTS[name].unready for name in self._since)

    @property
    def ailments(self) -> dict[str, float]:
        """What ails us now, and for how many seconds."""
        now = self._monotonic()
        return {name: now - since for name, since in sorted(self._since.items())}
