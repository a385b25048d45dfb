"""The edge's own tables: updates received and conversation state."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key


class InboxUpdate(Base):
    """An update as Telegram sent it, stored before it is acknowledged."""

    __tablename__ = "inbox_update"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_inbox_update_queue", "id", postgresql_where="state IN ('queued', 'working')"),
        Index(
            "ix_inbox_update_chat",
            "bot_id",
            "chat_id",
            "update_id",
            postgresql_where="state IN ('queued', 'working')",
        ),
    )

    id: Mapped[Key]
    bot_id: Mapped[int] = mapped_column(BigInteger)
    update_id: Mapped[int] = mapped_column(BigInteger)
    # None where an update belongs to no chat: such updates wait for nobody.
    chat_id: Mapped[int | None] = mapped_column(BigInteger)
    payload: Mapped[Json]
    # By the clock of the business: the moment of every act that the update leads to.
    received_at: Mapped[Instant]
    # queued | working | done | failed
    state: Mapped[str] = mapped_column(String(16))
    # How many times it was claimed: more than once only after a process died over it.
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[Instant | None]
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None]
    done_at: Mapped[Instant | None]


class FsmState(Base):
    """Where a conversation stands and what was typed so far."""

    __tablename__ = "fsm_state"

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    # 0 and "": a primary key has no place for NULL.
    thread_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    business_connection_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    destiny: Mapped[str] = mapped_column(String(128), primary_key=True)
    state: Mapped[str | None] = mapped_column(String(128))
    data: Mapped[Json]
    updated_at: Mapped[Instant]
