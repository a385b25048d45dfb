"""Who is meant by an audience, and how many of them a message would reach."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.broadcasts.model import BroadcastReader
from domain.broadcasts.rules import Audience
from domain.broadcasts.views import Reach
from domain.notices.kinds import NEWS
from domain.people.model import Membership, Person
from domain.preferences.model import Preference
from domain.preferences.placing import mutes
from domain.registry.model import Good


def meant(audience: Audience) -> ColumnElement[bool]:
    """Whether a person belongs to an audience: one of their roles fits all its conditions.

    A part of a statement that reads ``Person``; whoever has no role or is suspended does not.
    """
    held = [Membership.person_id == Person.id, Membership.state == "active"]
    if audience.roles:
        held.append(Membership.role.in_(audience.roles))
    makes = []
    if audience.region:
        makes.append(Good.kato.startswith(audience.region, autoescape=True))
    if audience.code:
        column = Good.agsk3 if "-" in audience.code else Good.code
        makes.append(column.startswith(audience.code, autoescape=True))
    if makes:
        held.append(exists().where(Good.company_id == Membership.company_id, *makes))
    found = [Person.state == "active", exists().where(*held)]
    if audience.language:
        found.append(Person.language == audience.language)
    return and_(*found)


def mutes_news() -> ColumnElement[bool]:
    """Whether a person wants no news: for the count before sending.

    A part of a statement that reads ``Person``. Writing notices looks at it by itself.
    """
    return exists().where(Preference.person_id == Person.id, mutes(NEWS.name))


async def reach(session: AsyncSession, audience: Audience) -> Reach:
    """How many people an audience has now."""
    muted = mutes_news()
    away = or_(Person.telegram_id.is_(None), Person.unreachable_since.is_not(None))
    row = (
        await session.execute(
            select(
                func.count(),
                func.count().filter(~muted, ~away),
                func.count().filter(~muted, away),
                func.count().filter(muted),
            )
            .select_from(Person)
            .where(meant(audience))
        )
    ).one()
    return Reach(*row)


def fixing(broadcast_id: int, audience: Audience) -> Insert:
    """The statement that puts an audience on record as it is now, each person once."""
    people: Select[int, int, bool] = select(literal(broadcast_id), Person.id, mutes_news()).where(
        meant(audience)
    )
    return (
        insert(BroadcastReader)
        .from_select(["broadcast_id", "person_id", "muted"], people)
        .on_conflict_do_nothing()
    )
