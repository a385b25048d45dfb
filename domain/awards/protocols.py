"""Forming the protocol of results and telling everybody it concerns (act 344, 13.8, annex 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, exists, func, select

from domain.awards.listing import FormedList
from domain.awards.model import Award, Protocol
from domain.clock import astana
from domain.documents.protocol import (
    AwardState,
    FailureGround,
    Notified,
    ProtocolData,
    ProtocolOffer,
    ProtocolWinner,
    RejectionReason,
    UncoveredLine,
    data_hash,
)
from domain.incidents.model import IncidentEffect
from domain.notices.receipts import companies_reached
from domain.offers.model import Offer, OfferLine
from domain.orders.model import Order, OrderInvitation, OrderLine
from domain.orders.queries import INVITED, order_subject
from domain.people.queries import tell_company
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Work


def _award_state(awards: Sequence[Award]) -> tuple[AwardState, str | None]:
    """What came of an accepted offer line; a volume given twice shows its weightiest outcome."""
    if not awards:
        return "not_selected", None
    for outcome in ("confirmed", "refused", "lapsed"):
        for award in awards:
            if award.outcome == outcome:
                return cast("AwardState", outcome), award.reason
    return "pending", None


def _offer_row(
    formed: FormedList, offered: OfferLine, offer: Offer, company: Company, line: OrderLine
) -> ProtocolOffer:
    own = [award for award in formed.valid if award.offer_line_id == offered.id]
    state, reason = _award_state(own) if offered.accepted else (None, None)
    return ProtocolOffer(
        supplier_bin=company.bin,
        supplier_name_kk=company.name_kk,
        supplier_name_ru=company.name_ru,
        goods_name_kk=line.name_kk,
        goods_name_ru=line.name_ru,
        agsk3=line.agsk3 or None,
        amount=offered.price,
        submitted_at=offer.submitted_at,
        rejection=cast("RejectionReason | None", offered.reason),
        award=state,
        award_reason=reason,
    )


def _winners(formed: FormedList) -> tuple[ProtocolWinner, ...]:
    lines = {line.id: line for line in formed.order.lines}
    companies = formed.companies
    return tuple(
        ProtocolWinner(
            bin=companies[award.company_id].bin,
            name_kk=companies[award.company_id].name_kk,
            name_ru=companies[award.company_id].name_ru,
            goods_name_kk=lines[award.order_line_id].name_kk,
            goods_name_ru=lines[award.order_line_id].name_ru,
            quantity=award.quantity,
            unit=lines[award.order_line_id].unit,
            amount=award.price,
        )
        for award in formed.awards
        if award.state == "active"
    )


async def _notified(work: Work, order: Order) -> tuple[Notified, ...]:
    """When each invited producer was told of the order, and by which channel."""
    found = await work.session.scalars(
        select(Company)
        .join(OrderInvitation, OrderInvitation.company_id == Company.id)
        .where(OrderInvitation.order_id == order.id)
        .order_by(Company.id)
    )
    companies = {company.id: company for company in found}
    reached = await companies_reached(
        work.session, INVITED, order_subject(order.number), list(companies)
    )
    return tuple(
        Notified(
            bin=companies[each.company_id].bin,
            name_kk=companies[each.company_id].name_kk,
            name_ru=companies[each.company_id].name_ru,
            channel=each.channel,
            sent_at=each.sent_at,
            seen_at=each.seen_at,
        )
        for each in reached
    )


def is_annulled(order: Order) -> ColumnElement[bool]:
    """Whether a fault has annulled a version of the order's protocol (act 366, clause 29.4)."""
    return exists().where(
        IncidentEffect.order_id == order.id,
        IncidentEffect.what == "annulled",
        IncidentEffect.subject == func.concat(f"protocol:{order.number}:", Protocol.version),
    )


async def form_protocol(work: Work, formed: FormedList) -> Protocol:
    """Write the next version of the protocol and send word of it (clause 13.8)."""
    order = formed.order
    customer = await work.session.get_one(Company, order.customer_id)
    order.protocol_version += 1
    confirmed = [award.decided_at for award in formed.awards if award.state == "active"]
    data = ProtocolData(
        order_number=order.number,
        version=order.protocol_version,
        financial_year=astana(order.published_at or order.created_at).year,
        goods=tuple((line.name_kk, line.name_ru) for line in order.lines),
        ordered_at=order.published_at or order.created_at,
        confirmed_at=max((at for at in confirmed if at is not None), default=None),
        customer_name_kk=customer.name_kk,
        customer_name_ru=customer.name_ru,
        customer_bin=customer.bin,
        offers=tuple(_offer_row(formed, *row) for row in formed.rows),
        winners=_winners(formed),
        uncovered=tuple(
            UncoveredLine(line.name_kk, line.name_ru, line.outside_quantity, line.unit)
            for line in order.lines
            if line.outside_quantity > 0
        ),
        failure=cast("FailureGround | None", order.failure_ground),
        formed_at=work.now,
        notified=await _notified(work, order),
    )
    protocol = Protocol(
        order_id=order.id,
        version=data.version,
        formed_at=work.now,
        data=data.as_json(),
        hash=data_hash(data),
        signature=None,
    )
    work.session.add(protocol)
    await work.session.flush()
    work.also(
        "protocol.form", order_subject(order.number), version=data.version, hash=protocol.hash
    )
    await _announce(work, formed, data)
    return protocol


async def _announce(work: Work, formed: FormedList, data: ProtocolData) -> None:
    """To the customer and to all who offered (clause 13.8)."""
    order = formed.order
    for companies, role in (
        ([order.customer_id], Role.CUSTOMER),
        (list(formed.companies), Role.SUPPLIER),
    ):
        await tell_company(
            work,
            companies,
            role,
            "protocol.formed",
            order_subject(order.number),
            number=order.number,
            version=data.version,
            protocol=data.number,
            failure=data.failure,
            winners=len(data.winners),
        )
