"""The registry of producers and customers as integrations and imports bring it (act 344, 7)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import NotFound
from domain.identifiers import check_bin_iin
from domain.registry.model import Company, Good
from domain.registry.rules import (
    ProducerData,
    Status,
    check_names,
    check_producer,
    check_producers,
    fold,
    import_failed,
    like,
    located,
)
from domain.registry.store import Stored, store_producers
from domain.registry.views import (
    CompanyPage,
    CompanyView,
    GoodsPage,
    ImportReport,
    company_view,
    good_view,
)
from domain.roles import WATCHERS, Role
from domain.work import Look, Site, Work, query, use_case

# The registry speaks through integrations and administrators; suppliers type none of it.
_KEEPERS = frozenset({Role.ADMIN})


async def company_of(session: AsyncSession, bin_iin: str) -> Company:
    """The company of a BIN; raises NotFound ``company_unknown`` (act 344, clause 7)."""
    number = check_bin_iin(bin_iin)
    company = await session.scalar(select(Company).where(Company.bin == number))
    if company is None:
        raise NotFound("company_unknown", "344-7", bin=number)
    return company


class Registry:
    """Companies and their goods."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("registry.put_producer", by=_KEEPERS)
    async def put_producer(self, work: Work, data: ProducerData) -> CompanyView:
        """Take in a producer whole: what is not among its goods any more is gone.

        Raises ``RuleBroken`` with the path of the ``field`` for what the rules refuse.
        """
        checked = check_producer(data)
        stored = await store_producers(work, [checked])
        subject = f"company:{checked.bin}"
        work.record(subject, status=checked.status, **_counts(stored))
        _record_statuses(work, stored)
        return await _company_view(work.session, checked.bin)

    @use_case("registry.import_producers", by=_KEEPERS)
    async def import_producers(self, work: Work, rows: Sequence[ProducerData]) -> ImportReport:
        """Take in many producers, all or nothing.

        Raises ``RuleBroken`` ``import_failed`` with ``count`` and ``errors``: at most 200 of
        row, field, code and params.
        """
        # A hundred thousand rows take seconds to check; chats go on meanwhile.
        checked, problems = await asyncio.to_thread(check_producers, rows)
        if problems:
            raise import_failed(problems, "344-7")
        stored = await store_producers(work, checked)
        work.record("registry", companies=len(checked), **_counts(stored))
        _record_statuses(work, stored)
        return ImportReport(
            companies_new=stored.new,
            companies_changed=stored.changed,
            goods_added=stored.added,
            goods_changed=stored.altered,
            goods_removed=stored.removed,
            goods_total=stored.total,
        )

    @use_case("registry.put_customer", by=_KEEPERS)
    async def put_customer(
        self, work: Work, bin_iin: str, name_ru: str, name_kk: str
    ) -> CompanyView:
        """Take in a customer; a producer of the same BIN stays a producer."""
        with located("bin"):
            number = check_bin_iin(bin_iin)
        ru, kk = check_names(name_ru, name_kk)
        values = {
            "bin": number,
            "name_ru": ru,
            "name_kk": kk,
            "is_producer": False,
            "is_customer": True,
            "status": Status.ACTIVE.value,
            "registry_number": "",
            "folded": fold(f"{ru} {kk} {number}"),
            "updated_at": work.now,
        }
        kept = {"name_ru": ru, "name_kk": kk, "is_customer": True, "updated_at": work.now}
        await work.session.execute(
            insert(Company)
            .values(values)
            .on_conflict_do_update(
                index_elements=[Company.bin],
                set_={
                    **kept,
                    "folded": func.concat_ws(
                        " ", values["folded"], func.nullif(Company.registry_number, "")
                    ),
                },
            )
        )
        work.record(f"company:{number}", customer=True)
        return await _company_view(work.session, number)

    @query()
    async def company(self, look: Look, bin_iin: str) -> CompanyView:
        """A company; raises NotFound ``company_unknown``."""
        return await _company_view(look.session, check_bin_iin(bin_iin))

    @query(by=WATCHERS)
    async def companies(
        self,
        look: Look,
        search: str = "",
        after: int = 0,
        size: int = 10,
        role: Role | None = None,
    ) -> CompanyPage:
        """Companies by part of a name, BIN or registry number; producers or customers only."""
        goods = select(func.count()).where(Good.company_id == Company.id).scalar_subquery()
        statement = (
            select(Company, goods).where(Company.id > after).order_by(Company.id).limit(size + 1)
        )
        if search.strip():
            statement = statement.where(Company.folded.like(like(search), escape="\\"))
        if role is Role.SUPPLIER:
            statement = statement.where(Company.is_producer)
        if role is Role.CUSTOMER:
            statement = statement.where(Company.is_customer)
        rows = (await look.session.execute(statement)).all()
        views = [company_view(company, count) for company, count in rows[:size]]
        return CompanyPage(views, rows[size - 1][0].id if len(rows) > size else None)

    @query()
    async def my_goods(
        self, look: Look, bin_iin: str | None = None, after: int = 0, size: int = 5
    ) -> GoodsPage:
        """The registered goods of the actor's company, or of the one named, for those who watch.

        Raises AccessDenied ``not_your_company``.
        """
        company_id = look.actor.company_id
        if bin_iin is not None:
            company_id = (await company_of(look.session, bin_iin)).id
        if company_id is None:
            raise NotFound("company_unknown", "344-7")
        if look.actor.role not in WATCHERS:
            look.actor.check_acts_for(company_id)
        rows = list(
            await look.session.scalars(
                select(Good)
                .where(Good.company_id == company_id, Good.id > after)
                .order_by(Good.id)
                .limit(size + 1)
            )
        )
        total = await look.session.scalar(select(func.count()).where(Good.company_id == company_id))
        more = rows[size - 1].id if len(rows) > size else None
        return GoodsPage([good_view(row) for row in rows[:size]], total or 0, more)


async def _company_view(session: AsyncSession, number: str) -> CompanyView:
    goods = select(func.count()).where(Good.company_id == Company.id).scalar_subquery()
    row = (
        await session.execute(
            select(Company, goods)
            .where(Company.bin == number)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("company_unknown", "344-7", bin=number)
    return company_view(row[0], row[1])


def _counts(stored: Stored) -> dict[str, int]:
    return {
        "new": stored.new,
        "changed": stored.changed,
        "goods_added": stored.added,
        "goods_changed": stored.altered,
        "goods_removed": stored.removed,
    }


def _record_statuses(work: Work, stored: Stored) -> None:
    for number, old, new in stored.statuses:
        work.also("registry.status", f"company:{number}", old=old, new=new)
