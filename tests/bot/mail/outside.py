"""The outside world on loopback: a mail server that takes our letters, and people who write."""

from __future__ import annotations

import asyncio
import contextlib
import email
import smtplib
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from itertools import count

from aiosmtpd.smtp import SMTP, Envelope, Session

OURS = "support@tapsyrys.example"
AIGUL = "aigul@example.kz"
#: Said in place of an answer: the letter is taken, and the connection lost.
DROPPED = "dropped"
_ids = count(1)


@dataclass
class OutsideServer:
    """Somebody else's mail server; ``answers`` are what it says to the next letters."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    answers: Iterator[str] = field(default_factory=lambda: iter(()))

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        said = next(self.answers, "250 OK")
        content = envelope.content
        assert isinstance(content, bytes)
        if said.startswith("250") or said == DROPPED:
            found = email.message_from_bytes(content, policy=default)
            assert isinstance(found, EmailMessage)
            self.letters.append(found)
            self.receivers += envelope.rcpt_tos
        if said == DROPPED:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "250 OK"
        return said

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextlib.asynccontextmanager
async def outside_server(
    tls: ssl.SSLContext | None = None, *, at_once: bool = False
) -> AsyncIterator[OutsideServer]:
    """A mail server on a free port; with ``tls`` by STARTTLS only, or from the first byte on."""
    found = OutsideServer()
    loop = asyncio.get_running_loop()
    asked = None if at_once else tls
    server = await loop.create_server(
        lambda: SMTP(
            found,
            hostname="mx.example.kz",
            enable_SMTPUTF8=True,
            loop=loop,
            tls_context=asked,
            require_starttls=asked is not None,
        ),
        "127.0.0.1",
        0,
        ssl=tls if at_once else None,
    )
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()


def written(
    text: str = "Пароль не подходит",
    subject: str = "Не могу войти",
    *,
    sender: str = f"Айгүл Сәрсен <{AIGUL}>",
    to: str = OURS,
    **headers: str,
) -> EmailMessage:
    """A letter as people's programs write it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{next(_ids)}@example.kz>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def answer_to(letter: EmailMessage, text: str, **headers: str) -> EmailMessage:
    """An answer to a letter of ours, as people's programs write it: ours quoted below."""
    quoted = "\n".join(f"> {line}" for line in body(letter).splitlines())
    return written(
        f"{text}\n\nпт, 20 нояб. 2026 г. в 10:00, Support <{OURS}>:\n\n{quoted}\n",
        f"Re: {letter['Subject']}",
        In_Reply_To=str(letter["Message-ID"]),
        References=" ".join(f"{letter['References'] or ''} {letter['Message-ID']}".split()),
        **headers,
    )


def body(letter: EmailMessage) -> str:
    """The words of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


async def bring(
    port: int, letter: EmailMessage | bytes, sender: str = AIGUL, to: str = OURS
) -> tuple[int, str]:
    """Bring a letter over SMTP; the answer of the server to it, or to its receiver."""
    raw = letter if isinstance(letter, bytes) else letter.as_bytes()

    def talk() -> tuple[int, str]:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
            server.ehlo()
            server.mail(sender)
            code, said = server.rcpt(to)
            if code == 250:
                code, said = server.data(raw)
            return code, said.decode()

    return await asyncio.to_thread(talk)
