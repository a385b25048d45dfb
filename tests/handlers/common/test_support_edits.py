"""What a person changes in a message for support changes in the topic of its ticket, too."""

from __future__ import annotations

import pytest

from handlers.views.menus import ACTIONS
from tests.support.chat import Town, t_of
from tests.support.desk import DeskTown, open_desk
from tests.support.waiting import until


async def shows(desk: DeskTown, number: int, words: str) -> bool:
    """Whether the topic of a ticket, brought up to date, shows these words."""
    await desk.mirror.drain()
    thread = await desk.thread(number)
    return any(words in each.text for each in await desk.in_topic(thread))


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_copy_in_the_topic_follows(town: Town, language: str) -> None:
    desk = await open_desk(town, language)
    person = desk.user
    await person.say(t_of(language).button(ACTIONS["support"]))
    text = await person.say("Заказ 12 <срочно>")
    photo = await person.send_photo(b"\xff\xd8\xff\xe0photo", "Снимок")
    await person.say("ещё")

    async def all_taken() -> bool:
        page = await town.services.support.mine(await town.actor(person))
        return page.total == 1 and len((await desk.ticket(1)).messages) >= 4

    await until(all_taken)
    await desk.mirror.drain()
    assert await shows(desk, 1, "Заказ 12 <срочно>")
    await person.edit(text, "Заказ 13 <срочно>")
    await person.edit(photo, "Другой снимок")
    await until(lambda: shows(desk, 1, "Заказ 13 <срочно>"))
    await until(lambda: shows(desk, 1, "Другой снимок"))
    thread = await desk.thread(1)
    shown = [each for each in await desk.in_topic(thread) if "#" in each.text[:4]]
    copy = next(each for each in shown if "Заказ 13" in each.text)
    assert copy.text.startswith("\N{BUST IN SILHOUETTE} #")
    assert str(t_of(language)("edited")) in copy.text
    signed = [each.text for each in await desk.in_topic(thread) if each.text[0] == copy.text[0]]
    assert not any("Заказ 12" in each for each in signed)


async def test_a_copy_that_was_deleted_is_no_failure(town: Town) -> None:
    desk = await open_desk(town)
    person = desk.user
    await person.say(t_of("ru").button(ACTIONS["support"]))
    message = await person.say("Заказ 12")

    async def taken() -> bool:
        return (await town.services.support.mine(await town.actor(person))).total == 1

    await until(taken)
    await desk.mirror.drain()
    copy = next(each for each in await desk.in_topic(await desk.thread(1)) if "#" in each.text[:4])
    await town.bot.delete_message(desk.chat, copy.id)
    await person.edit(message, "Заказ 13")

    async def edited() -> bool:
        return any(each.text == "Заказ 13" for each in (await desk.ticket(1)).messages)

    await until(edited)
