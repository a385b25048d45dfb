"""What leaves the use cases of the support desk: plain values.

Instants are UTC; ``promised_at`` is exclusive. Texts are HTML that Telegram takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from domain.support.mail_rows import MailState, is_only_phone
from domain.support.promise import Channel

FileKind = Literal["voice", "audio", "video_note", "photo", "document", "call"]
Author = Literal["user", "operator", "note", "system"]


@dataclass(frozen=True)
class NewFile:
    """A file of a message: with a Telegram id to be fetched by, or with bytes kept already.

    ``size`` in bytes, ``duration`` in seconds. With ``sha256`` its bytes are in the file store.
    """

    kind: FileKind
    name: str = ""
    mime: str = ""
    size: int = 0
    duration: int | None = None
    telegram_file_id: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Origin:
    """The message of a chat in which something was written: an edit there is followed."""

    chat_id: int
    message_id: int


@dataclass(frozen=True)
class FileView:
    """A file of a message and what is known of its copy.

    ``state``: waiting | stored | failed | too_big | destroyed. ``recording`` is the id of the
    recording a voice or a call is kept as. ``transcript`` is a draft made by a machine.
    """

    id: int
    kind: FileKind
    name: str
    mime: str
    size: int
    duration: int | None
    state: str
    sha256: str
    telegram_file_id: str
    attempts: int
    error: str | None
    transcript: str | None
    recording: int | None


@dataclass(frozen=True)
class MessageView:
    """One thing said in a ticket.

    ``author``: user | operator | note (operators only) | system. What the system says has a
    ``kind`` (opened, taken, closed ...) and ``params``; a text of an operator may have one, too:
    ``documents`` (they were asked for), ``called_back``, ``closed``; one of a user ``more``: it
    belongs to the message before, as the next picture of an album.
    """

    id: int
    position: int
    author: Author
    name: str
    person_id: int | None
    at: datetime
    text: str
    kind: str
    params: Mapping[str, object]
    edited_at: datetime | None
    origin: Origin | None
    files: tuple[FileView, ...] = ()


@dataclass(frozen=True)
class TicketLine:
    """A ticket as a line of a list. ``red``: unanswered half an hour before its promise ends."""

    number: int
    regime: str
    channel: Channel
    subject: str
    state: str
    priority: str
    language: str
    revision: int
    name: str
    person_id: int | None
    company_kk: str
    company_ru: str
    order_number: int | None
    opened_at: datetime
    promised_at: datetime
    red: bool
    overdue: bool
    escalation: int
    assignee_id: int | None
    assignee: str
    voices: int
    # Files that are not in our store: waiting, failed or too big.
    files_missing: int
    # Working time since the promise of an unanswered ticket ended; to operators only.
    late: timedelta = timedelta()


@dataclass(frozen=True)
class TicketView:
    """A ticket with all that was said in it; to the user without notes and operators' names."""

    line: TicketLine
    # customer | supplier | ...: the role of the person when they asked, where they had one.
    role: str
    # An e-mail address or a phone where the answer goes when there is no chat; not to the user.
    address: str
    # What became of the newest letter to that address; not to the user.
    mail: MailState | None
    registered_at: datetime
    promise_clause: str | None
    # Whether operators were there at the moment the request came.
    open_at_once: bool
    taken_at: datetime | None
    first_answer_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    result: str | None
    result_text: str
    merged_into: int | None
    incident: int | None
    rating: int | None
    rating_text: str
    reopen_until: datetime | None
    disputed: str | None
    messages: tuple[MessageView, ...]
    # Where the user can be called back; not to the user.
    phone: str = ""
    # Whether the user has stopped the bot, so that no answer arrives there; not to the user.
    away: bool = False

    @property
    def number(self) -> int:
        """The number people know the ticket by."""
        return self.line.number

    @property
    def state(self) -> str:
        """open | working | waiting | answered | closed | merged."""
        return self.line.state

    @property
    def only_phone(self) -> bool:
        """Whether nothing written reaches whoever asked: they are called back."""
        return is_only_phone(self.line.channel, self.line.person_id, self.address)


@dataclass(frozen=True)
class TicketPage:
    """A page of tickets; ``page`` from 0, ``total`` tickets in all."""

    tickets: list[TicketLine]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class QueueFilter:
    """Which tickets of the queue: all that are not closed where nothing is said.

    ``whose``: all | mine | nobodys. ``unanswered`` leaves out waiting and answered ones.
    """

    whose: Literal["all", "mine", "nobodys"] = "all"
    unanswered: bool = False
    red: bool = False
    channel: Channel | None = None
    regime: str | None = None


@dataclass(frozen=True)
class EmailTaken:
    """An e-mail taken in: its ticket, and whether it opened it (or it was there before)."""

    ticket: TicketView
    new: bool

    @property
    def number(self) -> int:
        """The number of the ticket."""
        return self.ticket.number


@dataclass(frozen=True)
class Edited:
    """A message that was edited: what it says now, and where copies of it stand in chats."""

    number: int
    message: int
    author: Author
    text: str
    # (chat, message) of every copy: in the topic, and at the person who was answered.
    copies: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class WaitingFile:
    """A file to be fetched from Telegram and kept; ``size`` in bytes, 0 when unknown."""

    id: int
    ticket: int
    kind: FileKind
    name: str
    mime: str
    size: int
    telegram_file_id: str
    attempts: int


@dataclass(frozen=True)
class ShiftView:
    """An operator on shift, with the number of tickets in hand that have no answer yet."""

    person_id: int
    name: str
    began_at: datetime
    last_given_at: datetime | None
    in_hand: int
    # The last act at the desk, or the beginning of the shift.
    seen_at: datetime | None = None


@dataclass(frozen=True)
class CannedView:
    """A ready answer in both languages."""

    id: int
    title: str
    text_kk: str
    text_ru: str


@dataclass(frozen=True)
class MuteView:
    """Somebody who may not write to support until ``until``, and why."""

    person_id: int
    name: str
    reason: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Digest:
    """How the desk stands in the morning, or at any moment."""

    at: datetime
    unanswered: int
    voices: int
    unassigned: int
    red: int
    overdue: int
    first_promised_at: datetime | None
    # Tickets in hand by operator on shift.
    operators: tuple[ShiftView, ...]


@dataclass(frozen=True)
class Minutes:
    """Times in working minutes: how many were measured, the middle one, nine of ten."""

    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True)
class OperatorReport:
    """What an operator did in a period."""

    person_id: int
    name: str
    answers: int
    closed: int
    first_answer: Minutes
    ratings: int
    rating: float | None


@dataclass(frozen=True)
class Report:
    """The desk in a period [since, until): tickets opened in it, answers, promises, ratings."""

    since: datetime
    until: datetime
    opened: int
    by_channel: Mapping[str, int]
    by_state: Mapping[str, int]
    by_result: Mapping[str, int]
    first_answer: Minutes
    decision: Minutes
    kept: int
    broken: int
    # How many answers got 1 .. 5.
    ratings: Mapping[int, int]
    rating: float | None
    operators: tuple[OperatorReport, ...]


@dataclass(frozen=True)
class JournalLine:
    """A line of the journal of requests (act 627, clauses 15.2 and 16), by registration."""

    number: int
    registered_at: datetime
    opened_at: datetime
    channel: Channel
    name: str
    company_kk: str
    company_ru: str
    subject: str
    order_number: int | None
    incident: int | None
    state: str
    result: str | None
    answered_at: datetime | None
    operator: str


@dataclass(frozen=True)
class Found:
    """Tickets found, newest first; ``more`` when there are others beyond them."""

    tickets: list[TicketLine]
    more: bool
