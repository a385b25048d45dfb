"""Whose the notices of a state are, and since when: one function for each reader of the table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.elapsing import award_subject
from domain.awards.model import Award, Protocol
from domain.deadlines import Deadline
from domain.incidents.model import IncidentReport
from domain.offers.model import Offer
from domain.orders.model import Order, OrderInvitation
from domain.orders.queries import order_subject
from domain.reconciliation.rules import Standing, Told
from domain.roles import Role

# Any: rows of the sort's mapped class.
Rows = Sequence[tuple[Standing, Any]]
Reader = Callable[[AsyncSession, Rows, datetime], Awaitable[list[Told]]]

_CUSTOMER, _SUPPLIER = (Role.CUSTOMER.value,), (Role.SUPPLIER.value,)


# Orders


def customer(moment: str, *, exactly: bool) -> Reader:
    """The customer of an order, at a moment of its own."""

    async def found(_session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
        return [
            Told(each.subject, at, (each.subject,), order.customer_id, _CUSTOMER, exactly=exactly)
            for each, order in rows
            if (at := getattr(order, moment)) is not None
        ]

    return found


async def customer_late(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The customer of an order whose selection term is over."""
    late = await _told_late(session, [each.subject for each, _ in rows], "overdue.selection")
    return [
        Told(
            each.subject,
            late[each.subject],
            (each.subject,),
            order.customer_id,
            _CUSTOMER,
            exactly=True,
        )
        for each, order in rows
        if each.subject in late
    ]


async def _told_late(
    session: AsyncSession, subjects: Iterable[str], kind: str
) -> dict[str, datetime]:
    """When the newest word was told that a term is over: the next one is set then."""
    rows = await session.execute(
        select(Deadline.subject, Deadline.started_at).where(
            Deadline.subject.in_(list(subjects)), Deadline.kind == kind, Deadline.state == "open"
        )
    )
    return {row[0]: row[1] for row in rows}


async def customer_protocol(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The customer of an order, of the newest version of its protocol."""
    orders = {order.id: (each, order) for each, order in rows if order.protocol_version}
    formed = await session.execute(
        select(Protocol.order_id, Protocol.formed_at)
        .join(
            Order, and_(Order.id == Protocol.order_id, Order.protocol_version == Protocol.version)
        )
        .where(Protocol.order_id.in_(orders))
    )
    return [
        Told(each.subject, at, (each.subject,), order.customer_id, _CUSTOMER, exactly=True)
        for order_id, at in formed
        for each, order in (orders[order_id],)
    ]


async def invited(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The suppliers that were invited to an order."""
    subjects = {order.id: each.subject for each, order in rows}
    found = await session.execute(
        select(
            OrderInvitation.order_id, OrderInvitation.company_id, OrderInvitation.invited_at
        ).where(OrderInvitation.order_id.in_(subjects))
    )
    return [
        Told(subjects[order], at, (subjects[order],), company, _SUPPLIER, exactly=True)
        for order, company, at in found
    ]


async def offerors(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """Those whose offers were judged when the window closed."""
    closed = {order.id: (each.subject, order.closed_at) for each, order in rows if order.closed_at}
    found = await session.execute(
        select(Offer.order_id, Offer.company_id).where(
            Offer.order_id.in_(closed), Offer.state == "submitted"
        )
    )
    return [
        Told(subject, at, (subject,), company, _SUPPLIER, exactly=True)
        for order, company in found
        for subject, at in (closed[order],)
    ]


# Awards and contracts: one notice speaks for many awards


async def supplier(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The supplier of an award, of having been selected."""
    fellows = await _fellows(session, rows)
    return [
        Told(
            each.subject,
            award.selected_at,
            fellows[award.order_id],
            award.company_id,
            _SUPPLIER,
            exactly=True,
        )
        for each, award in rows
    ]


async def both(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The supplier and the customer of an award, of what was decided."""
    decided = [pair for pair in rows if pair[1].decided_at is not None]
    return await _both_sides(
        session, decided, {each.subject: award.decided_at for each, award in decided}, exactly=True
    )


async def both_late(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The supplier and the customer of an award without a contract in time."""
    late = await _told_late(session, [each.subject for each, _ in rows], "overdue.contract")
    some = [pair for pair in rows if pair[0].subject in late]
    return await _both_sides(session, some, late, exactly=False)


async def _both_sides(
    session: AsyncSession, rows: Rows, moments: dict[str, datetime], *, exactly: bool
) -> list[Told]:
    fellows = await _fellows(session, rows)
    customers = await _customers(session, {award.order_id for _, award in rows})
    return [
        Told(
            each.subject,
            moments[each.subject],
            fellows[award.order_id],
            company,
            role,
            exactly=exactly,
        )
        for each, award in rows
        for company, role in (
            (award.company_id, _SUPPLIER),
            (customers[award.order_id], _CUSTOMER),
        )
    ]


async def _fellows(session: AsyncSession, rows: Rows) -> dict[int, tuple[str, ...]]:
    """The subjects of all awards of the orders."""
    found: dict[int, list[str]] = {}
    for order, number in await session.execute(
        select(Award.order_id, Award.number).where(
            Award.order_id.in_({award.order_id for _, award in rows})
        )
    ):
        found.setdefault(order, []).append(award_subject(number))
    return {order: tuple(subjects) for order, subjects in found.items()}


async def _customers(session: AsyncSession, orders: Iterable[int]) -> dict[int, int]:
    rows = await session.execute(
        select(Order.id, Order.customer_id).where(Order.id.in_(list(orders)))
    )
    return {row[0]: row[1] for row in rows}


async def other_side(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The side of a contract that has not entered it."""
    entered = {Role.SUPPLIER.value: _CUSTOMER, Role.CUSTOMER.value: _SUPPLIER}
    return await _of_contracts(
        session,
        rows,
        "entered_at",
        lambda contract: (
            [entered[contract.entered_by_side]] if contract.entered_by_side in entered else []
        ),
    )


async def sides(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """Both sides of a contract, of its conclusion."""
    return await _of_contracts(session, rows, "agreed_at", lambda _: [_SUPPLIER, _CUSTOMER])


async def _of_contracts(
    session: AsyncSession,
    rows: Rows,
    moment: str,
    roles_of: Callable[[Any], list[tuple[str, ...]]],
) -> list[Told]:
    orders = await session.execute(
        select(Order.id, Order.number, Order.customer_id).where(
            Order.id.in_({contract.order_id for _, contract in rows})
        )
    )
    known = {row[0]: (order_subject(row[1]), row[2]) for row in orders}
    return [
        Told(
            each.subject,
            getattr(contract, moment),
            (known[contract.order_id][0],),
            contract.company_id if roles == _SUPPLIER else known[contract.order_id][1],
            roles,
            exactly=True,
        )
        for each, contract in rows
        for roles in roles_of(contract)
    ]


# The desk and faults


async def asker(_session: AsyncSession, rows: Rows, now: datetime) -> list[Told]:
    """Whoever wrote in the chat, of their number (act 366, clause 19; act 627, clause 17)."""
    return [
        Told(each.subject, ticket.opened_at, (each.subject,), person_id=ticket.person_id)
        for each, ticket in rows
        if ticket.person_id is not None
        and ticket.channel in ("chat", "voice")
        and ticket.incident_id is None
        and ticket.opened_at <= now
    ]


async def authority(_session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """The authorised body, of a level that waits for it (act 366, clause 24)."""
    return [
        Told(each.subject, incident.decided_at, (each.subject,), None, (Role.AUTHORITY.value,))
        for each, incident in rows
        if incident.decided_at is not None
    ]


async def reporters(session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
    """Whoever had reported a fault when it was decided, and has an account."""
    decided = {incident.id: (each, incident.decided_at) for each, incident in rows}
    found = await session.execute(
        select(
            IncidentReport.incident_id, IncidentReport.person_id, IncidentReport.registered_at
        ).where(IncidentReport.incident_id.in_(decided), IncidentReport.person_id.is_not(None))
    )
    return [
        Told(each.subject, at, (each.subject,), person_id=person)
        for incident, person, registered in found
        for each, at in (decided[incident],)
        if at is not None and registered <= at
    ]


def everybody(moment: str) -> Reader:
    """Everybody who is registered, at a moment of works."""

    async def found(_session: AsyncSession, rows: Rows, _now: datetime) -> list[Told]:
        return [
            Told(each.subject, at, (each.subject,), exactly=True)
            for each, works in rows
            if (at := getattr(works, moment)) is not None
        ]

    return found
