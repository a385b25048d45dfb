"""Reading what a button carries."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import NotFound


def number_in(ids: Sequence[str], at: int = 0) -> int:
    """The number a button carries; a forged or broken one is answered like an unknown order."""
    if at < len(ids) and ids[at].isascii() and ids[at].isdecimal() and len(ids[at]) <= 15:
        return int(ids[at])
    raise NotFound("order_unknown", None, number=0)
