"""What follows from moved deadlines: the instants that orders and awards show, and the people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import select, text

from domain.awards.model import Award
from domain.base import Json, spelled
from domain.deadline_moves import Moved
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW
from domain.orders.model import Order, OrderInvitation
from domain.people.queries import tell_company
from domain.roles import Role
from domain.support.moments import follow_calendar, hold_touched
from domain.work import Work
from domain.working_time.rules import OverrideChange

_AWARD = "award:"
# A notice names so many changed days; the calendar shows the rest.
_DAYS_TOLD = 5


_WINDOWS = text(
    """
    UPDATE purchase_order SET offers_due_at = row.due_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(id bigint, due_at timestamptz)
    WHERE purchase_order.id = row.id
    """
)
_AWARDS = text(
    """
    UPDATE award SET due_at = row.due_at
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(number bigint, due_at timestamptz)
    WHERE award.number = row.number
    """
)


class Touched(Protocol):
    """A moved deadline as the people touched are told of it."""

    @property
    def number(self) -> int | None: ...
    @property
    def subject(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def clause(self) -> str | None: ...
    @property
    def old(self) -> datetime: ...
    @property
    def new(self) -> datetime: ...


def award_number(subject: str) -> int | None:
    """The number of the award that a deadline is about, if it is about one."""
    number = subject.removeprefix(_AWARD)
    return int(number) if subject.startswith(_AWARD) and number.isdigit() else None


async def follow(work: Work, moved: Sequence[Moved]) -> None:
    """Give orders, awards and tickets the new ends: acts are judged by these columns."""
    await follow_orders(work, moved)
    await follow_calendar(work, moved)


async def follow_orders(work: Work, moved: Sequence[Moved]) -> None:
    """Give orders and awards the new ends, however many there are; tickets are left alone."""
    windows = [
        {"id": each.order_id, "due_at": each.new}
        for each in moved
        if each.kind == OFFER_WINDOW.name and each.order_id is not None
    ]
    awards = [
        {"number": number, "due_at": each.new}
        for each in moved
        if each.kind == CONFIRMATION.name and (number := award_number(each.subject)) is not None
    ]
    for statement, rows in ((_WINDOWS, windows), (_AWARDS, awards)):
        if rows:
            await work.session.execute(statement, {"rows": spelled(rows)})


async def hold(work: Work, moved: Sequence[Moved]) -> None:
    """Lock the orders and tickets that will be touched, as every act on one does first.

    An act on an order locks the order, then reads the calendar, then touches deadlines; a
    change of the calendar keeps to that sequence, or the two would wait for each other.
    """
    orders = sorted({each.order_id for each in moved if each.order_id is not None})
    await work.session.execute(
        select(Order.id).where(Order.id.in_(orders)).order_by(Order.id).with_for_update()
    )
    await hold_touched(work, [each.subject for each in moved])


async def tell_touched(
    work: Work, moved: Iterable[Touched], changes: Sequence[OverrideChange] = ()
) -> int:
    """Tell the customer of each order, the invited while the window is open, the award's holder.

    They learn which days have changed and on what ground. Returns the number of notices.
    """
    days = [
        {
            "day": each.day.isoformat(),
            "working": each.working,
            "name_ru": each.name_ru,
            "name_kk": each.name_kk,
            "basis": each.basis,
        }
        for each in changes[:_DAYS_TOLD]
    ]
    about = {"days": days, "more_days": max(len(changes) - _DAYS_TOLD, 0)}
    told = 0
    for each in moved:
        if each.number is None:
            continue
        order = (
            await work.session.execute(
                select(Order.id, Order.customer_id).where(Order.number == each.number)
            )
        ).one()
        told += await _tell(work, [order.customer_id], Role.CUSTOMER, each, about)
        suppliers = await _suppliers(work, order.id, each)
        told += await _tell(work, suppliers, Role.SUPPLIER, each, about)
    return told


async def _suppliers(work: Work, order_id: int, moved: Touched) -> list[int]:
    if moved.kind == OFFER_WINDOW.name:
        invited = await work.session.scalars(
            select(OrderInvitation.company_id).where(
                OrderInvitation.order_id == order_id, OrderInvitation.declined_at.is_(None)
            )
        )
        return list(invited)
    number = award_number(moved.subject)
    if moved.kind in (CONFIRMATION.name, CONTRACT.name) and number is not None:
        holders = await work.session.scalars(select(Award.company_id).where(Award.number == number))
        return list(holders)
    return []


async def _tell(work: Work, companies: list[int], role: Role, moved: Touched, about: Json) -> int:
    return await tell_company(
        work,
        companies,
        role,
        "deadline.moved",
        moved.subject,
        useless_after=max(moved.old, moved.new),
        about=about,
        deadline=moved.kind,
        number=moved.number,
        award=award_number(moved.subject),
        old=moved.old,
        new=moved.new,
        clause=moved.clause,
    )
