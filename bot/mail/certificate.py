"""The certificate with which the listener speaks in private (STARTTLS)."""

from __future__ import annotations

import ssl
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)


class BadCertificate(Exception):
    """The files cannot be used; the text says why and holds nothing of their content."""


class Certificate:
    """Certificate and key of two files, read anew when they change: they are renewed every month.

    Raises BadCertificate.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._read_at = self._changed_at()
        self._context = self._read()

    def context(self) -> ssl.SSLContext:
        """For the next connection; while new files cannot be used, as it was."""
        try:
            changed_at = self._changed_at()
            if changed_at != self._read_at:
                self._context = self._read()
                self._read_at = changed_at
                log.info("mail.certificate_renewed")
        except BadCertificate as error:
            log.warning("mail.certificate_unusable", why=str(error))
        return self._context

    def _changed_at(self) -> tuple[int, ...]:
        try:
            return tuple(file.stat().st_mtime_ns for file in self._files)
        except OSError as error:
            raise BadCertificate(_why(error)) from None

    def _read(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # A key that asks for its pass phrase would wait for a terminal.
            context.load_cert_chain(*self._files, password="")
        except (OSError, ValueError) as error:
            raise BadCertificate(_why(error)) from None
        return context


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return f"no certificate with its key ({error.reason or 'not PEM'})"
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror})"
    return "the key is locked by a pass phrase"
