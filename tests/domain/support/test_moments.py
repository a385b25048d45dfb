"""What time brings about: escalation, the red mark, broken promises, the morning, the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import update

from domain.actor import Actor
from domain.clock import astana
from domain.errors import Conflict
from domain.people.model import Membership
from domain.work import Site
from domain.working_time.rules import OverrideChange
from tests.domain.support.desk import Desk, again, moment
from tests.support.factories import next_cause


async def _due(desk: Desk, kind: str) -> list[str]:
    rows = await desk.deadlines(kind if kind == "escalate" else f"ticket.{kind}")
    return [f"{astana(row.due_at):%m-%d %H:%M}" for row in rows]


async def test_nobody_answers_operator_lead_lead_again(desk: Desk) -> None:
    await desk.at("11-20 17:50")
    user, operator, admin = await desk.user(), await desk.operator(), await desk.admin()
    number = await desk.asked(user)
    await desk.until("11-23 12:00")
    # 15 working minutes, then an hour of work, then another: Friday evening runs into Monday.
    assert await _due(desk, "escalate") == ["11-20 18:05", "11-23 09:35", "11-23 10:35"]
    assert (await desk.row(number)).escalation == 2
    assert await desk.kinds(operator, "ticket.unanswered") == ["ticket.unanswered"] * 3
    assert await desk.kinds(admin, "ticket.unanswered") == ["ticket.unanswered"] * 2


async def test_the_night_does_not_count(desk: Desk) -> None:
    await desk.at("11-20 20:00")
    operator = await desk.operator()
    await desk.left_voice(await desk.user())
    assert await _due(desk, "escalate") == ["11-23 09:15"]
    await desk.until("11-23 09:14")
    assert await desk.kinds(operator, "ticket.unanswered") == []


async def test_the_break_of_the_unified_platform_does_not_count(desk: Desk) -> None:
    await desk.at("11-20 12:50")
    await desk.asked(await desk.user(), regime="627")
    assert await _due(desk, "escalate") == ["11-20 14:35"]


async def test_a_ticket_turns_red_at_18_00_and_its_promise_breaks_at_18_30(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator, admin = await desk.user(), await desk.operator(), await desk.admin()
    number = await desk.asked(user)
    await desk.support.take(again(operator), number)
    await desk.at("11-20 17:59:59")
    assert not (await desk.seen(operator, number)).line.red
    await desk.until("11-20 18:00")
    seen = await desk.seen(operator, number)
    assert (seen.line.red, seen.line.overdue) == (True, False)
    for person in (operator, admin):
        assert await desk.kinds(person, "ticket.red") == ["ticket.red"]
    await desk.until("11-20 18:30")
    assert (await desk.seen(operator, number)).line.overdue
    for person in (operator, admin):
        assert await desk.kinds(person, "ticket.overdue") == ["ticket.overdue"]


async def test_an_answered_ticket_never_turns_red(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator()
    number = await desk.asked(await desk.user())
    await desk.support.answer(again(operator), number, "Готово")
    await desk.until("11-20 19:00")
    assert not (await desk.seen(operator, number)).line.red
    assert await desk.kinds(operator, "ticket.red") == []


async def test_many_that_turn_red_at_once_are_told_once(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator()
    for _ in range(5):
        await desk.asked(await desk.user())
    await desk.until("11-20 18:00")
    assert await desk.kinds(operator, "ticket.red") == ["ticket.red"]
    assert len([each for each in await desk.deadlines("ticket.red") if each.state == "fired"]) == 5


async def test_whoever_asks_in_the_last_half_hour_is_red_at_once(desk: Desk) -> None:
    await desk.at("11-20 18:10")
    operator = await desk.operator()
    number = await desk.asked(await desk.user())
    assert (await desk.seen(operator, number)).line.red


@pytest.mark.clause("627-17")
async def test_the_number_reaches_the_user_within_an_hour(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user, regime="627")
    [row] = await desk.deadlines("ticket.number", f"ticket:{number}")
    assert (row.clause, row.due_at) == ("627-17", moment("11-20 11:00"))
    # The chat answered with it at once.
    [told] = await desk.told(user, "ticket.received")
    assert (told.state, told.params["ticket"]) == ("sent", number)
    await desk.until("11-20 11:00")
    assert await desk.kinds(operator, "ticket.number_unsent") == []


@pytest.mark.clause("627-16")
@pytest.mark.clause("627-17")
@pytest.mark.clause("627-19")
async def test_an_email_out_of_hours_counts_from_its_registration(desk: Desk) -> None:
    """Not from when it was written: Friday evening is registered on Monday at nine."""
    await desk.at("11-20 20:00")
    operator = await desk.operator()
    number = await _email_627(desk)
    assert (await desk.row(number)).registered_at == moment("11-23 09:00")
    assert await _open(desk, "number") == [moment("11-23 10:00")]
    assert await _open(desk, "decide") == [moment("11-25 00:00")]
    await desk.until("11-23 09:59")
    assert await desk.told(operator, "ticket.number_unsent") == []
    # The mail server has not taken the letter.
    await desk.until("11-23 10:00")
    [told] = await desk.told(operator, "ticket.number_unsent")
    assert told.params["ticket"] == number


@pytest.mark.clause("627-16")
@pytest.mark.clause("627-17")
async def test_registration_number_and_decision_follow_the_calendar(desk: Desk) -> None:
    await desk.at("11-20 20:00")
    number = await _email_627(desk)
    await _change(desk, date(2026, 11, 23), working=False)
    assert (await desk.row(number)).registered_at == moment("11-24 09:00")
    assert await _open(desk, "number") == [moment("11-24 10:00")]
    assert await _open(desk, "decide") == [moment("11-26 00:00")]
    await _change(desk, date(2026, 11, 21), working=True)
    assert (await desk.row(number)).promised_at == moment("11-21 18:30")
    assert (await desk.row(number)).registered_at == moment("11-21 09:00")
    assert await _open(desk, "number") == [moment("11-21 10:00")]
    assert await _open(desk, "decide") == [moment("11-25 00:00")]
    # Once it is registered no change makes it otherwise.
    await desk.at("11-21 12:00")
    await _change(desk, date(2026, 11, 21), working=None)
    assert (await desk.row(number)).registered_at == moment("11-21 09:00")


@pytest.mark.clause("627-16")
async def test_nothing_is_registered_before_the_day_is_known_to_be_working(desk: Desk) -> None:
    await desk.at("11-20 20:00")
    number = await _email_627(desk)
    await desk.at("11-21 12:00")
    await _change(desk, date(2026, 11, 21), working=True)
    assert (await desk.row(number)).registered_at == moment("11-21 12:00")
    assert await _open(desk, "number") == [moment("11-21 13:00")]


@pytest.mark.clause("627-17")
async def test_the_number_of_a_call_is_followed_where_the_platform_tells_it(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator, user = await desk.operator(), await desk.user()
    for caller in (user.person_id, None):
        await desk.support.register_call(
            again(operator),
            "Айгүл",
            "+7 701 555 44 33",
            moment("11-20 08:00"),
            "Не открывается",
            person_id=caller,
            regime="627",
        )
    # From the entry into the journal; a stranger has heard it from the operator.
    assert await _open(desk, "number") == [moment("11-20 11:00")]


async def _email_627(desk: Desk) -> int:
    under_627 = type(desk)(_with_regime(desk), desk.clock)
    taken = await under_627.support.email_in(
        "guest@example.kz", "Гость", "Вопрос", "Как войти?", message_id="<1@example.kz>"
    )
    return taken.number


@pytest.mark.clause("627-17")
async def test_a_number_that_did_not_go_out_is_told_to_operators(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator()
    desk_627 = type(desk)(_with_regime(desk), desk.clock)
    sent, unsent = [
        (
            await desk_627.support.email_in(
                f"guest{each}@example.kz", "Гость", "Вопрос", "?", message_id=f"<{each}@e>"
            )
        ).number
        for each in range(2)
    ]
    await desk_627.support.number_sent(sent)
    await desk_627.until("11-20 11:00")
    [told] = await desk.told(operator, "ticket.number_unsent")
    assert told.params["ticket"] == unsent


def _with_regime(desk: Desk) -> Site:
    return replace(desk.site, regime="627")


async def test_the_decision_is_due_within_a_working_day(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator()
    number = await desk.asked(await desk.user(), regime="627")
    [row] = await desk.deadlines("ticket.decide", f"ticket:{number}")
    assert (row.clause, row.due_at) == ("627-19", moment("11-24 00:00"))
    await desk.until("11-24 00:00")
    assert await desk.kinds(operator, "ticket.undecided") == ["ticket.undecided"]


@pytest.mark.clause("366-19.2")
async def test_at_nine_the_night_is_handed_out_by_turn(desk: Desk) -> None:
    await desk.at("11-20 18:00")
    first = await desk.operator("Первый")
    await desk.at("11-20 18:01")
    second = await desk.operator("Второй")
    admin = await desk.admin()
    await desk.at("11-20 20:00")
    numbers = [await desk.left_voice(await desk.user()) for _ in range(5)]
    await desk.until("11-23 09:00")
    hands = [(await desk.row(number)).assignee_id for number in numbers]
    turns = [first.person_id, second.person_id] * 3
    assert hands == turns[:5]
    assert {(await desk.row(number)).state for number in numbers} == {"working"}
    counts = [
        (await desk.told(each, "desk.morning"))[0].params["count"] for each in (first, second)
    ]
    assert counts == [3, 2]
    [digest] = await desk.told(admin, "desk.digest")
    assert (digest.params["count"], digest.params["operators"]) == (5, 2)
    shifts = await desk.support.on_shift(again(admin))
    assert [(each.name, each.in_hand) for each in shifts] == [("Второй", 2), ("Первый", 3)]
    assert [entry.action for entry in await desk.record(f"ticket:{numbers[0]}")] == [
        "ticket.open",
        "ticket.given",
    ]
    # The next morning is set: at 9:00 of Tuesday.
    rows = await desk.deadlines("support.morning")
    assert [row.due_at for row in rows if row.state == "open"] == [moment("11-24 09:00")]


async def test_without_operators_the_night_waits_and_the_lead_knows(desk: Desk) -> None:
    await desk.at("11-20 20:00")
    admin = await desk.admin()
    number = await desk.left_voice(await desk.user())
    await desk.until("11-23 09:00")
    assert (await desk.row(number)).assignee_id is None
    [digest] = await desk.told(admin, "desk.digest")
    assert digest.params["operators"] == 0


async def test_a_quiet_night_tells_nobody_anything(desk: Desk) -> None:
    await desk.at("11-20 18:00")
    operator, admin = await desk.operator(), await desk.admin()
    number = await desk.asked(await desk.user())
    await desk.support.answer(again(operator), number, "Готово")
    await desk.until("11-23 09:00")
    assert await desk.told(operator, "desk.morning") == []
    assert await desk.told(admin, "desk.digest") == []


async def test_of_two_operators_the_one_without_a_request_is_told_nothing(desk: Desk) -> None:
    await desk.at("11-20 18:00")
    first = await desk.operator("Первый")
    await desk.at("11-20 18:01")
    second = await desk.operator("Второй")
    await desk.left_voice(await desk.user())
    await desk.until("11-23 09:00")
    assert len(await desk.told(first, "desk.morning")) == 1
    assert await desk.told(second, "desk.morning") == []


async def test_who_lost_the_role_is_given_nothing_and_gives_up_what_was_given(desk: Desk) -> None:
    """A shift that nobody has ended does not make an operator."""
    await desk.at("11-20 18:00")
    gone = await desk.operator("Ушедший")
    held, night = await desk.left_voice(await desk.user()), await desk.left_voice(await desk.user())
    await desk.support.take(again(gone), held)
    await desk.at("11-20 18:01")
    stays = await desk.operator("Оставшийся")
    async with desk.site.sessions.begin() as session:
        await session.execute(
            update(Membership).where(Membership.person_id == gone.person_id).values(state="revoked")
        )
    assert [each.name for each in await desk.support.on_shift(again(stays))] == ["Оставшийся"]
    await desk.until("11-23 09:00")
    assert {(await desk.row(each)).assignee_id for each in (held, night)} == {stays.person_id}
    assert await desk.told(gone, "desk.morning") == []


async def test_a_forgotten_shift_ends_and_one_with_work_in_it_goes_on(desk: Desk) -> None:
    """Whoever is away for a week is given nothing of the night."""
    await desk.at("11-10 10:00")
    away, there = await desk.operator("Отпускник"), await desk.operator("Дежурный")
    await desk.at("11-19 10:00")
    await desk.support.note(again(there), await desk.asked(await desk.user()), "Смотрю")
    seen = {each.name: each.seen_at for each in await desk.support.on_shift(again(there))}
    assert seen == {"Отпускник": moment("11-10 10:00"), "Дежурный": moment("11-19 10:00")}
    await desk.at("11-19 20:00")
    number = await desk.left_voice(await desk.user())
    await desk.until("11-20 09:00")
    assert (await desk.row(number)).assignee_id == there.person_id
    assert [each.name for each in await desk.support.on_shift(again(there))] == ["Дежурный"]
    ended = [entry.action for entry in await desk.record(f"person:{away.person_id}")]
    assert ended[-1] == "desk.end_shift"


async def test_the_start_sets_one_morning(desk: Desk) -> None:
    await desk.at("11-20 20:00")
    for _ in range(2):
        await desk.support.start()
    [row] = await desk.deadlines("support.morning")
    assert row.due_at == moment("11-23 09:00")


async def test_shifts_begin_and_end(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator(shift=False)
    with pytest.raises(Conflict, match="not_on_shift"):
        await desk.support.end_shift(again(operator))
    begun = await desk.support.begin_shift(again(operator))
    assert begun == await desk.support.begin_shift(again(operator))
    number = await desk.asked(await desk.user())
    await desk.support.take(again(operator), number)
    digest = await desk.support.digest(again(operator))
    assert (digest.unanswered, digest.unassigned, digest.operators[0].in_hand) == (1, 0, 1)
    assert await desk.support.end_shift(again(operator)) == 1
    assert await desk.support.on_shift(again(operator)) == []


async def _change(desk: Desk, day: date, *, working: bool | None) -> None:
    admin = Actor.system(next_cause())
    version = (await desk.services.working_time.calendar(admin)).version
    change = OverrideChange(day, working, "Көшті", "Перенос", "Приказ 1")
    if working is None:
        change = OverrideChange(day, None)
    await desk.services.working_time.apply(admin, [change], version)


async def test_a_changed_calendar_moves_the_promise_and_the_user_is_told_again(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.left_voice(user)
    await _change(desk, date(2026, 11, 23), working=False)
    seen = await desk.seen(operator, number)
    assert seen.line.promised_at == moment("11-24 18:30")
    [told] = await desk.told(user, "ticket.promise_moved")
    assert datetime.fromisoformat(str(told.params["due_at"])) == moment("11-24 18:30")
    red = [row for row in await desk.deadlines("ticket.red") if row.state == "open"]
    assert [row.due_at for row in red] == [moment("11-24 18:00")]
    mornings = [row for row in await desk.deadlines("support.morning") if row.state == "open"]
    assert [row.due_at for row in mornings] == [moment("11-24 09:00")]
    assert await _open(desk, "escalate") == [moment("11-24 09:15")]
    # A Saturday made working: earlier for all.
    await _change(desk, date(2026, 11, 21), working=True)
    assert (await desk.seen(operator, number)).line.promised_at == moment("11-21 18:30")
    assert await _open(desk, "support.morning") == [moment("11-21 09:00")]


async def _open(desk: Desk, kind: str) -> list[object]:
    name = kind if "." in kind or kind == "escalate" else f"ticket.{kind}"
    return [row.due_at for row in await desk.deadlines(name) if row.state == "open"]


async def test_a_day_made_working_at_noon_is_not_refused_for_what_operators_are_told(
    desk: Desk,
) -> None:
    await desk.at("11-20 19:00")
    number = await desk.left_voice(await desk.user())
    await desk.at("11-21 12:00")
    await _change(desk, date(2026, 11, 21), working=True)
    assert (await desk.row(number)).promised_at == moment("11-21 18:30")


async def test_an_act_that_was_received_before_the_end_keeps_the_promise(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    operator = await desk.operator()
    number = await desk.asked(await desk.user())
    await desk.at("11-20 18:31")
    in_time = replace(again(operator), at=moment("11-20 18:29:59"))
    await desk.support.answer(in_time, number, "Успел")
    report = await desk.support.report(
        again(operator), moment("11-20 00:00"), moment("11-21 00:00")
    )
    assert (report.kept, report.broken) == (1, 0)
