"""Handing a message to the mail server, and what its answer means."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

_PORTS = {"smtp": 25, "smtps": 465, "starttls": 587}
_PATIENCE = 60
_REASON = 200

# later: the server puts this letter off. never: it refuses this letter. away: nobody takes any.
# doubt: the server went away while it was taking this letter, and nobody knows whether it has it.
Verdict = Literal["later", "never", "away", "doubt"]


class Unsent(Exception):
    """A message was not taken."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason[:_REASON]


class _Doubt(smtplib.SMTPException):
    """The connection was lost with the letter on its way."""


class _Handing(smtplib.SMTP):
    """Tells a connection lost in the middle of a letter from one that was never made."""

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        """Hand the words over; raises _Doubt where no answer came."""
        try:
            return super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self.close()
            raise _Doubt(f"{type(error).__name__}: {error}") from None


class _HandingSecurely(_Handing, smtplib.SMTP_SSL):
    """The same, private from the first byte on."""


@dataclass(frozen=True, repr=False)
class MailServer:
    """Where letters are handed over; holds a password, so it does not show itself."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def of_url(cls, url: str) -> MailServer:
        """``smtp://``, ``smtps://`` or ``starttls://USER:PASSWORD@HOST:PORT``.

        Raises ValueError for anything else.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("no address of a mail server")
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    def hand_over(self, message: EmailMessage, sender: str, receiver: str) -> None:
        """Send one message; waits, so call it in a thread. Raises Unsent."""
        try:
            with self._connected(sender.rpartition("@")[2]) as server:
                server.send_message(message, sender, [receiver])
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()), (451, b""))
            raise _unsent(code, reason) from None
        except smtplib.SMTPDataError as error:
            raise _unsent(error.smtp_code, error.smtp_error) from None
        except _Doubt as error:
            raise Unsent("doubt", str(error)) from None
        except (smtplib.SMTPException, OSError) as error:
            # Our name, password or address is refused, or nobody is there: no fault of the letter.
            raise Unsent("away", f"{type(error).__name__}: {_words(error)}") from None

    def _connected(self, domain: str) -> smtplib.SMTP:
        safe = ssl.create_default_context()
        if self.scheme == "smtps":
            server: smtplib.SMTP = _HandingSecurely(
                self.host, self.port, local_hostname=domain, timeout=_PATIENCE, context=safe
            )
        else:
            server = _Handing(self.host, self.port, local_hostname=domain, timeout=_PATIENCE)
        try:
            if self.scheme == "starttls":
                server.starttls(context=safe)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _unsent(code: int, reason: bytes | str) -> Unsent:
    said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
    return Unsent("never" if 500 <= code < 600 else "later", f"{code} {said}")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        found = error.smtp_error
        said = found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)
        return f"{error.smtp_code} {said}"
    return str(error)
