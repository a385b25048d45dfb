"""A letter is read whatever state it is in, and nothing that was written is lost."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.html_text import text_of_html
from bot.mail.letter import read_letter
from bot.mail.machines import author_of
from bot.mail.quoting import without_quote
from tests.bot.mail.outside import OURS, written

_PIECES = (
    b"From: a@example.kz\r\n",
    b"From: =?utf-8?q?=D0?= <a@example.kz>\r\n",
    b"Subject: =?koi8-r?B?8NLJ18XU?= =?x?y?z?=\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b'Content-Type: multipart/alternative; boundary="b\r\n',
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
    b"Content-Type: text/html; charset=windows-1251\r\n",
    b"Content-Type: text/plain; charset=hex\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: message/delivery-status\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Disposition: attachment; filename*=utf-8''%D0%9\r\n",
    b"Content-Disposition: inline; filename=\xcf\xf0\xe8\r\n",
    b"References: <a <b> <c@d>\r\n",
    b"\r\n",
    b"--b\r\n",
    b"--b--\r\n",
    b"begin 666 x\r\n",
    b"<html><blockquote><![x <!-- <a href=",
    b"> [#1]\r\n",
)
mails = st.lists(st.one_of(st.sampled_from(_PIECES), st.binary(max_size=40)), max_size=20).map(
    b"".join
)


@settings(max_examples=400, deadline=None)
@given(mails)
def test_any_bytes_are_read(raw: bytes) -> None:
    found = read_letter(raw)
    author_of(found, OURS)
    assert "\0" not in found.text
    assert all(file.name and "\0" not in file.name for file in found.files)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=200))
def test_what_was_written_is_there(text: str) -> None:
    words = text.split()
    found = read_letter(written(text).as_bytes()).text.split()
    assert found == words


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=">-_ab:@1 \n[#]", max_size=120))
def test_cutting_takes_only_a_tail_with_our_sign(text: str) -> None:
    kept = without_quote(text)
    assert text.startswith(kept)
    if kept != text:
        assert kept.strip()
        assert "[#" in text[len(kept) :]


OUTLOOK = """Не помогло

From: Support <support@tapsyrys.example>
Sent: Friday, November 20, 2026 10:00 AM
To: Aigul
Subject: [#12] Вход

Сбросьте пароль"""

GMAIL = """Не помогло

пт, 20 нояб. 2026 г. в 10:00, Support <
support@tapsyrys.example>:

> Сбросьте пароль
> [#12] in the subject
"""


@pytest.mark.parametrize(
    "text", [OUTLOOK, GMAIL, OUTLOOK.replace("\nFrom", "\n-----Хат-----\nFrom")]
)
def test_our_own_letter_at_the_end_is_left_out(text: str) -> None:
    assert without_quote(text) == "Не помогло"


@pytest.mark.parametrize(
    "text",
    [
        GMAIL.replace("[#12]", "[12]"),  # not ours
        GMAIL + "\nА вот это я понял",  # answered below
        "> первое\nответ\n> второе [#12]",  # line by line
        "> только цитата [#12]",  # nothing would be left
        OUTLOOK.replace("[#12]", "Fwd"),  # passed on
        "Список: [#12]\nа: 1\nб: 2",  # no quotation at all
    ],
)
def test_in_doubt_everything_stays(text: str) -> None:
    assert without_quote(text) == text


def test_charsets_of_all_kinds_are_survived() -> None:
    for charset, told in (("cp1251", "windows-1251"), ("koi8-r", "koi8-r"), ("utf-8", "klingon")):
        raw = f"From: a@example.kz\nContent-Type: text/plain; charset={told}\n\n".encode()
        assert read_letter(raw + "Привет, Әділ".encode(charset, "replace")).text.startswith(
            "Привет"
        )
    raw = b"Subject: =?windows-1251?B?z/Do4uXy?=\nContent-Type: text/plain; charset=us-ascii\n\n"
    found = read_letter(raw + "Сәлем".encode())
    assert (found.subject, found.text) == ("Привет", "Сәлем")


def test_html_alone_becomes_plain_words() -> None:
    message = written("<p>Сәлем, <b>қолдау</b>!</p><ul><li>бір<li>екі</ul>")
    message.replace_header("Content-Type", 'text/html; charset="utf-8"')
    assert read_letter(message.as_bytes()).text == "Сәлем, қолдау!\n\n• бір\n• екі"
    assert text_of_html("<script>x()</script>a&nbsp;&lt;b&gt;") == "a <b>"


def test_inline_pictures_and_letters_inside_are_files() -> None:
    message = written("Смотрите")
    message.add_alternative('<p>Смотрите <img src="cid:1"></p>', subtype="html")
    parts = message.get_payload()
    assert isinstance(parts, list)
    rich = parts[1]
    assert isinstance(rich, EmailMessage)
    rich.add_related(b"png", "image", "png", cid="<1>")
    message.make_mixed()
    message.add_attachment(written("Внутри"))
    found = read_letter(message.as_bytes())
    assert found.text == "Смотрите"
    assert [(file.name, file.mime) for file in found.files] == [
        ("file-1.png", "image/png"),
        ("letter.eml", "message/rfc822"),
    ]


def test_names_of_files_lead_nowhere() -> None:
    message = written()
    message.add_attachment(b"x", maintype="a", subtype="b", filename="../../etc/pass\x01wd")
    message.add_attachment(b"y", maintype="a", subtype="b", filename="ұ" * 400 + ".pdf")
    first, second = read_letter(message.as_bytes()).files
    assert "/" not in first.name
    assert second.name.endswith(".pdf")
    assert len(second.name) <= 150


def test_a_long_letter_and_one_of_a_thousand_parts_are_kept_whole() -> None:
    long = read_letter(written("слово " * 5_000).as_bytes())
    assert long.text.endswith("…")
    assert long.files[0].content.decode().split() == ["слово"] * 5_000
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 1_000 + b"--b--\n"
    assert [file.name for file in read_letter(raw).files] == ["letter.eml"]
    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
        for level in range(3_000)
    )
    assert [file.name for file in read_letter(b"From: x@example.kz\n" + nested).files] == [
        "letter.eml"
    ]
