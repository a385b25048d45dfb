"""A failed test takes along what it left open."""

from __future__ import annotations

import sys
import warnings

import pytest

from tests.support.failures import let_go


class _Connection:
    """It complains like any other when nobody has closed it."""

    left_open = 0

    def __init__(self) -> None:
        type(self).left_open += 1
        self.itself = self  # only the collector finds it

    def __del__(self) -> None:
        type(self).left_open -= 1
        warnings.warn("unclosed connection", ResourceWarning, stacklevel=1)


def _fails() -> None:
    held = _Connection()
    raise AssertionError(held)


def test_what_a_failure_held_is_closed_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    unraised: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", unraised.append)
    try:
        _fails()
    except AssertionError as failure:
        sys.last_value = failure  # as whoever runs tests keeps it
    assert _Connection.left_open == 1
    let_go()
    assert (_Connection.left_open, unraised) == (0, [])
    assert not hasattr(sys, "last_value")
