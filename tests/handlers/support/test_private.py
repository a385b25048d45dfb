"""An operator works in the private chat: queue, shift, a ticket, an answer by the form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain.people.model import Person
from domain.roles import Role
from domain.support.model import RecordingStep
from domain.support.views import NewFile, ShiftView, TicketPage
from handlers.views import format as fmt
from handlers.views.desk_private import private_card, queue_page, shift_page
from handlers.views.translator import plain
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.desk import DeskTown, open_desk
from tests.support.waiting import until


@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_from_the_queue_to_the_answer(town: Town, language: str) -> None:
    desk = await open_desk(town, language)
    t = t_of(language)
    view = await desk.ask()
    operator = desk.operator
    await operator.say(t.button("Queue"))
    listed = await operator.eventually(lambda each: "Айгүл" in each.text)
    await tap(operator, "desk.open", view.number)
    card = await operator.eventually(
        lambda each: any(b.text == t.button("Answer") for b in each.buttons)
    )
    assert listed.id != card.id
    await tap_label(operator, t.button("Answer"))
    await operator.eventually(lambda each: said(t, "Write the answer, or send") in each.text)
    await operator.say("Обновите страницу")
    await tap_label(operator, t.button("Send"))

    async def answered() -> bool:
        return (await desk.ticket(view.number)).state == "answered"

    await until(answered)
    last = (await desk.ticket(view.number)).messages
    assert [each.text for each in last if each.author == "operator"] == ["Обновите страницу"]


async def test_a_voice_is_an_answer_too(desk: DeskTown) -> None:
    view = await desk.ask()
    await desk.operator.say("/queue")
    await tap(desk.operator, "desk.open", view.number)
    t = t_of("ru")
    await tap_label(desk.operator, t.button("Answer"))
    await desk.operator.eventually(lambda each: said(t, "Write the answer, or send") in each.text)
    await desk.operator.send_voice(b"OggS answer")
    await tap_label(desk.operator, t.button("Send"))

    async def answered() -> bool:
        return (await desk.ticket(view.number)).state == "answered"

    await until(answered)
    [answer] = [e for e in (await desk.ticket(view.number)).messages if e.author == "operator"]
    assert [file.kind for file in answer.files] == ["voice"]


async def test_a_shift_begins_and_ends(desk: DeskTown) -> None:
    t = t_of("ru")
    await desk.operator.say(t.button("Shift"))
    await tap(desk.operator, "desk.shift", 1)
    actor = await desk.town.actor(desk.operator)

    async def on_shift(count: int) -> bool:
        return len(await desk.town.services.support.on_shift(actor)) == count

    await until(lambda: on_shift(1))
    await tap(desk.operator, "desk.shift", 0)
    await until(lambda: on_shift(0))


async def test_an_answer_waits_until_what_came_meanwhile_was_read(desk: DeskTown) -> None:
    """The user goes on while the operator types: nothing typed is lost, nothing goes unread."""
    view, t, operator = await desk.ask(), t_of("ru"), desk.operator
    await operator.say("/queue")
    await tap(operator, "desk.open", view.number)
    await tap_label(operator, t.button("Answer"))
    await operator.eventually(lambda each: said(t, "Write the answer, or send") in each.text)
    await operator.say("Обновите страницу")
    await operator.eventually(lambda each: said(t, "Send this answer") in each.text)
    user = await desk.town.actor(desk.user)
    await desk.town.services.support.add(user, view.number, "Уже не нужно")
    await tap_label(operator, t.button("Send"))
    shown = await operator.eventually(lambda each: "Уже не нужно" in each.text)

    async def again() -> bool:
        *_, newest = await operator.messages()
        return newest.id > shown.id and said(t, "Send this answer") in newest.text

    await until(again)
    assert (await desk.ticket(view.number)).state == "open"
    await tap_label(operator, t.button("Send"))

    async def answered() -> bool:
        return (await desk.ticket(view.number)).state == "answered"

    await until(answered)


async def test_a_shift_shows_what_waits_and_who_is_there(desk: DeskTown) -> None:
    """Whoever comes after 9:00 sees what the night has left to an empty desk."""
    admin = await desk.town.actor(desk.admin)
    await desk.town.services.support.begin_shift(admin)
    await desk.ask()
    await desk.operator.say("/shift")
    await tap(desk.operator, "desk.shift", 1)
    shown = await desk.operator.eventually(lambda each: "Админ Әділ" in each.text)
    assert "1 обращение" in shown.text
    assert any(each["type"] == "date_time" for each in shown.entities)
    await tap(desk.operator, "desk.queue", "free", 0)
    await desk.operator.eventually(lambda each: "Айгүл" in each.text)


async def test_no_queue_for_others(desk: DeskTown) -> None:
    stranger = await desk.town.person("Чужой", role=Role.OBSERVER)
    await stranger.start()
    await stranger.say("/queue")
    await stranger.eventually(
        lambda each: said(t_of("ru"), "Your role does not allow this.") in each.text
    )


async def test_merging_asks_for_a_number(desk: DeskTown) -> None:
    first, second = await desk.ask("Первое"), await desk.ask("Второе")
    t = t_of("ru")
    await desk.operator.say("/queue")
    await tap(desk.operator, "desk.open", second.number)
    await tap(desk.operator, "desk.merge", second.number)
    await desk.operator.eventually(lambda each: said(t, "Into which ticket") in each.text)
    await desk.operator.say("не число")
    await desk.operator.say(str(first.number))
    await tap_label(desk.operator, t.button("Send"))

    async def merged() -> bool:
        return (await desk.ticket(second.number)).state == "merged"

    await until(merged)


@pytest.mark.clause("366-21.1")
async def test_who_listened_is_on_record(desk: DeskTown) -> None:
    """In the private chat by asking for the files, in the group by saying so."""
    kept = desk.world.keep_file("voice", b"OggS", mime_type="audio/ogg", duration=1)
    voice = NewFile("voice", "v.ogg", "audio/ogg", 4, 1, telegram_file_id=kept.id)
    view = await desk.ask("", voice)
    await desk.mirror.drain()
    thread = await desk.thread(view.number)
    shown = next(each for each in await desk.in_topic(thread) if each.kind == "voice")
    pressed = await desk.admin.press(t_of("ru").button("I have listened"), shown, chat=desk.chat)
    await desk.admin.wait_answer(pressed)
    await desk.operator.say("/queue")
    await tap(desk.operator, "desk.open", view.number)
    await tap(desk.operator, "desk.files", view.number)
    await desk.operator.eventually(lambda each: each.by_bot and each.kind == "voice")
    async with desk.town.site.sessions() as session:
        rows = await session.execute(
            select(RecordingStep.step, Person.name)
            .outerjoin(Person, Person.id == RecordingStep.person_id)
            .where(RecordingStep.step == "listened")
            .order_by(RecordingStep.id)
        )
        assert [name for _, name in rows] == ["Админ Әділ", "Оператор Мұрат"]


async def test_lateness_is_told_in_working_time(desk: DeskTown) -> None:
    t = t_of("ru")
    view = await desk.ask()
    due = view.line.promised_at
    for late, wanted in (
        (timedelta(), t("The time is over")),
        (
            timedelta(hours=26, minutes=5),
            t("Late by {time} of working time", time="26 часов 5 минут"),
        ),
    ):
        line = replace(view.line, overdue=True, red=True, late=late)
        page = queue_page(t, TicketPage([line], 0, 1, 1), "all", due + timedelta(days=9))
        assert plain(wanted) in plain(page.text)
        assert plain(wanted) in plain(private_card(t, replace(view, line=line), due).text)


def test_the_shift_says_what_was_long_ago() -> None:
    t, seen = t_of("ru"), datetime(2026, 11, 15, 5, tzinfo=UTC)
    colleague = ShiftView(2, "Дана", seen, None, 3, seen)
    shown = plain(shift_page(t, [colleague], 1).text)
    assert plain(t("last act: {time}", time=fmt.moment(t, seen))) in shown
