"""Price offers: every version is kept (act 344, clause 13.3)."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Instant, Json, Key, Money, Quantity, Ref

offer_number = Sequence("offer_number", metadata=Base.metadata)


class Offer(Base):
    """A supplier's offer on an order; its content is the newest version."""

    __tablename__ = "offer"
    __table_args__ = (
        UniqueConstraint("order_id", "company_id"),
        Index("ix_offer_company", "company_id", "id"),
    )

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, offer_number, server_default=offer_number.next_value(), unique=True
    )
    order_id: Mapped[Ref] = mapped_column(ForeignKey("purchase_order.id"))
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    # submitted | withdrawn
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    submitted_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]
    signature: Mapped[Json | None]


class OfferVersion(Base):
    """One submission of an offer."""

    __tablename__ = "offer_version"
    __table_args__ = (UniqueConstraint("offer_id", "version"),)

    id: Mapped[Key]
    offer_id: Mapped[Ref] = mapped_column(ForeignKey("offer.id"))
    version: Mapped[int]
    submitted_at: Mapped[Instant]
    submitted_by: Mapped[Ref | None]

    lines: Mapped[list[OfferLine]] = relationship(
        order_by="OfferLine.id", cascade="all, delete-orphan", lazy="raise"
    )


class OfferLine(Base):
    """What is offered for one line of the order."""

    __tablename__ = "offer_line"
    __table_args__ = (UniqueConstraint("offer_version_id", "order_line_id"),)

    id: Mapped[Key]
    offer_version_id: Mapped[Ref] = mapped_column(ForeignKey("offer_version.id"))
    order_line_id: Mapped[Ref] = mapped_column(ForeignKey("order_line.id"), index=True)
    quantity: Mapped[Quantity]
    # The price in tenge for the whole volume offered.
    price: Mapped[Money]
    delivery_days: Mapped[int]
    characteristics: Mapped[str]
    warranty: Mapped[str]
    # Judged when the window closes; reason is one of the two grounds of clause 13.4.
    accepted: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(String(32))
