"""Contracts concluded after confirmed awards (act 344, clause 13.9)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref


class Contract(Base):
    """A contract of a customer with a supplier on the confirmed volumes of one order."""

    __tablename__ = "contract"
    __table_args__ = (Index("ix_contract_order", "order_id", "company_id"),)

    id: Mapped[Key]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("purchase_order.id"))
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    contract_number: Mapped[str]
    signed_on: Mapped[date] = mapped_column(Date)
    # proposed (one side entered it) | concluded (the other agreed) | withdrawn (corrected)
    state: Mapped[str] = mapped_column(String(16))
    # customer | supplier | platform
    entered_by_side: Mapped[str] = mapped_column(String(16))
    entered_by: Mapped[Ref | None]
    entered_at: Mapped[Instant]
    agreed_at: Mapped[Instant | None]
    agreed_by: Mapped[Ref | None]
    signature: Mapped[Json | None]
