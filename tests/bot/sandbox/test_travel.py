"""The demo's clock on its way: what waits for a moment goes at that moment, not at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.sandbox.demo.travel import Traveller
from bot.sandbox.demo.whereabouts import Whereabouts
from domain.actor import Actor
from domain.clock import ManualClock, astana
from domain.escalations.model import Escalation, EscalationWake
from domain.notices.model import Delivery, Notice
from domain.notices.writing import tell
from domain.preferences.rules import EVERY_DAY, QuietHours
from domain.work import Site, Work, use_case
from handlers.views.translator import translator
from tests.domain.stage import Stage, moment
from tests.support.factories import again, integration_actor, make_person

LEASE = timedelta(days=60)


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> Stage:
    """An empty stage on Friday, 20 November 2026, 10:00 in Astana."""
    return Stage(site, clock)


class Crier:
    """Tells people things."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry", by=None)
    async def cry(self, work: Work, kind: str, people: list[int]) -> None:
        await tell(work, people, kind, "order:1", number=1)


class Way:
    """A traveller, and who was told of what when on the way."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.services = stage, stage.services
        self.told: list[tuple[str, int, str]] = []
        self.traveller = Traveller(self.services, stage.clock, self.sweep, self.arrive)

    async def sweep(self) -> int:
        return await self.services.deadlines.fire_due()

    async def arrive(self) -> None:
        at = f"{astana(self.stage.clock.now()):%d %H:%M}"
        for each in await self.services.notice_queue.claim(100, LEASE):
            self.told.append((at, each.person_id, each.kind))

    async def go(self, text: str) -> None:
        await self.traveller.go(moment(text))


def number(person: Actor) -> int:
    assert person.person_id is not None
    return person.person_id


async def test_what_waits_goes_at_its_own_moment(stage: Stage) -> None:
    way, crier = Way(stage), Crier(stage.site)
    sleeper, collector = await make_person(stage.site), await make_person(stage.site)
    preferences = stage.services.preferences
    await preferences.set_quiet(again(sleeper), QuietHours(22 * 60, 8 * 60, EVERY_DAY))
    await preferences.set_digest(again(collector), 13 * 60 + 30)
    await way.go("11-20 23:30")
    await crier.cry(integration_actor(), "order.published", [number(sleeper), number(collector)])
    await way.go("11-20 23:45")
    assert way.told == []
    await way.go("11-23 09:00")
    assert way.told == [
        ("21 08:00", number(sleeper), "order.published"),
        ("21 13:30", number(collector), "news.digest"),
    ]


async def test_what_failed_and_is_tried_again_is_no_stop(stage: Stage) -> None:
    way, crier = Way(stage), Crier(stage.site)
    sleeper = await make_person(stage.site)
    await stage.services.preferences.set_quiet(
        again(sleeper), QuietHours(9 * 60, 11 * 60, EVERY_DAY)
    )
    await crier.cry(integration_actor(), "order.published", [number(sleeper)])
    async with stage.site.sessions.begin() as session:
        row = (await session.scalars(select(Notice))).one()
        session.add(
            Delivery(
                notice_id=row.id,
                channel="telegram",
                attempt=1,
                began_at=stage.clock.now(),
                ended_at=stage.clock.now(),
                outcome="retry",
            )
        )
    await way.go("11-20 12:00")
    assert way.told == []


async def test_the_chain_that_has_just_woken_somebody_stands_first(stage: Stage) -> None:
    start = stage.clock.now()
    someone = await make_person(stage.site)
    async with stage.site.sessions.begin() as session:
        chains = [
            Escalation(
                category="ticket",
                subject=f"ticket:{hour}",
                about={},
                steps=[],
                step=0,
                state="running",
                started_at=start + timedelta(hours=hour),
            )
            for hour in (1, 2)
        ]
        session.add_all(chains)
        await session.flush()
        older, newer = (each.id for each in chains)
        session.add(
            EscalationWake(
                escalation_id=older,
                step=1,
                person_id=number(someone),
                channel="telegram",
                side="own",
                at=start + timedelta(hours=3),
            )
        )
    shown = await Whereabouts(stage.services).chains(translator("ru"))
    assert [each["number"] for each in shown] == [older, newer]
