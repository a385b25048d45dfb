"""Tables of webhooks: endpoints, events, a delivery of one to the other, and its attempts."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref


class WebhookCursor(Base):
    """The single row that says up to which entry of the record events have been made."""

    __tablename__ = "webhook_cursor"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)


class WebhookEndpoint(Base):
    """An address that takes events: of one company, or of the operator of the platform."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[Key]
    # Empty: the operator's, which may see every event.
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"), index=True)
    # Name of the token that made it; empty for what people made.
    made_by: Mapped[str | None] = mapped_column(index=True)
    url: Mapped[str]
    # Names of events; an empty list means all of them, also those of later releases.
    events: Mapped[list[str]] = mapped_column(JSONB)
    description: Mapped[str]
    # enabled | disabled | removed
    state: Mapped[str] = mapped_column(String(16))
    # owner | gone | failing | token (the one that made it was revoked)
    disabled_why: Mapped[str | None] = mapped_column(String(16))
    disabled_at: Mapped[Instant | None]
    # Needed in the clear to sign with; both sign until the old one's time is over.
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[Instant | None]
    created_at: Mapped[Instant]
    # Since when every attempt has failed; empty after a success.
    failing_since: Mapped[Instant | None]
    succeeded_at: Mapped[Instant | None]
    # Its server asked for a pause until then.
    held_until: Mapped[Instant | None]


class WebhookEvent(Base):
    """Something that happened, with the exact text that is sent and signed."""

    __tablename__ = "webhook_event"
    __table_args__ = (UniqueConstraint("position", "ordinal"),)

    id: Mapped[Key]
    # The header webhook-id: the same in every attempt and in every replay.
    uid: Mapped[str] = mapped_column(String(40), unique=True)
    # Which entry of the record it was made of, and its place among the events of that entry.
    position: Mapped[int | None] = mapped_column(BigInteger)
    ordinal: Mapped[int]
    type: Mapped[str] = mapped_column(String(48))
    # What order is kept within: "order:15".
    stream: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant]
    body: Mapped[str]
    created_at: Mapped[Instant] = mapped_column(index=True)


class WebhookDelivery(Base):
    """One event for one endpoint."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_id"),
        Index("ix_webhook_delivery_list", "endpoint_id", "id"),
        Index(
            "ix_webhook_delivery_due",
            "endpoint_id",
            "not_before",
            postgresql_where="state IN ('queued', 'sending')",
        ),
        Index(
            "ix_webhook_delivery_open",
            "endpoint_id",
            "stream",
            "id",
            postgresql_where="state IN ('held', 'waiting', 'queued', 'sending')",
        ),
    )

    id: Mapped[Key]
    endpoint_id: Mapped[Ref] = mapped_column(ForeignKey("webhook_endpoint.id"))
    event_id: Mapped[Ref] = mapped_column(ForeignKey("webhook_event.id"), index=True)
    stream: Mapped[str] = mapped_column(String(64))
    # waiting (behind an earlier one of its stream) -> queued -> sending -> delivered | dead;
    # skipped: its endpoint was disabled; held: waits for an admin since a restore, and holds up
    # its stream
    state: Mapped[str] = mapped_column(String(16))
    # Attempts since it was queued or replayed.
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[Instant]
    claimed_until: Mapped[Instant | None]
    # Raised by every claim: a worker whose claim has been taken over settles nothing any more.
    fence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]


class WebhookAttempt(Base):
    """One attempt to deliver."""

    __tablename__ = "webhook_attempt"

    id: Mapped[Key]
    delivery_id: Mapped[Ref] = mapped_column(
        ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[Instant]
    # Milliseconds.
    duration: Mapped[int]
    # The status of the answer; empty when there was none.
    status: Mapped[int | None]
    # delivered | refused | redirected | timeout | unreachable | forbidden_address | gone
    outcome: Mapped[str] = mapped_column(String(32))
    # The first characters of the answer, or what went wrong.
    answer: Mapped[str]
