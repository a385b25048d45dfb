"""Goods lists of projects (PSD): what a project needs, item by item (act 344, clause 3)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Quantity, Ref


class GoodsList(Base):
    """The goods list of one project of one customer; taking it in again replaces its items."""

    __tablename__ = "goods_list"
    __table_args__ = (UniqueConstraint("customer_id", "project_code"),)

    id: Mapped[Key]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    project_code: Mapped[str] = mapped_column(String(64))
    project_name: Mapped[str]
    imported_at: Mapped[Instant]


class GoodsListItem(Base):
    """One need of a project; ``gone_at`` is set when a later list no longer has it."""

    __tablename__ = "goods_list_item"
    __table_args__ = (UniqueConstraint("goods_list_id", "item"),)

    id: Mapped[Key]
    goods_list_id: Mapped[Ref] = mapped_column(ForeignKey("goods_list.id"))
    item: Mapped[str] = mapped_column(String(32))
    name_ru: Mapped[str]
    name_kk: Mapped[str]
    code: Mapped[str] = mapped_column(String(32))
    agsk3: Mapped[str] = mapped_column(String(32))
    quantity: Mapped[Quantity]
    unit: Mapped[str] = mapped_column(String(32))
    characteristics: Mapped[str]
    gone_at: Mapped[Instant | None]
