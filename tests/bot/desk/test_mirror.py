"""The mirror: topics, cards and messages follow their tickets, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

from tests.support.desk import DeskTown


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
