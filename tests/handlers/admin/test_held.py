"""An administrator decides in the chat about what waits since a restore, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.sandbox.client import Person
from domain.actor import Actor
from domain.notices.model import Notice
from domain.restored import HELD
from domain.roles import Role
from handlers.views.held import DECISIONS
from handlers.views.notices import render
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import make_customer, make_order, make_person, make_producer

LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru"])


async def _restored(town: Town, language: str) -> Person:
    """An administrator told of a restore: an invitation waits, and a window has ended."""
    admin = await town.person(language=language, role=Role.ADMIN)
    await admin.start()
    customer, producer = await make_customer(town.site), await make_producer(town.site)
    await make_person(town.site, role=Role.SUPPLIER, company=producer)
    await make_order(town.services, customer)
    made_at = town.clock.now()
    town.clock.advance(timedelta(days=7))
    await town.services.restored.settle(Actor.system("test:restore", "cli"), made_at)
    # Nothing else waits to be sent: only the word to the administrator.
    (told,) = await town.services.notice_queue.claim(100, timedelta(minutes=5))
    shown = render(t_of(language), told, town.clock.now())
    await town.bot.send_message(admin.id, shown.text, reply_markup=shown.keyboard)
    return admin


async def _count(town: Town, state: str) -> int:
    async with town.site.sessions() as session:
        rows = await session.scalars(select(Notice.id).where(Notice.state == state))
        return len(rows.all())


async def _decide(admin: Person, language: str, name: str) -> None:
    await tap(admin, "held.list")
    await tap(admin, "held.ask", name)
    await tap(admin, "held.do", name)
    answer = said(t_of(language), DECISIONS[name].answer.text)
    await admin.wait_for(lambda each: f"{answer}1" in each.text)


@LANGUAGES
async def test_each_part_is_shown_asked_about_and_decided(town: Town, language: str) -> None:
    admin, t = await _restored(town, language), t_of(language)
    await admin.wait_for(
        lambda each: said(t, "The database was restored from a backup") in each.text
    )
    await tap(admin, "held.list")
    await admin.wait_for(lambda each: said(t, "Held since the restore") in each.text)
    assert await _count(town, HELD) == 1
    await tap(admin, "held.ask", "drop")
    question = said(t, DECISIONS["drop"].question.text)
    await admin.wait_for(lambda each: question in each.text)
    assert await _count(town, HELD) == 1
    await tap(admin, "held.do", "drop")
    await admin.wait_for(lambda each: f"{said(t, DECISIONS['drop'].answer.text)}1" in each.text)
    assert (await _count(town, HELD), await _count(town, "dropped")) == (0, 1)
    await _decide(admin, language, "fire")
    assert await town.come(town.clock.now()) == 1
    await tap(admin, "held.list")
    await admin.wait_for(lambda each: said(t, "Nothing waits for a decision.") in each.text)


async def test_what_is_sent_goes_out_once(town: Town) -> None:
    admin = await _restored(town, "ru")
    await _decide(admin, "ru", "send")
    assert await _count(town, HELD) == 0
    # Pressed again, there is nothing left.
    await tap(admin, "held.list")
    left = f"{said(t_of('ru'), 'Deadlines that have ended: {count}')}1"
    card = await admin.wait_for(lambda each: left in each.text)
    assert len(card.buttons) == 1
