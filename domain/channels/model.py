"""Where a person can be told things besides Telegram: one address for each channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, DateTime, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref


class ContactAddress(Base):
    """An address in force, and the one that is to take its place once its code was given.

    The code itself stands nowhere: it is made when it is sent, and only its hash is kept.
    """

    __tablename__ = "contact_address"
    __table_args__ = (
        UniqueConstraint("person_id", "channel"),
        Index("ix_contact_address_asked", "channel", postgresql_where="asked_at IS NOT NULL"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    # email | sms | other
    channel: Mapped[str] = mapped_column(String(16))
    # E-mail, phone in E.164, or an Apprise URL; empty until the first one is confirmed.
    address: Mapped[str | None]
    # unverified | verified | failing | removed
    state: Mapped[str] = mapped_column(String(16))
    verified_at: Mapped[Instant | None]
    # The address that waits for its code.
    wanted: Mapped[str | None]
    # Since when a code is to be sent; empty once it has gone.
    asked_at: Mapped[Instant | None]
    claimed_until: Mapped[Instant | None]
    attempts: Mapped[int] = mapped_column(default=0)
    code_hash: Mapped[str | None]
    expires_at: Mapped[Instant | None]
    # Wrong codes given since it was sent.
    tries: Mapped[int] = mapped_column(default=0)
    # When the codes of the last hour were asked for.
    codes: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    failed_at: Mapped[Instant | None]
    last_failure: Mapped[str | None]
    created_at: Mapped[Instant]
