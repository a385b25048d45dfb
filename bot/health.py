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

AILMENTS: Mapping[str, str] = {
    TOKEN: "Telegram refuses the bot's token: get the right one from @BotFather and restart.",
    CONFLICT: "Another program takes this bot's updates, or has set a webhook: end it.",
    CANARY: "The test notice did not arrive in time: notices are late.",
}
"""Everything that may ail us, with what to do; no other name can be set."""


@dataclass(frozen=True)
class Condition:
    """How the process is: vital parts that do not come through, what ails it (with what to do),
    and for each part the seconds since it last came through (None: not yet)."""

    silent: Sequence[str] = ()
    ill: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, float | None] = field(default_factory=dict)


class Health:
    """The ailments of this process now; safe to call as often as one likes."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._since: dict[str, float] = {}

    def set(self, name: str) -> None:
        """Say that this ails us; raises KeyError for a name that is none of ``AILMENTS``."""
        advice = AILMENTS[name]
        if name not in self._since:
            self._since[name] = self._monotonic()
            log.error("health.ill", what=name, advice=advice)

    def clear(self, name: str) -> None:
        """Say that this has passed, or never was."""
        since = self._since.pop(name, None)
        if since is not None:
            log.info("health.well", what=name, seconds=round(self._monotonic() - since))

    @property
    def ailments(self) -> dict[str, float]:
        """What ails us now, and for how many seconds."""
        now = self._monotonic()
        return {name: now - since for name, since in sorted(self._since.items())}
