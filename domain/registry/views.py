"""What leaves the registry: plain values for cards, pages and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.registry.model import Company, Good


@dataclass(frozen=True)
class CompanyBrief:
    """A company as one names it; either name may be empty, never both."""

    bin: str
    name_ru: str
    name_kk: str
    status: str


@dataclass(frozen=True)
class CompanyView:
    """A company of the registry; ``goods`` counts its registered goods."""

    bin: str
    name_ru: str
    name_kk: str
    is_producer: bool
    is_customer: bool
    status: str
    registry_number: str
    goods: int
    updated_at: datetime


@dataclass(frozen=True)
class CompanyPage:
    """A page of companies by id; ``after`` is the cursor of the next one."""

    companies: list[CompanyView]
    after: int | None


@dataclass(frozen=True)
class GoodView:
    """A registered good; ``local_content`` in per cent."""

    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    tnved: str
    kpved: str
    oked: str
    kato: str
    capacity: str
    unit: str
    local_content: Decimal | None
    localisation_level: str
    included_on: date | None


@dataclass(frozen=True)
class GoodsPage:
    """A page of a company's goods; ``total`` counts all of them."""

    goods: list[GoodView]
    total: int
    after: int | None


@dataclass(frozen=True)
class ImportReport:
    """What an import did: companies and goods by what happened to them."""

    companies_new: int
    companies_changed: int
    goods_added: int
    goods_changed: int
    goods_removed: int
    goods_total: int


def brief(company: Company) -> CompanyBrief:
    """The company by its names."""
    return CompanyBrief(company.bin, company.name_ru, company.name_kk, company.status)


def company_view(company: Company, goods: int) -> CompanyView:
    """The company's row as a value."""
    return CompanyView(
        bin=company.bin,
        name_ru=company.name_ru,
        name_kk=company.name_kk,
        is_producer=company.is_producer,
        is_customer=company.is_customer,
        status=company.status,
        registry_number=company.registry_number,
        goods=goods,
        updated_at=company.updated_at,
    )


def good_view(good: Good) -> GoodView:
    """The good's row as a value."""
    return GoodView(
        name_ru=good.name_ru,
        name_kk=good.name_kk,
        code=good.code,
        agsk3=good.agsk3,
        tnved=good.tnved,
        kpved=good.kpved,
        oked=good.oked,
        kato=good.kato,
        capacity=good.capacity,
        unit=good.unit,
        local_content=good.local_content,
        localisation_level=good.localisation_level,
        included_on=good.included_on,
    )
