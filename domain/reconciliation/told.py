"""Which notices a state must have had: needs by state, and those that nobody was written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.elapsing import award_subject
from domain.awards.model import Award
from domain.base import spelled
from domain.notices.kinds import KINDS
from domain.notices.model import Notice
from domain.orders.model import Order, OrderInvitation
from domain.orders.queries import order_subject
from domain.reconciliation.rules import Difference, Told
from domain.roles import Role
from domain.support.clocks import ticket_subject
from domain.support.model import Ticket

# Somebody acts for the company now, did so then, and was not suspended in between; and nobody
# who ever acted for it has the notice. Companies without people are told nothing.
_UNTOLD = text(
    """
    SELECT need.position
    FROM jsonb_to_recordset(CAST(:needs AS jsonb)) AS need(
        position int, kinds jsonb, company bigint, role text, since timestamptz,
        subjects jsonb, exactly boolean
    )
    WHERE EXISTS (
        SELECT 1 FROM membership
        JOIN person ON person.id = membership.person_id
        WHERE membership.company_id = need.company AND membership.role = need.role
            AND membership.state = 'active' AND membership.created_at <= need.since
            AND person.state = 'active'
            AND NOT EXISTS (
                SELECT 1 FROM notice AS resumed
                WHERE resumed.person_id = person.id AND resumed.kind = 'account.resumed'
                    AND resumed.created_at >= need.since
            )
    ) AND NOT EXISTS (
        SELECT 1 FROM notice
        JOIN membership ON membership.person_id = notice.person_id
            AND membership.company_id = need.company AND membership.role = need.role
        WHERE notice.subject IN (SELECT jsonb_array_elements_text(need.subjects))
            AND notice.kind IN (SELECT jsonb_array_elements_text(need.kinds))
            AND (NOT need.exactly OR notice.created_at = need.since)
    )
    ORDER BY need.position
    """
)
_OUTCOMES = {"confirmed": "award.confirmed", "refused": "award.refused", "lapsed": "award.lapsed"}


async def untold(session: AsyncSession, needs: Sequence[Told]) -> list[Difference]:
    """Those of the needs that were not met. What people may mute is not asked for."""
    asked = [need for need in needs if not any(KINDS[kind].mutable for kind in need.kinds)]
    if not asked:
        return []
    values = [
        {
            "position": position,
            "kinds": list(need.kinds),
            "company": need.company_id,
            "role": need.role,
            "since": need.since.isoformat(),
            "subjects": list(need.subjects),
            "exactly": need.exactly,
        }
        for position, need in enumerate(asked)
    ]
    found = await session.scalars(_UNTOLD, {"needs": spelled(values)})
    return [
        Difference(
            "notice_missing",
            asked[position].subject,
            asked[position].kinds[0],
            {"company": asked[position].company_id, "role": asked[position].role},
        )
        for position in found
    ]


async def of_orders(session: AsyncSession, orders: Sequence[Order]) -> list[Told]:
    """What those who take part in these orders must have been told."""
    needs = []
    for order in orders:
        subject = order_subject(order.number)
        customer = (order.customer_id, Role.CUSTOMER.value)
        if order.state == "choosing" and order.closed_at is not None:
            kinds = ("order.summary", "order.choose_again")
            needs.append(Told(subject, kinds, *customer, order.closed_at, (subject,)))
        if order.state == "failed" and order.finished_at is not None:
            when = order.finished_at
            needs.append(Told(subject, ("order.failed",), *customer, when, (subject,), True))
    collecting = {each.id: each for each in orders if each.state == "collecting"}
    invited = await session.execute(
        select(
            OrderInvitation.order_id, OrderInvitation.company_id, OrderInvitation.invited_at
        ).where(OrderInvitation.order_id.in_(collecting))
    )
    for order_id, company, at in invited:
        subject = order_subject(collecting[order_id].number)
        role = Role.SUPPLIER.value
        needs.append(Told(subject, ("order.invited",), company, role, at, (subject,), True))
    return needs


async def of_awards(session: AsyncSession, awards: Sequence[Award]) -> list[Told]:
    """What both sides of these awards must have been told: one notice speaks for many of them."""
    orders = {award.order_id for award in awards}
    fellows: dict[int, list[str]] = {}
    for order_id, number in await session.execute(
        select(Award.order_id, Award.number).where(Award.order_id.in_(orders))
    ):
        fellows.setdefault(order_id, []).append(award_subject(number))
    customers = await session.execute(
        select(Order.id, Order.customer_id).where(Order.id.in_(orders))
    )
    customer_of: dict[int, int] = {row[0]: row[1] for row in customers}
    needs = []
    for award in awards:
        subject, subjects = award_subject(award.number), tuple(fellows[award.order_id])
        supplier = (award.company_id, Role.SUPPLIER.value)
        customer = (customer_of[award.order_id], Role.CUSTOMER.value)
        if award.state == "pending":
            kinds, when = ("award.selected",), award.selected_at
            needs.append(Told(subject, kinds, *supplier, when, subjects, True))
        elif award.outcome in _OUTCOMES and award.decided_at is not None:
            for side in (supplier, customer):
                kinds = (_OUTCOMES[award.outcome],)
                needs.append(Told(subject, kinds, *side, award.decided_at, subjects, True))
    return needs


async def untold_tickets(
    session: AsyncSession, tickets: Sequence[Ticket], now: datetime
) -> list[Difference]:
    """Whoever wrote in the chat has their number (act 366, clause 19; act 627, clause 17)."""
    asked = [
        each
        for each in tickets
        if each.person_id is not None
        and each.channel in ("chat", "voice")
        and each.incident_id is None
        and each.opened_at <= now
    ]
    subjects = [ticket_subject(each.number) for each in asked]
    rows = await session.execute(
        select(Notice.subject, Notice.person_id).where(
            Notice.subject.in_(subjects), Notice.kind == "ticket.received"
        )
    )
    told = {(subject, person) for subject, person in rows}
    return [
        Difference("notice_missing", subject, "ticket.received", {"person": each.person_id})
        for each, subject in zip(asked, subjects, strict=True)
        if (subject, each.person_id) not in told
    ]
