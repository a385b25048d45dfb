"""Companies as the producers' registry and the platform give them, and their goods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref


class Company(Base):
    """A producer, a customer, or both; known by its BIN or IIN."""

    __tablename__ = "company"

    id: Mapped[Key]
    bin: Mapped[str] = mapped_column(String(12), unique=True)
    name_ru: Mapped[str]
    name_kk: Mapped[str]
    is_producer: Mapped[bool] = mapped_column(default=False)
    is_customer: Mapped[bool] = mapped_column(default=False)
    # active | bankrupt | liquidation | unfair | excluded
    status: Mapped[str] = mapped_column(String(16))
    registry_number: Mapped[str]
    # Names, BIN and registry number as they are searched for: see ``rules.fold``.
    folded: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[Instant]


class Good(Base):
    """A product in the registry of Kazakhstani producers (order 327)."""

    __tablename__ = "good"

    id: Mapped[Key]
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"), index=True)
    name_ru: Mapped[str]
    name_kk: Mapped[str]
    code: Mapped[str] = mapped_column(String(32))
    agsk3: Mapped[str] = mapped_column(String(32))
    tnved: Mapped[str] = mapped_column(String(10))
    kpved: Mapped[str] = mapped_column(String(32))
    oked: Mapped[str] = mapped_column(String(16))
    kato: Mapped[str] = mapped_column(String(16))
    capacity: Mapped[str]
    unit: Mapped[str] = mapped_column(String(32))
    local_content: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    localisation_level: Mapped[str]
    included_on: Mapped[date | None]


class GoodKey(Base):
    """A code under which a registered good can be found: matching is equality on these."""

    __tablename__ = "good_key"
    __table_args__ = (Index("ix_good_key_key", "key", "company_id"),)

    good_id: Mapped[Ref] = mapped_column(
        ForeignKey("good.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    company_id: Mapped[Ref]
