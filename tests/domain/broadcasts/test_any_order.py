"""Whatever administrators press and wherever a process dies: once to each, all accounted for."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from datetime import timedelta

import pytest

from domain.actor import Actor
from domain.broadcasts import rows
from domain.broadcasts.rules import Audience
from domain.broadcasts.views import Progress
from domain.errors import Conflict
from domain.notices.queue import Outcome
from domain.notices.views import NoticeView
from tests.domain.broadcasts.test_broadcasts import crowd, made, progress, sending, state
from tests.domain.stage import Stage
from tests.scheduler.notices import Sender
from tests.support.factories import admin_actor, again
from tests.support.waiting import PATIENCE

_PEOPLE, _PRESSES = 60, 20


class Admins:
    """Two of them, who press what they like; some presses are cut off before their rows move."""

    def __init__(self, stage: Stage, chance: random.Random, people: list[Actor]) -> None:
        self.broadcasts = stage.services.broadcasts
        self.chance = chance
        self.people = people

    async def press(self, number: int) -> None:
        """Pause or go on; too late is no harm."""
        actor = again(self.chance.choice(self.people))
        acts = (
            self.broadcasts.pause,
            self.broadcasts.resume,
            self.broadcasts._pause,
            self.broadcasts._resume,
        )
        with contextlib.suppress(Conflict):
            await self.chance.choice(acts)(actor, number)


@pytest.mark.parametrize("seed", range(5))
async def test_everybody_gets_it_at_most_once_and_is_counted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(rows, "BATCH", 7)
    chance = random.Random(seed)
    people = [await admin_actor(stage.site), await admin_actor(stage.site)]
    await crowd(stage.site, _PEOPLE)
    number = await made(stage, people[0], Audience(("observer",)))
    admins = Admins(stage, chance, people)
    got: Counter[int] = Counter()

    def answer(notice: NoticeView) -> Outcome:
        if chance.random() < 0.2:
            return Outcome("retry", retry_after=chance.choice((1, 60)), counted=False)
        got[notice.person_id] += 1
        return Outcome("sent", message_id=notice.number)

    dispatcher = sending(stage, Sender(answer), budget=5)
    for _ in range(_PRESSES):
        await admins.press(number)
        await stage.services.broadcasts.tend()
        if await state(stage, people[0], number) == "paused":
            before = sum(got.values())
            await dispatcher.drain()
            assert sum(got.values()) == before, "nothing goes out after a pause"
        else:
            await dispatcher.look()
        async with asyncio.timeout(PATIENCE):
            # A few a turn: the rest waits for the next presses.
            while dispatcher.in_hand:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.001)
        stage.clock.advance(timedelta(seconds=chance.choice((0, 1, 61))))
        found = await progress(stage, people[0], number)
        assert found.sent == sum(got.values())
        assert found.sent + found.waiting == found.total == _PEOPLE
    with contextlib.suppress(Conflict):
        await stage.services.broadcasts.stop(again(people[1]), number)
    stage.clock.advance(timedelta(hours=1))
    await dispatcher.drain()
    found = await progress(stage, people[0], number)
    assert found == Progress(_PEOPLE, sum(got.values()), dropped=_PEOPLE - sum(got.values()))
    assert set(got.values()) == {1}
