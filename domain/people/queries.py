"""Who acts for a company, and telling them: helpers that other use cases call in their act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, String, bindparam, case, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.base import Json
from domain.notices.writing import tell, telling, write_notices
from domain.people.model import Membership, Person
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Work


async def members_of(
    session: AsyncSession, company_ids: Iterable[int], role: Role
) -> dict[int, list[int]]:
    """Ids of the active people who act in this role, by company; one query for all companies."""
    wanted = sorted(set(company_ids))
    found: dict[int, list[int]] = {company_id: [] for company_id in wanted}
    if not wanted:
        return found
    rows = await session.execute(
        select(Membership.company_id, Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.company_id.in_(wanted),
            Membership.role == role.value,
            Membership.state == "active",
            Person.state == "active",
        )
        .order_by(Membership.company_id, Membership.person_id)
    )
    for company_id, person_id in rows:
        if company_id is not None:
            found[company_id].append(person_id)
    return found


async def members(session: AsyncSession, company_id: int, role: Role) -> list[int]:
    """Ids of the active people who act in this role for one company."""
    return (await members_of(session, (company_id,), role))[company_id]


async def may_act_for(session: AsyncSession, actor: Actor, company_id: int, role: Role) -> bool:
    """Whether the actor may act for the company in this role.

    Somebody of two companies presses the button of a notice whichever of them they last
    switched to: what the button names decides, and the person's rights at that moment.
    """
    if actor.kind in ("system", "integration"):
        return True
    if actor.kind != "person" or actor.person_id is None:
        return False
    if actor.company_id == company_id and actor.role is role:
        return True
    held = await session.scalar(
        select(Membership.id).where(
            Membership.person_id == actor.person_id,
            Membership.company_id == company_id,
            Membership.role == role.value,
            Membership.state == "active",
        )
    )
    return held is not None


async def active_admins(session: AsyncSession) -> list[int]:
    """Ids of the people who are administrators and not suspended."""
    rows = await session.scalars(
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.role == Role.ADMIN.value,
            Membership.company_id.is_(None),
            Membership.state == "active",
            Person.state == "active",
        )
        .order_by(Membership.person_id)
    )
    return list(rows)


_other = aliased(Membership)
_several = exists().where(
    _other.person_id == Membership.person_id,
    _other.id != Membership.id,
    _other.company_id.is_not(None),
    _other.state == "active",
)
FOR_WHOM = case(
    (
        _several,
        func.jsonb_build_object(
            "for_membership",
            Membership.id,
            "for_ru",
            Company.name_ru,
            "for_kk",
            Company.name_kk,
            type_=JSONB,
        ),
    ),
    else_=literal({}, JSONB),
)
"""What the notice to a member of a company says in addition: whoever acts for several companies
must see for which of them it is, and be able to switch. A part of a statement that reads
``Membership`` and ``Company``."""
_TELL_MEMBERS = telling(
    select(
        Membership.person_id,
        cast(Membership.company_id, String),
        FOR_WHOM,
        Membership.company_id,
    )
    .join(Person, Person.id == Membership.person_id)
    .join(Company, Company.id == Membership.company_id)
    .where(
        Membership.company_id == func.any(bindparam("companies", type_=ARRAY(BigInteger))),
        Membership.role == bindparam("role", type_=Membership.role.type),
        Membership.state == "active",
        Person.state == "active",
    )
)


async def tell_company(
    work: Work,
    company_ids: int | Iterable[int],
    role: Role,
    kind: str,
    subject: str,
    *,
    useless_after: datetime | None = None,
    about: Json | None = None,
    **params: object,
) -> int:
    """Write a notice to everybody who acts in this role for the companies; returns how many.

    A person of two of the companies is told once for each. To whoever acts for several
    companies the notice says for which it is: ``for_ru``, ``for_kk``, and ``for_membership``
    to switch to.
    """
    ids = [company_ids] if isinstance(company_ids, int) else sorted(set(company_ids))
    if not ids:
        return 0
    return await write_notices(
        work,
        _TELL_MEMBERS,
        {"companies": ids, "role": role.value},
        kind,
        subject,
        useless_after=useless_after,
        params={**(about or {}), **params},
    )


async def tell_admins(
    work: Work,
    kind: str,
    subject: str,
    *,
    useless_after: datetime | None = None,
    about: Json | None = None,
    **params: object,
) -> int:
    """Write a notice to every administrator; returns the number of people told."""
    people = await active_admins(work.session)
    await tell(
        work,
        people,
        kind,
        subject,
        useless_after=useless_after,
        about={**(about or {}), **params},
        as_roles=(Role.ADMIN,),
    )
    return len(people)
