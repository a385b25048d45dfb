"""The tables of notices: one row per event, person and channel, and one per attempt to send it."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref

TELEGRAM = "telegram"


class Lane(IntEnum):
    """Order of sending: a smaller lane goes first."""

    STATUTORY = 0
    WORK = 1
    NEWS = 2


class Notice(Base):
    """One event for one person in one channel.

    Told apart everywhere: *sent* (the channel took it: bots get no receipts of reading), *read*
    (the person's list was opened), *opened* (a button of it was pressed) and *acknowledged* (the
    person said so, or acted).
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "channel", "dedup"),
        Index(
            "ix_notice_waiting",
            "channel",
            "lane",
            "not_before",
            "id",
            postgresql_where="state = 'queued'",
        ),
        Index("ix_notice_person", "person_id", "id"),
        Index(
            "ix_notice_claimed", "channel", "claimed_until", postgresql_where="state = 'sending'"
        ),
        # Dead letters are listed, and few.
        Index("ix_notice_dead", "id", postgresql_where="state = 'dead'"),
        Index("ix_notice_subject", "subject", "id"),
        # One kind is looked for among millions of others.
        Index("ix_notice_kind", "kind", "id"),
        Index("ix_notice_origin", "origin_id", postgresql_where="origin_id IS NOT NULL"),
        Index("ix_notice_for_digest", "not_before", postgresql_where="state = 'digest'"),
        Index("ix_notice_digest", "digest_id", postgresql_where="digest_id IS NOT NULL"),
        # What a broadcast has left to do, looked for each second among all that has gone.
        Index(
            "ix_notice_broadcast",
            "subject",
            "state",
            "id",
            postgresql_where=(
                "kind = 'broadcast.news' AND state IN ('queued', 'sending', 'held', 'digest')"
            ),
        ),
        # The message under which a button was pressed.
        Index(
            "ix_notice_message",
            "person_id",
            "message_id",
            postgresql_where="message_id IS NOT NULL",
        ),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref]
    # As whom its reader is told: one of a company, or the holder of one of these roles. It is sent
    # only to who still is that. Empty where it is the person's own.
    company_id: Mapped[Ref | None]
    roles: Mapped[list[str] | None] = mapped_column(ARRAY(String(32)))
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    params: Mapped[Json]
    lane: Mapped[int]
    # telegram | email | sms | other
    channel: Mapped[str] = mapped_column(String(16), default=TELEGRAM, server_default=TELEGRAM)
    # The first row of the same event and person, where this is its copy in another channel. Its
    # number is the one that people see.
    origin_id: Mapped[Ref | None]
    # queued -> sending -> sent | unreachable | dead | useless
    # held: waits for an admin's word; dropped: by an admin, with the reason in ``error``
    # muted: in the reader's list only; digest: goes at ``not_before`` with all news of the day,
    # digested: went within the notice ``digest_id``
    state: Mapped[str] = mapped_column(String(16))
    digest_id: Mapped[Ref | None]
    dedup: Mapped[str] = mapped_column(String(250))
    created_at: Mapped[Instant]
    not_before: Mapped[Instant]
    useless_after: Mapped[Instant | None]
    claimed_until: Mapped[Instant | None]
    # Of the owner's turn in which it was claimed: whoever lost the turn settles nothing.
    fence: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[Instant | None]
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None]
    read_at: Mapped[Instant | None]
    opened_at: Mapped[Instant | None]
    acked_at: Mapped[Instant | None]


class Delivery(Base):
    """One attempt to send a notice: the proof of when it went, or why it did not."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_notice", "notice_id", "id"),
        # What failed is looked for among millions that did not; what ended since a moment, too.
        Index("ix_delivery_failed", "outcome", "id", postgresql_where="outcome <> 'sent'"),
        Index("ix_delivery_ended", "ended_at"),
    )

    id: Mapped[Key]
    notice_id: Mapped[Ref] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str] = mapped_column(String(16))
    # Which attempt it was, from 1.
    attempt: Mapped[int]
    began_at: Mapped[Instant]
    ended_at: Mapped[Instant]
    # sent | retry (again at retry_at) | unknown (it may have arrived) | unreachable | dead
    outcome: Mapped[str] = mapped_column(String(16))
    retry_at: Mapped[Instant | None]
    # Telegram's number of the message.
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None]


class Hold(Base):
    """A person whom a channel takes nothing for until then: what waits keeps its order."""

    __tablename__ = "notice_hold"

    person_id: Mapped[Ref] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    until: Mapped[Instant]
