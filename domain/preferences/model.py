"""What people and companies have chosen about notices, and the private addresses of calendars."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref


class Preference(Base):
    """How a person wants to be told; whoever has no row is told everything at once.

    The language stands with the person (``Person.language``).
    """

    __tablename__ = "preference"

    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), primary_key=True)
    # Quiet hours: minutes since midnight in Astana, both or none; the second is exclusive and may
    # lie on the next day.
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    # Days of the week on which they begin: bit 0 is Monday.
    quiet_days: Mapped[int] = mapped_column(default=127)
    # When news and work of a day come as one message: minutes since midnight in Astana.
    digest_at: Mapped[int | None]
    # Names of categories (``domain.notices.kinds``).
    muted: Mapped[list[str]] = mapped_column(ARRAY(String(32)))
    changed_at: Mapped[Instant]


class ReminderRhythm(Base):
    """The reminders that a company wants before its terms end, in place of the usual ones."""

    __tablename__ = "reminder_rhythm"

    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)
    # Names of ``domain.law.REMINDERS`` and of the house's further moments.
    names: Mapped[list[str]] = mapped_column(ARRAY(String(48)))
    changed_at: Mapped[Instant]
    changed_by: Mapped[Ref | None]


class CalendarFeed(Base):
    """A private address of a company's deadlines for a person's calendar program."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        # One at a time for each of a person's roles.
        Index(
            "uq_calendar_feed_running",
            "membership_id",
            unique=True,
            postgresql_where="revoked_at IS NULL",
        ),
    )

    id: Mapped[Key]
    membership_id: Mapped[Ref] = mapped_column(ForeignKey("membership.id"))
    # SHA-256 of the token; the token itself is shown once.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
