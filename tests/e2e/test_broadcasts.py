"""A broadcast through the whole system: restarts on the way, two processes, nobody told twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from html import escape

from sqlalchemy import select

from domain.broadcasts.rules import Audience, Content
from domain.notices.model import Lane, Notice
from domain.roles import Role
from handlers.views.translator import plain
from tests.e2e.town import Town
from tests.handlers.admin.test_broadcasts import (
    KK,
    RU,
    answer,
    begin,
    button,
    card_of,
    choose,
    plain_audience,
    texts,
    under,
)
from tests.support.chat import t_of, tap
from tests.support.waiting import PATIENCE, until


async def restart(town: Town) -> None:
    """The process ends in good order and another takes its place."""
    await town.replicas.pop(0).stop()
    await town.add_replica()
    await town.ready()


async def test_restarts_lose_nothing_and_the_card_shows_the_end_by_itself(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    readers = [
        await town.person("Айгүл", language, role=Role.OBSERVER) for language in ("kk", "ru")
    ]
    await begin(admin, t)
    await texts(admin, t)
    await choose(admin, button(t, "Without a file"))
    await restart(town)
    await choose(admin, button(t, "No button"))
    await plain_audience(admin, t)
    await answer(admin, "21.11 09:00")
    await choose(admin, button(t, "Schedule it"))
    card = await admin.eventually(lambda each: card_of("scheduled", t) in each.text)
    await restart(town)
    await town.add_replica()
    await town.travel("2026-11-21T09:00:00+05:00")
    for person, text in zip(readers, (KK, RU), strict=True):
        got = [each for each in await person.messages() if text in each.text]
        assert len(got) == 1, "once"

    async def shown() -> bool:
        town.clock.advance(timedelta(seconds=4))
        now = await admin.find(lambda each: each.id == card.id)
        return card_of("done", t) in now.text

    await until(shown, PATIENCE)
    whole = plain(t("sent: {sent} of {total}", sent=3, total=3))
    assert whole in (await admin.find(lambda each: each.id == card.id)).text


async def test_a_pause_outlives_a_restart(town: Town) -> None:
    t = t_of("kk")
    admin = await town.person("Әділ", "kk", role=Role.ADMIN)
    people = [await town.person(f"Тұрғын {each}", "kk", role=Role.OBSERVER) for each in range(4)]
    # Telegram lets nothing out while the broadcast begins and is paused.
    await town.sandbox.fault("500", "sendMessage", times=1000)
    news = Content(escape(KK), escape(RU))
    broadcasts = town.services.broadcasts
    number = await broadcasts.create(await town.actor(admin), "a", news, Audience())
    await broadcasts.pause(await town.actor(admin), number)
    await town.sandbox.clear_faults()
    await restart(town)
    town.clock.advance(timedelta(hours=2))
    await town.settled()
    for person in people:
        assert not [each for each in await person.messages() if KK in each.text]
    await admin.say("/broadcasts")
    await tap(admin, "broadcast.card", number)
    paused = await admin.eventually(lambda each: card_of("paused", t) in each.text)
    assert under(paused, button(t, "Go on sending"))
    await tap(admin, "broadcast.do", "resume", number)
    await admin.eventually(lambda each: card_of("running", t) in each.text)
    await town.settled()
    got: Counter[int] = Counter()
    for person in people:
        got[person.id] = sum(KK in each.text for each in await person.messages())
    assert set(got.values()) == {1}
    assert len(got) == len(people)
    async with town.site.sessions() as session:
        found = await session.scalars(select(Notice.state).where(Notice.lane == int(Lane.NEWS)))
        states = Counter(list(found))
    assert states == {"sent": 5}
