"""Machines are told from people, noted where they belong and never answered."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from bot.mail.letter import Letter, read_letter
from bot.mail.machines import author_of
from tests.bot.mail.conftest import Post
from tests.bot.mail.outside import AIGUL, OURS, answer_to, body, written
from tests.domain.support.desk import again


def letter(**headers: str) -> Letter:
    return read_letter(written(**headers).as_bytes())


@pytest.mark.parametrize(
    ("headers", "author"),
    [
        ({}, "person"),
        ({"Auto_Submitted": "no"}, "person"),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "machine"),
        ({"Auto_Submitted": "auto-generated; x=1"}, "machine"),
        ({"Precedence": "Bulk"}, "machine"),
        ({"Precedence": "junk"}, "machine"),
        ({"Precedence": "first-class"}, "person"),
        ({"List_Id": "<news.example.kz>"}, "machine"),
        ({"List_Unsubscribe": "<mailto:x@example.kz>"}, "machine"),
        ({"X_Autoreply": "yes"}, "machine"),
        ({"X_Auto_Response_Suppress": "All"}, "quiet"),
        ({"X_Auto_Response_Suppress": "None"}, "person"),
        ({"Return_Path": "<>"}, "machine"),
        ({"From": f"Support <{OURS.upper()}>"}, "own"),
        ({"From": "MAILER-DAEMON@example.kz"}, "bounce"),
    ],
)
def test_machines_are_told_by_their_headers(headers: dict[str, str], author: str) -> None:
    assert author_of(letter(**headers), OURS) == author


def test_an_empty_sender_of_the_envelope_is_a_machine() -> None:
    assert author_of(letter(), OURS, sender="") == "machine"
    assert author_of(letter(), OURS, sender=AIGUL) == "person"


def bounce(of: EmailMessage, action: str = "failed") -> EmailMessage:
    """As mail servers report (RFC 3464): words, the state, the headers of the letter."""
    raw = f"""From: Mail Delivery System <MAILER-DAEMON@example.kz>
To: {OURS}
Subject: Undelivered Mail
Message-ID: <{action}.{of["Message-ID"][1:10]}@example.kz>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

The mail system: <{AIGUL}>: mailbox is full

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.kz

Final-Recipient: rfc822; {AIGUL}
Action: {action}
Status: 5.2.2

--b
Content-Type: text/rfc822-headers

From: {OURS}
Message-ID: {of["Message-ID"]}
--b--
"""
    found = EmailMessage()
    found.set_payload(raw)
    return found


def raw_bounce(of: EmailMessage, action: str = "failed") -> bytes:
    return str(bounce(of, action).get_payload()).replace("\n", "\r\n").encode()


async def test_a_bounce_stands_in_its_ticket_and_operators_are_told(post: Post) -> None:
    operator = await post.desk.operator()
    await post.write(written())
    number = int(str((await post.rows())[0].params["ticket"]))
    promised = (await post.desk.seen(operator, number)).line.promised_at
    assert (await post.write(raw_bounce(post.last, "delayed"), sender=""))[0] == 250
    assert [row.state for row in await post.rows()] == ["sent"]
    assert (await post.write(raw_bounce(post.last), sender=""))[0] == 250
    assert [row.state for row in await post.rows()] == ["bounced"]
    seen = await post.desk.seen(operator, number)
    notes = [each.text for each in seen.messages if each.author == "note"]
    assert len(notes) == 2
    assert "mailbox is full" in notes[1]
    assert "mail_failed" in [each.kind for each in seen.messages]
    assert seen.line.promised_at == promised
    [told] = await post.desk.told(operator, "ticket.mail_failed")
    assert told.params["ticket"] == number
    # Nobody has answered a machine.
    assert len(post.outside.letters) == 1


async def test_a_bounce_of_nothing_we_sent_is_dropped(post: Post) -> None:
    stranger = written(Message_ID="<ticket.1.0123456789abcdef0123@tapsyrys.example>")
    assert (await post.write(raw_bounce(stranger), sender=""))[0] == 250
    assert await post.rows() == []


async def test_two_machines_do_not_talk_forever(post: Post) -> None:
    operator = await post.desk.operator()
    await post.write(written())
    number = int(str((await post.rows())[0].params["ticket"]))
    vacation = answer_to(post.last, "Я в отпуске", Auto_Submitted="auto-replied")
    await post.write(vacation, sender="")
    await post.write(vacation, sender="")
    by_subject = written("В отпуске", f"Automatic: [#{number}]", Auto_Submitted="auto-replied")
    await post.write(by_subject)
    seen = await post.desk.seen(operator, number)
    assert len([each for each in seen.messages if each.author == "note"]) == 2
    assert len(post.outside.letters) == 1


async def test_ourselves_and_lists_are_dropped(post: Post) -> None:
    await post.write(written(sender=OURS))
    await post.write(written(List_Id="<news.example.kz>"))
    assert await post.rows() == []
    assert post.outside.letters == []


async def test_whoever_wants_no_automatic_answer_is_answered_by_a_person_only(post: Post) -> None:
    operator = await post.desk.operator()
    await post.write(written(X_Auto_Response_Suppress="DR, AutoReply"))
    [row] = await post.rows()
    assert (row.state, row.error) == ("dropped", "unwanted")
    number = int(str(row.params["ticket"]))
    await post.desk.support.answer(again(operator), number, "Готово")
    await post.sender.drain()
    assert len(post.outside.letters) == 1
    assert "Готово" in body(post.last)
