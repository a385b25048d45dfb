"""The SMTP listener: takes letters for the desk's address and for no other.

It says "taken" only after the letter is stored; while the database is away it says "later", and
the sender's server keeps the letter and comes again. With a certificate it offers STARTTLS; whoever
brings a letter without is heard, too, as is usual between mail servers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from weakref import WeakSet

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.mail.certificate import Certificate
from bot.mail.intake import MAX_LETTER_BYTES, MailIntake
from bot.storage.outage import is_outage
from domain.errors import RuleBroken

log = structlog.get_logger(__name__)

# Each may hold a whole letter in memory.
_MOST_AT_ONCE = 20
# Seconds without a word from the other side.
_PATIENCE = 120.0
# The standard's 1,000 are not kept by everybody who writes.
_LINE_LIMIT = 1024 * 1024

TAKEN = "250 2.0.0 Taken"
NOT_OURS = "550 5.1.1 No such address here"
LATER = "451 4.3.0 Not stored, please try again later"
TOO_OFTEN = "450 4.7.1 Too many letters, please try again later"
NOT_WANTED = "550 5.7.1 This address may not write to support for a time"
NO_ADDRESS = "550 5.6.0 The letter names no address that could be answered"
TOO_BUSY = b"421 4.3.2 Too many connections, please try again later\r\n"
_ANSWERS = {"support_flood": TOO_OFTEN, "support_muted": NOT_WANTED, "email_invalid": NO_ADDRESS}


class Door:
    """What aiosmtpd asks about a letter."""

    def __init__(self, intake: MailIntake, address: str) -> None:
        self._intake = intake
        self._address = address.lower()

    async def handle_EHLO(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer no sign-in, also under encryption: nobody has a mailbox here."""
        session.host_name = hostname
        return [line for line in responses if not line.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Only the desk's own address: we pass nothing on."""
        if address.lower() != self._address:
            return NOT_OURS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Store the letter, then say so."""
        raw = envelope.content
        content = raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else raw
        try:
            await self._intake.take(content or b"", envelope.mail_from or "")
        except RuleBroken as error:
            log.info("mail.refused", why=error.code)
            return _ANSWERS.get(error.code, LATER)
        # A letter that is not stored is not taken, whatever the reason: its sender has it still.
        except Exception as error:
            if is_outage(error):
                log.warning("mail.put_off", error=type(error).__name__)
            else:
                log.exception("mail.failed", error=type(error).__name__)
            return LATER
        return TAKEN


class _Conversation(SMTP):
    """One connection; known while it lasts, so that it can be ended with the listener."""

    line_length_limit = _LINE_LIMIT

    def __init__(
        self,
        door: Door,
        hostname: str,
        known: WeakSet[_Conversation],
        certificate: Certificate | None,
    ) -> None:
        super().__init__(
            door,
            data_size_limit=MAX_LETTER_BYTES,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Tapsyrys",
            timeout=_PATIENCE,
            tls_context=certificate.context() if certificate is not None else None,
            loop=asyncio.get_running_loop(),
        )
        self._known = known

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Called once more when a conversation goes on under TLS.
        new = self not in self._known
        if new and len(self._known) >= _MOST_AT_ONCE and isinstance(transport, asyncio.Transport):
            transport.write(TOO_BUSY)
            transport.close()
            return
        self._known.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self._known:
            self._known.discard(self)
            super().connection_lost(error)

    def end(self) -> None:
        """Close the connection; a letter in the middle is not taken."""
        if self.transport is not None:
            self.transport.close()


@contextlib.asynccontextmanager
async def listening(
    intake: MailIntake,
    address: str,
    host: str,
    port: int,
    certificate: Certificate | None = None,
) -> AsyncIterator[int]:
    """The listener for the time of the context; gives the port (0 asks for a free one).

    Raises OSError where nothing can listen.
    """
    # Its own lines name addresses and, at a finer level, whole letters.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    door, known = Door(intake, address), WeakSet[_Conversation]()
    domain = address.rpartition("@")[2]
    server = await asyncio.get_running_loop().create_server(
        lambda: _Conversation(door, domain, known, certificate), host, port
    )
    log.info("mail.listening")
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for conversation in list(known):
            conversation.end()
