"""Where the answer goes: to Reply-To, if the letter has one; and who may go on in the ticket."""

from __future__ import annotations

import pytest

from bot.mail.letter import read_letter
from domain.people.model import Person
from tests.bot.mail.conftest import Post
from tests.bot.mail.outside import AIGUL, OURS, answer_to, body, written
from tests.domain.support.desk import again

OFFICE = "office@example.kz"


async def number_of(post: Post) -> int:
    return int(str((await post.rows())[-1].params["ticket"]))


async def test_confirmation_and_answer_go_to_reply_to(post: Post) -> None:
    operator = await post.desk.operator()
    await post.write(written(Reply_To=f"Кеңсе <{OFFICE}>, other@example.kz"))
    number = await number_of(post)
    assert post.last["To"] == OFFICE
    assert (await post.desk.seen(operator, number)).address == OFFICE
    await post.desk.support.answer(again(operator), number, "Сбросьте пароль")
    await post.sender.drain()
    assert post.last["To"] == OFFICE
    assert post.outside.receivers == [OFFICE, OFFICE]
    # Whoever got the answer goes on in the same ticket, and so does whoever asked.
    await post.write(answer_to(post.last, "Не помогло", From=OFFICE), sender=OFFICE)
    assert post.last["To"] == OFFICE
    await post.write(written("И я о том же", f"Re: [#{number}] Вход"))
    seen = await post.desk.seen(operator, number)
    said = [each.text for each in seen.messages if each.author == "user"]
    assert said == ["Пароль не подходит", "Не помогло", "И я о том же"]
    # The newest letter decides.
    assert seen.address == AIGUL
    await post.desk.support.answer(again(operator), number, "А так?")
    await post.sender.drain()
    assert post.last["To"] == AIGUL
    assert "А так?" in body(post.last)


async def test_a_stranger_who_names_the_same_reply_to_opens_a_ticket_of_their_own(
    post: Post,
) -> None:
    await post.write(written(Reply_To=OFFICE))
    number = await number_of(post)
    thief = "thief@example.kz"
    letter = written("Что там?", f"[#{number}] Вход", sender=thief, Reply_To=OFFICE)
    await post.write(letter, sender=thief)
    assert await number_of(post) != number


async def test_nobody_has_the_answers_to_anothers_request_sent_to_themselves(post: Post) -> None:
    operator, thief = await post.desk.operator(), "thief@example.kz"
    await post.write(written())
    number = await number_of(post)
    # Any sender can be written into a letter, and the number is no secret.
    await post.write(written("Жду", f"[#{number}] Вход", Reply_To=thief), sender=thief)
    await post.desk.support.answer(again(operator), number, "Ваш новый пароль у вас в кабинете")
    await post.sender.drain()
    assert post.last["To"] == AIGUL
    assert thief not in post.outside.receivers
    await post.write(written("А мне?", f"[#{number}] Вход", sender=thief), sender=thief)
    assert await number_of(post) != number


async def test_answers_to_somebody_with_an_account_go_to_their_own_address(post: Post) -> None:
    user = await post.desk.user()
    async with post.desk.site.sessions() as session:
        own = (await session.get_one(Person, user.person_id)).email
    assert own
    await post.write(written(sender=own, Reply_To="thief@example.kz"), sender=own)
    assert post.last["To"] == own
    assert "thief@example.kz" not in post.outside.receivers


@pytest.mark.parametrize("odd", [OURS.upper(), "nobody", "", "<>", "a@b@c", "x" * 300 + "@e.kz"])
async def test_a_reply_to_that_leads_nowhere_is_left_aside(post: Post, odd: str) -> None:
    raw = f"From: {AIGUL}\r\nReply-To: {odd}\r\nSubject: ?\r\n\r\nx\r\n".encode()
    assert (await post.write(raw))[0] == 250
    assert post.outside.receivers == [AIGUL]


async def test_letters_without_a_message_id_are_answered_as_the_newest_says(post: Post) -> None:
    def raw(more: str) -> bytes:
        return f"From: {AIGUL}\r\n{more}\r\n\r\nx\r\n".encode()

    operator = await post.desk.operator()
    await post.write(raw(f"Subject: one\r\nReply-To: {OFFICE}"))
    number = await number_of(post)
    await post.write(raw(f"Subject: two [#{number}]"))
    await post.desk.support.answer(again(operator), number, "Готово")
    await post.sender.drain()
    assert post.outside.receivers == [OFFICE, AIGUL]
    assert post.last["In-Reply-To"] is None


async def test_somebody_elses_address_gets_only_so_many_automatic_letters(post: Post) -> None:
    for each in range(12):
        who = f"bomber{each}@example.kz"
        await post.write(written(sender=who, Reply_To=OFFICE), sender=who)
    assert post.outside.receivers == [OFFICE] * 10


def test_what_a_letter_says_of_its_answer() -> None:
    assert read_letter(written(Reply_To=f"a <{OFFICE}>").as_bytes()).answer_to == OFFICE
    assert read_letter(written().as_bytes()).answer_to == ""
