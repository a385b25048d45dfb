"""Kinds of notices that only a test tells, beside the real ones."""

from __future__ import annotations

import pytest

from domain.notices import writing
from domain.notices.kinds import COURSE, KINDS, Kind
from domain.notices.model import Lane


def add_kinds(monkeypatch: pytest.MonkeyPatch, *work: str, **lanes: Lane) -> None:
    """Let notices of these kinds be written until the test ends.

    ``work`` are kinds of the lane of work; ``lanes`` names kinds by their lane.
    """
    kinds = {**dict.fromkeys(work, Lane.WORK), **lanes}
    own = {name: Kind(name, COURSE, lane) for name, lane in kinds.items()}
    monkeypatch.setattr(writing, "KINDS", {**KINDS, **own})
