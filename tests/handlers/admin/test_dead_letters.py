"""An administrator looks after notices that could not be sent, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.client import Person
from domain.actor import Actor
from domain.notices.queue import Outcome, Settled
from domain.notices.writing import tell
from domain.roles import Role
from domain.work import Site, Work, use_case
from handlers.views.dead_letters import REASONS
from handlers.views.menus import ACTIONS
from handlers.views.reaching import CHANNELS
from handlers.views.translator import plain
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.copies import copied
from tests.support.factories import integration_actor, make_person

LEASE = timedelta(minutes=5)
SENT = "Sent again: {count}."
LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru"])


class _Crier:
    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry_in_chat", by=None)
    async def cry(self, work: Work, reader: Actor) -> None:
        people = [reader.person_id or 0]
        await tell(work, people, "order.published", "order:15", number=15, goods=[])


async def _dead(town: Town, count: int) -> list[int]:
    reader = await make_person(town.site)
    for _ in range(count):
        await _Crier(town.site).cry(integration_actor(), reader)
    taken = await town.services.notice_queue.claim(100, LEASE)
    refused, now = Outcome("dead", reason="Bad Request: <b>"), town.clock.now()
    await town.services.notice_queue.settle([Settled(each, refused, now) for each in taken])
    return [each.number for each in taken]


async def _open(town: Town, language: str) -> Person:
    admin = await town.person(language=language, role=Role.ADMIN)
    await admin.say(t_of(language).button(ACTIONS["undelivered"]))
    return admin


@LANGUAGES
async def test_without_any_the_list_says_so(town: Town, language: str) -> None:
    admin, t = await _open(town, language), t_of(language)
    empty = said(t, "Every notice has been sent or is on its way. What fails for good shows here.")
    await admin.wait_for(lambda each: empty in each.text)


@LANGUAGES
async def test_one_is_sent_again_and_one_given_up(town: Town, language: str) -> None:
    one, two = await _dead(town, 2)
    admin, t = await _open(town, language), t_of(language)
    await admin.wait_for(lambda each: bool(each.buttons))
    await tap(admin, "dead.card", two)
    card = await admin.wait_for(lambda each: "Bad Request: <b>" in each.text)
    assert str(two) in card.text
    await tap(admin, "dead.replay", two)
    await admin.wait_for(lambda each: f"{said(t, SENT)}1" in each.text)
    assert [each.number for each in await town.services.notice_queue.claim(9, LEASE)] == [two]
    # A button of before, pressed late.
    await tap(admin, "dead.list")
    await admin.wait_for(lambda each: str(one) in each.text)
    await tap(admin, "dead.card", one)
    await admin.wait_for(lambda each: "Bad Request" in each.text)
    await tap(admin, "dead.drop", one)
    await admin.wait_for(lambda each: len(each.buttons) > 3)
    await tap_label(admin, t.button(REASONS["told"]))
    given_up = said(t, "The notice is given up; the reason is on record.")
    await admin.wait_for(lambda each: given_up in each.text)
    page = await town.services.dead_letters.page(integration_actor())
    assert page.total == 0


@LANGUAGES
async def test_the_list_and_the_card_say_what_came_by_another_channel(
    town: Town, language: str
) -> None:
    one, two = await _dead(town, 2)
    await copied(town.site, one, "sent", town.clock.now())
    await copied(town.site, two, "queued", None)
    admin, t = await _open(town, language), t_of(language)
    came = said(t, "Sent by another channel:") + plain(t(CHANNELS["email"]))
    comes = said(t, "On its way by another channel:") + plain(t(CHANNELS["email"]))
    shown = await admin.wait_for(lambda each: came in each.text)
    assert comes in shown.text
    assert shown.text.index(comes) < shown.text.index(came)
    await tap(admin, "dead.card", one)
    card = await admin.wait_for(lambda each: "Bad Request: <b>" in each.text)
    assert came in card.text


@LANGUAGES
async def test_all_are_sent_again_after_a_question(town: Town, language: str) -> None:
    await _dead(town, 7)
    admin, t = await _open(town, language), t_of(language)
    await admin.wait_for(lambda each: bool(each.buttons))
    await tap(admin, "dead.all")
    await tap(admin, "dead.replay")
    await admin.wait_for(lambda each: f"{said(t, SENT)}7" in each.text)
