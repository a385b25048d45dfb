"""Awards of one supplier whose contract is due at one instant: told of in one notice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.model import Award
from domain.deadlines import Deadline
from domain.law import CONTRACT


async def speaks(session: AsyncSession, award: Award, due_at: datetime) -> bool:
    """Whether this award is the first of those that one contract is about (clause 13.9).

    The others of the supplier on the order, due at the same instant and without a contract yet,
    say nothing: nobody is told the same thing for every line of an order.
    """
    first = await session.scalar(
        select(func.min(Award.number))
        .join(Deadline, Deadline.subject == func.concat("award:", Award.number))
        .where(
            Award.order_id == award.order_id,
            Award.company_id == award.company_id,
            Award.state == "active",
            Award.contract_id.is_(None),
            Deadline.kind == CONTRACT.name,
            Deadline.state != "moved",
            Deadline.due_at == due_at,
        )
    )
    return first in (None, award.number)
