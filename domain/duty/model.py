"""Duty rosters of companies and absences of their people."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref


class DutyRoster(Base):
    """The turns of a company in one of its roles; a company without one has no row."""

    __tablename__ = "duty_roster"
    __table_args__ = (UniqueConstraint("company_id", "role"),)

    id: Mapped[Key]
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32))
    # The Monday of the week of the first turn.
    since: Mapped[date] = mapped_column(Date)
    # People by turn, a week each.
    turns: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    changed_at: Mapped[Instant]
    changed_by: Mapped[Ref | None]


class DutyDates(Base):
    """Days on which a person has the duty out of turn: a hand-over."""

    __tablename__ = "duty_dates"
    __table_args__ = (Index("ix_duty_dates_company", "company_id", "role", "last"),)

    id: Mapped[Key]
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    entered_at: Mapped[Instant]
    entered_by: Mapped[Ref | None]
    removed_at: Mapped[Instant | None]


class Absence(Base):
    """Days on which a person does nothing for a company, and who stands in."""

    __tablename__ = "absence"
    __table_args__ = (Index("ix_absence_company", "company_id", "role", "last"),)

    id: Mapped[Key]
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    entered_at: Mapped[Instant]
    entered_by: Mapped[Ref | None]
    removed_at: Mapped[Instant | None]
