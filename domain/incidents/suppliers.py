"""Whose awards effects are about: two suppliers of one order are told apart by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.model import Award
from domain.incidents.views import EffectView
from domain.registry.model import Company
from domain.working_time.moving import award_number


async def with_suppliers(session: AsyncSession, effects: Sequence[EffectView]) -> list[EffectView]:
    """The same effects; those on an award with the name of its supplier."""
    numbers = {award_number(each.subject) for each in effects} - {None}
    if not numbers:
        return list(effects)
    rows = await session.execute(
        select(Award.number, Company.name_kk, Company.name_ru)
        .join(Company, Company.id == Award.company_id)
        .where(Award.number == func.any(sorted(each for each in numbers if each is not None)))
    )
    names = {number: (kk, ru) for number, kk, ru in rows}
    found = []
    for each in effects:
        kk, ru = names.get(award_number(each.subject) or 0, ("", ""))
        found.append(replace(each, company_kk=kk, company_ru=ru))
    return found
