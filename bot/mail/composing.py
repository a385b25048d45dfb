"""A claimed letter as it goes over the wire."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from domain.notices.views import NoticeView
from domain.support.outbox import Letter
from handlers.views.mail import letter as in_words
from handlers.views.translator import Locale, plain, translator

#: Of files that go along (bytes): with what mail adds, about what others' servers take.
MAX_FILES_BYTES = 18 * 1024 * 1024
# Not folded: what is folded inside a Message-ID is found by nobody.
_POLICY = SMTP.clone(max_line_length=998)
_REFERENCES = 900


def compose(
    letter: Letter, own: str, files: Sequence[tuple[str, str, bytes]], missing: int, now: datetime
) -> EmailMessage:
    """The message; ``own`` is the desk's address, ``files`` are names, types and contents.

    The same letter has the same Message-ID however often it is sent.
    """
    locale: Locale = "kk" if letter.language == "kk" else "ru"
    t = translator(locale)
    said = in_words(t, letter.kind, _notice(letter), missing=missing)
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(plain(t("Support of Tapsyrys")), addr_spec=own)
    message["To"] = Address(addr_spec=letter.address)
    message["Subject"] = " ".join(said.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.token}@{own.rpartition('@')[2]}>"
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = _fitting(letter.references)
    if letter.automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(said.text)
    message["Content-Language"] = locale
    for name, mime, content in files:
        main, _, sub = (mime if "/" in mime else _guessed(name)).partition("/")
        if main in ("multipart", "message", "text") or not sub:
            # Those would have to be spelt as mail: as bytes they arrive as they are.
            main, sub = "application", "octet-stream"
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def _guessed(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _fitting(references: Sequence[str]) -> str:
    kept = list(references)
    while len(kept) > 1 and len(" ".join(kept)) > _REFERENCES:
        kept.pop(0)
    return " ".join(kept)


def _notice(letter: Letter) -> NoticeView:
    """The same facts as those of the notice in the chat."""
    return NoticeView(
        number=letter.id,
        person_id=0,
        kind=letter.kind,
        subject=f"ticket:{letter.ticket}",
        params=letter.params,
        created_at=letter.created_at,
        state="sending",
        sent_at=None,
        read_at=None,
        attempts=letter.attempts,
    )
