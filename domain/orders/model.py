"""Orders for goods (act 344, clauses 12 and 13)."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, Instant, Json, Key, Money, Quantity, Ref

order_number = Sequence("order_number", metadata=Base.metadata)

# draft -> collecting -> choosing <-> confirming -> contracting -> done; failed from any published
ORDER_STATES = ("draft", "collecting", "choosing", "confirming", "contracting", "done", "failed")


class Order(Base):
    """A customer's order of homogeneous goods."""

    __tablename__ = "purchase_order"
    # A page of a list is read from the newest end of one of these.
    __table_args__ = (
        Index("ix_purchase_order_customer", "customer_id", "id"),
        Index("ix_purchase_order_customer_state", "customer_id", "state", "id"),
        Index("ix_purchase_order_state", "state", "id"),
    )

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, order_number, server_default=order_number.next_value(), unique=True
    )
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    created_by: Mapped[Ref | None]
    created_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(String(16))
    # Raised by every change: a button drawn for an older revision is answered as stale.
    revision: Mapped[int] = mapped_column(default=1)
    delivery_place: Mapped[str]
    delivery_terms: Mapped[str]
    delivery_days: Mapped[int]
    published_at: Mapped[Instant | None]
    offers_due_at: Mapped[Instant | None]
    closed_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
    # "15.1" | "15.2" | "15.3": the ground of clause 15 of act 344
    failure_ground: Mapped[str | None] = mapped_column(String(8))
    protocol_version: Mapped[int] = mapped_column(default=0)
    # The EDS of clause 13.1: empty until signing is built; shown as "not signed".
    signature: Mapped[Json | None]

    lines: Mapped[list[OrderLine]] = relationship(
        order_by="OrderLine.position", cascade="all, delete-orphan", lazy="raise"
    )


class OrderLine(Base):
    """One good of an order: what, how much, and the sum allocated for it."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    id: Mapped[Key]
    order_id: Mapped[Ref] = mapped_column(ForeignKey("purchase_order.id"))
    position: Mapped[int]
    name_ru: Mapped[str]
    name_kk: Mapped[str]
    code: Mapped[str] = mapped_column(String(32))
    agsk3: Mapped[str] = mapped_column(String(32))
    quantity: Mapped[Quantity]
    unit: Mapped[str] = mapped_column(String(32))
    allocated_sum: Mapped[Money]
    characteristics: Mapped[str]
    goods_list_item_id: Mapped[Ref | None] = mapped_column(
        ForeignKey("goods_list_item.id"), index=True
    )
    # The volume marked as bought outside the rules (act 344, clause 13.6, third paragraph).
    outside_quantity: Mapped[Quantity] = mapped_column(default=0)


class OrderInvitation(Base):
    """A potential supplier that received the order (act 344, clause 13.2)."""

    __tablename__ = "order_invitation"
    __table_args__ = (Index("ix_order_invitation_company", "company_id", "order_id"),)

    order_id: Mapped[Ref] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"), primary_key=True)
    # The lines that matched and the codes by which they did: {"1": ["ens:331312.100.000000"]}
    matched: Mapped[Json]
    invited_at: Mapped[Instant]
    declined_at: Mapped[Instant | None]
    decline_reason: Mapped[str | None]
