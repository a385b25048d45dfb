"""Where the demo's letters and short messages end: a mailbox that everybody on the page can read.

Letters come by SMTP on the loopback, short messages by the gateway of settings; nothing leaves
this machine. What is sent is what a real reader would get.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from domain.clock import Clock, astana

#: What the platform's letters are sent from; nobody can own this name.
OWN_ADDRESS = "tapsyrys@demo.example"
_KEPT = 200
_CODE = re.compile(r"\b\d{6}\b")
_WAY_BACK = re.compile(r"[?&]start=([\w-]+)")


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that arrived; ``code`` is the code that it brings, ``payload`` the way back
    into the chat, each empty where there is none. ``html`` is empty in a short message."""

    number: int
    at: str
    channel: str
    to: str
    subject: str
    text: str
    html: str
    code: str
    payload: str


class Mailbox:
    """Letters and short messages, the newest last; kept in a file, as a chat is."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._arrived = asyncio.Condition()
        self.letters: list[Letter] = []
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            self.letters = [Letter(**each) for each in kept]

    async def put_mail(self, content: bytes, to: str) -> Letter:
        """Take in a letter as a mail server brings it."""
        parsed = message_from_bytes(content, policy=default)
        subject = str(parsed.get("Subject", ""))
        text, html = _part(parsed, "plain"), _part(parsed, "html")
        proves = str(parsed.get("Message-ID", "")).startswith("<code.")
        return await self._put("email", to, subject, text, html, proves=proves)

    async def put_sms(self, to: str, text: str) -> Letter:
        """Take in a short message; one about a notice begins with its number."""
        return await self._put("sms", to, "", text, "", proves=not text.startswith("№"))

    async def _put(
        self, channel: str, to: str, subject: str, text: str, html: str, *, proves: bool
    ) -> Letter:
        code = _CODE.search(text) if proves else None
        back = _WAY_BACK.search(text)
        letter = Letter(
            number=self.letters[-1].number + 1 if self.letters else 1,
            at=astana(self._clock.now()).isoformat(),
            channel=channel,
            to=to,
            subject=subject,
            text=text,
            html=html,
            code=code[0] if code else "",
            payload=back[1] if back else "",
        )
        self.letters.append(letter)
        del self.letters[:-_KEPT]
        fresh = self._path.with_suffix(".new")
        rows = [asdict(each) for each in self.letters]
        fresh.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        fresh.replace(self._path)
        async with self._arrived:
            self._arrived.notify_all()
        return letter

    def one(self, number: int) -> Letter | None:
        """A letter by its number."""
        return next((each for each in self.letters if each.number == number), None)

    async def code_for(self, to: str, since: datetime) -> str:
        """Wait for the newest code sent to an address at this moment of the clock or later."""

        def found() -> str:
            codes = (
                each.code
                for each in reversed(self.letters)
                if each.to == to and each.code and datetime.fromisoformat(each.at) >= since
            )
            return next(codes, "")

        async with self._arrived:
            await self._arrived.wait_for(lambda: bool(found()))
        return found()


def _part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


class _Door:
    """What aiosmtpd asks about a letter: everything is taken."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Put the letter before its reader."""
        raw = envelope.content
        content = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw or b""
        for receiver in envelope.rcpt_tos:
            await self._mailbox.put_mail(content, receiver)
        return "250 2.0.0 Taken"


@contextlib.asynccontextmanager
async def catching(mailbox: Mailbox) -> AsyncIterator[int]:
    """A mail server on the loopback for the time of the context; gives its port."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    loop = asyncio.get_running_loop()
    door = _Door(mailbox)
    server = await loop.create_server(
        lambda: SMTP(door, enable_SMTPUTF8=True, hostname="demo.example", loop=loop),
        "127.0.0.1",
        0,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
