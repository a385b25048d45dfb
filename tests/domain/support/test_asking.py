"""Asking for help: opening, going on, objecting, rating, and who may do it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.notices.queue import Outcome, Settled
from domain.support.views import NewFile
from tests.domain.support.desk import PHOTO, VOICE, Desk, again, moment, origin
from tests.support.factories import integration_actor


@pytest.mark.clause("366-18")
async def test_a_request_gets_a_number_a_promise_and_a_confirmation(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user = await desk.user()
    made = await desk.support.open(again(user), "chat", "Не открывается заказ\nномер 7")
    assert (made.state, made.line.subject) == ("open", "Не открывается заказ")
    assert made.line.promised_at == moment("11-20 18:30")
    assert made.open_at_once
    assert made.promise_clause == "366-19.1"
    [told] = await desk.told(user, "ticket.received")
    assert told.state == "sent"  # the chat itself answers whoever wrote in it
    assert told.params["ticket"] == made.number
    assert told.params["open"] is True
    assert [each.action for each in await desk.record(f"ticket:{made.number}")] == ["ticket.open"]


@pytest.mark.clause("366-19.2")
async def test_a_voice_of_friday_night_is_promised_by_monday(desk: Desk) -> None:
    await desk.at("11-20 18:31")
    user = await desk.user("kk")
    made = await desk.support.write(again(user), "voice", "", [VOICE])
    assert not made.open_at_once
    assert made.line.promised_at == moment("11-23 18:30")
    assert made.promise_clause == "366-19.2"
    assert (made.line.voices, made.line.language) == (1, "kk")
    [row] = await desk.deadlines("ticket.promise")
    assert (row.term, row.clause, row.due_at) == ("1sd", "366-19.2", moment("11-23 18:30"))
    assert not await desk.deadlines("remind.ticket.promise")


async def test_the_same_cause_opens_one_ticket(desk: Desk) -> None:
    user = await desk.user()
    once = again(user)
    first = await desk.support.open(once, "chat", "Помогите")
    second = await desk.support.open(once, "chat", "Помогите")
    assert first.number == second.number
    assert (await desk.support.mine(again(user))).total == 1


async def test_what_is_on_record_holds_nothing_that_was_said(desk: Desk) -> None:
    user = await desk.user()
    number = await desk.asked(user, "Мой секрет")
    for entry in await desk.record(f"ticket:{number}"):
        assert "секрет" not in f"{entry.data}{entry.result}"


async def test_writing_goes_on_in_the_newest_open_ticket(desk: Desk) -> None:
    user = await desk.user()
    first = await desk.support.write(again(user), "chat", "Раз")
    second = await desk.support.write(again(user), "voice", "", [VOICE])
    assert first.number == second.number
    assert [(each.author, each.text) for each in second.messages if each.author == "user"] == [
        ("user", "Раз"),
        ("user", ""),
    ]
    operator = await desk.operator()
    await desk.support.close(again(operator), first.number, "answered", "Готово")
    third = await desk.support.write(again(user), "chat", "Ещё вопрос")
    assert third.number != first.number


async def test_an_answered_ticket_asked_again_has_a_new_promise(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await desk.support.answer(again(operator), number, "Сделано")
    assert await desk.open_kinds(number) == {"ticket.closes"}
    await desk.at("11-20 19:00")
    made = await desk.support.add(again(user), number, "Не помогло", [PHOTO])
    assert made.state == "working"
    assert made.line.promised_at == moment("11-23 18:30")
    assert await desk.open_kinds(number) == {"ticket.promise", "escalate", "ticket.red"}
    assert len(await desk.told(user, "ticket.received")) == 2


async def test_a_ticket_is_for_whoever_asked_and_for_operators(desk: Desk) -> None:
    user, other, operator = await desk.user(), await desk.user(), await desk.operator()
    number = await desk.asked(user)
    assert (await desk.support.ticket(again(user), number)).number == number
    assert (await desk.seen(operator, number)).number == number
    assert (await desk.support.ticket(integration_actor(), number)).number == number
    for act in (
        desk.support.ticket(again(other), number),
        desk.support.add(again(other), number, "Я тоже"),
        desk.support.rate(again(other), number, 5),
        desk.support.reopen(again(other), number),
        desk.support.ask_escalation(again(other), number),
        desk.support.ticket(again(user), 10**12),
        desk.support.ticket(again(user), 2**70),
    ):
        with pytest.raises(NotFound, match="ticket_unknown"):
            await act
    with pytest.raises(AccessDenied):
        await desk.support.answer(again(user), number, "Сам себе")


async def test_a_suspended_account_may_still_ask(desk: Desk) -> None:
    user = replace(await desk.user(), suspended=True)
    number = await desk.asked(user)
    assert (await desk.support.add(again(user), number, "Почему?")).state == "open"
    with pytest.raises(AccessDenied):
        await desk.support.end_shift(again(user))


@pytest.mark.clause("627-8")
@pytest.mark.parametrize(("regime", "clause"), [("627", "627-8"), ("366", None)])
async def test_a_file_over_20_megabytes_is_refused(
    desk: Desk, regime: str, clause: str | None
) -> None:
    user = await desk.user()
    big = NewFile("document", "план.pdf", "application/pdf", 20 * 1024 * 1024 + 1, None, "BQAC")
    with pytest.raises(RuleBroken, match="support_file_too_big") as refused:
        await desk.support.open(again(user), "chat", "Вот план", [big], regime=regime)
    assert refused.value.clause == clause
    operator = await desk.operator()
    number = await desk.asked(user, regime=regime)
    with pytest.raises(RuleBroken, match="support_file_too_big") as refused:
        await desk.support.answer(again(operator), number, "Вот", [big])
    assert refused.value.clause == clause
    just = replace(big, size=20 * 1024 * 1024)
    made = await desk.support.open(again(user), "chat", "Вот план", [just])
    assert made.messages[0].files[0].state == "waiting"


async def test_nothing_at_all_and_too_much_are_refused(desk: Desk) -> None:
    user = await desk.user()
    for text in ("", "  \n", "<b> </b>"):
        with pytest.raises(RuleBroken, match="message_empty"):
            await desk.support.open(again(user), "chat", text)
    with pytest.raises(RuleBroken, match="too_many_files"):
        await desk.support.open(again(user), "chat", "", [PHOTO] * 11)
    with pytest.raises(RuleBroken, match="text_too_long"):
        await desk.support.open(again(user), "chat", "а" * 20_000)
    with pytest.raises(RuleBroken, match="regime_unknown"):
        await desk.support.open(again(user), "chat", "Да", regime="1")
    with pytest.raises(NotFound, match="order_unknown"):
        await desk.support.open(again(user), "chat", "Да", order_number=99_999)


async def test_an_order_at_stake_is_shown_with_the_ticket(desk: Desk) -> None:
    customer = await desk.customer()
    draft = await desk.order(customer, publish=False)
    made = await desk.support.open(customer.me, "chat", "Как опубликовать?", order_number=draft)
    assert (made.line.order_number, made.role) == (draft, "customer")
    assert made.line.company_ru == "ТОО «Генподряд»"
    with pytest.raises(NotFound, match="order_unknown"):
        await desk.support.open(again(await desk.user()), "chat", "А мне?", order_number=draft)


async def test_who_writes_too_much_waits(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user = await desk.user()
    for _ in range(30):
        await desk.support.write(again(user), "chat", "Ау")
    with pytest.raises(Conflict, match="support_flood") as refused:
        await desk.support.write(again(user), "chat", "Ау")
    assert refused.value.params["until"] == moment("11-20 10:10")
    await desk.asked(await desk.user())
    await desk.at("11-20 10:10")
    await desk.support.write(again(user), "chat", "Ау")


async def test_who_is_muted_is_told_why_and_until_when(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    until = moment("11-21 10:00")
    person = user.person_id or 0
    muted = await desk.support.mute(again(operator), person, "Оскорбления", until)
    assert [each.person_id for each in await desk.support.muted(again(operator))] == [person]
    assert muted.until == until
    [told] = await desk.told(user, "support.muted")
    assert told.params["reason"] == "Оскорбления"
    with pytest.raises(Conflict, match="support_muted") as refused:
        await desk.asked(user)
    assert refused.value.params == {"reason": "Оскорбления", "until": until}
    mine = await desk.support.my_mute(again(user))
    assert mine is not None
    assert (mine.reason, mine.until) == ("Оскорбления", until)
    assert await desk.support.my_mute(again(operator)) is None
    await desk.at("11-21 10:00")
    assert await desk.support.my_mute(again(user)) is None
    await desk.asked(user)
    with pytest.raises(Conflict, match="not_muted"):
        await desk.support.unmute(again(operator), person)


async def test_a_mute_can_be_lifted_and_never_meets_operators(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator, admin = await desk.user(), await desk.operator(), await desk.admin()
    person = user.person_id or 0
    await desk.support.mute(again(operator), person, "Спам", moment("11-20 11:00"))
    await desk.support.mute(again(operator), person, "Спам", moment("11-22 11:00"))
    await desk.support.unmute(again(operator), person)
    assert await desk.kinds(user, "support.") == ["support.muted"] * 2 + ["support.unmuted"]
    await desk.asked(user)
    for until in ("11-20 10:00", "12-21 10:00"):
        with pytest.raises(RuleBroken, match="mute_range"):
            await desk.support.mute(again(operator), person, "Спам", moment(until))
    with pytest.raises(Conflict, match="mute_staff"):
        await desk.support.mute(
            again(operator), admin.person_id or 0, "Спам", moment("11-20 11:00")
        )


async def test_a_closed_ticket_opens_again_for_ten_days(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    with pytest.raises(Conflict, match="ticket_open"):
        await desk.support.reopen(again(user), number)
    await desk.support.close(again(operator), number, "answered", "Готово")
    with pytest.raises(Conflict, match="ticket_closed"):
        await desk.support.add(again(user), number, "И ещё")
    await desk.at("11-30 09:59:59")
    back = await desk.support.reopen(again(user), number, "Снова сломалось")
    assert (back.state, back.result) == ("working", None)
    assert back.line.promised_at == moment("11-30 18:30")
    assert "ticket.promise" in await desk.open_kinds(number)
    await desk.support.close(again(operator), number, "answered", "Готово")
    closed = await desk.row(number)
    assert closed.closed_at is not None
    desk.clock.set(closed.closed_at + timedelta(days=10))
    with pytest.raises(Conflict, match="reopen_late"):
        await desk.support.reopen(again(user), number)


async def test_an_answer_is_rated_by_its_user(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    with pytest.raises(Conflict, match="ticket_unanswered"):
        await desk.support.rate(again(user), number, 5)
    await desk.support.answer(again(operator), number, "Готово")
    for rating in (0, 6):
        with pytest.raises(RuleBroken, match="rating_range"):
            await desk.support.rate(again(user), number, rating)
    await desk.support.rate(again(user), number, 2)
    rated = await desk.support.rate(again(user), number, 5, "Спасибо")
    assert (rated.rating, rated.rating_text) == (5, "Спасибо")


async def test_the_lead_is_called_once_an_hour(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator, admin = await desk.user(), await desk.operator(), await desk.admin()
    number = await desk.asked(user)
    called = await desk.support.ask_escalation(again(user), number)
    assert called.line.escalation == 1
    for person in (operator, admin):
        assert "ticket.escalation_asked" in await desk.kinds(person)
    with pytest.raises(Conflict, match="escalation_asked"):
        await desk.support.ask_escalation(again(user), number)
    await desk.at("11-20 11:00")
    await desk.support.ask_escalation(again(user), number)


async def test_an_edit_is_followed_for_its_author_only(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    made = await desk.support.open(again(user), "chat", "Нлмер 7", origin=origin(5, 10))
    assert await desk.support.edited(again(user), 5, 11, "Номер 7") is None
    with pytest.raises(NotFound, match="ticket_unknown"):
        await desk.support.edited(again(operator), 5, 10, "Подмена")
    edited = await desk.support.edited(again(user), 5, 10, "Номер 7")
    assert edited is not None
    assert (edited.number, edited.author, edited.text) == (made.number, "user", "Номер 7")
    seen = await desk.seen(operator, made.number)
    assert seen.messages[0].text == "Номер 7"
    assert seen.messages[0].edited_at is not None
    assert (await desk.support.search(again(operator), "номер")).tickets
    assert not (await desk.support.search(again(operator), "нлмер")).tickets


async def test_an_edited_answer_names_what_was_sent(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await desk.support.answer(again(operator), number, "Отвтет", origin=origin(-100, 7))
    [told] = await desk.told(user, "ticket.answered")
    edited = await desk.support.edited(again(operator), -100, 7, "Ответ")
    assert edited is not None
    assert edited.copies == ()
    [told] = await desk.told(user, "ticket.answered")
    assert told.params["text"] == "Ответ"
    claimed = await desk.services.notice_queue.claim(10, timedelta(minutes=1))
    [notice] = [each for each in claimed if each.number == told.id]
    sent = Settled(notice, Outcome("sent", 77), desk.clock.now())
    await desk.services.notice_queue.settle([sent])
    edited = await desk.support.edited(again(operator), -100, 7, "Ответ!")
    assert edited is not None
    assert edited.copies == ((user.telegram_id, 77),)


async def test_what_comes_after_a_rating_is_another_request(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await desk.support.answer(again(operator), number, "Готово")
    same = await desk.support.write(again(user), "chat", "А ещё?")
    assert same.number == number
    await desk.at("11-20 10:30")
    await desk.support.answer(again(operator), number, "И это готово")
    await desk.support.rate(again(user), number, 5)
    other = await desk.support.write(again(user), "chat", "Другой вопрос")
    assert (other.number != number, other.line.subject) == (True, "Другой вопрос")
    first = await desk.seen(operator, number)
    assert (first.state, first.rating) == ("answered", 5)
    # It was objected to and answered anew: the rating is of the answer before.
    await desk.support.close(again(operator), other.number, "answered", "Да")
    await desk.at("11-20 11:00")
    await desk.support.reopen(again(user), number)
    await desk.at("11-20 11:30")
    await desk.support.answer(again(operator), number, "Исправлено")
    assert (await desk.support.write(again(user), "chat", "Не вижу")).number == number
