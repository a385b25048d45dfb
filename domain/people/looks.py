"""Reading people with what they are: shared by the use cases of this folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor, ActorKind
from domain.errors import AccessDenied, NotFound
from domain.people.model import Consent, Membership, Person, Registration
from domain.people.rules import CONSENTS_IN_FORCE
from domain.people.views import (
    MembershipView,
    PersonView,
    RegistrationReceipt,
    membership_view,
    receipt,
)
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Recall, Work


def person_select() -> Select[Any]:
    """One statement for a person, the current membership, its company, consents and a count."""
    consents = (
        select(func.array_agg(Consent.kind.distinct()))
        .where(
            Consent.person_id == Person.id,
            or_(
                *(
                    and_(Consent.kind == kind, Consent.version == version)
                    for kind, version in CONSENTS_IN_FORCE.items()
                )
            ),
        )
        .correlate(Person)
        .scalar_subquery()
    )
    memberships = (
        select(func.count())
        .where(Membership.person_id == Person.id, Membership.state == "active")
        .correlate(Person)
        .scalar_subquery()
    )
    current = and_(Membership.id == Person.current_membership_id, Membership.state == "active")
    return (
        select(Person, Membership, Company, consents, memberships)
        .outerjoin(Membership, current)
        .outerjoin(Company, Company.id == Membership.company_id)
        .execution_options(populate_existing=True)
    )


def person_view(row: Sequence[Any]) -> PersonView:
    """The value of a row of ``person_select``."""
    person, membership, company, consents, count = row
    return PersonView(
        id=person.id,
        telegram_id=person.telegram_id,
        language=person.language,
        language_chosen=person.language_chosen,
        name=person.name,
        phone=person.phone,
        email=person.email,
        suspended=person.state == "suspended",
        state_reason=person.state_reason,
        consents=tuple(sorted(consents or ())),
        memberships=count,
        membership=membership and membership_view(membership, company, membership.id),
        unreachable_since=person.unreachable_since,
    )


def actor_of(row: Sequence[Any], cause: str, at: datetime | None) -> Actor:
    """The actor a row of ``person_select`` acts as; without a role, a guest."""
    person, membership, _, _, _ = row
    kind: ActorKind = "guest" if membership is None else "person"
    return Actor(
        kind=kind,
        source="telegram",
        cause=cause,
        person_id=person.id,
        company_id=membership and membership.company_id,
        role=membership and Role(membership.role),
        telegram_id=person.telegram_id,
        suspended=person.state == "suspended",
        at=at,
    )


async def view_of(session: AsyncSession, person_id: int) -> PersonView:
    """The person as a value; changes of the transaction included."""
    await session.flush()
    found = await session.execute(person_select().where(Person.id == person_id))
    row = found.one_or_none()
    if row is None:
        raise NotFound("person_unknown")
    return person_view(row)


# A person's phone and e-mail are for their own row, not for the record that nothing leaves.
async def _read_self(session: AsyncSession, person_id: int, _now: datetime) -> PersonView:
    return await view_of(session, person_id)


SELF = Recall(lambda view: view.id, _read_self)


async def lock_person(session: AsyncSession, person_id: int | None) -> Person:
    """The person's row, held until the transaction ends.

    Whatever changes what a person is locks the person first, then anything else: two acts on
    one person wait for each other and never deadlock. Raises NotFound ``person_unknown``.
    """
    person = None
    if person_id is not None:
        person = await session.scalar(
            select(Person)
            .where(Person.id == person_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    if person is None:
        raise NotFound("person_unknown")
    return person


async def lock_self(work: Work) -> Person:
    """The actor's own row, held; raises AccessDenied ``not_a_person`` for other actors."""
    if work.actor.person_id is None:
        raise AccessDenied("not_a_person", "366-5")
    return await lock_person(work.session, work.actor.person_id)


async def memberships_of(
    session: AsyncSession, people: Iterable[int]
) -> dict[int, list[MembershipView]]:
    """Active memberships by person, the current ones marked."""
    wanted = sorted(set(people))
    found: dict[int, list[MembershipView]] = {person_id: [] for person_id in wanted}
    rows = await session.execute(
        select(Membership, Company, Person.current_membership_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Company, Company.id == Membership.company_id)
        .where(Membership.person_id.in_(wanted), Membership.state == "active")
        .order_by(Membership.id)
    )
    for membership, company, current in rows:
        found[membership.person_id].append(membership_view(membership, company, current))
    return found


async def company_by_id(session: AsyncSession, company_id: int | None) -> Company | None:
    """The company of a row that may have none."""
    return None if company_id is None else await session.get_one(Company, company_id)


async def receipt_of(session: AsyncSession, registration: Registration) -> RegistrationReceipt:
    """The confirmation of a stored application."""
    return receipt(registration, await company_by_id(session, registration.company_id))


def company_params(company: Company | None) -> dict[str, str]:
    """The company as parameters of a notice; empty for staff."""
    if company is None:
        return {}
    return {"bin": company.bin, "name_ru": company.name_ru, "name_kk": company.name_kk}
