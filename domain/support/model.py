"""Tickets: requests to support, what was written in them, and the files and voice they hold."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref

ticket_number = Sequence("ticket_number", metadata=Base.metadata)

# open -> working <-> waiting -> answered -> closed; merged: goes on in another ticket.
# open: nobody has taken it; working: an operator has; waiting: the user was asked for something;
# answered: the user has the answer and may object; closed: with a result.
TICKET_STATES = ("open", "working", "waiting", "answered", "closed", "merged")
OPEN_STATES = ("open", "working", "waiting", "answered")
CHANNELS = ("chat", "voice", "email", "phone", "api")
PRIORITIES = ("low", "normal", "high")


class Ticket(Base):
    """A request to support (act 366, clauses 18-20; act 627, clauses 15-21)."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_person", "person_id", "id"),
        Index("ix_ticket_queue", "promised_at", "id", postgresql_where="state <> 'closed'"),
        Index("ix_ticket_company", "company_id", "id"),
        Index("ix_ticket_address", "address", "id"),
        Index("ix_ticket_opened", "opened_at"),
        Index("ix_ticket_words", "words", postgresql_using="gin"),
    )

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, ticket_number, server_default=ticket_number.next_value(), unique=True
    )
    # The regime whose hours and terms hold for it: "366" | "627".
    regime: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    # None where the request came by e-mail or phone from somebody unknown.
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    # An e-mail address or a phone, where the answer goes when there is no chat.
    address: Mapped[str] = mapped_column(String(254), default="")
    name: Mapped[str] = mapped_column(default="")
    # As what the person asked: customer, supplier ...; empty for a guest.
    role: Mapped[str] = mapped_column(String(32), default="")
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str]
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("purchase_order.id"))
    incident_id: Mapped[Ref | None] = mapped_column(ForeignKey("incident.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    revision: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[Instant]
    # When the journal has it: the next working day for an e-mail out of hours (627, clause 16).
    registered_at: Mapped[Instant]
    # The user's request that waits for an answer, or was the last to wait.
    asked_at: Mapped[Instant]
    # The end of the promise, exclusive; follows its deadline when the calendar changes.
    promised_at: Mapped[Instant]
    promise_clause: Mapped[str | None] = mapped_column(String(32))
    # Whether the last request came when operators were there.
    in_hours: Mapped[bool]
    # The operator who has it.
    assignee_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    taken_at: Mapped[Instant | None]
    # 0 operator, 1 lead, 2 admin: who has been told that nobody answers.
    escalation: Mapped[int] = mapped_column(default=0)
    first_answer_at: Mapped[Instant | None]
    answered_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    # answered | called_back | not_reached | refused | not_fault | duplicate | no_reply
    result: Mapped[str | None] = mapped_column(String(16))
    result_text: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[Ref | None] = mapped_column(ForeignKey("ticket.id"))
    rating: Mapped[int | None]
    rating_text: Mapped[str] = mapped_column(default="")
    rated_at: Mapped[Instant | None]
    # What it is found by: folded words of what was said; never read, only searched in.
    words: Mapped[str | None] = mapped_column(TSVECTOR, deferred=True)


class TicketMessage(Base):
    """One thing said in a ticket: by the user, an operator, or among operators."""

    __tablename__ = "ticket_message"
    __table_args__ = (
        UniqueConstraint("ticket_id", "position"),
        Index(
            "ix_ticket_message_origin",
            "chat_id",
            "message_id",
            postgresql_where="chat_id IS NOT NULL",
        ),
    )

    id: Mapped[Key]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"))
    position: Mapped[int]
    # user | operator | note (never shown to the user) | system
    author: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Instant]
    # HTML that Telegram takes; escaped where it came from outside. Of the system: JSON.
    text: Mapped[str]
    # A code of what the system says, or of what an operator's message is for.
    kind: Mapped[str] = mapped_column(String(32), default="")
    edited_at: Mapped[Instant | None]
    # Where it was written: an edit there is followed here.
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)


class TicketFile(Base):
    """A file or a voice of a message, with what is known of its copy."""

    __tablename__ = "ticket_file"
    __table_args__ = (
        UniqueConstraint("message_id", "position"),
        Index("ix_ticket_file_waiting", "retry_at", postgresql_where="state = 'waiting'"),
        Index("ix_ticket_file_sha256", "sha256"),
    )

    id: Mapped[Key]
    message_id: Mapped[Ref] = mapped_column(ForeignKey("ticket_message.id"))
    position: Mapped[int]
    # voice | audio | video_note | photo | document | call
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str]
    mime: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(BigInteger)
    # Seconds of a voice, audio, video note or call.
    duration: Mapped[int | None]
    telegram_file_id: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    # waiting (to be fetched) | stored | failed | too_big | destroyed
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[Instant | None]
    error: Mapped[str | None]
    # A draft made by a machine: never instead of the recording.
    transcript: Mapped[str | None]


class Recording(Base):
    """A voice message or a call on record (act 366, clauses 20 and 21)."""

    __tablename__ = "recording"
    __table_args__ = (
        Index("ix_recording_collected", "collected_at", "id", postgresql_where="state = 'kept'"),
    )

    id: Mapped[Key]
    file_id: Mapped[Ref] = mapped_column(ForeignKey("ticket_file.id"), unique=True)
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    # The end of its term follows from this: see ``retention_rules``.
    collected_at: Mapped[Instant]
    # kept -> destroying -> destroyed
    state: Mapped[str] = mapped_column(String(16))
    act_id: Mapped[Ref | None] = mapped_column(ForeignKey("destruction_act.id"), index=True)


class RecordingStep(Base):
    """One step in the life of a recording (act 366, clause 21.1)."""

    __tablename__ = "recording_step"

    id: Mapped[Key]
    recording_id: Mapped[Ref] = mapped_column(ForeignKey("recording.id"), index=True)
    # collected | stored | listened | transferred | held | released | destroyed
    step: Mapped[str] = mapped_column(String(16))
    at: Mapped[Instant]
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[str] = mapped_column(default="")


class RecordingCopy(Base):
    """A recording, or a machine's draft of its words, as it stands in a chat beside the topic."""

    __tablename__ = "recording_copy"
    __table_args__ = (
        UniqueConstraint("recording_id", "chat_id", "post_id"),
        Index("ix_recording_copy_goes", "goes_at", postgresql_where="goes_at IS NOT NULL"),
    )

    id: Mapped[Key]
    recording_id: Mapped[Ref] = mapped_column(ForeignKey("recording.id"))
    chat_id: Mapped[int] = mapped_column(BigInteger)
    post_id: Mapped[int] = mapped_column(BigInteger)
    # When it is taken away, before Telegram refuses to; None: only with its recording.
    goes_at: Mapped[Instant | None]


class DisputeMark(Base):
    """A dispute over a ticket: its recordings are kept until it is settled (366, clause 21.2)."""

    __tablename__ = "dispute_mark"

    id: Mapped[Key]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), index=True)
    ground: Mapped[str]
    set_at: Mapped[Instant]
    set_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[Instant | None]
    settled_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    # By which final decision it is settled.
    settled_ground: Mapped[str] = mapped_column(default="", server_default="")
    # Not before then is anything destroyed: somebody can still say that it is not settled.
    released_at: Mapped[Instant | None]


destruction_number = Sequence("destruction_number", metadata=Base.metadata)


class DestructionAct(Base):
    """That recordings were destroyed: written before, completed after (366, clause 21.3)."""

    __tablename__ = "destruction_act"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, destruction_number, server_default=destruction_number.next_value(), unique=True
    )
    ground: Mapped[str] = mapped_column(String(32))
    begun_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    # The name of a person; empty: the platform itself on the day; cli: the command line.
    executor: Mapped[str]


class DestructionItem(Base):
    """One recording in an act of destruction, as it was: what the act says of it for good."""

    __tablename__ = "destruction_item"
    __table_args__ = (UniqueConstraint("act_id", "position"),)

    id: Mapped[Key]
    act_id: Mapped[Ref] = mapped_column(ForeignKey("destruction_act.id"))
    position: Mapped[int]
    # None where bytes came back with a backup that no row speaks of any more.
    recording_id: Mapped[Ref | None] = mapped_column(ForeignKey("recording.id"), index=True)
    ticket_number: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    size: Mapped[int | None] = mapped_column(BigInteger)
    duration: Mapped[int | None]
    # Of the bytes destroyed; not named as the columns are that say which bytes are still needed.
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    transcribed: Mapped[bool]
    collected_at: Mapped[Instant | None]
    # chosen -> going (no way back) -> destroyed, or kept: a dispute was marked in between
    state: Mapped[str] = mapped_column(String(16))
    destroyed_at: Mapped[Instant | None]
    # The same bytes are part of something else that is kept: only this recording of them is gone.
    shared: Mapped[bool] = mapped_column(default=False)
    # Copies of the message in chats: how many are gone, and {"chat:message": why} of the rest.
    copies_deleted: Mapped[int] = mapped_column(default=0)
    copies_left: Mapped[Json] = mapped_column(default=dict)


class DeskGroup(Base):
    """A forum group of operators; several share the tickets."""

    __tablename__ = "desk_group"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    title: Mapped[str]
    # active | lost (no rights, or the bot was thrown out) | off (by an admin)
    state: Mapped[str] = mapped_column(String(8))
    added_at: Mapped[Instant]
    # Of the cards and all that is said to everybody in the group.
    language: Mapped[str] = mapped_column(String(2))
    # The day whose morning digest the group has.
    digest_on: Mapped[date | None]


class DeskTopic(Base):
    """The mirror of a ticket in a forum group: the ticket is the record, the topic shows it."""

    __tablename__ = "desk_topic"
    __table_args__ = (UniqueConstraint("chat_id", "thread_id"),)

    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    # None until the topic has been made, and after it was lost.
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    card_id: Mapped[int | None] = mapped_column(BigInteger)
    # What of the ticket the topic shows: its revision and its last message.
    shown_revision: Mapped[int] = mapped_column(default=0)
    shown_position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(128), default="")
    closed: Mapped[bool] = mapped_column(default=False)
    # 0 in time, 1 red, 2 overdue: as the topic shows it.
    alarm: Mapped[int] = mapped_column(default=0)
    # Whatever is written in the topic is an internal note, until somebody ends it.
    note_mode: Mapped[bool] = mapped_column(default=False)
    # Tries that failed one after another: each waits longer.
    failures: Mapped[int] = mapped_column(default=0)
    # Written by each change of the ticket: the mirror is behind and has to be brought up.
    behind_since: Mapped[Instant | None] = mapped_column(index=True)
    claimed_until: Mapped[Instant | None]


class DeskPost(Base):
    """A message of a ticket as it stands in a chat: to follow edits, and to delete the copy."""

    __tablename__ = "desk_post"
    __table_args__ = (UniqueConstraint("chat_id", "post_id"),)

    id: Mapped[Key]
    message_id: Mapped[Ref] = mapped_column(ForeignKey("ticket_message.id"), index=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    post_id: Mapped[int] = mapped_column(BigInteger)


class Shift(Base):
    """An operator's time on shift."""

    __tablename__ = "shift"
    __table_args__ = (
        Index("ix_shift_open", "person_id", unique=True, postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    began_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    # The last ticket given by turn: the next goes to whoever has waited longest.
    last_given_at: Mapped[Instant | None]
    # The last act at the desk: whether anybody is there.
    seen_at: Mapped[Instant | None]


class DeskSession(Base):
    """An operator's way to the web desk: a link that works once, then the session it began."""

    __tablename__ = "desk_session"

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    # The role it was made in: when that is taken away, the session is over.
    membership_id: Mapped[Ref | None] = mapped_column(ForeignKey("membership.id"))
    made_at: Mapped[Instant]
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_until: Mapped[Instant]
    # None until the link is used.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    begun_at: Mapped[Instant | None]
    ends_at: Mapped[Instant | None]
    # By the operator, or because a newer link was made.
    ended_at: Mapped[Instant | None]


class CannedAnswer(Base):
    """A ready answer in both languages."""

    __tablename__ = "canned_answer"

    id: Mapped[Key]
    title: Mapped[str]
    text_kk: Mapped[str]
    text_ru: Mapped[str]
    removed_at: Mapped[Instant | None]


class Mute(Base):
    """A person may not write to support for a time, with the reason they were told."""

    __tablename__ = "support_mute"

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str]
    since: Mapped[Instant]
    until: Mapped[Instant]
    set_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[Instant | None]
