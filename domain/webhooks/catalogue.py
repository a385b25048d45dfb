"""The catalogue of events: one table, from which schemas, documentation and checks are made.

No event holds personal data: no name, telephone, e-mail or IIN, and no text that somebody typed.
No event tells anything of an offer before the window has closed, not even that there is one
(act 344, clause 13.4). Sums are asked for by the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.clock import astana

#: An instant with the offset of Astana.
Moment = Annotated[datetime, AfterValidator(astana)]
Bin = Annotated[
    str | None,
    Field(description="BIN; null where the company is known by a person's IIN: ask the API."),
]
Audience = Literal["sides", "all", "operator"]


class Data(BaseModel):
    """Root of what events hold. Members may be added in later releases, never taken away."""

    model_config = ConfigDict(frozen=True)


class OfOrder(Data):
    """An event of an order."""

    order: int = Field(description="Number of the order.")


class OrderPublished(OfOrder):
    """An order is published and its window of offers open."""

    customer_bin: Bin
    published_at: Moment
    offers_due_at: Moment | None = Field(description="When the window closes, exclusive.")


class WindowClosed(OfOrder):
    """The window of offers is closed and the list formed."""

    state: str = Field(description="`choosing`, or `failed` without a single valid offer.")


class JudgedLine(Data):
    """A line of an offer."""

    line: int
    accepted: bool
    reason: str | None = Field(description="The ground of rejection (act 344, clause 13.4).")


class OfferJudged(OfOrder):
    """An offer is judged, as its window has closed."""

    offer: int
    version: int
    supplier_bin: Bin
    lines: list[JudgedLine] = Field(description="The first 500; the API has all.")


class OrderFailed(OfOrder):
    """The purchase has failed."""

    ground: str = Field(description="Paragraph of clause 15 of act 344, such as `15.3`.")


class OfAward(OfOrder):
    """A volume of a line given to a supplier."""

    award: int = Field(description="Number of the award.")
    line: int
    quantity: str = Field(description="Decimal string.")
    supplier_bin: Bin


class AwardSelected(OfAward):
    """A supplier is selected and has to confirm."""

    due_at: Moment = Field(description="Until when to confirm, exclusive.")


class SelectionOverdue(OfOrder):
    """The customer has not selected in time."""


class ProtocolFormed(OfOrder):
    """A version of the protocol of results is formed."""

    version: int
    formed_at: Moment
    hash: str = Field(description="SHA-256 of the protocol's data.")


class OfContract(OfOrder):
    """A contract of a customer with a supplier."""

    contract: int
    supplier_bin: Bin
    signed_on: date
    state: str = Field(description="`proposed`, `concluded` or `withdrawn`.")


class ContractOverdue(OfOrder):
    """No contract in time after a confirmed award."""

    award: int
    supplier_bin: Bin


class DeadlineMoved(OfOrder):
    """A deadline ends at another instant: the calendar has changed, or a fault or works count."""

    subject: str = Field(description="`order:15` or `award:7`.")
    kind: str = Field(description="`offer_window`, `selection`, `confirmation` or `contract`.")
    old: Moment | None
    new: Moment
    cause: str = Field(description="`calendar`, `incident:7` or `maintenance:2`.")


class OrderUndone(OfOrder):
    """A decision on a fault has undone something of an order."""

    what: str = Field(description="`annulled`, `rerun` or `cancelled`.")
    subject: str = Field(description="`order:15`, `award:7` or `protocol:15:2`.")
    cause: str


class CompanyStatus(Data):
    """The registries say something else of a company."""

    bin: Bin
    registry_number: str
    old: str | None
    new: str


class Works(Data):
    """Planned works."""

    works: int = Field(description="Number of the works.")
    state: str
    starts_at: Moment
    ends_at: Moment


class Fault(Data):
    """A fault of the platform."""

    incident: int = Field(description="Number of the incident.")


class CalendarChanged(Data):
    """The working calendar has changed."""

    version: str
    days: list[date]


class TicketEvent(Data):
    """A request to support."""

    ticket: int = Field(description="Number of the request.")


class Ping(Data):
    """A test, sent on demand to one endpoint."""

    endpoint: int


@dataclass(frozen=True)
class EventType:
    """A row of the catalogue.

    ``audience``: ``sides`` are the companies the event concerns, ``all`` everybody, and
    ``operator`` only the operator, who gets every event.
    """

    name: str
    data: type[Data]
    summary: str
    audience: Audience = "sides"


_TABLE = (
    EventType("order.published", OrderPublished, "To the customer and the suppliers invited."),
    EventType("order.window_closed", WindowClosed, "To the customer and the suppliers invited."),
    EventType("order.failed", OrderFailed, "To the customer and the suppliers invited."),
    EventType("order.undone", OrderUndone, "To the customer and the suppliers invited."),
    EventType(
        "offer.judged",
        OfferJudged,
        "To the supplier whose offer it is and the customer, when the window has closed.",
    ),
    EventType("award.selected", AwardSelected, "To the customer and that supplier."),
    EventType("award.confirmed", OfAward, "To the customer and that supplier."),
    EventType("award.refused", OfAward, "To the customer and that supplier."),
    EventType("award.lapsed", OfAward, "To the customer and that supplier."),
    EventType("selection.overdue", SelectionOverdue, "To the customer."),
    EventType("protocol.formed", ProtocolFormed, "To the customer and the suppliers who offered."),
    EventType("contract.proposed", OfContract, "One side has entered it; to both sides."),
    EventType("contract.concluded", OfContract, "To both sides."),
    EventType("contract.disputed", OfContract, "An entry is withdrawn; to both sides."),
    EventType("contract.overdue", ContractOverdue, "To both sides."),
    EventType(
        "deadline.moved",
        DeadlineMoved,
        "Of a window, to the customer and the suppliers invited; of an award, to its sides.",
    ),
    EventType("company.status", CompanyStatus, "To that company."),
    EventType("works.announced", Works, "To everybody.", "all"),
    EventType("works.prolonged", Works, "To everybody.", "all"),
    EventType("works.cancelled", Works, "To everybody.", "all"),
    EventType("calendar.changed", CalendarChanged, "To everybody.", "all"),
    EventType("incident.confirmed", Fault, "To the operator.", "operator"),
    EventType("incident.mended", Fault, "To the operator.", "operator"),
    EventType("incident.closed", Fault, "To the operator.", "operator"),
    EventType("ticket.opened", TicketEvent, "To the operator.", "operator"),
    EventType("ticket.answered", TicketEvent, "To the operator.", "operator"),
    EventType("ticket.closed", TicketEvent, "To the operator.", "operator"),
)

EVENTS: Mapping[str, EventType] = {each.name: each for each in _TABLE}
"""Every event that can be subscribed to, by name."""

#: What tells of offers: not sent while they are sealed, also if they were not when it was made.
OF_OFFERS = frozenset({"offer.judged"})

PING = EventType("webhook.ping", Ping, "To the endpoint that is tested, on demand.")


def schema_of(event: EventType) -> dict[str, object]:
    """The JSON Schema of the whole body: ``type``, ``timestamp`` and ``data``."""
    data = event.data.model_json_schema(mode="serialization")
    definitions = data.pop("$defs", None)
    schema: dict[str, object] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.name,
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": event.name},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": data,
        },
    }
    if definitions:
        schema["$defs"] = definitions
    return schema
