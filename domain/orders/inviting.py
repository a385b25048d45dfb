"""Finding the potential suppliers of an order by codes, and only so (act 344, clause 13.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.orders.matching import line_keys
from domain.orders.model import OrderLine
from domain.registry.model import Company, GoodKey


@dataclass
class Invited:
    """A producer whose registered goods answer lines of the order, and the codes by which."""

    company_id: int
    lines: dict[int, set[str]] = field(default_factory=dict)

    @property
    def codes(self) -> set[str]:
        """All codes that matched."""
        return set().union(*self.lines.values())


async def find_suppliers(
    session: AsyncSession, lines: Sequence[OrderLine], customer_id: int | None = None
) -> list[Invited]:
    """Active producers whose goods match, by company id.

    A producer in bankruptcy, in liquidation, on the register of unfair participants or excluded
    from the registry cannot take part (act 344, clauses 2 and 6) and is not invited; neither is
    the customer itself, for nobody concludes a contract with oneself.
    """
    wanted: dict[str, set[int]] = {}
    for line in lines:
        for key in line_keys(line):
            wanted.setdefault(key, set()).add(line.position)
    if not wanted:
        return []
    rows = await session.execute(
        select(GoodKey.company_id, GoodKey.key)
        .join(Company, Company.id == GoodKey.company_id)
        .where(
            GoodKey.key.in_(list(wanted)),
            GoodKey.company_id != (customer_id or 0),
            Company.status == "active",
            Company.is_producer,
        )
        .distinct()
    )
    found: dict[int, Invited] = {}
    for company_id, key in rows:
        invited = found.setdefault(company_id, Invited(company_id))
        for position in wanted[key]:
            # A key is a mark (equal, or below) and the code: people are shown the code.
            invited.lines.setdefault(position, set()).add(key[1:])
    return [found[company_id] for company_id in sorted(found)]
