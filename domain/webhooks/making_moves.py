"""What integrations are told of moved deadlines, works, faults, the calendar and requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import or_, select

from domain.audit import AuditEntry
from domain.base import Json
from domain.incidents.model import IncidentEffect, Maintenance
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW, SELECTION
from domain.orders.model import Order
from domain.registry.model import Company
from domain.webhooks import catalogue
from domain.webhooks.making import MAKERS_OF_ORDERS, Made, Maker, Reading, number_in, shown_bin

# Reminders and escalations follow these and are nobody else's business.
_TOLD = frozenset({OFFER_WINDOW.name, SELECTION.name, CONFIRMATION.name, CONTRACT.name})


async def _sides(reading: Reading, subject: str, kind: str) -> tuple[Order, frozenset[int]] | None:
    """The order that a subject belongs to, and the companies whom its deadline concerns."""
    award = number_in(subject, "award")
    if award is not None:
        found = await reading.award(award)
        if found is None:
            return None
        return found[1], frozenset({found[1].customer_id, found[0].company_id})
    order = await reading.order(number_in(subject, "order"))
    if order is None:
        return None
    if kind == SELECTION.name:
        return order, frozenset({order.customer_id})
    return order, await reading.around(order)


async def _moved(
    reading: Reading, subject: str, kind: str, old: object, new: object, cause: str
) -> list[Made]:
    found = await _sides(reading, subject, kind) if kind in _TOLD else None
    if found is None or new is None:
        return []
    order, companies = found
    data = catalogue.DeadlineMoved(
        order=order.number,
        subject=subject,
        kind=kind,
        old=_instant(old),
        new=_instant(new) or order.created_at,
        cause=cause,
    )
    return [Made("deadline.moved", f"order:{order.number}", data, companies)]


def _instant(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))


async def _moved_by_calendar(reading: Reading, entry: AuditEntry) -> list[Made]:
    kind, old, new = (entry.data.get(name) for name in ("kind", "old", "new"))
    return await _moved(reading, entry.subject, str(kind), old, new, "calendar")


async def moved_by_fault(reading: Reading, entry: AuditEntry) -> list[Made]:
    """What a fault or works moved in the round that an entry names."""
    effects = await reading.session.scalars(
        select(IncidentEffect)
        .where(
            IncidentEffect.cause == entry.subject,
            IncidentEffect.round == entry.data.get("round"),
            IncidentEffect.what == "moved",
        )
        .order_by(IncidentEffect.id)
    )
    found = []
    for each in effects:
        found += await _moved(reading, each.subject, each.kind, each.old, each.new, each.cause)
    return found


async def _undone(reading: Reading, entry: AuditEntry) -> list[Made]:
    order = await reading.order(number_in(entry.subject, "order"))
    if order is None:
        return []
    subject = str(entry.data.get("effect"))
    # An award is known to its two sides only; what became of the order to all around it.
    found = await _sides(reading, subject, "") if subject.startswith("award:") else None
    data = catalogue.OrderUndone(
        order=order.number,
        what=str(entry.data.get("what")),
        subject=subject,
        cause=str(entry.data.get("by")),
    )
    companies = found[1] if found else await reading.around(order)
    return [Made("order.undone", f"order:{order.number}", data, companies)]


def _works(name: str) -> Maker:
    async def make(reading: Reading, entry: AuditEntry) -> list[Made]:
        number = number_in(entry.subject, "maintenance")
        row = await reading.session.scalar(select(Maintenance).where(Maintenance.number == number))
        if row is None:
            return []
        data = catalogue.Works(
            works=row.number, state=row.state, starts_at=row.starts_at, ends_at=row.ends_at
        )
        return [Made(name, f"works:{row.number}", data)]

    return make


def _ticket(name: str, when: Callable[[Json], bool] = lambda data: True) -> Maker:
    """An event of a request to support, where what is on record says that it was one."""

    async def make(_reading: Reading, entry: AuditEntry) -> list[Made]:
        number = number_in(entry.subject, "ticket")
        if number is None or not when(entry.data):
            return []
        return [Made(name, f"ticket:{number}", catalogue.TicketEvent(ticket=number))]

    return make


# What is added to an open request names no channel.
_opened = _ticket("ticket.opened", lambda data: "channel" in data)
# The state before: only these are closed by time.
_closed_by_time = _ticket(
    "ticket.closed", lambda data: data.get("state") in ("answered", "waiting")
)


async def _calendar(_reading: Reading, entry: AuditEntry) -> list[Made]:
    changes = entry.data.get("changes")
    days = [
        date.fromisoformat(str(each["day"]))
        for each in (changes if isinstance(changes, list) else [])
    ]
    data = catalogue.CalendarChanged(version=str(entry.data.get("new")), days=days)
    return [Made("calendar.changed", "calendar", data)]


async def _status(reading: Reading, entry: AuditEntry) -> list[Made]:
    number = entry.subject.removeprefix("company:")
    company = await reading.session.scalar(select(Company).where(Company.bin == number))
    if company is None:
        return []
    old = entry.data.get("old")
    data = catalogue.CompanyStatus(
        bin=shown_bin(company.bin),
        registry_number=company.registry_number,
        old=None if old is None else str(old),
        new=str(entry.data.get("new")),
    )
    return [Made("company.status", f"company:{company.id}", data, frozenset({company.id}))]


def _incident(name: str) -> Maker:
    async def make(_reading: Reading, entry: AuditEntry) -> list[Made]:
        number = number_in(entry.subject, "incident")
        if number is None:
            return []
        return [Made(name, f"incident:{number}", catalogue.Fault(incident=number))]

    return make


MAKERS: Mapping[str, Maker] = {
    **MAKERS_OF_ORDERS,
    "deadline.moved": _moved_by_calendar,
    "incident.undo": _undone,
    "maintenance.announce": _works("works.announced"),
    "maintenance.prolong": _works("works.prolonged"),
    "maintenance.cancel": _works("works.cancelled"),
    "working_time.apply": _calendar,
    "registry.status": _status,
    "incident.confirm": _incident("incident.confirmed"),
    "incident.mend": _incident("incident.mended"),
    "incident.close": _incident("incident.closed"),
    "ticket.open": _opened,
    "ticket.write": _opened,
    "ticket.email": _opened,
    "ticket.register_call": _opened,
    "ticket.answer": _ticket("ticket.answered"),
    "ticket.close": _ticket("ticket.closed"),
    "due.ticket.closes": _closed_by_time,
}
"""Makers by the name of the act on record."""

TOLD = or_(AuditEntry.action.in_(sorted(MAKERS)), AuditEntry.data.op("?")("round"))
"""Entries that can give rise to an event: most of the record cannot."""


def _has_effects(entry: AuditEntry) -> bool:
    # Whatever act brought effects about names its round: see domain.incidents.applying.
    return isinstance(entry.data.get("round"), int) and bool(entry.data.get("effects"))


async def make(reading: Reading, entry: AuditEntry) -> list[Made]:
    """Every event that an entry gives rise to, in order."""
    maker = MAKERS.get(entry.action)
    found = list(await maker(reading, entry)) if maker else []
    if _has_effects(entry):
        found += await moved_by_fault(reading, entry)
    return found
