"""Reading offers inside a transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.files import Attachment
from domain.offers.model import Offer, OfferLine, OfferVersion
from domain.offers.rules import AskedLine
from domain.offers.views import OfferLineView, OfferView
from domain.orders.model import Order, OrderLine
from domain.orders.views import FileView, file_view, party
from domain.registry.model import Company


def asked_line(order: Order, line: OrderLine) -> AskedLine:
    """What a line of the order asks, for the rules."""
    return AskedLine(line.quantity, line.allocated_sum, order.delivery_days)


def photo_subject(offer_line_id: int) -> str:
    """How attachments name the photos of an offered line."""
    return f"offer_line:{offer_line_id}"


async def current_lines(
    session: AsyncSession, order_id: int
) -> Sequence[tuple[OfferLine, Offer, Company, OrderLine]]:
    """The lines of the newest version of every standing offer of an order, by offer number."""
    rows = await session.execute(
        select(OfferLine, Offer, Company, OrderLine)
        .join(OfferVersion, OfferVersion.id == OfferLine.offer_version_id)
        .join(Offer, and_(Offer.id == OfferVersion.offer_id, Offer.version == OfferVersion.version))
        .join(Company, Company.id == Offer.company_id)
        .join(OrderLine, OrderLine.id == OfferLine.order_line_id)
        .where(Offer.order_id == order_id, Offer.state == "submitted")
        .order_by(Offer.number, OrderLine.position)
    )
    return [(line, offer, company, asked) for line, offer, company, asked in rows]


async def photos_of(session: AsyncSession, line_ids: Sequence[int]) -> dict[int, list[FileView]]:
    """Photos by offered line."""
    by_subject = {photo_subject(id_): id_ for id_ in line_ids}
    found: dict[int, list[FileView]] = {id_: [] for id_ in line_ids}
    rows = await session.scalars(
        select(Attachment)
        .where(Attachment.subject.in_(list(by_subject)))
        .order_by(Attachment.subject, Attachment.position)
    )
    for row in rows:
        found[by_subject[row.subject]].append(file_view(row))
    return found


def line_of(row: OfferLine, position: int, photos: Sequence[FileView]) -> OfferLineView:
    """The offered line as a value."""
    return OfferLineView(
        line=position,
        quantity=row.quantity,
        price=row.price,
        delivery_days=row.delivery_days,
        characteristics=row.characteristics,
        warranty=row.warranty,
        accepted=row.accepted,
        reason=row.reason,
        photos=tuple(photos),
    )


async def offers_of(session: AsyncSession, order: Order) -> list[OfferView]:
    """Every standing offer of an order in its newest version."""
    rows = await current_lines(session, order.id)
    photos = await photos_of(session, [line.id for line, *_ in rows])
    offers: dict[int, OfferView] = {}
    lines: dict[int, list[OfferLineView]] = {}
    for line, offer, company, asked in rows:
        mine = lines.setdefault(offer.id, [])
        mine.append(line_of(line, asked.position, photos[line.id]))
        offers[offer.id] = OfferView(
            number=offer.number,
            order_number=order.number,
            supplier=party(company),
            version=offer.version,
            state=offer.state,
            submitted_at=offer.submitted_at,
            lines=mine,
        )
    return list(offers.values())


async def versions_of(session: AsyncSession, order: Order, company: Company) -> list[OfferView]:
    """Every version a company submitted on an order, oldest first."""
    rows = await session.execute(
        select(OfferLine, OfferVersion, Offer, OrderLine.position)
        .join(OfferVersion, OfferVersion.id == OfferLine.offer_version_id)
        .join(Offer, Offer.id == OfferVersion.offer_id)
        .join(OrderLine, OrderLine.id == OfferLine.order_line_id)
        .where(Offer.order_id == order.id, Offer.company_id == company.id)
        .order_by(OfferVersion.version, OrderLine.position)
    )
    found = rows.all()
    photos = await photos_of(session, [line.id for line, *_ in found])
    lines: dict[int, list[OfferLineView]] = {}
    versions: dict[int, OfferView] = {}
    for line, version, offer, position in found:
        mine = lines.setdefault(version.version, [])
        mine.append(line_of(line, position, photos[line.id]))
        standing = offer.state if version.version == offer.version else "replaced"
        versions[version.version] = OfferView(
            number=offer.number,
            order_number=order.number,
            supplier=party(company),
            version=version.version,
            state=standing,
            submitted_at=version.submitted_at,
            lines=mine,
        )
    return list(versions.values())
