"""Which acts write a letter, to whom, and what is held back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.errors import Conflict
from domain.support.mail_rows import MAILED, MOST_AUTOMATIC, OutgoingMail, tokens_in
from domain.support.outbox import Letter
from domain.support.texts import language_of
from domain.support.views import EmailTaken, NewFile
from domain.working_time.rules import OverrideChange
from handlers.views.mail import LETTERS
from tests.domain.support.desk import CALL, Desk, again, moment
from tests.support.factories import next_cause

GUEST = "guest@example.kz"
LEASE = timedelta(minutes=10)
_ids = iter(range(1, 10_000))


async def mailed(
    desk: Desk, text: str = "Не входит", address: str = GUEST, **given: str
) -> EmailTaken:
    return await desk.support.email_in(
        address, "Гость", given.get("subject", "Вход"), text, message_id=f"<{next(_ids)}@x.kz>"
    )


async def rows(desk: Desk) -> Sequence[OutgoingMail]:
    async with desk.site.sessions() as session:
        return list(await session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


async def kinds(desk: Desk) -> list[str]:
    return [row.kind for row in await rows(desk)]


async def claimed(desk: Desk) -> list[Letter]:
    return await desk.services.outbox.claim(20, LEASE)


def test_every_kind_that_is_mailed_has_words() -> None:
    assert MAILED == LETTERS


async def test_each_act_that_tells_the_user_writes_one_letter(desk: Desk) -> None:
    operator = await desk.operator()
    number = (await mailed(desk)).number
    support = desk.support
    await support.take(again(operator), number)
    await support.note(again(operator), number, "Между нами")
    await support.ask_documents(again(operator), number, "Пришлите акт")
    await mailed(desk, "Вот", subject=f"[#{number}]")
    await support.answer(again(operator), number, "Готово")
    await support.follow_up(again(operator), number, "call", "not_reached", "занято")
    await support.follow_up(again(operator), number, "call", "answered", "Сказали", recording=CALL)
    await support.close(again(operator), number, "answered")
    await support.reopen(again(operator), number, "Ошибка")
    assert await kinds(desk) == [
        "ticket.received",
        "ticket.documents",
        "ticket.received",
        "ticket.answered",
        "ticket.not_reached",
        "ticket.called_back",
        "ticket.closed",
        "ticket.reopened",
    ]
    found = await rows(desk)
    assert [row.automatic for row in found] == [True, False, True, *[False] * 5]
    assert len({row.token for row in found}) == len(found)
    letters = await claimed(desk)
    # The recording of the call is not handed out.
    assert all(letter.files == () for letter in letters)
    assert tokens_in(f"x <{letters[0].token}@tapsyrys.kz> y") == [letters[0].token]


async def test_the_same_act_again_writes_no_second_letter(desk: Desk) -> None:
    operator = again(await desk.operator())
    number = (await mailed(desk)).number
    for _ in range(2):
        await desk.support.answer(operator, number, "Готово")
    assert await kinds(desk) == ["ticket.received", "ticket.answered"]


async def test_chat_and_phone_get_no_letter_and_whoever_wrote_one_does(desk: Desk) -> None:
    user, operator = await desk.user(), await desk.operator()
    number = await desk.asked(user)
    await desk.support.answer(again(operator), number, "Готово")
    call = await desk.support.register_call(
        again(operator), "Серик", "87011234567", moment("11-20 09:30"), "Сбой"
    )
    with pytest.raises(Conflict) as refused:
        await desk.support.answer(again(operator), call.number, "Готово")
    assert refused.value.code == "no_way_to_answer"
    assert await rows(desk) == []
    # Somebody known who wrote a letter reads the answer in both places.
    known = await mailed(desk, address=f"person{user.telegram_id}@example.kz")
    await desk.support.answer(again(operator), known.number, "Готово")
    assert await kinds(desk) == ["ticket.received", "ticket.answered"]
    assert len(await desk.told(user, "ticket.answered")) == 2


async def _move_monday(desk: Desk) -> None:
    admin = Actor.system(next_cause())
    version = (await desk.services.working_time.calendar(admin)).version
    change = OverrideChange(date(2026, 11, 23), False, "Көшті", "Перенос", "Приказ 1")
    await desk.services.working_time.apply(admin, [change], version)


async def test_what_time_brings_about_is_told_by_a_machine(desk: Desk) -> None:
    await desk.at("11-20 19:00")
    operator = await desk.operator()
    number = (await mailed(desk)).number
    await _move_monday(desk)
    [_, moved] = await rows(desk)
    assert (moved.kind, moved.automatic) == ("ticket.promise_moved", True)
    assert moved.params["due_at"] == "2026-11-24T13:30:00Z"
    await desk.support.answer(again(operator), number, "Готово")
    await desk.until("12-20 12:00")
    closed = (await rows(desk))[-1]
    assert (closed.kind, closed.automatic) == ("ticket.closed", True)


async def test_one_address_gets_so_many_automatic_letters_an_hour(desk: Desk) -> None:
    for _ in range(MOST_AUTOMATIC + 2):
        await mailed(desk)
    await mailed(desk, address="other@example.kz")
    states = [row.state for row in await rows(desk)]
    assert states == ["queued"] * MOST_AUTOMATIC + ["dropped"] * 2 + ["queued"]
    assert len(await claimed(desk)) == MOST_AUTOMATIC + 1
    desk.clock.advance(timedelta(hours=1))
    await mailed(desk)
    assert (await rows(desk))[-1].state == "queued"


async def test_a_claim_holds_until_its_lease_is_over(desk: Desk) -> None:
    await mailed(desk)
    [first] = await claimed(desk)
    assert await claimed(desk) == []
    desk.clock.advance(LEASE)
    [second] = await claimed(desk)
    assert (second.token, second.attempts) == (first.token, first.attempts + 1)
    assert first.in_reply_to.startswith("<")
    await desk.services.outbox.sent(second)
    desk.clock.advance(LEASE)
    assert await claimed(desk) == []


async def test_files_of_the_answer_go_along(desk: Desk) -> None:
    operator = await desk.operator()
    number = (await mailed(desk)).number
    kept = await desk.site.files.put(b"x")
    file = NewFile("document", "акт.pdf", "application/pdf", 1, sha256=kept)
    await desk.support.answer(again(operator), number, "Вот", [file])
    letters = await claimed(desk)
    assert [each.name for each in letters[-1].files] == ["акт.pdf"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Сәлеметсіз бе, жүйеге кіре алмай тұрмын", "kk"),
        ("Здравствуйте, не могу войти в систему", "ru"),
        ("Меня зовут Әділ Қасымов, и я не могу войти в личный кабинет с утра", "ru"),
        ("Hello", "ru"),
        ("", "ru"),
    ],
)
def test_the_language_is_told_by_letters(text: str, language: str) -> None:
    assert language_of(text) == language
