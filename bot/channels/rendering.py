"""From a notice's row or a code to what a gateway takes: words, addresses, marks of mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from domain.channels.rules import SMS
from domain.channels.views import CodeLetter, Receiver
from domain.notices.views import NoticeView
from handlers.context import locale_of
from handlers.views.letters import Told, code_letter, in_letter
from handlers.views.translator import translator

# Not folded: what is folded inside a Message-ID is found by nobody.
_POLICY = SMTP.clone(max_line_length=998)


@dataclass(frozen=True)
class Message:
    """One message to one address; ``token`` is the same however often it is sent."""

    channel: str
    to: str
    told: Told
    language: str
    token: str


def of_notice(
    notice: NoticeView, receiver: Receiver, username: str, now: datetime, seen: str = ""
) -> Message:
    """A notice in the language its reader has now; ``username``: of the bot, empty if unknown.

    ``seen``: where its reader says that they have seen it, if that is asked.
    """
    locale = locale_of(receiver.language)
    link = f"https://t.me/{username}?start=notice_{notice.shown_number}" if username else ""
    told = in_letter(translator(locale), notice, now, link, chat=receiver.chat, seen=seen)
    return Message(
        notice.channel,
        receiver.address or "",
        told,
        locale,
        f"notice.{notice.number}.{int(notice.created_at.timestamp())}",
    )


def of_code(letter: CodeLetter) -> Message:
    """A code."""
    locale = locale_of(letter.language)
    told = code_letter(translator(locale), letter)
    token = f"code.{letter.id}.{int(letter.expires_at.timestamp())}"
    return Message(letter.channel, letter.address, told, locale, token)


def words(message: Message) -> tuple[str, str]:
    """Title and text for a gateway that knows no mail; an SMS has no title."""
    if message.channel == SMS:
        return "", message.told.short
    return message.told.subject, message.told.text


def mail(message: Message, own: str, now: datetime) -> EmailMessage:
    """The letter, plain and HTML, from the installation's address ``own``."""
    made = EmailMessage(policy=_POLICY)
    made["From"] = Address("Tapsyrys", addr_spec=own)
    made["To"] = Address(addr_spec=message.to)
    made["Subject"] = " ".join(message.told.subject.split())
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{message.token}@{own.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(message.told.text)
    made.add_alternative(message.told.html, subtype="html")
    # Of the whole letter, hence last: what is said before goes to its first part.
    made["Content-Language"] = message.language
    return made
