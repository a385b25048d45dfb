"""Goods lists of projects: taken in from outside, and what of them is ordered (act 344, 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import NotFound, RuleBroken
from domain.goods_lists.model import GoodsList, GoodsListItem
from domain.goods_lists.needs import Need, needs_of, ordered
from domain.goods_lists.rules import ItemData, check_items, check_project, uncovered
from domain.orders.model import OrderLine
from domain.registry.model import Company
from domain.registry.rules import import_failed
from domain.registry.service import company_of
from domain.registry.store import chunks
from domain.roles import WATCHERS, Role
from domain.work import Look, Site, Work, query, use_case

_BRINGERS = frozenset({Role.ADMIN, Role.CUSTOMER})
_READERS = WATCHERS | {Role.CUSTOMER}
_ITEMS_AT_ONCE = 1_000


@dataclass(frozen=True)
class GoodsListView:
    """A project's list; ``items`` counts those still in it."""

    id: int
    customer_bin: str
    project_code: str
    project_name: str
    imported_at: datetime
    items: int


@dataclass(frozen=True)
class GoodsListReport:
    """What taking a list in did."""

    id: int
    added: int
    changed: int
    gone: int
    items: int


@dataclass(frozen=True)
class ItemView:
    """A need: its quantity, the volume in running or finished orders, and what is uncovered."""

    id: int
    item: str
    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    quantity: Decimal
    unit: str
    characteristics: str
    ordered: Decimal
    uncovered: Decimal
    gone: bool


@dataclass(frozen=True)
class ItemPage:
    """A page of a list by id; ``after`` is the cursor of the next one."""

    items: list[ItemView]
    after: int | None


class GoodsLists:
    """Lists of what projects need."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("goods_lists.put", by=_BRINGERS)
    async def put_list(
        self,
        work: Work,
        customer_bin: str,
        project_code: str,
        project_name: str,
        items: Sequence[ItemData],
    ) -> GoodsListReport:
        """Take a project's list in, in place of the earlier one, all or nothing.

        Items are known by their number: an order line that points to one goes on pointing to
        it. An item the new list lacks is marked as gone. Raises NotFound ``company_unknown``,
        AccessDenied ``not_your_company``, ``import_failed`` with ``count`` and ``errors``,
        ``goods_list_empty``, ``text_missing``.
        """
        company = await company_of(work.session, customer_bin)
        work.actor.check_acts_for(company.id)
        if not company.is_customer:
            raise NotFound("company_unknown", "344-7", bin=company.bin, role="customer")
        code, name = check_project(project_code, project_name)
        checked, problems = await asyncio.to_thread(check_items, items)
        if problems:
            raise import_failed(problems, "344-3")
        if not checked:
            raise RuleBroken("goods_list_empty", "344-3")
        list_id = await _upsert_list(work, company, code, name)
        report = await _store_items(work, list_id, checked)
        work.record(
            f"goods_list:{list_id}",
            customer=company.bin,
            project=code,
            added=report.added,
            changed=report.changed,
            gone=report.gone,
        )
        return report

    @query(by=_READERS)
    async def lists(self, look: Look, customer_bin: str | None = None) -> list[GoodsListView]:
        """The lists of the actor's company or, for those who watch, of any, newest first."""
        items = (
            select(func.count())
            .where(GoodsListItem.goods_list_id == GoodsList.id, GoodsListItem.gone_at.is_(None))
            .scalar_subquery()
        )
        statement = (
            select(GoodsList, Company.bin, items)
            .join(Company, Company.id == GoodsList.customer_id)
            .order_by(GoodsList.imported_at.desc(), GoodsList.id.desc())
        )
        if look.actor.role is Role.CUSTOMER:
            statement = statement.where(GoodsList.customer_id == look.actor.company_id)
        if customer_bin is not None:
            company = await company_of(look.session, customer_bin)
            statement = statement.where(GoodsList.customer_id == company.id)
        return [
            GoodsListView(
                id=row.id,
                customer_bin=bin_iin,
                project_code=row.project_code,
                project_name=row.project_name,
                imported_at=row.imported_at,
                items=count,
            )
            for row, bin_iin, count in await look.session.execute(statement)
        ]

    @query(by=_READERS)
    async def items(
        self,
        look: Look,
        list_id: int,
        after: int = 0,
        size: int = 8,
        only_uncovered: bool = False,
    ) -> ItemPage:
        """The items of a list with what is ordered and what is not; gone ones are left out.

        Raises NotFound ``goods_list_unknown``, also for the list of another customer.
        """
        await _check_may_see(look, list_id)
        done_for = ordered()
        taken = func.coalesce(done_for.c.quantity, 0)
        statement = (
            select(GoodsListItem, taken)
            .outerjoin(done_for, done_for.c.item_id == GoodsListItem.id)
            .where(
                GoodsListItem.goods_list_id == list_id,
                GoodsListItem.gone_at.is_(None),
                GoodsListItem.id > after,
            )
            .order_by(GoodsListItem.id)
            .limit(size + 1)
        )
        if only_uncovered:
            statement = statement.where(GoodsListItem.quantity > taken)
        rows = (await look.session.execute(statement)).all()
        more = rows[size - 1][0].id if len(rows) > size else None
        return ItemPage([_item_view(row, done) for row, done in rows[:size]], more)

    @query(by=_READERS)
    async def item(self, look: Look, item_id: int) -> ItemView:
        """One item, gone or not; raises NotFound ``goods_list_item_unknown``."""
        row = await look.session.get(GoodsListItem, item_id)
        if row is None:
            raise NotFound("goods_list_item_unknown", "344-3")
        await _check_may_see(look, row.goods_list_id)
        done_for = ordered(OrderLine.goods_list_item_id == item_id)
        done = await look.session.scalar(select(done_for.c.quantity))
        return _item_view(row, done or Decimal(0))

    @query(by=frozenset({Role.CUSTOMER}))
    async def needs(self, look: Look, item_ids: Sequence[int]) -> dict[int, Need]:
        """What is uncovered of these items of the actor's own lists (act 344, clause 3)."""
        own = select(GoodsList.id).where(GoodsList.customer_id == look.actor.company_id)
        return await needs_of(look.session, item_ids, GoodsListItem.goods_list_id.in_(own))


def _item_view(row: GoodsListItem, ordered: Decimal) -> ItemView:
    return ItemView(
        id=row.id,
        item=row.item,
        name_ru=row.name_ru,
        name_kk=row.name_kk,
        code=row.code,
        agsk3=row.agsk3,
        quantity=row.quantity,
        unit=row.unit,
        characteristics=row.characteristics,
        ordered=Decimal(ordered),
        uncovered=uncovered(row.quantity, Decimal(ordered)),
        gone=row.gone_at is not None,
    )


async def _check_may_see(look: Look, list_id: int) -> None:
    owner = await look.session.scalar(select(GoodsList.customer_id).where(GoodsList.id == list_id))
    allowed = owner is not None and (look.actor.role in WATCHERS or look.actor.acts_for(owner))
    if not allowed:
        raise NotFound("goods_list_unknown", "344-3")


async def _upsert_list(work: Work, company: Company, code: str, name: str) -> int:
    """The list's id; its row is held, so that two imports of one list follow each other."""
    list_id = await work.session.scalar(
        insert(GoodsList)
        .values(customer_id=company.id, project_code=code, project_name=name, imported_at=work.now)
        .on_conflict_do_update(
            index_elements=[GoodsList.customer_id, GoodsList.project_code],
            set_={"project_name": name, "imported_at": work.now},
        )
        .returning(GoodsList.id)
    )
    return list_id or 0


async def _known(session: AsyncSession, list_id: int) -> dict[str, GoodsListItem]:
    rows = await session.scalars(
        select(GoodsListItem).where(GoodsListItem.goods_list_id == list_id)
    )
    return {row.item: row for row in rows}


async def _store_items(work: Work, list_id: int, items: Sequence[ItemData]) -> GoodsListReport:
    known = await _known(work.session, list_id)
    values = [
        {
            "goods_list_id": list_id,
            "item": data.item,
            "name_ru": data.name_ru,
            "name_kk": data.name_kk,
            "code": data.code,
            "agsk3": data.agsk3,
            "quantity": data.quantity,
            "unit": data.unit,
            "characteristics": data.characteristics,
            "gone_at": None,
        }
        for data in items
    ]
    added = sum(row["item"] not in known for row in values)
    changed = [
        row
        for row in values
        if (old := known.get(str(row["item"]))) is not None
        and any(getattr(old, name) != value for name, value in row.items())
    ]
    for part in chunks(values, _ITEMS_AT_ONCE):
        statement = insert(GoodsListItem).values(list(part))
        kept = {
            name: statement.excluded[name]
            for name in values[0]
            if name not in ("goods_list_id", "item")
        }
        await work.session.execute(
            statement.on_conflict_do_update(
                index_elements=[GoodsListItem.goods_list_id, GoodsListItem.item], set_=kept
            )
        )
    named = {data.item for data in items}
    gone = [row.id for item, row in known.items() if item not in named and row.gone_at is None]
    for batch in chunks(gone, _ITEMS_AT_ONCE):
        await work.session.execute(
            update(GoodsListItem)
            .where(GoodsListItem.id.in_(batch))
            .values(gone_at=work.now)
            .execution_options(synchronize_session=False)
        )
    return GoodsListReport(list_id, added, len(changed), len(gone), len(items))
