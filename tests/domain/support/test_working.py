"""Operators: taking, answering, notes, documents, merging, closing, disputes, follow-ups."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.roles import Role
from domain.support.model import Recording, RecordingStep
from domain.support.retention_rules import kept_until
from domain.support.views import QueueFilter
from tests.domain.support.desk import CALL, PHOTO, VOICE, Desk, again, moment, origin
from tests.support.factories import make_person


async def test_the_queue_is_by_promise_and_the_answered_come_last(desk: Desk) -> None:
    operator = await desk.operator()
    await desk.at("11-19 19:00")
    first = await desk.asked(await desk.user())
    await desk.at("11-20 10:00")
    mine = await desk.asked(await desk.user())
    done = await desk.asked(await desk.user())
    await desk.at("11-20 19:00")
    last = await desk.left_voice(await desk.user())
    await desk.support.take(again(operator), mine)
    await desk.support.answer(again(operator), done, "Готово")
    page = await desk.support.queue(again(operator))
    assert [each.number for each in page.tickets] == [first, mine, last, done]
    assert [each.overdue for each in page.tickets] == [True, True, False, False]

    async def numbers(**wanted: object) -> list[int]:
        filtered = QueueFilter(**wanted)  # type: ignore[arg-type]  # named by the test
        found = await desk.support.queue(again(operator), filtered)
        return [each.number for each in found.tickets]

    assert await numbers(whose="mine") == [mine, done]
    assert await numbers(whose="nobodys") == [first, last]
    assert await numbers(unanswered=True) == [first, mine, last]
    assert await numbers(red=True) == [first, mine]
    assert await numbers(channel="voice") == [last]
    assert await numbers(regime="627") == []
    second = await desk.support.queue(again(operator), None, 1, 3)
    assert ([each.number for each in second.tickets], second.pages, second.total) == ([done], 2, 4)
    with pytest.raises(AccessDenied):
        await desk.support.queue(again(await desk.user()))


@pytest.mark.clause("366-18")
async def test_a_request_is_taken_worked_and_closed(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    taken = await desk.support.take(again(operator), number)
    assert (taken.state, taken.line.assignee) == ("working", "Оператор Ерлан")
    await desk.at("11-20 10:20")
    answered = await desk.support.answer(again(operator), number, "Обновите страницу", [PHOTO])
    assert answered.state == "answered"
    assert answered.first_answer_at == moment("11-20 10:20")
    [told] = await desk.told(user, "ticket.answered")
    assert told.params["text"] == "Обновите страницу"
    closed = await desk.support.close(again(operator), number, "answered")
    assert (closed.state, closed.result) == ("closed", "answered")
    assert await desk.open_kinds(number) == set()
    actions = [entry.action for entry in await desk.record(f"ticket:{number}")]
    assert actions == ["ticket.open", "ticket.take", "ticket.answer", "ticket.close"]


async def test_an_answer_keeps_the_promise(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await desk.support.answer(again(operator), number, "Да")
    [row] = await desk.deadlines("ticket.promise")
    assert row.state == "done"
    await desk.until("11-20 19:00")
    assert not [kind for kind in await desk.kinds(operator) if kind != "ticket.new"]


async def test_an_answer_reaches_the_user_and_a_note_never_does(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await desk.support.note(again(operator), number, "Он опять", [PHOTO], origin=origin(-1, 5))
    await desk.support.answer(again(operator), number, "Здравствуйте")
    seen = await desk.support.ticket(again(user), number)
    assert {each.author for each in seen.messages} <= {"user", "operator", "system"}
    assert "Он опять" not in repr(seen)
    answer = next(each for each in seen.messages if each.author == "operator")
    assert (answer.name, answer.person_id, answer.origin) == ("", None, None)
    assert seen.address == ""
    for told in await desk.told(user):
        assert "Он опять" not in str(told.params)
    whole = await desk.seen(operator, number)
    assert [each.text for each in whole.messages if each.author == "note"] == ["Он опять"]
    await desk.support.edited(again(operator), -1, 5, "Он снова")
    assert "снова" not in repr(await desk.support.ticket(again(user), number))
    # A closed ticket may still be noted on, and that stays inside, too.
    await desk.support.close(again(operator), number, "answered")
    await desk.support.note(again(operator), number, "Тайна")
    assert "Тайна" not in repr(await desk.support.ticket(again(user), number))


async def test_a_ticket_in_other_hands_is_not_taken(desk: Desk) -> None:
    user, first, second = await desk.user(), await desk.operator(), await desk.operator("Дана")
    number = await desk.asked(user)
    await desk.support.take(again(first), number)
    await desk.support.take(again(first), number)
    with pytest.raises(Conflict, match="ticket_taken") as refused:
        await desk.support.take(again(second), number)
    assert refused.value.params["name"] == "Оператор Ерлан"
    with pytest.raises(Conflict, match="ticket_not_taken"):
        await desk.support.release(again(second), number)
    released = await desk.support.release(again(first), number)
    assert (released.state, released.line.assignee_id) == ("open", None)
    await desk.support.take(again(second), number)
    await desk.support.release(again(await desk.admin()), number)


async def test_two_operators_at_once_do_not_both_have_it(desk: Desk) -> None:
    user, first, second = await desk.user(), await desk.operator(), await desk.operator("Дана")
    number = await desk.asked(user)
    done = await asyncio.gather(
        desk.support.take(again(first), number),
        desk.support.take(again(second), number),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Conflict) for each in done) == 1


async def test_operator_and_user_write_at_once(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await asyncio.gather(
        *(desk.support.add(again(user), number, f"в{each}") for each in range(5)),
        *(desk.support.answer(again(operator), number, f"о{each}") for each in range(5)),
    )
    seen = await desk.seen(operator, number)
    said = [each for each in seen.messages if each.author in ("user", "operator")]
    assert len(said) == 11
    positions = [each.position for each in seen.messages]
    assert positions == sorted(set(positions))
    # Whoever came last decides whether it waits for an answer.
    assert seen.state == ("answered" if said[-1].author == "operator" else "working")


async def test_tickets_are_given_by_name_or_by_turn(desk: Desk) -> None:
    user, first = await desk.user(), await desk.operator("Первый")
    await desk.at("11-20 10:01")
    second = await desk.operator("Второй")
    off = await desk.operator("Третий", shift=False)
    hands = []
    for minute in range(2, 6):
        await desk.at(f"11-20 10:0{minute}")
        number = await desk.asked(user)
        given = await desk.support.assign(again(off), number)
        hands.append(given.line.assignee)
    assert hands == ["Первый", "Второй", "Первый", "Второй"]
    assert await desk.kinds(first, "ticket.assigned") == ["ticket.assigned"] * 2
    given = await desk.support.assign(again(second), number, off.person_id)
    assert given.line.assignee == "Третий"
    for stranger in (user.person_id, 10**9):
        with pytest.raises(NotFound, match="operator_unknown"):
            await desk.support.assign(again(second), number, stranger)
    for operator in (first, second):
        await desk.support.end_shift(again(operator))
    with pytest.raises(Conflict, match="nobody_on_shift"):
        await desk.support.assign(again(second), number)


@pytest.mark.clause("627-18")
async def test_documents_are_asked_for_and_the_ticket_waits(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user, regime="627")
    asked = await desk.support.ask_documents(again(operator), number, "Пришлите скриншот")
    assert asked.state == "waiting"
    [told] = await desk.told(user, "ticket.documents")
    assert (told.params["text"], told.params["clause"]) == ("Пришлите скриншот", "627-18")
    # The decision stays due: the act knows no pause (627, clause 19).
    assert await desk.open_kinds(number) == {"ticket.closes", "ticket.number", "ticket.decide"}
    back = await desk.support.add(again(user), number, "", [PHOTO])
    assert back.state == "working"
    assert "ticket.promise" in await desk.open_kinds(number)


async def test_no_clause_of_another_act_is_cited_for_documents(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user, regime="366")
    await desk.support.ask_documents(again(operator), number, "Пришлите скриншот")
    [told] = await desk.told(user, "ticket.documents")
    assert not told.params["clause"]


async def test_an_unanswered_request_for_documents_closes_by_itself(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    waits, done = await desk.asked(user), await desk.asked(user)
    await desk.support.ask_documents(again(operator), waits, "Пришлите скриншот")
    await desk.support.answer(again(operator), done, "Готово")
    await desk.until("11-28 00:00")
    assert [(await desk.row(each)).result for each in (waits, done)] == ["no_reply", "answered"]
    assert await desk.kinds(user, "ticket.closed") == ["ticket.closed"] * 2


async def test_a_closing_names_its_result(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    with pytest.raises(RuleBroken, match="result_unknown"):
        await desk.support.close(again(operator), number, "done")
    for result in ("answered", "refused", "called_back"):
        with pytest.raises(Conflict, match="close_unanswered"):
            await desk.support.close(again(operator), number, result)
    await desk.support.close(again(operator), number, "refused", "Это не к нам")
    [told] = await desk.told(user, "ticket.closed")
    assert (told.params["result"], told.params["text"]) == ("refused", "Это не к нам")
    for act in (
        desk.support.close(again(operator), number, "refused", "Ещё раз"),
        desk.support.answer(again(operator), number, "Поздно"),
        desk.support.take(again(operator), number),
        desk.support.set_priority(again(operator), number, "high"),
        desk.support.ask_documents(again(operator), number, "Поздно"),
    ):
        with pytest.raises(Conflict, match="ticket_closed"):
            await act


async def test_tickets_of_one_person_are_merged(desk: Desk) -> None:
    await desk.at("11-19 15:00")
    user, operator = await desk.user(), await desk.operator()
    early = await desk.left_voice(user)
    await desk.at("11-20 15:00")
    late = await desk.asked(user, "Ещё об этом")
    stranger = await desk.asked(await desk.user())
    for into, why in ((stranger, "merge_other_person"), (early, "merge_itself")):
        with pytest.raises(Conflict, match=why):
            await desk.support.merge(again(operator), early, into)
    merged = await desk.support.merge(again(operator), early, late)
    assert merged.number == late
    assert [each.text for each in merged.messages if each.author == "user"] == ["Ещё об этом", ""]
    assert merged.line.voices == 1
    # The earlier promise holds, though it is over.
    assert merged.line.promised_at == moment("11-19 18:30")
    old = await desk.seen(operator, early)
    assert (old.state, old.merged_into) == ("merged", late)
    assert await desk.open_kinds(early) == set()
    [told] = await desk.told(user, "ticket.merged")
    assert told.params["into"] == late
    on = await desk.support.add(again(user), early, "Спасибо")
    assert on.number == late
    assert (await desk.support.search(again(operator), "ещё об этом")).tickets[0].number == late
    async with desk.site.sessions() as session:
        [recording] = await session.scalars(select(Recording))
        assert recording.ticket_id == (await desk.row(late)).id
    for act in (
        desk.support.merge(again(operator), early, late),
        desk.support.answer(again(operator), early, "Да"),
    ):
        with pytest.raises(Conflict, match="ticket_merged"):
            await act


async def test_priorities_are_three(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    high = await desk.support.set_priority(again(operator), number, "high")
    assert high.line.priority == "high"
    with pytest.raises(RuleBroken, match="priority_unknown"):
        await desk.support.set_priority(again(operator), number, "top")  # type: ignore[arg-type]  # wrong on purpose


async def test_what_is_due_at_one_moment_is_by_urgency(desk: Desk) -> None:
    operator = await desk.operator()
    await desk.at("11-18 10:00")
    sooner = await desk.asked(await desk.user())
    await desk.at("11-20 10:00")
    low, normal, high = [await desk.asked(await desk.user()) for _ in range(3)]
    for number in (sooner, low):
        await desk.support.set_priority(again(operator), number, "low")
    await desk.support.set_priority(again(operator), high, "high")
    page = await desk.support.queue(again(operator))
    # What was promised sooner comes first, however urgent the rest is.
    assert [each.number for each in page.tickets] == [sooner, high, normal, low]


async def test_lateness_stands_still_when_the_desk_is_closed(desk: Desk) -> None:
    operator = await desk.operator()
    await desk.at("11-20 10:00")  # a Friday; the promise is until 18:30
    number = await desk.asked(await desk.user())

    async def late() -> list[timedelta]:
        page = await desk.support.queue(again(operator))
        found = await desk.support.search(again(operator), str(number))
        view = await desk.seen(operator, number)
        return [page.tickets[0].late, found.tickets[0].late, view.line.late]

    for at, minutes in (("11-20 18:00", 0), ("11-21 12:00", 0), ("11-23 09:02", 2)):
        await desk.at(at)
        assert await late() == [timedelta(minutes=minutes)] * 3
    await desk.support.answer(again(operator), number, "Готово")
    assert await late() == [timedelta()] * 3


async def _steps(desk: Desk) -> list[str]:
    async with desk.site.sessions() as session:
        rows = await session.scalars(select(RecordingStep).order_by(RecordingStep.id))
        return [row.step for row in rows]


@pytest.mark.clause("366-20")
@pytest.mark.clause("366-21.1")
async def test_a_voice_is_on_record_from_its_first_step(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.left_voice(user)
    assert await _steps(desk) == ["collected"]
    [file] = await desk.support.files_waiting()
    assert (file.ticket, file.kind, file.telegram_file_id) == (number, "voice", "AwACAgIAAxk")
    await desk.support.file_stored(file.id, "a" * 64, 40_000)
    assert await _steps(desk) == ["collected", "stored"]
    seen = (await desk.seen(operator, number)).messages[0].files[0]
    assert (seen.state, seen.sha256, seen.duration) == ("stored", "a" * 64, 12)
    assert seen.recording is not None
    on_record = await desk.record(f"recording:{seen.recording}")
    assert [each.action for each in on_record] == ["recording.collected", "recording.stored"]
    async with desk.site.sessions() as session:
        [row] = await session.scalars(select(Recording))
    end = kept_until(row.collected_at, None, ())
    assert end == datetime.fromisoformat("2027-11-20T00:00:00+05:00")


async def test_a_dispute_holds_the_recordings_until_it_is_settled(desk: Desk) -> None:
    user, operator, admin = await desk.user(), await desk.operator(), await desk.admin()
    number = await desk.left_voice(user)
    with pytest.raises(RuleBroken, match="text_missing"):
        await desk.support.mark_dispute(again(operator), number, " ")
    with pytest.raises(Conflict, match="dispute_not_marked"):
        await desk.support.settle_dispute(again(admin), number, "Решение № 7")
    marked = await desk.support.mark_dispute(again(operator), number, "Претензия № 4")
    assert marked.disputed == "Претензия № 4"
    assert (await desk.support.ticket(again(user), number)).disputed is None
    with pytest.raises(Conflict, match="dispute_marked"):
        await desk.support.mark_dispute(again(operator), number, "Ещё")
    with pytest.raises(AccessDenied, match="role_not_allowed"):
        await desk.support.settle_dispute(again(operator), number, "Решение № 7")
    with pytest.raises(RuleBroken, match="text_missing"):
        await desk.support.settle_dispute(again(admin), number, " ")
    settled = await desk.support.settle_dispute(again(admin), number, "Решение № 7")
    assert settled.disputed is None
    assert await _steps(desk) == ["collected", "held", "released"]


@pytest.mark.clause("366-19.2")
@pytest.mark.clause("366-20")
async def test_a_voice_is_followed_up_by_a_call_or_in_writing(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.left_voice(user)
    await desk.at("11-23 09:30")
    for way, result in (("call", "maybe"), ("fax", "answered"), ("written", "not_reached")):
        with pytest.raises(RuleBroken, match="follow_up_unknown"):
            await desk.support.follow_up(
                again(operator),
                number,
                way,  # type: ignore[arg-type]  # wrong on purpose
                result,  # type: ignore[arg-type]  # wrong on purpose
                "Да",
            )
    missed = await desk.support.follow_up(again(operator), number, "call", "not_reached", "Гудки")
    assert missed.state == "open"
    assert "ticket.promise" in await desk.open_kinds(number)
    called = await desk.support.follow_up(
        again(operator), number, "call", "answered", "Объяснили", recording=CALL
    )
    assert called.state == "answered"
    assert await desk.kinds(user, "ticket.") == [
        "ticket.received",
        "ticket.not_reached",
        "ticket.called_back",
    ]
    seen = await desk.support.ticket(again(user), number)
    assert "Гудки" not in repr(seen)
    # The recording of the call is handed over by a step of its own only.
    assert all(file.kind != "call" for each in seen.messages for file in each.files)
    assert await _steps(desk) == ["collected", "collected", "stored"]
    written = await desk.left_voice(user)
    await desk.support.follow_up(again(operator), written, "written", "answered", "Письмом")
    assert (await desk.row(written)).state == "answered"


async def test_operators_alone_do_what_operators_do(desk: Desk) -> None:
    number = await desk.asked(await desk.user())
    authority = await make_person(desk.site, role=Role.AUTHORITY)
    for person in (await desk.user(), authority):
        for act in (
            desk.support.take(again(person), number),
            desk.support.note(again(person), number, "Нет"),
            desk.support.close(again(person), number, "refused", "Нет"),
            desk.support.mark_dispute(again(person), number, "Нет"),
            desk.support.search(again(person), "нет"),
            desk.support.begin_shift(again(person)),
            desk.support.digest(again(person)),
        ):
            with pytest.raises(AccessDenied):
                await act


async def test_ready_answers_stand_in_both_languages(desk: Desk) -> None:
    operator, admin = await desk.operator(), await desk.admin()
    with pytest.raises(AccessDenied):
        await desk.support.add_canned(again(operator), "Пароль", "Құпиясөз", "Пароль")
    with pytest.raises(RuleBroken, match="text_missing"):
        await desk.support.add_canned(again(admin), "Пароль", "", "Пароль")
    made = await desk.support.add_canned(again(admin), "Пароль", "Құпиясөз", "Пароль")
    assert await desk.support.canned(again(operator)) == [made]
    await desk.support.remove_canned(again(admin), made.id)
    assert await desk.support.canned(again(operator)) == []
    with pytest.raises(NotFound, match="canned_unknown"):
        await desk.support.remove_canned(again(admin), made.id)


async def test_a_call_is_no_voice(desk: Desk) -> None:
    user = await desk.user()
    made = await desk.support.open(again(user), "voice", "", [VOICE, PHOTO])
    assert (made.line.voices, made.line.files_missing) == (1, 2)


async def test_an_answer_is_refused_when_something_unread_was_said(desk: Desk) -> None:
    user, mine, other = await desk.user(), await desk.operator(), await desk.operator("Дана")
    number = await desk.asked(user)
    read = (await desk.seen(mine, number)).messages[-1].position
    await desk.support.note(again(mine), number, "сам себе")
    await desk.support.set_priority(again(other), number, "high")
    await desk.support.answer(again(mine), number, "Смотрим.", seen=read)
    read = (await desk.seen(mine, number)).messages[-1].position
    await desk.support.answer(again(other), number, "Уже починили.")
    refused = again(mine)
    for act in (
        desk.support.answer(refused, number, "Ещё смотрим.", seen=read),
        desk.support.ask_documents(refused, number, "Какой заказ?", seen=read),
        desk.support.close(refused, number, "answered", seen=read),
    ):
        with pytest.raises(Conflict, match="ticket_moved_on"):
            await act
    read = (await desk.seen(mine, number)).messages[-1].position
    assert (await desk.support.close(refused, number, "answered", seen=read)).state == "closed"


async def test_an_answer_that_was_given_is_not_refused_when_it_is_sent_again(desk: Desk) -> None:
    user, mine = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    read = (await desk.seen(mine, number)).messages[-1].position
    actor = again(mine)
    await desk.support.answer(actor, number, "Смотрим.", seen=read)
    await desk.support.add(again(user), number, "И ещё")
    assert (await desk.support.answer(actor, number, "Смотрим.", seen=read)).number == number


async def test_a_shift_begun_twice_at_once_is_one(desk: Desk) -> None:
    operator = await desk.operator(shift=False)
    begun = await asyncio.gather(*(desk.support.begin_shift(again(operator)) for _ in range(4)))
    assert {each.person_id for each in begun} == {operator.person_id}
    assert len(await desk.support.on_shift(again(operator))) == 1
    ended = [desk.support.end_shift(again(operator)) for _ in range(4)]
    results = await asyncio.gather(*ended, return_exceptions=True)
    assert [each for each in results if not isinstance(each, Conflict)] == [0]
