"""What ``tapsyrys doctor`` says: one finding a line, and what to do where something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong"]


@dataclass(frozen=True)
class Finding:
    """``name`` of what was looked at, how it is, and what to do unless it is well."""

    name: str
    state: State
    told: str
    advice: str = ""


def well(name: str, told: str) -> Finding:
    """It is as it should be."""
    return Finding(name, "ok", told)


def doubtful(name: str, told: str, advice: str) -> Finding:
    """The service works, but somebody should look."""
    return Finding(name, "warning", told, advice)


def wrong(name: str, told: str, advice: str) -> Finding:
    """The service does not work, or not as the law wants it."""
    return Finding(name, "wrong", told, advice)
