"""Undoing what a fault has brought about: procedures, lapses, protocols (366, 29.4-29.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.listing import formed_list
from domain.awards.model import Award
from domain.awards.protocols import form_protocol
from domain.awards.rules import AwardOutcome
from domain.awards.settling import settle
from domain.contracts.model import Contract
from domain.deadlines import Deadline
from domain.law import CONFIRMATION, CONTRACT, SELECTION
from domain.offers.model import Offer, OfferLine, OfferVersion
from domain.orders.model import Order, OrderLine
from domain.orders.queries import lock_order
from domain.work import Work

# What runs of an order after its window has closed.
_LATER = (
    SELECTION.name,
    f"overdue.{SELECTION.name}",
    CONFIRMATION.name,
    CONTRACT.name,
    f"overdue.{CONTRACT.name}",
)


async def run_again(work: Work, orders: Sequence[int]) -> None:
    """Take offers again for these orders: what followed from the close of the window is undone.

    Offers stay, sealed again, with the verdicts taken off; suppliers may change or withdraw
    them. Awards are annulled, contracts that wait for the other side withdrawn, later terms
    cancelled. The orders are held; their windows have been moved (366, clause 29.5).
    """
    ids = list(orders)
    session = work.session
    await _cancel_later(work, ids)
    await _undo_results(session, ids, work.now)
    await session.execute(
        update(Order)
        .where(Order.id == func.any(ids))
        .values(
            state="collecting",
            closed_at=None,
            finished_at=None,
            failure_ground=None,
            revision=Order.revision + 1,
        )
        .execution_options(synchronize_session=False)
    )
    forget(session)


async def _undo_results(session: AsyncSession, ids: Sequence[int], now: datetime) -> None:
    """Awards, contracts that wait, verdicts on offers, volumes marked as bought outside."""
    await session.execute(
        update(Award)
        .where(Award.order_id == func.any(ids))
        .values(
            state="unsuccessful",
            outcome=AwardOutcome.ANNULLED.value,
            decided_at=func.coalesce(Award.decided_at, now),
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Contract)
        .where(Contract.order_id == func.any(ids), Contract.state == "proposed")
        .values(state="withdrawn")
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(OfferLine)
        .where(
            OfferLine.offer_version_id.in_(
                select(OfferVersion.id)
                .join(Offer, Offer.id == OfferVersion.offer_id)
                .where(Offer.order_id == func.any(ids))
            )
        )
        .values(accepted=None, reason=None)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(OrderLine)
        .where(OrderLine.order_id == func.any(ids))
        .values(outside_quantity=0)
        .execution_options(synchronize_session=False)
    )


def forget(session: AsyncSession) -> None:
    """Whatever the session has read of orders before is read anew; nothing else is touched."""
    for each in list(session.identity_map.values()):
        if isinstance(each, Order | OrderLine | Award | OfferLine | Contract):
            session.expire(each)


async def _cancel_later(work: Work, orders: Sequence[int]) -> None:
    reminders = [f"remind.{kind}" for kind in _LATER]
    await work.session.execute(
        update(Deadline)
        .where(
            Deadline.order_id == func.any(list(orders)),
            Deadline.kind.in_((*_LATER, *reminders)),
            Deadline.state == "open",
        )
        .values(state="cancelled", closed_at=work.now)
        .execution_options(synchronize_session=False)
    )


async def restore_awards(work: Work, order_number: int, ends: Mapping[int, datetime]) -> None:
    """Undo the lapse of awards of one order: their holders may confirm until the new end.

    ``ends`` by the award's number. No list of unreliable suppliers is kept yet; a lapse is the
    one entry against a supplier that there is (366, clause 29.6).
    """
    order = await lock_order(work, order_number)
    order.failure_ground = None
    order.finished_at = None
    if order.state == "failed":
        order.state = "choosing"
    formed = await formed_list(work.session, order)
    for award in formed.awards:
        if award.number in ends:
            award.state, award.outcome, award.reason = "pending", None, None
            award.decided_at = award.decided_by = None
            award.due_at = ends[award.number]
    await work.session.flush()
    await settle(work, formed)


async def form_anew(work: Work, orders: Sequence[int]) -> None:
    """Form the next version of the protocol of each order and announce it (366, clause 29.4).

    An order which has had no protocol gets none.
    """
    for number in orders:
        order = await lock_order(work, number)
        if order.protocol_version:
            await form_protocol(work, await formed_list(work.session, order))
