"""Broadcasts, whom each is for, and the cards that show how far it has come."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, String, false
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref

broadcast_number = Sequence("broadcast_number", metadata=Base.metadata)

# scheduled -> running -> paused -> running; all three -> stopped. A running one of which nothing
# waits any more is done: that is read from its notices.
BROADCAST_STATES = ("scheduled", "running", "paused", "stopped")


class Broadcast(Base):
    """One message to many people."""

    __tablename__ = "broadcast"
    __table_args__ = (Index("ix_broadcast_open", "number", postgresql_where="over_at IS NULL"),)

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, broadcast_number, server_default=broadcast_number.next_value(), unique=True
    )
    # Of the form it was made with: the same form makes one broadcast.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    # HTML that Telegram takes.
    text_kk: Mapped[str]
    text_ru: Mapped[str]
    # As ``rules.File`` and ``rules.Button`` have them.
    file: Mapped[Json | None]
    button: Mapped[Json | None]
    # As ``rules.Audience`` has it.
    audience: Mapped[Json]
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[Instant]
    created_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    # When it is to start; empty for one that was started at once.
    starts_at: Mapped[Instant | None]
    started_at: Mapped[Instant | None]
    # When the last of its notices was settled, or it was stopped.
    over_at: Mapped[Instant | None]
    # People of the audience at the start, and those of them for whom there is no notice.
    total: Mapped[int] = mapped_column(default=0)
    muted: Mapped[int] = mapped_column(default=0)


class BroadcastReader(Base):
    """A person of the audience, as it was fixed at the start."""

    __tablename__ = "broadcast_reader"

    broadcast_id: Mapped[Ref] = mapped_column(ForeignKey("broadcast.id"), primary_key=True)
    person_id: Mapped[Ref] = mapped_column(primary_key=True)
    # Whether they had muted news then: the notice is only in their list.
    muted: Mapped[bool]


class BroadcastCard(Base):
    """The newest message in a chat that shows how far a broadcast has come."""

    __tablename__ = "broadcast_card"

    broadcast_id: Mapped[Ref] = mapped_column(ForeignKey("broadcast.id"), primary_key=True)
    chat_id: Mapped[Ref] = mapped_column(primary_key=True)
    message_id: Mapped[Ref]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    # When it was brought up to date last, and what it showed then.
    shown_at: Mapped[Instant]
    shown: Mapped[str] = mapped_column(String(200))
    # Whether it has shown the end.
    over: Mapped[bool] = mapped_column(default=False, server_default=false())
