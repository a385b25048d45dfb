"""Building the card of an order for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, bindparam, cast, exists, func, or_, select

from domain.awards.model import Award
from domain.base import gathered, is_id
from domain.clock import ASTANA
from domain.contracts.model import Contract
from domain.deadlines import DeadlineView, of_order
from domain.errors import NotFound
from domain.files import Attachment
from domain.notices.receipts import Reach, companies_reached, reach
from domain.offers.model import Offer
from domain.orders.model import Order, OrderInvitation, OrderLine
from domain.orders.queries import INVITED, check_may_see, files_of, is_customer, order_subject
from domain.orders.views import (
    LINE,
    AwardView,
    ContractView,
    Elsewhere,
    LineView,
    Mine,
    OrderCard,
    Party,
    party,
)
from domain.people.model import Membership
from domain.registry.model import Company
from domain.roles import WATCHERS, Role
from domain.work import Look


async def awards_of(look: Look, order: Order, only: int | None = None) -> list[AwardView]:
    """Awards of an order, oldest first; ``only`` keeps those of one supplier."""
    statement = (
        select(Award, Company, Contract.contract_number, OrderLine.position)
        .join(Company, Company.id == Award.company_id)
        .join(OrderLine, OrderLine.id == Award.order_line_id)
        .outerjoin(Contract, Contract.id == Award.contract_id)
        .where(Award.order_id == order.id)
        .order_by(Award.id)
    )
    if only is not None:
        statement = statement.where(Award.company_id == only)
    rows = await look.session.execute(statement)
    return [
        AwardView(
            id=award.number,
            order_number=order.number,
            supplier=party(company),
            line=position,
            quantity=award.quantity,
            price=award.price,
            state=award.state,
            outcome=award.outcome,
            reason=award.reason,
            selected_at=award.selected_at,
            due_at=award.due_at,
            decided_at=award.decided_at,
            contract_number=contract_number,
        )
        for award, company, contract_number, position in rows
    ]


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """The awards that a proposed contract will be about: confirmed by its date and its entry."""
    confirmed_on = cast(func.timezone(ASTANA.key, Award.decided_at), Date)
    return (
        Contract.state == "proposed",
        Award.contract_id.is_(None),
        Award.decided_at <= Contract.entered_at,
        confirmed_on <= Contract.signed_on,
    )


async def contracts_of(look: Look, order: Order, only: int | None = None) -> list[ContractView]:
    """Contracts of an order that stand: proposed or concluded."""
    total = (
        select(func.coalesce(func.sum(Award.price), 0))
        .where(
            Award.order_id == Contract.order_id,
            Award.company_id == Contract.company_id,
            Award.state == "active",
            or_(Award.contract_id == Contract.id, and_(*_waiting())),
        )
        .scalar_subquery()
    )
    attached = (
        select(func.count())
        .where(Attachment.subject == func.concat("contract:", Contract.id))
        .scalar_subquery()
    )
    statement = (
        select(Contract, Company, total, attached)
        .join(Company, Company.id == Contract.company_id)
        .where(Contract.order_id == order.id, Contract.state != "withdrawn")
        .order_by(Contract.id)
    )
    if only is not None:
        statement = statement.where(Contract.company_id == only)
    rows = await look.session.execute(statement)
    return [
        ContractView(
            id=contract.id,
            order_number=order.number,
            supplier=party(company),
            contract_number=contract.contract_number,
            signed_on=contract.signed_on,
            state=contract.state,
            entered_by_side=contract.entered_by_side,
            entered_at=contract.entered_at,
            agreed_at=contract.agreed_at,
            sum=Decimal(sum_),
            files=files,
        )
        for contract, company, sum_, files in rows
    ]


# A card is what people open most: one statement, made once, brings all that every card shows.
_INVITATIONS = (
    select(
        OrderInvitation.company_id,
        OrderInvitation.matched,
        OrderInvitation.declined_at,
        Membership.id,
        Company.bin,
        Company.name_ru,
        Company.name_kk,
    )
    .join(Membership, Membership.company_id == OrderInvitation.company_id)
    .join(Company, Company.id == OrderInvitation.company_id)
    .where(
        OrderInvitation.order_id == Order.id,
        Membership.person_id == bindparam("person_id"),
        Membership.role == Role.SUPPLIER.value,
        Membership.state == "active",
    )
    .order_by(Membership.id)
    .correlate(Order)
)
_LINES = select(*LINE).where(OrderLine.order_id == Order.id).order_by(OrderLine.position)
_ORDER = (
    select(
        Order,
        Company,
        Offer,
        select(func.count())
        .where(OrderInvitation.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery(),
        select(func.count())
        .where(Offer.order_id == Order.id, Offer.state == "submitted")
        .correlate(Order)
        .scalar_subquery(),
        exists().where(Attachment.subject == func.concat("order:", Order.number)).correlate(Order),
        gathered(_LINES.correlate(Order)),
        gathered(of_order(Order.id).correlate(Order)),
        gathered(_INVITATIONS),
    )
    .join(Company, Company.id == Order.customer_id)
    .outerjoin(Offer, and_(Offer.order_id == Order.id, Offer.company_id == bindparam("company_id")))
    .where(Order.number == bindparam("number"))
)


def _mine(look: Look, offer: Offer | None, invitations: Sequence[Sequence[Any]]) -> Mine | None:
    """What the order is to a supplier; ``invitations`` are rows of ``_INVITATIONS``."""
    if look.actor.role is not Role.SUPPLIER or look.actor.company_id is None:
        return None
    mine = Mine(
        invited=False,
        matched_lines=(),
        declined=False,
        offer_number=offer.number if offer else None,
        offer_version=offer.version if offer else None,
        offer_state=offer.state if offer else None,
    )
    for company_id, matched, declined_at, membership_id, *named in invitations:
        if company_id == look.actor.company_id:
            lines = tuple(sorted(int(line) for line in matched))
            mine = replace(mine, invited=True, matched_lines=lines, declined=bool(declined_at))
        else:
            elsewhere = Elsewhere(membership_id, Party(*named))
            mine = replace(mine, elsewhere=(*mine.elsewhere, elsewhere))
    return mine


def _sees_all(look: Look, order: Order) -> bool:
    return is_customer(look.actor, order) or look.actor.role in WATCHERS


async def card_of(look: Look, number: int) -> OrderCard:
    """The card; a supplier sees its own awards and contracts only, the customer and watchers all.

    The count of offers is None while they are sealed. Raises NotFound ``order_unknown``, also
    for an order that the actor may not see.
    """
    row = None
    if is_id(number):
        actor = look.actor
        given = {"number": number, "company_id": actor.company_id, "person_id": actor.person_id}
        row = (await look.session.execute(_ORDER, given)).one_or_none()
    if row is None:
        raise NotFound("order_unknown", None, number=number)
    order, customer, offer, invited, offers, has_files, lines, deadlines, invitations = row
    check_may_see(look.actor, order)
    only = None if _sees_all(look, order) else look.actor.company_id or 0
    awards = await awards_of(look, order, only) if order.closed_at else []
    contracts = await contracts_of(look, order, only) if order.closed_at else []
    own = {order_subject(order.number), *(f"award:{award.id}" for award in awards)}
    terms = [DeadlineView(*term) for term in deadlines]
    return OrderCard(
        number=order.number,
        state=order.state,
        revision=order.revision,
        customer=party(customer),
        delivery_place=order.delivery_place,
        delivery_terms=order.delivery_terms,
        delivery_days=order.delivery_days,
        created_at=order.created_at,
        published_at=order.published_at,
        offers_due_at=order.offers_due_at,
        closed_at=order.closed_at,
        finished_at=order.finished_at,
        failure_ground=order.failure_ground,
        lines=[LineView(*line) for line in lines],
        deadlines=[term for term in terms if term.subject in own],
        invited=invited if order.published_at else 0,
        offers=offers if order.closed_at else None,
        awards=awards,
        contracts=contracts,
        protocol_version=order.protocol_version,
        files=await files_of(look.session, order_subject(order.number)) if has_files else [],
        mine=_mine(look, offer, invitations),
        signed=order.signature is not None,
        now=look.now,
        reach=await _reach(look, order) if only is None and order.published_at else None,
    )


async def _reach(look: Look, order: Order) -> Reach:
    """How many of the invited companies were told of the order, and by which channels."""
    companies = await look.session.scalars(
        select(OrderInvitation.company_id).where(OrderInvitation.order_id == order.id)
    )
    subject = order_subject(order.number)
    return reach(await companies_reached(look.session, INVITED, subject, sorted(set(companies))))
