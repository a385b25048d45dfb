"""Letters over real SMTP, in and out: promise, threads, languages, files."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.mail.intake import MailIntake
from bot.mail.listener import NOT_OURS, listening
from bot.mail.sending import MailSender, handing_over
from domain.files import MAX_FILE_BYTES
from domain.support.model import Mute
from domain.support.views import NewFile
from tests.bot.mail.conftest import Post
from tests.bot.mail.outside import AIGUL, OURS, OutsideServer, answer_to, body, bring, written
from tests.domain.support.desk import Desk, again, moment

KAZAKH = "Сәлеметсіз бе! Жүйеге кіре алмай отырмын, құпиясөз сәйкес келмейді."


@pytest.mark.clause("366-19.3")
async def test_an_email_in_hours_is_promised_for_the_day_and_answered(post: Post) -> None:
    operator = await post.desk.operator()
    assert await post.write(written()) == (250, "2.0.0 Taken")
    auto = post.last
    number = (await post.rows())[0].params["ticket"]
    assert auto["Subject"] == f"[#{number}] Не могу войти"
    assert (auto["To"], auto["Auto-Submitted"]) == (AIGUL, "auto-replied")
    assert f"№ {number}" in body(auto)
    assert "пятница, 20 ноября, 18:30 (Астана)" in body(auto)
    assert isinstance(number, int)
    await post.desk.support.answer(again(operator), number, "Сбросьте <b>пароль</b> &amp; войдите")
    await post.sender.drain()
    answer = post.last
    assert "Сбросьте пароль & войдите" in body(answer)
    assert answer["Auto-Submitted"] is None
    assert answer["From"].addresses[0].addr_spec == OURS


@pytest.mark.clause("366-19.4")
async def test_an_email_of_saturday_is_promised_for_monday(post: Post) -> None:
    await post.desk.at("11-21 15:00")
    await post.write(written())
    assert "понедельник, 23 ноября, 18:30 (Астана)" in body(post.last)
    assert "Операторов сейчас нет" in body(post.last)


async def test_a_kazakh_letter_is_answered_in_kazakh(post: Post) -> None:
    await post.write(written(KAZAKH, "Кіре алмаймын"))
    assert "дүйсенбі" not in body(post.last)
    assert "жұма, 20 қараша, 18:30 (Астана)" in body(post.last)
    assert post.last["Content-Language"] == "kk"
    # A Kazakh name makes no Kazakh letter of a Russian one.
    await post.write(written("Меня зовут Әділ, я не могу войти в личный кабинет", "Вход"))
    assert post.last["Content-Language"] == "ru"


async def test_letters_form_one_thread(post: Post) -> None:
    operator = await post.desk.operator()
    first = written()
    await post.write(first)
    number = int(re.findall(r"\[#(\d+)\]", post.last["Subject"])[0])
    assert post.last["In-Reply-To"] == first["Message-ID"]
    assert re.fullmatch(
        rf"<ticket\.{number}\.[0-9a-f]{{20}}@tapsyrys\.example>", post.last["Message-ID"]
    )
    await post.desk.support.answer(again(operator), number, "Попробуйте так")
    await post.sender.drain()
    second = answer_to(post.last, "Не помогло")
    await post.write(second)
    await post.desk.support.answer(again(operator), number, "А так?")
    await post.sender.drain()
    assert post.last["In-Reply-To"] == second["Message-ID"]
    assert post.last["References"].split() == [first["Message-ID"], second["Message-ID"]]
    seen = await post.desk.seen(operator, number)
    said = [each.text for each in seen.messages if each.author == "user"]
    # What we wrote is not repeated in the ticket.
    assert said == ["Пароль не подходит", "Не помогло"]


async def test_the_same_letter_twice_is_one(post: Post) -> None:
    letter = written()
    await post.write(letter)
    await post.write(letter)
    assert len(post.outside.letters) == 1


async def test_files_come_in_and_go_out(post: Post) -> None:
    operator = await post.desk.operator()
    letter = written()
    letter.add_attachment(
        b"%PDF", maintype="application", subtype="pdf", filename="шот-фактура.pdf"
    )
    letter.add_attachment(b"ID3", maintype="audio", subtype="mpeg", filename="голос.mp3")
    await post.write(letter)
    number = int(str((await post.rows())[0].params["ticket"]))
    files = (await post.desk.seen(operator, number)).messages[0].files
    assert [(f.name, f.kind, f.state) for f in files] == [
        ("шот-фактура.pdf", "document", "stored"),
        ("голос.mp3", "audio", "stored"),
    ]
    assert await post.desk.site.files.get(files[0].sha256) == b"%PDF"
    kept = await post.desk.site.files.put(b"GIF89a")
    sent = NewFile("document", "Нұсқау 1.gif", "image/gif", 6, sha256=kept)
    await post.desk.support.answer(again(operator), number, "Вот", [sent])
    await post.sender.drain()
    [part] = post.last.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("Нұсқау 1.gif", "image/gif")
    assert part.get_content() == b"GIF89a"


async def test_more_files_than_a_message_takes_are_all_there(post: Post) -> None:
    operator = await post.desk.operator()
    letter = written()
    for number in range(23):
        letter.add_attachment(
            b"x%d" % number, maintype="image", subtype="png", filename=f"{number}.png"
        )
    await post.write(letter)
    ticket = int(str((await post.rows())[0].params["ticket"]))
    seen = await post.desk.seen(operator, ticket)
    assert sum(len(each.files) for each in seen.messages) == 23


@pytest.mark.clause("627-8")
async def test_a_file_over_the_limit_is_told_with_advice(post: Post) -> None:
    operator = await post.desk.operator()
    line = b"x" * 998 + b"\r\n"
    big = line * (MAX_FILE_BYTES // len(line) + 1)
    head = f"""From: {AIGUL}
Message-ID: <big@example.kz>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b

See the file
--b
Content-Type: application/zip; name="big.zip"
Content-Transfer-Encoding: 8bit

"""
    raw = head.replace("\n", "\r\n").encode() + big + b"--b--\r\n"
    assert (await post.write(raw))[0] == 250
    ticket = int(str((await post.rows())[0].params["ticket"]))
    [file] = (await post.desk.seen(operator, ticket)).messages[0].files
    assert (file.name, file.state, file.sha256) == ("big.zip", "too_big", "")
    advice = next(each for each in post.outside.letters if "big.zip" in body(each))
    assert "20 МБ" in body(advice)
    assert len(post.outside.letters) == 2


async def test_a_letter_over_the_limit_is_refused(post: Post) -> None:
    raw = b"From: a@example.kz\r\n\r\n" + (b"x" * 998 + b"\r\n") * 26_500
    assert (await bring(post.port, raw))[0] == 552
    assert await post.rows() == []


async def test_only_the_address_of_the_desk_is_served(post: Post) -> None:
    code, said = await bring(post.port, written(), to="boss@tapsyrys.example")
    assert f"{code} {said}" == NOT_OURS
    assert (await bring(post.port, written(), to=OURS.upper()))[0] == 250


async def test_a_flood_is_put_off_and_a_letter_without_an_address_is_refused(post: Post) -> None:
    for _ in range(30):
        assert (await bring(post.port, written()))[0] == 250
    assert (await bring(post.port, written()))[0] == 450
    post.later(timedelta(minutes=11))
    assert (await bring(post.port, written()))[0] == 250
    assert (await bring(post.port, b"Subject: nobody\r\n\r\nx\r\n", sender="no-dot@host"))[0] == 550
    # Only so many automatic letters go to one address in an hour.
    await post.sender.drain()
    assert len(post.outside.letters) == 10
    assert {row.state for row in (await post.rows())[10:]} == {"dropped"}


@pytest.mark.clause("627-16")
@pytest.mark.clause("627-17")
async def test_the_unified_platform_tells_the_number_within_the_hour(
    post: Post, outside: OutsideServer
) -> None:
    unified = Desk(replace(post.desk.site, regime="627"), post.desk.clock)
    operator = await unified.operator()
    await unified.at("11-20 19:00")
    sender = MailSender(unified.services, OURS, handing_over(outside.url))
    async with listening(MailIntake(unified.services, OURS), OURS, "127.0.0.1", 0) as port:
        assert (await bring(port, written()))[0] == 250
    number = int(str((await post.rows())[0].params["ticket"]))
    assert (await unified.seen(operator, number)).registered_at == moment("11-23 09:00")
    assert "ticket.number" in await unified.open_kinds(number)
    await sender.drain()
    assert f"[#{number}]" in outside.letters[0]["Subject"]
    assert "ticket.number" not in await unified.open_kinds(number)
    await unified.at("11-23 10:00")
    assert await unified.kinds(operator, "ticket.number_unsent") == []


async def test_documents_are_asked_for_and_a_closing_is_told(post: Post) -> None:
    operator = await post.desk.operator()
    await post.write(written())
    number = int(str((await post.rows())[0].params["ticket"]))
    support = post.desk.support
    link = 'Пришлите <a href="https://example.kz/form">форму</a>'
    await support.ask_documents(again(operator), number, link)
    await post.sender.drain()
    assert "Пришлите форму (https://example.kz/form)" in body(post.last)
    assert "20 МБ" in body(post.last)
    await support.note(again(operator), number, "Скандалист")
    await support.close(again(operator), number, "answered", "Готово")
    await post.sender.drain()
    assert "Готово" in body(post.last)
    assert [row.kind for row in await post.rows()] == [
        "ticket.received",
        "ticket.documents",
        "ticket.closed",
    ]
    assert not any("Скандалист" in body(each) for each in post.outside.letters)


async def test_a_muted_person_is_refused_by_letter_too(post: Post) -> None:
    user = await post.desk.user()
    assert user.person_id is not None
    async with post.desk.site.sessions.begin() as session:
        now = post.desk.clock.now()
        session.add(
            Mute(person_id=user.person_id, reason="x", since=now, until=now + timedelta(days=1))
        )
    address = f"person{user.telegram_id}@example.kz"
    assert (await bring(post.port, written(sender=address)))[0] == 550
