"""Giving and taking roles inside an act, with the line in the register (act 366, clause 34)."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert

from domain.notices.ended import end_notices_for
from domain.notices.writing import tell
from domain.people.looks import company_params
from domain.people.model import Membership, Person, RoleChange
from domain.people.queries import active_admins, members
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Work


def put_in_register(
    work: Work,
    person_id: int,
    change: str,
    ground: str,
    *,
    role: Role | None = None,
    company_id: int | None = None,
    executor: tuple[int | None, str] | None = None,
) -> None:
    """A line of the register: date, ground and executor; the actor unless said otherwise."""
    label = work.actor.label or work.actor.kind
    executor_id, executor_label = executor or (work.actor.person_id, label)
    work.session.add(
        RoleChange(
            at=work.now,
            person_id=person_id,
            company_id=company_id,
            role=role.value if role else "",
            change=change,
            ground=ground,
            executor_id=executor_id,
            executor_label=executor_label,
        )
    )


async def membership_of(
    work: Work, person_id: int, role: Role, company_id: int | None
) -> Membership | None:
    """The person's membership in this role, active or revoked."""
    return await work.session.scalar(
        select(Membership)
        .where(
            Membership.person_id == person_id,
            Membership.role == role.value,
            Membership.company_id.is_not_distinct_from(company_id),
        )
        .execution_options(populate_existing=True)
    )


async def enroll(
    work: Work,
    person: Person,
    role: Role,
    company: Company | None,
    *,
    position: str,
    ground: str,
    executor: tuple[int | None, str] | None = None,
    switch: bool,
) -> None:
    """Give a role; the person's row is held by the caller.

    ``switch``: the person is here and goes on in the new role. Otherwise the current role, if
    there is one, stays: nobody is moved to another company in the middle of something.
    """
    company_id = company.id if company else None
    colleagues = await _colleagues(work, role, company_id)
    values = {
        "person_id": person.id,
        "company_id": company_id,
        "role": role.value,
        "position": position,
        "state": "active",
        "created_at": work.now,
    }
    membership_id = await work.session.scalar(
        insert(Membership)
        .values(values)
        .on_conflict_do_update(
            index_elements=[Membership.person_id, Membership.role, Membership.company_id],
            set_={"state": "active", "position": position, "created_at": work.now},
        )
        .returning(Membership.id)
    )
    if switch or not await _is_active(work, person.current_membership_id):
        person.current_membership_id = membership_id
    put_in_register(
        work, person.id, "granted", ground, role=role, company_id=company_id, executor=executor
    )
    await tell(
        work,
        set(colleagues) - {person.id},
        "colleague.joined",
        f"person:{person.id}",
        name=person.name,
        role=role.value,
        about=company_params(company),
        as_company=company_id,
        as_roles=() if company_id is not None else (Role.ADMIN,),
    )


async def _colleagues(work: Work, role: Role, company_id: int | None) -> list[int]:
    if company_id is None:
        return await active_admins(work.session)
    return await members(work.session, company_id, role)


async def _is_active(work: Work, membership_id: int | None) -> bool:
    if membership_id is None:
        return False
    state = await work.session.scalar(
        select(Membership.state).where(Membership.id == membership_id)
    )
    return state == "active"


async def dismiss(work: Work, person: Person, membership: Membership, ground: str) -> None:
    """Take a role away; the person goes on in another of theirs, if there is one.

    What waits to be told to them for a company they have left does not go.
    """
    membership.state = "revoked"
    put_in_register(
        work,
        person.id,
        "revoked",
        ground,
        role=Role(membership.role),
        company_id=membership.company_id,
    )
    if person.current_membership_id == membership.id:
        person.current_membership_id = await work.session.scalar(
            select(Membership.id)
            .where(
                Membership.person_id == person.id,
                Membership.state == "active",
                Membership.id != membership.id,
            )
            .order_by(Membership.id.desc())
            .limit(1)
        )
    other = exists().where(
        Membership.person_id == person.id,
        Membership.company_id == membership.company_id,
        Membership.id != membership.id,
        Membership.state == "active",
    )
    if membership.company_id is not None and not await work.session.scalar(select(other)):
        await end_notices_for(work, person.id, membership.company_id)
