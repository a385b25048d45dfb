"""A supplier's decision on what it was selected for: once, in time, by the right company (13.7)."""

from __future__ import annotations

from sqlalchemy import select

from domain.awards.elapsing import award_subject, conclude
from domain.awards.fellows import selected_with
from domain.awards.listing import FormedList, formed_list
from domain.awards.model import Award
from domain.awards.rules import AwardOutcome, check_decision
from domain.base import is_id
from domain.deadlines import close
from domain.errors import AccessDenied, NotFound
from domain.escalations.chains import CONFIRMATION as ASKED
from domain.escalations.running import stop
from domain.law import CONFIRMATION
from domain.orders.model import Order
from domain.orders.queries import check_company, lock_order
from domain.people.queries import may_act_for
from domain.roles import Role
from domain.work import Work


async def decide(
    work: Work,
    award_number: int,
    outcome: AwardOutcome,
    reason: str | None,
    *,
    whole_selection: bool = False,
) -> tuple[list[Award], FormedList]:
    """Record a decision on an award, or on all that still waits of its selection (13.7)."""
    if not is_id(award_number):
        raise NotFound("award_unknown", None, award=award_number)
    found = await work.session.execute(
        select(Order.number, Award.company_id)
        .join(Award, Award.order_id == Order.id)
        .where(Award.number == award_number)
    )
    known = found.one_or_none()
    if known is None:
        raise NotFound("award_unknown", None, award=award_number)
    order_number, company_id = known
    if not await may_act_for(work.session, work.actor, company_id, Role.SUPPLIER):
        raise AccessDenied("not_your_company", "366-8")
    work.act_for(company_id)
    order = await lock_order(work, order_number)
    formed = await formed_list(work.session, order)
    award = next(each for each in formed.awards if each.number == award_number)
    awards = [award]
    fellows = selected_with(formed.awards, award)
    if whole_selection:
        awards = [each for each in fellows if each.state == "pending"] or awards
    for each in awards:
        check_decision(AwardOutcome(each.outcome) if each.outcome else None, each.due_at, work.now)
    if outcome is AwardOutcome.CONFIRMED:
        check_company(formed.companies[company_id])
    await conclude(work, awards, outcome, reason)
    await close(work, [award_subject(each.number) for each in awards], [CONFIRMATION.name])
    await stop(work, [award_subject(each.number) for each in fellows], categories=(ASKED.category,))
    return awards, formed


def bound_by(formed: FormedList, award: Award) -> dict[str, object]:
    """What a confirmation binds to: as offered, within the allocated sum (clause 13.7)."""
    offered = next(line for line, *_ in formed.rows if line.id == award.offer_line_id)
    return {
        "quantity": award.quantity,
        "price": award.price,
        "delivery_days": offered.delivery_days,
        "characteristics": offered.characteristics,
        "warranty": offered.warranty,
    }
