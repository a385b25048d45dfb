"""What a chain says of whom it wakes next is what it then does."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from domain.clock import as_utc
from domain.escalations.model import EscalationWake
from domain.escalations.rules import Who
from domain.people.model import Person
from tests.domain.escalations.town import Cast


async def leave(cast: Cast, *names: str) -> None:
    """These have stopped the bot."""
    async with cast.stage.site.sessions.begin() as session:
        await session.execute(
            update(Person)
            .where(Person.name.in_(names))
            .values(unreachable_since=cast.stage.clock.now())
        )


async def wakes(cast: Cast, chain: int) -> list[EscalationWake]:
    """Everybody whom a chain has woken."""
    async with cast.stage.site.sessions() as session:
        rows = await session.scalars(
            select(EscalationWake)
            .where(EscalationWake.escalation_id == chain)
            .order_by(EscalationWake.id)
        )
        return list(rows)


@pytest.mark.parametrize(
    ("roster", "away"),
    [
        (True, ()),
        (True, ("Болат",)),
        (True, ("Болат", "Сәуле")),
        (False, ()),
        (True, ("Болат", "Сәуле", "Ерлан", "Айгүл")),
    ],
)
async def test_who_comes_next_is_woken_next(
    cast: Cast, roster: bool, away: tuple[str, ...]
) -> None:
    if roster:
        await cast.keep_roster()
    await cast.selected()
    await leave(cast, *away)
    for _ in range(6):
        (view,) = [each for each in await cast.views(cast.head) if each.category == "confirmation"]
        before = len(await wakes(cast, view.number))
        if view.next is None:
            break
        cast.stage.clock.set(view.next.at)
        await cast.stage.sweep()
        new = (await wakes(cast, view.number))[before:]
        assert new, view.next.step
        assert {each.at for each in new} == {as_utc(view.next.at)}
        sides = {"other" if who is Who.OTHER_SIDE else "own" for who in view.next.step.who}
        sides |= {"admin"} if Who.ADMIN in view.next.step.who else set()
        assert {each.side for each in new} <= sides
    else:
        pytest.fail("the chain has no end")
    await cast.stage.until("12-01 12:00")
    assert len(await wakes(cast, view.number)) == before, "nobody was left to be woken"


async def test_nobody_is_announced_who_is_not_there(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await leave(cast, "Болат")
    (view,) = [each for each in await cast.views(cast.head) if each.category == "confirmation"]
    assert view.next is not None
    assert Who.DEPUTY not in view.next.step.who
    assert view.next.step.who
