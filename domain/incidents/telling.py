"""Who is told of a fault or of works, in one statement whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import (
    BigInteger,
    Integer,
    String,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.model import Award
from domain.base import Json, plain
from domain.incidents.model import IncidentReport
from domain.incidents.planning import Planned
from domain.incidents.views import EffectView, Scope
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW
from domain.notices.writing import tell, telling, write_notices
from domain.orders.model import Order, OrderInvitation
from domain.people.model import Membership, Person
from domain.people.queries import FOR_WHOM
from domain.registry.model import Company
from domain.roles import COMPANY_ROLES, Role
from domain.work import Work
from domain.working_time.moving import award_number

#: Moves that one notice names; the rest are counted.
SHOWN = 8

_EVERYBODY = telling(
    select(Person.id, literal(""), literal({}, JSONB)).where(
        Person.state == "active",
        exists().where(Membership.person_id == Person.id, Membership.state == "active"),
    )
)

_STAFF = telling(
    select(Membership.person_id, literal(""), literal({}, JSONB))
    .join(Person, Person.id == Membership.person_id)
    .where(
        Membership.role == func.any(bindparam("roles", type_=ARRAY(String))),
        Membership.company_id.is_(None),
        Membership.state == "active",
        Person.state == "active",
    )
    .distinct()
)

_PARTIES = telling(
    select(Membership.person_id, literal(""), literal({}, JSONB))
    .join(Person, Person.id == Membership.person_id)
    .where(
        Membership.company_id == func.any(bindparam("companies", type_=ARRAY(BigInteger))),
        Membership.role.in_([role.value for role in COMPANY_ROLES]),
        Membership.state == "active",
        Person.state == "active",
    )
    .distinct()
)

# Each company in a role reads of its own deadlines: the list travels once a company.
_given = (
    func.jsonb_to_recordset(bindparam("moves", type_=JSONB))
    .table_valued(
        column("company", BigInteger),
        column("role", String),
        column("moves", JSONB),
        column("more", Integer),
        name="given",
    )
    .render_derived(with_types=True)
)
_MOVED = telling(
    select(
        Membership.person_id,
        cast(Membership.company_id, String) + "/" + Membership.role,
        func.jsonb_build_object("moves", _given.c.moves, "more", _given.c.more, type_=JSONB).op(
            "||", return_type=JSONB
        )(FOR_WHOM),
        Membership.company_id,
    )
    .select_from(_given)
    .join(
        Membership,
        and_(Membership.company_id == _given.c.company, Membership.role == _given.c.role),
    )
    .join(Person, Person.id == Membership.person_id)
    .join(Company, Company.id == Membership.company_id)
    .where(Membership.state == "active", Person.state == "active")
)


async def tell_everybody(work: Work, kind: str, subject: str, **params: object) -> int:
    """Write a notice to everybody who is registered; returns how many."""
    return await write_notices(
        work, _EVERYBODY, {}, kind, subject, useless_after=None, params=params
    )


async def staff(session: AsyncSession, roles: Collection[Role]) -> list[int]:
    """Ids of everybody of these staff roles who is not suspended."""
    found = await session.scalars(
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.role.in_([role.value for role in roles]),
            Membership.company_id.is_(None),
            Membership.state == "active",
            Person.state == "active",
        )
        .distinct()
        .order_by(Membership.person_id)
    )
    return list(found)


async def tell_staff(
    work: Work, roles: Collection[Role], kind: str, subject: str, **params: object
) -> int:
    """Write a notice to everybody of these staff roles; returns how many."""
    return await write_notices(
        work,
        _STAFF,
        {"roles": sorted(role.value for role in roles)},
        kind,
        subject,
        useless_after=None,
        params=params,
        roles=roles,
    )


async def tell_users(work: Work, scope: Scope, kind: str, subject: str, **params: object) -> int:
    """Write a notice to the users a fault touches: all, or the parties of the listed orders."""
    if scope.kind != "orders":
        return await tell_everybody(work, kind, subject, **params)
    parties = await work.session.scalars(
        union_all(
            select(Order.customer_id).where(Order.number.in_(scope.orders)),
            select(OrderInvitation.company_id)
            .join(Order, Order.id == OrderInvitation.order_id)
            .where(Order.number.in_(scope.orders)),
        )
    )
    return await write_notices(
        work,
        _PARTIES,
        {"companies": sorted(set(parties))},
        kind,
        subject,
        useless_after=None,
        params=params,
    )


async def reporters(session: AsyncSession, incident_id: int) -> list[int]:
    """Ids of the people who reported an incident and have an account."""
    found = await session.scalars(
        select(IncidentReport.person_id)
        .where(IncidentReport.incident_id == incident_id, IncidentReport.person_id.is_not(None))
        .distinct()
    )
    return sorted(each for each in found if each is not None)


async def tell_reporters(
    work: Work, incident_id: int, kind: str, subject: str, **params: object
) -> int:
    """Write a notice to everybody who reported the incident; returns how many."""
    people = await reporters(work.session, incident_id)
    await tell(work, people, kind, subject, about=params)
    return len(people)


async def tell_moved(
    work: Work,
    kind: str,
    planned: Sequence[Planned],
    subject: str,
    **params: object,
) -> int:
    """Tell everyone touched by effects, each company in a role once, with its own deadlines.

    The customer of each order; the invited of a window; the holder of an award.
    """
    touched = await _touched(work.session, planned)
    moves = [
        {
            "company": company,
            "role": role,
            "moves": [_shown(each, role) for each in effects[:SHOWN]],
            "more": max(0, len(effects) - SHOWN),
        }
        for (company, role), effects in touched.items()
    ]
    if not moves:
        return 0
    return await write_notices(
        work,
        _MOVED,
        {"moves": moves},
        kind,
        subject,
        useless_after=None,
        params=params,
    )


def _shown(effect: EffectView, role: str) -> Json:
    shown: dict[str, object] = {
        "what": effect.what,
        "kind": effect.kind,
        "subject": effect.subject,
        "number": effect.order,
        "clause": effect.clause,
        "old": effect.old,
        "new": effect.new,
    }
    # Other orders of the customer are nobody else's business.
    if effect.reason and (role == Role.CUSTOMER.value or effect.what == "kept"):
        shown["reason"] = effect.reason
    return plain(shown)


_Reader = tuple[int, str]


async def _touched(
    session: AsyncSession, planned: Sequence[Planned]
) -> dict[_Reader, list[EffectView]]:
    orders = sorted({each.order_id for each in planned})
    customers = dict(
        (
            await session.execute(
                select(Order.id, Order.customer_id).where(Order.id == func.any(orders))
            )
        ).all()
    )
    windows = {each.order_id for each in planned if each.view.kind == OFFER_WINDOW.name}
    invited: dict[int, list[int]] = {}
    if windows:
        rows = await session.execute(
            select(OrderInvitation.order_id, OrderInvitation.company_id).where(
                OrderInvitation.order_id == func.any(sorted(windows)),
                OrderInvitation.declined_at.is_(None),
            )
        )
        for order_id, company in rows:
            invited.setdefault(order_id, []).append(company)
    holders = await _holders(session, planned)
    found: dict[_Reader, list[EffectView]] = {}
    for each in planned:
        readers: list[_Reader] = [(customers[each.order_id], Role.CUSTOMER.value)]
        if each.view.kind == OFFER_WINDOW.name:
            readers += [(one, Role.SUPPLIER.value) for one in invited.get(each.order_id, ())]
        if each.view.kind in (CONFIRMATION.name, CONTRACT.name):
            holder = holders.get(award_number(each.view.subject) or 0)
            readers += [(holder, Role.SUPPLIER.value)] if holder else []
        for reader in readers:
            found.setdefault(reader, []).append(each.view)
    return found


async def _holders(session: AsyncSession, planned: Iterable[Planned]) -> dict[int, int]:
    numbers = [
        number for each in planned if (number := award_number(each.view.subject)) is not None
    ]
    rows = await session.execute(
        select(Award.number, Award.company_id).where(Award.number == func.any(numbers))
    )
    return dict(rows.all())
