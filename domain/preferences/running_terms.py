"""The terms of which one may want to be reminded: of one's company, or of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.deadlines import Deadline
from domain.errors import AccessDenied
from domain.people.model import Membership, Person
from domain.preferences.calendars import deadlines_of
from domain.roles import COMPANY_ROLES, Role

_OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})
#: Who sees the terms of a thing at the desk, by the first word of their kinds.
AT_DESK: Mapping[str, frozenset[Role]] = MappingProxyType(
    {"ticket": _OPERATORS, "incident": _OPERATORS | {Role.AUTHORITY}}
)
#: Whoever has terms of which one may be reminded.
REMINDED = COMPANY_ROLES.union(*AT_DESK.values())
_MOST = 5_000

# Of tickets those in one's own hands; whoever opens another asks for its terms by its subject.
_DESKS = text(
    """
    WITH mine AS (
        SELECT 'ticket:' || number AS subject FROM ticket
        WHERE assignee_id = :person AND state NOT IN ('closed', 'merged')
        UNION ALL
        SELECT 'incident:' || number FROM incident
    )
    SELECT deadline.kind, deadline.subject, deadline.due_at, deadline.clause
    FROM deadline JOIN mine ON mine.subject = deadline.subject
    WHERE deadline.state = 'open' AND deadline.term <> '' AND deadline.due_at > :now
      AND split_part(deadline.kind, '.', 1) = ANY(:families)
    ORDER BY deadline.due_at, deadline.subject, deadline.kind
    LIMIT :most
    """
)


@dataclass(frozen=True)
class Place:
    """Who asks, and as whom: for a company, or at the desk (``company`` is None)."""

    company: int | None
    role: Role
    person: int


@dataclass(frozen=True)
class RunningTerm:
    """A term that runs: ``due_at`` (UTC) is exclusive; at the desk there is no order."""

    kind: str
    subject: str
    order_number: int | None
    due_at: datetime
    clause: str | None


def place_of(actor: Actor) -> Place:
    """As whom somebody is reminded; raises AccessDenied ``role_not_allowed`` (366-8)."""
    role, person = actor.role, actor.person_id
    if role is None or person is None or (role.of_company and actor.company_id is None):
        raise AccessDenied("role_not_allowed", "366-8", role=str(role or ""))
    return Place(actor.company_id if role.of_company else None, role, person)


def roles_of(kind: str) -> frozenset[Role]:
    """Who at the desk sees terms of this kind; nobody sees there those of companies."""
    return AT_DESK.get(kind.partition(".")[0], frozenset())


async def running_terms(
    session: AsyncSession, place: Place, now: datetime, subject: str = ""
) -> list[RunningTerm]:
    """The terms that run for somebody, the next first; ``subject``: of one thing alone."""
    if place.company is not None:
        found = await deadlines_of(session, place.company, place.role.value, now)
        return [
            RunningTerm(each.kind, each.subject, each.order_number, each.due_at, each.clause)
            for each in found
            if not each.cancelled and each.due_at > now and subject in ("", each.subject)
        ]
    if subject:
        return await _of_thing(session, place.role, now, subject)
    families = [name for name, roles in AT_DESK.items() if place.role in roles]
    about = {"person": place.person, "families": families, "now": now, "most": _MOST}
    rows = await session.execute(_DESKS, about)
    return [RunningTerm(kind, thing, None, due_at, why) for kind, thing, due_at, why in rows]


async def _of_thing(
    session: AsyncSession, role: Role, now: datetime, subject: str
) -> list[RunningTerm]:
    thing, _, number = subject.partition(":")
    if role not in AT_DESK.get(thing, ()) or not (number.isascii() and number.isdigit()):
        return []
    rows = await session.scalars(
        select(Deadline)
        .where(
            Deadline.subject == subject,
            Deadline.state == "open",
            Deadline.term != "",
            Deadline.due_at > now,
        )
        .order_by(Deadline.due_at, Deadline.kind)
    )
    return [
        RunningTerm(row.kind, row.subject, None, row.due_at, row.clause)
        for row in rows
        if role in roles_of(row.kind)
    ]


async def still_acts(session: AsyncSession, deadline: Deadline, kind: str) -> bool:
    """Whether the person of a reminder is still one of those whom its term concerns."""
    held = [
        Membership.person_id == int(str(deadline.params["person"])),
        Membership.state == "active",
    ]
    company = company_of(deadline)
    if company is None:
        roles = [role.value for role in roles_of(kind)]
        held += [Membership.role.in_(roles), Person.state == "active"]
    else:
        role = str(deadline.params["role"])
        held += [Membership.company_id == company, Membership.role == role]
    found = await session.scalar(
        select(Membership.id).join(Person, Person.id == Membership.person_id).where(*held).limit(1)
    )
    return found is not None


def company_of(deadline: Deadline) -> int | None:
    """The company for which a reminder was set; None at the desk."""
    company = deadline.params.get("company")
    return None if company is None else int(str(company))
