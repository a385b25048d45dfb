"""When a person may be woken: their own quiet hours, but for what is close to its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.work import Work


async def wakes_at(work: Work, people: Sequence[int]) -> dict[int, datetime]:
    """From when each of these people may be rung.

    Steps of a chain come in working time; notices of the statutory lane are urgent by then.
    """
    return dict.fromkeys(people, work.now)
