"""What operators see in the topic of files that were not fetched and letters that did not go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.support.views import NewFile
from handlers.views.translator import plain
from tests.support.chat import said, t_of
from tests.support.desk import DeskTown
from tests.support.factories import again

VOICE = NewFile("voice", "voice.ogg", "audio/ogg", 40_000, 12, "AwACAgIAAxk")


async def card(desk: DeskTown, number: int) -> str:
    """The card of a ticket as it stands in the group."""
    await desk.mirror.drain()
    return (await desk.in_topic(await desk.thread(number)))[0].text


async def test_a_download_that_fails_is_seen_until_it_is_there(desk: DeskTown) -> None:
    t, support = t_of("ru"), desk.town.services.support
    number = (await desk.ask("Сбой", VOICE)).number
    assert plain(t.plural("{n} file is on its way", "{n} files are on their way", 1)) in (
        await card(desk, number)
    )
    [file] = await support.files_waiting()
    await support.file_failed(file.id, "ConnectError")
    again_ = t.plural(
        "{n} file was not fetched at once and is tried again",
        "{n} files were not fetched at once and are tried again",
        1,
    )
    assert plain(again_) in await card(desk, number)
    await support.file_failed(file.id, "Gone", final=True)
    lost = t.plural(
        "{n} file could not be fetched: the user is asked to send it once more",
        "{n} files could not be fetched: the user is asked to send them once more",
        1,
    )
    assert plain(lost) in await card(desk, number)
    await support.file_stored(file.id, "e" * 64, 5)
    shown = await card(desk, number)
    assert plain(again_) not in shown
    assert plain(lost) not in shown


@pytest.mark.parametrize("bounced", [False, True])
async def test_a_letter_that_did_not_arrive_is_told_in_the_topic(
    desk: DeskTown, bounced: bool
) -> None:
    t, services = t_of("ru"), desk.town.services
    taken = await services.support.email_in(
        "aigul@example.kz", "Айгүл", "Вопрос", "Не могу войти", message_id="<1@example.kz>"
    )
    outbox, lease = services.outbox, timedelta(minutes=1)
    assert said(t, "Letter: not sent yet") in await card(desk, taken.number)
    [auto] = await outbox.claim(5, lease)
    await outbox.sent(auto)
    operator = await desk.town.actor(desk.operator)
    await services.support.answer(again(operator), taken.number, "Сбросьте пароль")
    assert said(t, "Letter: not sent yet") in await card(desk, taken.number)
    [letter] = await outbox.claim(5, lease)
    if bounced:
        await outbox.sent(letter)
        assert said(t, "Letter: sent") in await card(desk, taken.number)
        await outbox.returned(
            [letter.token], "no such <user>", message_id="<b@example.kz>", bounced=True
        )
        state = "Letter: came back"
    else:
        await outbox.failed(letter, "550 no such <user>")
        state = "Letter: not taken"
    assert said(t, state) in await card(desk, taken.number)
    shown = [each.text for each in await desk.in_topic(await desk.thread(taken.number))]
    assert any("no such <user>" in text for text in shown)
    [told] = [text for text in shown if said(t, "A letter has not reached the user.") in text]
    assert "aigul@example.kz" in told


async def test_a_letter_that_waits_is_told_in_the_topic_once(desk: DeskTown) -> None:
    t, services = t_of("ru"), desk.town.services
    taken = await services.support.email_in(
        "aigul@example.kz", "Айгүл", "Вопрос", "Не могу войти", message_id="<1@example.kz>"
    )
    desk.town.clock.advance(timedelta(minutes=15))
    await services.outbox.tell_waiting()
    await services.outbox.tell_waiting()
    await desk.mirror.drain()
    shown = [each.text for each in await desk.in_topic(await desk.thread(taken.number))]
    waits = said(t, "A letter is not sent yet.")
    assert [waits in text for text in shown].count(True) == 1
    [letter] = await services.outbox.claim(5, timedelta(minutes=1))
    await services.outbox.sent(replace(letter))
    assert said(t, "Letter: sent") in await card(desk, taken.number)


async def test_the_user_objects_calls_the_head_and_rates(desk: DeskTown) -> None:
    t, support = t_of("ru"), desk.town.services.support
    number = (await desk.ask("Сбой")).number
    user, operator = await desk.town.actor(desk.user), await desk.town.actor(desk.operator)
    await support.ask_escalation(again(user), number)
    await support.answer(again(operator), number, "Готово")
    await support.rate(again(user), number, 2, "Не то <совсем>")
    shown = await card(desk, number)
    assert said(t, "In their words:") in shown
    assert "Не то <совсем>" in shown
    await support.reopen(again(user), number)
    await desk.mirror.drain()
    texts = [each.text for each in await desk.in_topic(await desk.thread(number))]
    for words in ("The user called the head of support.", "Opened again by the user."):
        assert [said(t, words) == text for text in texts].count(True) == 1
    # What an operator does is seen on the card.
    await support.close(again(operator), number, "answered", "Готово")
    await support.reopen(again(operator), number)
    await desk.mirror.drain()
    texts = [each.text for each in await desk.in_topic(await desk.thread(number))]
    assert [said(t, "Opened again by the user.") == text for text in texts].count(True) == 1
