"""Reading orders inside a transaction: locks, lines, rights; for the use cases of an order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.actor import Actor
from domain.errors import AccessDenied, NotFound
from domain.files import Attachment
from domain.numbered import lock_row, read_row
from domain.orders.model import Order, OrderInvitation, OrderLine
from domain.orders.views import FileView, file_view
from domain.registry.model import Company
from domain.roles import WATCHERS, Role
from domain.work import Work

#: The notice by which producers learn of an order.
INVITED = "order.invited"


def order_subject(number: int) -> str:
    """How deadlines, notices and the record name an order."""
    return f"order:{number}"


async def lock_order(work: Work, number: int) -> Order:
    """The order with its lines, held until the transaction ends.

    Every use case that changes anything of an order takes this lock first. A sweep does not
    wait for it (raises Busy and comes back), because it already holds deadline rows.
    """
    return await lock_row(work, number, _with_lines(number), _unknown(number))


async def read_order(session: AsyncSession, number: int) -> Order:
    """The order with its lines, not held; NotFound ``order_unknown`` when there is none."""
    return await read_row(session, number, _with_lines(number), _unknown(number))


def _with_lines(number: int) -> Select[Order]:
    # Lines come by a statement of their own, after the lock: they may have changed before it.
    return select(Order).where(Order.number == number).options(selectinload(Order.lines))


def _unknown(number: int) -> NotFound:
    return NotFound("order_unknown", None, number=number)


def check_may_see(actor: Actor, order: Order) -> None:
    """Who may look at an order (act 344, clauses 4, 8 and 11; act 366, clause 8).

    A draft is its customer's alone; a published order is for every registered supplier, the
    customer, and those who watch.
    """
    if is_customer(actor, order):
        return
    allowed = actor.role in WATCHERS or actor.role in (Role.SUPPLIER, Role.SUPPORT)
    if order.state == "draft" or not allowed:
        raise NotFound("order_unknown", None, number=order.number)


def is_customer(actor: Actor, order: Order) -> bool:
    """Whether the actor is the customer's side of the order: its person, or an integration.

    A company may be a customer and a producer: its suppliers have no rights of its customers.
    """
    return actor.role in (None, Role.CUSTOMER) and actor.acts_for(order.customer_id)


def check_customer(actor: Actor, order: Order) -> None:
    """Only the customer of the order, or an integration on its behalf, may do this."""
    if actor.role is not None and actor.role is not Role.CUSTOMER:
        raise AccessDenied("role_not_allowed", "366-8", role=actor.role.value)
    actor.check_acts_for(order.customer_id)


async def invitation_of(
    session: AsyncSession, order_id: int, company_id: int
) -> OrderInvitation | None:
    """The company's invitation to the order, if it matched."""
    return await session.get(OrderInvitation, (order_id, company_id))


async def silent_companies(
    session: AsyncSession, order_id: int, offered: Sequence[int]
) -> Sequence[int]:
    """Ids of the invited who are not among those that offered and have not declined."""
    found = await session.scalars(
        select(OrderInvitation.company_id).where(
            OrderInvitation.order_id == order_id,
            OrderInvitation.declined_at.is_(None),
            OrderInvitation.company_id != func.all(list(offered)),
        )
    )
    return found.all()


def check_company(company: Company) -> None:
    """A company takes part only while the registries have nothing against it (act 344, clause 6).

    Raises AccessDenied ``company_bankrupt``, ``company_liquidation``, ``company_unfair``,
    ``company_excluded``.
    """
    if company.status != "active":
        raise AccessDenied(f"company_{company.status}", "344-6.refuse", bin=company.bin)


async def company_by_bin(session: AsyncSession, bin_: str) -> Company:
    """The company with this BIN or IIN; NotFound ``company_unknown`` when there is none."""
    # Anything else cannot be in the table, and the database would not even take it.
    known = bin_.isascii() and bin_.isdigit()
    company = await session.scalar(select(Company).where(Company.bin == bin_)) if known else None
    if company is None:
        raise NotFound("company_unknown", "344-7", bin=bin_)
    return company


async def files_of(session: AsyncSession, subject: str) -> list[FileView]:
    """Files attached to a subject, in order."""
    rows = await session.scalars(
        select(Attachment).where(Attachment.subject == subject).order_by(Attachment.position)
    )
    return [file_view(row) for row in rows]


def goods_of(lines: Sequence[OrderLine], only: Sequence[int] | None = None) -> list[dict[str, str]]:
    """The goods as notices carry them: names, quantity and unit, no sums."""
    return [
        {
            "line": str(line.position),
            "name_ru": line.name_ru,
            "name_kk": line.name_kk,
            "quantity": str(line.quantity),
            "unit": line.unit,
        }
        for line in lines
        if only is None or line.position in only
    ]
