"""Reading the states of orders, awards, contracts, tickets, faults as the table names them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.elapsing import award_subject
from domain.awards.model import Award
from domain.base import is_id
from domain.contracts.model import Contract
from domain.contracts.service import contract_subject
from domain.escalations.model import Escalation
from domain.escalations.running import escalation_subject
from domain.incidents.maintenance import maintenance_subject
from domain.incidents.model import Incident, Maintenance
from domain.incidents.queries import incident_subject, regime_of
from domain.orders.model import Order
from domain.orders.queries import order_subject
from domain.reconciliation.rules import Standing
from domain.support.clocks import ticket_subject
from domain.support.model import Ticket
from domain.support.reading import NOT_CLOSED, UNANSWERED

_PUBLISHED = ("collecting", "choosing", "confirming", "contracting")


@dataclass(frozen=True)
class Sort:
    """One sort of things that have a state: its table, which of it lives, and how it stands.

    ``number``: the column by which subjects name it.
    """

    name: str
    # Any: each of them has its own mapped class, with an ``id``.
    table: Any
    living: Callable[[datetime], ColumnElement[bool]]
    standing: Callable[[Any, datetime], Standing]
    number: str = "number"


def _order(order: Order, _now: datetime) -> Standing:
    shown = order.offers_due_at if order.state == "collecting" else None
    return Standing("order", order.state, order_subject(order.number), shown)


def _award(award: Award, _now: datetime) -> Standing:
    subject = award_subject(award.number)
    if award.state == "pending":
        return Standing("award", "pending", subject, award.due_at)
    if award.state == "active":
        return Standing("award", "contracted" if award.contract_id else "uncontracted", subject)
    return Standing("award", award.outcome or "annulled", subject)


def _contract(contract: Contract, _now: datetime) -> Standing:
    return Standing("contract", contract.state, contract_subject(contract.id))


def _ticket(ticket: Ticket, now: datetime) -> Standing:
    subject = ticket_subject(ticket.number)
    if ticket.state in UNANSWERED:
        if ticket.promised_at > now:
            return Standing("ticket", "promised", subject, ticket.promised_at)
        return Standing("ticket", "late", subject)
    return Standing("ticket", "answered" if ticket.state in NOT_CLOSED else "closed", subject)


def _incident(incident: Incident, _now: datetime) -> Standing:
    subject, regime = incident_subject(incident.number), regime_of(incident)
    if incident.state == "analysing":
        timed = regime.decision is not None
        return Standing("incident", "analysing" if timed else "analysing_freely", subject)
    if incident.state == "confirmed" and incident.level_state == "proposed" and regime.agreed:
        return Standing("incident", "level_proposed", subject)
    known = incident.state if incident.state in ("confirmed", "refuted") else "over"
    return Standing("incident", known, subject)


def _maintenance(works: Maintenance, _now: datetime) -> Standing:
    shown = {"planned": works.starts_at, "running": works.ends_at}.get(works.state)
    return Standing("maintenance", works.state, maintenance_subject(works.number), shown)


def _escalation(chain: Escalation, _now: datetime) -> Standing:
    """A chain whose steps were all taken still runs: somebody may yet act."""
    climbs = chain.state == "running" and chain.step + 1 < len(chain.steps)
    return Standing("escalation", "climbing" if climbs else "at_rest", escalation_subject(chain.id))


SORTS = (
    Sort(
        "order",
        Order,
        lambda since: or_(Order.state.in_(_PUBLISHED), Order.finished_at > since),
        _order,
    ),
    Sort(
        "award",
        Award,
        lambda since: or_(
            Award.state == "pending",
            and_(Award.state == "active", Award.contract_id.is_(None)),
            Award.decided_at > since,
        ),
        _award,
    ),
    Sort(
        "contract",
        Contract,
        lambda since: or_(
            Contract.state == "proposed",
            and_(Contract.state == "concluded", Contract.agreed_at > since),
        ),
        _contract,
        number="id",
    ),
    Sort("ticket", Ticket, lambda _since: Ticket.state.in_(NOT_CLOSED), _ticket),
    Sort(
        "incident",
        Incident,
        lambda since: or_(
            Incident.state.in_(("analysing", "confirmed")),
            and_(Incident.state == "refuted", Incident.decided_at > since),
        ),
        _incident,
    ),
    Sort(
        "maintenance",
        Maintenance,
        lambda since: or_(
            Maintenance.state.in_(("planned", "running")), Maintenance.finished_at > since
        ),
        _maintenance,
    ),
    Sort(
        "escalation",
        Escalation,
        lambda _since: Escalation.state == "running",
        _escalation,
        number="id",
    ),
)
_BY_NAME = {sort.name: sort for sort in SORTS}


async def living(
    session: AsyncSession, sort: Sort, since: datetime, after: int, limit: int
) -> Sequence[Any]:
    """The next things that have a state which must have something, by id."""
    rows = await session.scalars(
        select(sort.table)
        .where(sort.living(since), sort.table.id > after)
        .order_by(sort.table.id)
        .limit(limit)
    )
    return rows.all()


async def standings_of(
    session: AsyncSession, subjects: Collection[str], now: datetime
) -> dict[str, Standing | None]:
    """How the subjects of deadlines stand; None for one of a known sort that does not exist.

    Subjects of other sorts (the desk, a person's reminder) are left out.
    """
    found: dict[str, Standing | None] = {}
    asked: dict[str, set[int]] = {}
    for subject in subjects:
        what, _, number = subject.partition(":")
        if what in _BY_NAME and number.isascii() and number.isdigit() and is_id(int(number)):
            asked.setdefault(what, set()).add(int(number))
            found[subject] = None
    for what, numbers in asked.items():
        sort = _BY_NAME[what]
        column = getattr(sort.table, sort.number)
        rows = await session.scalars(select(sort.table).where(column.in_(numbers)))
        for row in rows:
            standing = sort.standing(row, now)
            found[standing.subject] = standing
    return found
