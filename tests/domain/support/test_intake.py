"""E-mail and phone: what comes becomes a ticket like any other; files are fetched or given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.support.views import EmailTaken, NewFile
from tests.domain.support.desk import CALL, PHOTO, VOICE, Desk, again, moment

PDF = NewFile("document", "акт.pdf", "application/pdf", 1_000, None, sha256="d" * 64)
_ids = iter(range(1, 10_000))


async def _mail(
    desk: Desk,
    subject: str = "Не входит",
    text: str = "Пароль не подходит",
    *,
    address: str = "guest@example.kz",
    references: tuple[str, ...] = (),
    files: tuple[NewFile, ...] = (),
    at: datetime | None = None,
    message_id: str = "",
) -> EmailTaken:
    return await desk.support.email_in(
        address,
        "Гость",
        subject,
        text,
        files,
        message_id=message_id or f"<{next(_ids)}@example.kz>",
        references=references,
        at=at,
    )


@pytest.mark.clause("366-19.3")
async def test_an_email_opens_a_ticket_worked_within_the_day(desk: Desk) -> None:
    await desk.at("11-20 15:00")
    operator = await desk.operator()
    taken = await _mail(desk, "Re: FWD: Не входит <b>", "1 < 2 & 3", files=(PDF,))
    line = taken.ticket.line
    assert (taken.new, line.channel, line.subject) == (True, "email", "Не входит <b>")
    assert (line.name, taken.ticket.address) == ("Гость", "guest@example.kz")
    assert line.promised_at == moment("11-20 18:30")
    assert taken.ticket.promise_clause == "366-19.3"
    message = taken.ticket.messages[0]
    assert message.text == "1 &lt; 2 &amp; 3"
    assert message.files[0].state == "stored"
    assert (await desk.seen(operator, taken.number)).number == taken.number


@pytest.mark.clause("366-19.4")
async def test_an_email_of_saturday_is_worked_on_monday(desk: Desk) -> None:
    await desk.at("11-21 15:00")
    taken = await _mail(desk)
    assert taken.ticket.line.promised_at == moment("11-23 18:30")
    assert taken.ticket.promise_clause == "366-19.4"


@pytest.mark.clause("627-15.2")
@pytest.mark.clause("627-16")
async def test_the_journal_has_an_email_of_the_night_under_the_next_working_day(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    unified = type(desk)(replace(desk.site, regime="627"), desk.clock)
    operator = await unified.operator()
    night = await _mail(unified)
    assert night.ticket.registered_at == moment("11-23 09:00")
    await unified.at("11-23 10:00")
    user = await unified.user()
    number = await unified.asked(user, "Сбой при подаче")
    support = unified.support
    monday = await support.journal(again(operator), moment("11-23 00:00"), moment("11-24 00:00"))
    assert [(each.number, each.channel) for each in monday] == [
        (night.number, "email"),
        (number, "chat"),
    ]
    assert (
        await support.journal(again(operator), moment("11-20 00:00"), moment("11-21 00:00")) == []
    )
    of_366 = await support.journal(
        again(operator), moment("11-23 00:00"), moment("11-24 00:00"), "366"
    )
    assert of_366 == []
    with pytest.raises(RuleBroken, match="period_range"):
        await support.journal(again(operator), moment("11-24 00:00"), moment("11-23 00:00"))


async def test_the_same_email_is_taken_once(desk: Desk) -> None:
    first = await _mail(desk, message_id="<same@example.kz>")
    second = await _mail(desk, message_id="<same@example.kz>")
    assert (second.number, second.new) == (first.number, True)
    long = f"<{'x' * 400}@example.kz>"
    assert (await _mail(desk, message_id=long)).number == (
        await _mail(desk, message_id=long)
    ).number


async def test_a_reply_goes_on_by_number_or_by_reference(desk: Desk) -> None:
    operator = await desk.operator()
    number = (await _mail(desk)).number
    await desk.support.answer(again(operator), number, "Попробуйте так")
    reply = await _mail(desk, f"Re: [#{number}] Не входит", "Не помогло")
    assert (reply.number, reply.new, reply.ticket.state) == (number, False, "working")
    by_reference = await _mail(
        desk, "Без номера", "И ещё", references=(f"<ticket.{number}.7@desk.kz>",)
    )
    assert (by_reference.number, by_reference.new) == (number, False)
    assert len([each for each in by_reference.ticket.messages if each.author == "user"]) == 3


async def test_a_number_in_a_subject_opens_no_ticket_of_somebody_else(desk: Desk) -> None:
    operator = await desk.operator()
    number = (await _mail(desk)).number
    person = await desk.asked(await desk.user())
    for each in (number, person, 10**14):
        taken = await _mail(desk, f"[#{each}] Дайте доступ", address="other@example.kz")
        assert taken.new
        assert taken.number not in (number, person)
    await desk.support.close(again(operator), number, "answered", "Готово")
    later = await _mail(desk, f"[#{number}] Снова")
    assert later.new


async def test_a_known_address_is_its_person(desk: Desk) -> None:
    user = await desk.user()
    taken = await _mail(desk, address=f"PERSON{user.telegram_id}@example.kz")
    assert taken.ticket.line.person_id == user.person_id
    # It did not come from the chat: the confirmation is sent there.
    [told] = await desk.told(user, "ticket.received")
    assert told.state == "queued"
    assert (await desk.support.mine(again(user))).total == 1


@pytest.mark.clause("627-8")
async def test_a_big_attachment_is_noted_and_not_kept(desk: Desk) -> None:
    big = replace(PDF, size=21 * 1024 * 1024, sha256="")
    taken = await _mail(desk, files=(big, PDF))
    states = [file.state for file in taken.ticket.messages[0].files]
    assert states == ["too_big", "stored"]
    assert taken.ticket.line.files_missing == 1
    assert await desk.support.files_waiting() == []


async def test_an_email_without_words_and_a_flood(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    assert (await _mail(desk, "", "")).ticket.messages[0].text == "…"
    with pytest.raises(RuleBroken, match="email_invalid"):
        await _mail(desk, address="nobody")
    for _ in range(29):
        await _mail(desk)
    with pytest.raises(Conflict, match="support_flood"):
        await _mail(desk)
    await _mail(desk, address="other@example.kz")


async def test_an_email_is_taken_by_the_moment_it_came(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    taken = await _mail(desk, at=moment("11-20 18:29"))
    assert taken.ticket.line.promised_at == moment("11-20 18:30")


@pytest.mark.clause("366-20")
@pytest.mark.clause("366-26")
async def test_a_call_is_registered_from_its_own_time(desk: Desk) -> None:
    await desk.at("11-20 15:00")
    operator = await desk.operator()
    made = await desk.support.register_call(
        again(operator), "Серик", "8 701 123 45 67", moment("11-20 11:00"), "Сбой", CALL
    )
    assert (made.line.channel, made.line.name, made.address) == ("phone", "Серик", "+77011234567")
    assert made.line.opened_at == moment("11-20 11:00")
    assert made.messages[0].at == moment("11-20 11:00")
    assert made.messages[0].files[0].recording is not None
    bare = await desk.support.register_call(
        again(operator), "Серик", "87011234567", moment("11-19 19:00"), "Без записи"
    )
    assert bare.line.promised_at == moment("11-20 18:30")
    for at, why in (("11-20 15:01", "call_future"), ("11-10 14:59", "call_too_old")):
        with pytest.raises(RuleBroken, match=why):
            await desk.support.register_call(
                again(operator), "Серик", "87011234567", moment(at), "Сбой"
            )
    with pytest.raises(RuleBroken, match="phone_invalid") as refused:
        await desk.support.register_call(
            again(operator), "Серик", "12", moment("11-20 11:00"), "Сбой"
        )
    assert refused.value.clause is None
    user = await desk.user()
    with pytest.raises(AccessDenied):
        await desk.support.register_call(
            again(user), "Серик", "87011234567", moment("11-20 11:00"), "Сбой"
        )


async def test_nothing_is_written_to_a_caller_with_only_a_phone(desk: Desk) -> None:
    await desk.at("11-20 15:00")
    operator = await desk.operator()
    made = await desk.support.register_call(
        again(operator), "Серик", "87011234567", moment("11-20 14:00"), "Сбой"
    )
    number = made.number
    assert made.only_phone
    for written in (
        desk.support.answer(again(operator), number, "Готово"),
        desk.support.ask_documents(again(operator), number, "Паспорт"),
        desk.support.follow_up(again(operator), number, "written", "answered", "Готово"),
        desk.support.close(again(operator), number, "answered", "Готово"),
        desk.support.close(again(operator), number, "refused", "Нет"),
    ):
        with pytest.raises(Conflict, match="no_way_to_answer"):
            await written
    left = await desk.seen(operator, number)
    assert (left.state, left.answered_at) == ("open", None)
    await desk.support.follow_up(again(operator), number, "call", "answered", "Рассказали")
    called = await desk.seen(operator, number)
    assert (called.state, called.answered_at) == ("answered", desk.clock.now())
    closed = await desk.support.close(again(operator), number, "answered", "Решено по телефону")
    assert closed.state == "closed"


async def test_a_caller_with_an_account_is_answered_in_writing(desk: Desk) -> None:
    await desk.at("11-20 15:00")
    user, operator = await desk.user("kk"), await desk.operator()
    made = await desk.support.register_call(
        again(operator),
        "Айгүл",
        "87770000000",
        moment("11-20 14:00"),
        "Сбой",
        person_id=user.person_id,
    )
    assert not made.only_phone
    await desk.support.answer(again(operator), made.number, "Готово")
    assert "ticket.answered" in await desk.kinds(user, "ticket.")


@pytest.mark.clause("366-26")
async def test_a_caller_of_the_bot_is_found_and_told(desk: Desk) -> None:
    await desk.at("11-20 15:00")
    user, operator = await desk.user("kk"), await desk.operator()
    phone = f"+7701{(user.telegram_id or 0) % 10_000_000:07d}"
    at = moment("11-20 14:00")
    made = await desk.support.register_call(again(operator), "Айгүл", phone, at, "Сбой")
    assert (made.line.person_id, made.line.language) == (user.person_id, "kk")
    assert await desk.kinds(user, "ticket.") == ["ticket.received"]
    named = await desk.support.register_call(
        again(operator), "Айгүл", "87770000000", at, "Сбой", person_id=user.person_id
    )
    assert named.line.person_id == user.person_id
    with pytest.raises(NotFound, match="person_unknown"):
        await desk.support.register_call(
            again(operator), "Айгүл", "87770000000", at, "Сбой", person_id=10**9
        )


async def test_files_are_claimed_once_and_come_back_when_nobody_fetched_them(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    await desk.asked(await desk.user(), "", [VOICE, PHOTO])
    first = await desk.support.files_waiting(1)
    second = await desk.support.files_waiting()
    assert (len(first), len(second)) == (1, 1)
    assert first[0].id != second[0].id
    assert await desk.support.files_waiting() == []
    desk.clock.advance(timedelta(minutes=5))
    assert len(await desk.support.files_waiting()) == 2


async def test_a_failed_download_is_tried_again_and_never_loses_the_ticket(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    user, operator = await desk.user(), await desk.operator()
    number = await desk.left_voice(user)
    waits = []
    for _ in range(8):
        [file] = await desk.support.files_waiting()
        await desk.support.file_failed(file.id, "ConnectError")
        seen = (await desk.seen(operator, number)).messages[0].files[0]
        if seen.state == "failed":
            break
        assert (seen.state, seen.error) == ("waiting", "ConnectError")
        assert await desk.support.files_waiting() == []
        before = desk.clock.now()
        while not await _ready(desk):
            desk.clock.advance(timedelta(seconds=30))
        waits.append((desk.clock.now() - before).total_seconds())
    assert waits == [30, 60, 120, 240, 480, 960, 1920]
    assert (seen.state, seen.attempts) == ("failed", 8)
    assert await desk.kinds(user, "ticket.file_lost") == ["ticket.file_lost"]
    assert await desk.kinds(operator, "ticket.file_failed") == ["ticket.file_failed"]
    assert (await desk.row(number)).state == "open"
    # What comes after all is taken.
    await desk.support.file_stored(file.id, "e" * 64, 5)
    assert (await desk.seen(operator, number)).messages[0].files[0].state == "stored"


async def _ready(desk: Desk) -> bool:
    from sqlalchemy import select

    from domain.support.model import TicketFile

    async with desk.site.sessions() as session:
        [row] = await session.scalars(select(TicketFile))
        return row.retry_at is not None and row.retry_at <= desk.clock.now()


@pytest.mark.clause("627-8")
async def test_a_file_found_too_big_is_given_up_with_advice(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user, "План", [replace(PHOTO, size=0)], regime="627")
    [file] = await desk.support.files_waiting()
    await desk.support.file_failed(file.id, "too_big")
    seen = (await desk.seen(operator, number)).messages[0].files[0]
    assert seen.state == "too_big"
    [told] = await desk.told(user, "ticket.file_too_big")
    assert told.params["clause"] == "627-8"
    desk.clock.advance(timedelta(hours=2))
    assert await desk.support.files_waiting() == []


async def test_recordings_of_every_way_wait_for_a_draft(desk: Desk) -> None:
    await desk.at("11-20 10:00")
    user, operator = await desk.user(), await desk.operator()
    voice = await desk.asked(user, "", [VOICE, PHOTO])
    assert await desk.support.undrafted(5) == []
    for file in await desk.support.files_waiting():
        await desk.support.file_stored(file.id, f"{file.id}" * 64, 5)
    called = desk.clock.now() - timedelta(days=3)
    call = (
        await desk.support.register_call(
            again(operator), "Айгүл", "+7 701 555 00 01", called, "Звонок", CALL
        )
    ).number
    found = await desk.support.undrafted(5)
    assert [each.ticket for each in found] == [call, voice]
    assert await desk.support.undrafted(5) == []
    for each in found:
        await desk.support.not_drafted(each.id)
    desk.clock.advance(timedelta(minutes=5))
    [again_] = await desk.support.undrafted(5)
    assert again_.ticket == voice
    # A process that dies leaves it to the next.
    desk.clock.advance(timedelta(minutes=5))
    [again_] = await desk.support.undrafted(5)
    await desk.support.transcribed(again_.id, "Не открывается")
    desk.clock.advance(timedelta(days=2))
    assert await desk.support.undrafted(5) == []
    desk.clock.advance(timedelta(days=2))
    assert [each.ticket for each in await desk.support.undrafted(5)] == [call]
    desk.clock.advance(timedelta(days=10))
    assert await desk.support.undrafted(5) == []


async def test_a_transcript_is_a_draft_beside_the_recording(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.left_voice(user)
    [file] = await desk.support.files_waiting()
    await desk.support.transcribed(file.id, "Не могу подать предложение")
    seen = (await desk.seen(operator, number)).messages[0].files[0]
    assert (seen.transcript, seen.telegram_file_id) == ("Не могу подать предложение", "AwACAgIAAxk")
    found = await desk.support.search(again(operator), "подать предлож")
    assert [each.number for each in found.tickets] == [number]
    with pytest.raises(NotFound, match="ticket_file_unknown"):
        await desk.support.transcribed(10**9, "Да")
