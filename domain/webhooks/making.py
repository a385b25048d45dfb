"""What integrations are told of an entry of the record: one maker for each act that matters.

Makers read what an entry names; what has changed since is told as it is now, and what is sealed
at that moment is not told (act 344, clause 13.4).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.audit import AuditEntry
from domain.awards.model import Award, Protocol
from domain.contracts.model import Contract
from domain.identifiers import is_bin
from domain.offers.model import Offer, OfferVersion
from domain.orders.model import Order, OrderInvitation, OrderLine
from domain.registry.model import Company
from domain.webhooks import catalogue
from domain.webhooks.catalogue import Data


@dataclass(frozen=True)
class Made:
    """An event to be written: what it is, its order, and the companies it concerns."""

    type: str
    stream: str
    data: Data
    companies: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reading:
    """Where makers read, and the companies that have an endpoint at all."""

    session: AsyncSession
    interested: Set[int]

    async def order(self, number: object) -> Order | None:
        """An order by its number."""
        return await self.session.scalar(
            select(Order).where(Order.number == number, Order.published_at.is_not(None))
        )

    async def bin(self, company_id: int) -> str | None:
        """The BIN of a company; None for one that is known by a person's IIN."""
        found = await self.session.scalar(select(Company.bin).where(Company.id == company_id))
        return shown_bin(found)

    async def around(self, order: Order) -> frozenset[int]:
        """The customer, and of the suppliers invited those who have an endpoint."""
        invited = await self.session.scalars(
            select(OrderInvitation.company_id).where(
                OrderInvitation.order_id == order.id,
                OrderInvitation.company_id.in_(self.interested),
            )
        )
        return frozenset({order.customer_id, *invited})

    async def award(self, number: int) -> tuple[Award, Order, int] | None:
        """An award with its order and the position of its line."""
        found = await self.session.execute(
            select(Award, Order, OrderLine.position)
            .join(Order, Order.id == Award.order_id)
            .join(OrderLine, OrderLine.id == Award.order_line_id)
            .where(Award.number == number)
        )
        row = found.one_or_none()
        return None if row is None else (row[0], row[1], row[2])


# So that every body stays within its limit.
_LINES_TOLD = 500

Maker: TypeAlias = Callable[[Reading, AuditEntry], Awaitable[Iterable[Made]]]


def shown_bin(number: str | None) -> str | None:
    """A BIN; None for an IIN, which is personal data."""
    return number if number is not None and is_bin(number) else None


def number_in(subject: object, kind: str) -> int | None:
    """The number of a subject of this kind: 15 of ``order:15``."""
    found, _, number = str(subject).partition(":")
    return int(number) if found == kind and number.isascii() and number.isdigit() else None


def _stream(order: Order) -> str:
    return f"order:{order.number}"


async def _published(reading: Reading, entry: AuditEntry) -> list[Made]:
    order = await reading.order(number_in(entry.subject, "order"))
    if order is None or order.published_at is None:
        return []
    data = catalogue.OrderPublished(
        order=order.number,
        customer_bin=await reading.bin(order.customer_id),
        published_at=order.published_at,
        offers_due_at=order.offers_due_at,
    )
    return [Made("order.published", _stream(order), data, await reading.around(order))]


async def _window_closed(reading: Reading, entry: AuditEntry) -> list[Made]:
    order = await reading.order(number_in(entry.subject, "order"))
    if order is None:
        return []
    data = catalogue.WindowClosed(order=order.number, state=str(entry.data.get("state")))
    closed = Made("order.window_closed", _stream(order), data, await reading.around(order))
    return [closed, *await _judged(reading, order)]


async def _judged(reading: Reading, order: Order) -> list[Made]:
    # One statement: a window that was opened anew since has sealed its offers again.
    rows = await reading.session.execute(
        select(Offer, OfferVersion)
        .join(Order, Order.id == Offer.order_id)
        .join(
            OfferVersion,
            (OfferVersion.offer_id == Offer.id) & (OfferVersion.version == Offer.version),
        )
        .where(Order.id == order.id, Order.closed_at.is_not(None), Offer.state == "submitted")
        .order_by(Offer.number)
        .options(selectinload(OfferVersion.lines))
    )
    lines = await reading.session.execute(
        select(OrderLine.id, OrderLine.position).where(OrderLine.order_id == order.id)
    )
    positions = {row[0]: row[1] for row in lines}
    found = []
    for offer, version in rows:
        data = catalogue.OfferJudged(
            order=order.number,
            offer=offer.number,
            version=offer.version,
            supplier_bin=await reading.bin(offer.company_id),
            lines=[
                catalogue.JudgedLine(
                    line=positions[line.order_line_id],
                    accepted=bool(line.accepted),
                    reason=line.reason,
                )
                for line in version.lines[:_LINES_TOLD]
            ],
        )
        sides = frozenset({order.customer_id, offer.company_id})
        found.append(Made("offer.judged", _stream(order), data, sides))
    return found


async def _award_data(
    reading: Reading, number: int
) -> tuple[Award, Order, catalogue.OfAward] | None:
    found = await reading.award(number)
    if found is None:
        return None
    award, order, line = found
    data = catalogue.OfAward(
        order=order.number,
        award=award.number,
        line=line,
        quantity=f"{award.quantity:f}",
        supplier_bin=await reading.bin(award.company_id),
    )
    return award, order, data


async def _selected(reading: Reading, entry: AuditEntry) -> list[Made]:
    found = []
    given = entry.data.get("awards")
    for each in given if isinstance(given, list) else []:
        known = await _award_data(reading, int(each["id"]))
        if known is None:
            continue
        award, order, data = known
        selected = catalogue.AwardSelected(**data.model_dump(), due_at=award.due_at)
        sides = frozenset({order.customer_id, award.company_id})
        found.append(Made("award.selected", _stream(order), selected, sides))
    return found


def _decided(name: str) -> Maker:
    async def make(reading: Reading, entry: AuditEntry) -> list[Made]:
        number = number_in(entry.subject, "award")
        known = None if number is None else await _award_data(reading, number)
        if known is None or entry.data.get("outcome") is None:
            return []
        award, order, data = known
        sides = frozenset({order.customer_id, award.company_id})
        return [Made(name, _stream(order), data, sides)]

    return make


async def _selection_overdue(reading: Reading, entry: AuditEntry) -> list[Made]:
    order = await reading.order(number_in(entry.subject, "order"))
    if order is None or entry.data.get("overdue") != "selection":
        return []
    data = catalogue.SelectionOverdue(order=order.number)
    return [Made("selection.overdue", _stream(order), data, frozenset({order.customer_id}))]


async def _protocol(reading: Reading, entry: AuditEntry) -> list[Made]:
    order = await reading.order(number_in(entry.subject, "order"))
    protocol = None
    if order is not None:
        protocol = await reading.session.scalar(
            select(Protocol).where(
                Protocol.order_id == order.id, Protocol.version == entry.data.get("version")
            )
        )
    if order is None or protocol is None:
        return []
    offered = await reading.session.scalars(
        select(Offer.company_id)
        .join(Order, Order.id == Offer.order_id)
        .where(
            Offer.order_id == order.id,
            Offer.state == "submitted",
            Order.closed_at.is_not(None),
            Offer.company_id.in_(reading.interested),
        )
    )
    data = catalogue.ProtocolFormed(
        order=order.number,
        version=protocol.version,
        formed_at=protocol.formed_at,
        hash=protocol.hash,
    )
    sides = frozenset({order.customer_id, *offered})
    found = [Made("protocol.formed", _stream(order), data, sides)]
    ground = protocol.data.get("failure")
    if ground is not None:
        failed = catalogue.OrderFailed(order=order.number, ground=str(ground))
        around = await reading.around(order)
        found.append(Made("order.failed", _stream(order), failed, around))
    return found


def _contract(name: str) -> Maker:
    async def make(reading: Reading, entry: AuditEntry) -> list[Made]:
        row = await reading.session.execute(
            select(Contract, Order)
            .join(Order, Order.id == Contract.order_id)
            .where(Contract.id == number_in(entry.subject, "contract"))
        )
        found = row.one_or_none()
        if found is None:
            return []
        contract, order = found
        at_once = name == "contract.proposed" and entry.data.get("side") == "platform"
        data = catalogue.OfContract(
            order=order.number,
            contract=contract.id,
            supplier_bin=await reading.bin(contract.company_id),
            signed_on=contract.signed_on,
            state=contract.state,
        )
        sides = frozenset({order.customer_id, contract.company_id})
        return [Made("contract.concluded" if at_once else name, _stream(order), data, sides)]

    return make


async def _contract_overdue(reading: Reading, entry: AuditEntry) -> list[Made]:
    number = number_in(entry.subject, "award")
    known = None if number is None else await _award_data(reading, number)
    if known is None or entry.data.get("overdue") != "contract":
        return []
    award, order, of_award = known
    data = catalogue.ContractOverdue(
        order=order.number, award=award.number, supplier_bin=of_award.supplier_bin
    )
    sides = frozenset({order.customer_id, award.company_id})
    return [Made("contract.overdue", _stream(order), data, sides)]


MAKERS_OF_ORDERS: Mapping[str, Maker] = {
    "order.publish": _published,
    "due.offer_window": _window_closed,
    "award.select": _selected,
    "award.confirm": _decided("award.confirmed"),
    "award.refuse": _decided("award.refused"),
    "award.lapse": _decided("award.lapsed"),
    "due.confirmation": _decided("award.lapsed"),
    "due.selection": _selection_overdue,
    "protocol.form": _protocol,
    "contract.enter": _contract("contract.proposed"),
    "contract.agree": _contract("contract.concluded"),
    "contract.dispute": _contract("contract.disputed"),
    "due.contract": _contract_overdue,
}
"""Makers by the name of the act on record."""
