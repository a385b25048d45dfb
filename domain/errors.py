"""What the domain says when an act is not allowed: a code, a clause and parameters.

The domain never speaks in sentences. ``handlers/views`` and the HTTP API turn a code into a
polite text in the reader's language that names the act and the clause and says what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

ErrorKind = Literal["invalid", "forbidden", "not_found", "conflict", "unauthenticated"]


class RuleBroken(Exception):
    """An act refused by a rule. State is unchanged when it is raised.

    ``code`` is a stable snake_case name, ``clause`` the source as ``"344-13.3"`` (act, clause)
    or ``None`` where the rule is the house's own, ``params`` the values a text needs.
    """

    kind: ClassVar[ErrorKind] = "invalid"

    def __init__(self, code: str, clause: str | None = None, /, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.clause = clause
        self.params = params

    def __str__(self) -> str:
        where = f" [{self.clause}]" if self.clause else ""
        return f"{self.code}{where} {self.params}" if self.params else f"{self.code}{where}"


class AccessDenied(RuleBroken):
    """The actor has no right to this act (act 366, clause 8)."""

    kind = "forbidden"


class NotFound(RuleBroken):
    """What the act speaks of does not exist, or is not for this actor to see."""

    kind = "not_found"


class Conflict(RuleBroken):
    """The act comes too late, twice, or in the wrong state."""

    kind = "conflict"


class Unauthenticated(RuleBroken):
    """Nobody is known by what was shown: no token, a wrong one, or one that was revoked."""

    kind = "unauthenticated"
