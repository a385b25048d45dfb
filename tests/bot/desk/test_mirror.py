"""The mirror: topics, cards and messages follow their tickets, and nothing is lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.desk.mirror import Mirror
from domain.actor import Actor
from tests.support.chat import said, t_of
from tests.support.desk import DeskTown
from tests.support.factories import next_cause


async def test_a_ticket_gets_a_topic_with_a_card_and_its_words(desk: DeskTown) -> None:
    view = await desk.ask("Не открывается <b>заказ</b>")
    await desk.mirror.drain()
    [topic] = await desk.topics()
    assert topic["name"] == f"{view.number} - Айгүл - Не открывается заказ"
    thread = await desk.thread(view.number)
    card, said = await desk.in_topic(thread)
    assert "Айгүл" in card.text
    assert card.id in (await desk.admin.look(desk.chat))["pinned"]
    assert "#2" in said.text or "#1" in said.text
    assert "Не открывается заказ" in said.text
    assert any(each["type"] == "bold" for each in said.entities)


async def test_nothing_is_done_twice(desk: DeskTown) -> None:
    await desk.ask()
    await desk.mirror.drain()
    before = len(await desk.town.sandbox.calls())
    await desk.mirror.drain()
    assert len(await desk.town.sandbox.calls()) == before


async def test_a_deleted_topic_is_made_anew_with_what_was_said(desk: DeskTown) -> None:
    view = await desk.ask("Первое")
    await desk.mirror.drain()
    old = await desk.thread(view.number)
    await desk.town.bot.delete_forum_topic(desk.chat, old)
    actor = await desk.town.actor(desk.user)
    await desk.town.services.support.add(actor, view.number, "Второе")
    await desk.mirror.drain()
    new = await desk.thread(view.number)
    assert new != old
    texts = [each.text for each in await desk.in_topic(new)]
    assert len(texts) == 3
    assert "Первое" in texts[1]
    assert "Второе" in texts[2]


async def test_a_red_ticket_shows_so(desk: DeskTown) -> None:
    view = await desk.ask()
    await desk.mirror.drain()
    desk.town.clock.set(view.line.promised_at - timedelta(minutes=10))
    await desk.mirror.drain()
    [topic] = await desk.topics()
    assert str(topic["name"]).startswith("\N{LARGE RED CIRCLE} ")


async def test_a_morning_without_tickets_leaves_the_group_alone(desk: DeskTown) -> None:
    """Nothing is said, not even when something comes later in the day."""
    desk.town.clock.set(datetime.fromisoformat("2026-11-23T09:00:05+05:00"))
    await desk.mirror.drain()
    await desk.ask()
    await desk.mirror.drain()
    digest = said(t_of("ru"), "The desk this morning")
    texts = [each.text for each in await desk.admin.messages(desk.chat)]
    assert not [text for text in texts if text.startswith(digest)]


async def test_the_card_tells_that_answers_do_not_arrive(desk: DeskTown) -> None:
    """Known only when the answer was refused: after the card was drawn."""
    view = await desk.ask()
    operator = await desk.town.actor(desk.operator)
    await desk.town.services.support.answer(operator, view.number, "Готово")
    await desk.mirror.drain()
    stopped = said(t_of("ru"), "The user has stopped the bot")
    card, *_ = await desk.in_topic(await desk.thread(view.number))
    assert stopped not in card.text
    system = Actor.system(next_cause(), source="telegram")
    await desk.town.services.people.mark_unreachable(system, desk.user.id)
    await Mirror(desk.town.bot, desk.town.services).drain()
    card, *_ = await desk.in_topic(await desk.thread(view.number))
    assert stopped in card.text
    user = await desk.town.actor(desk.user)
    own = await desk.town.services.support.ticket(user, view.number)
    assert (own.away, own.phone) == (False, "")
