"""Awards: volumes a customer gives to suppliers, and what they decide (act 344, 13.6-13.10)."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Money, Quantity, Ref

award_number = Sequence("award_number", metadata=Base.metadata)


class Award(Base):
    """A volume of one line given to one supplier."""

    __tablename__ = "award"
    __table_args__ = (
        Index("ix_award_order", "order_id"),
        Index("ix_award_company", "company_id", "id"),
    )

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, award_number, server_default=award_number.next_value(), unique=True
    )
    order_id: Mapped[Ref] = mapped_column(ForeignKey("purchase_order.id"))
    order_line_id: Mapped[Ref] = mapped_column(ForeignKey("order_line.id"))
    offer_line_id: Mapped[Ref] = mapped_column(ForeignKey("offer_line.id"))
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    quantity: Mapped[Quantity]
    price: Mapped[Money]
    # pending | active | unsuccessful, as in the Open Contracting Data Standard
    state: Mapped[str] = mapped_column(String(16))
    # confirmed | refused | lapsed
    outcome: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None]
    selected_at: Mapped[Instant]
    selected_by: Mapped[Ref | None]
    due_at: Mapped[Instant]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[Ref | None]
    contract_id: Mapped[Ref | None] = mapped_column(ForeignKey("contract.id"))
    signature: Mapped[Json | None]


class Protocol(Base):
    """A version of the protocol of results (act 344, clause 13.8, annex 1)."""

    __tablename__ = "protocol"
    __table_args__ = (UniqueConstraint("order_id", "version"),)

    id: Mapped[Key]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("purchase_order.id"))
    version: Mapped[int]
    formed_at: Mapped[Instant]
    data: Mapped[Json]
    hash: Mapped[str] = mapped_column(String(64))
    signature: Mapped[Json | None]
