"""What each state must have and must not have: one table, and the comparison. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from domain.base import Json
from domain.escalations.model import ESCALATE
from domain.incidents.maintenance import END, START
from domain.incidents.timers import AGREE
from domain.incidents.timers import DECIDE as FAULT_DECIDED
from domain.law import CONFIRMATION, CONTRACT, OFFER_WINDOW, SELECTION
from domain.support import clocks

Code = Literal[
    "due_differs",
    "due_unlike",
    "deadline_missing",
    "deadline_unexpected",
    "reminder_left",
    "reminder_missing",
    "not_fired",
    "notice_missing",
    "subject_unknown",
]

#: The sweep comes each second; what has waited for so long after its instant is stuck.
STUCK_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Difference:
    """What is not as it must be. ``subject`` and ``kind`` say of what."""

    code: Code
    subject: str
    kind: str
    detail: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """An open deadline, as far as the table asks."""

    kind: str
    due_at: datetime


@dataclass(frozen=True)
class Standing:
    """Something in a state. ``due_at``: the end it shows to people, where it shows one."""

    what: str
    state: str
    subject: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Tells:
    """A notice that goes with a state: one of ``kinds``, to those whom ``told.READERS`` names so.

    Where a state has no reader of a notice here, the law asks for none that can be missed: what
    goes to the desk is spared to whoever had one just now, and a fault's users are who they are.
    """

    kinds: tuple[str, ...]
    to: str


@dataclass(frozen=True)
class Row:
    """What a state asks for.

    ``one_of``: deadlines of which one must run; ``never``: those that must not. ``told``: notices
    that must have been written, each by itself.
    """

    one_of: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    told: tuple[Tells, ...] = ()


_SELECTING = (SELECTION.name, "overdue.selection")
_CONTRACTING = (CONTRACT.name, "overdue.contract")
_DECIDING = (FAULT_DECIDED, f"overdue.{FAULT_DECIDED}")
_AGREEING = (AGREE, f"overdue.{AGREE}")
_WINDOW, _CONFIRMING = (OFFER_WINDOW.name,), (CONFIRMATION.name,)
_BEGINNING, _ENDING, _CLIMBING = (START,), (END,), (ESCALATE,)
_ANSWERING, _CLOSING = (clocks.PROMISE,), (clocks.CLOSES,)

_INVITED = (Tells(("order.invited",), "invited"), Tells(("order.published",), "customer_published"))
_LISTED = (
    Tells(("order.summary", "order.choose_again"), "customer_closed"),
    Tells(("offer.judged",), "offerors"),
)
_LATE_ORDER = Tells(("selection.overdue",), "customer_late")
_LATE_AWARD = Tells(("contract.overdue",), "both_late")
_PROTOCOL = Tells(("protocol.formed",), "customer_protocol")
_ENDED_ORDER = (*_WINDOW, *_SELECTING)
_ENDED_AWARD = (*_CONFIRMING, *_CONTRACTING)
_NUMBER = (Tells(("ticket.received",), "asker"),)

# Whose report came with another incident was told where it goes on, and how that stands.
_CONFIRMED = Tells(("incident.confirmed", "incident.joined"), "reporters")
_REFUTED = Tells(("incident.refuted", "incident.joined"), "reporters")

TABLE: Mapping[tuple[str, str], Row] = MappingProxyType(
    {
        ("order", "draft"): Row(never=_ENDED_ORDER),
        ("order", "collecting"): Row(_WINDOW, _SELECTING, _INVITED),
        ("order", "choosing"): Row(_SELECTING, _WINDOW, (*_LISTED, _LATE_ORDER)),
        ("order", "confirming"): Row(never=_WINDOW, told=(_LATE_ORDER, _PROTOCOL)),
        ("order", "contracting"): Row(never=_ENDED_ORDER, told=(_PROTOCOL,)),
        ("order", "done"): Row(
            never=_ENDED_ORDER, told=(Tells(("order.done",), "customer_finished"), _PROTOCOL)
        ),
        ("order", "failed"): Row(
            never=_ENDED_ORDER, told=(Tells(("order.failed",), "customer_finished"), _PROTOCOL)
        ),
        ("award", "pending"): Row(
            _CONFIRMING, _CONTRACTING, (Tells(("award.selected",), "supplier"),)
        ),
        ("award", "uncontracted"): Row(
            _CONTRACTING, _CONFIRMING, (Tells(("award.confirmed",), "both"), _LATE_AWARD)
        ),
        ("award", "contracted"): Row(
            never=_ENDED_AWARD, told=(Tells(("award.confirmed",), "both"),)
        ),
        ("award", "refused"): Row(never=_ENDED_AWARD, told=(Tells(("award.refused",), "both"),)),
        ("award", "lapsed"): Row(never=_ENDED_AWARD, told=(Tells(("award.lapsed",), "both"),)),
        ("award", "annulled"): Row(never=_ENDED_AWARD),
        ("contract", "proposed"): Row(told=(Tells(("contract.proposed",), "other_side"),)),
        ("contract", "concluded"): Row(told=(Tells(("contract.concluded",), "sides"),)),
        ("contract", "withdrawn"): Row(),
        # Unanswered, and the promise still runs, or is over.
        ("ticket", "promised"): Row(_ANSWERING, _CLOSING, _NUMBER),
        ("ticket", "late"): Row(never=_CLOSING, told=_NUMBER),
        ("ticket", "answered"): Row(_CLOSING, _ANSWERING, _NUMBER),
        ("ticket", "closed"): Row(never=(*_ANSWERING, *_CLOSING)),
        ("incident", "analysing"): Row(_DECIDING),
        # Of a regime that knows no term of the decision.
        ("incident", "analysing_freely"): Row(),
        ("incident", "level_proposed"): Row(
            _AGREEING,
            _DECIDING,
            (
                Tells(("incident.level_asked",), "authority"),
                _CONFIRMED,
            ),
        ),
        ("incident", "confirmed"): Row(never=_DECIDING, told=(_CONFIRMED,)),
        ("incident", "refuted"): Row(never=_DECIDING, told=(_REFUTED,)),
        ("incident", "over"): Row(never=_DECIDING),
        ("maintenance", "planned"): Row(
            _BEGINNING, told=(Tells(("maintenance.announced",), "everybody_announced"),)
        ),
        ("maintenance", "running"): Row(
            _ENDING, _BEGINNING, (Tells(("maintenance.started",), "everybody_started"),)
        ),
        ("maintenance", "finished"): Row(
            never=(*_BEGINNING, *_ENDING),
            told=(Tells(("maintenance.finished",), "everybody_finished"),),
        ),
        ("maintenance", "cancelled"): Row(
            never=(*_BEGINNING, *_ENDING),
            told=(Tells(("maintenance.cancelled",), "everybody_finished"),),
        ),
        # Steps are left to be taken, or none.
        ("escalation", "climbing"): Row(_CLIMBING),
        ("escalation", "at_rest"): Row(never=_CLIMBING),
    }
)


def unexpected(standing: Standing, running: Collection[Running]) -> Iterator[Difference]:
    """Deadlines that run although the state has none of them."""
    row = TABLE[standing.what, standing.state]
    for each in running:
        if each.kind in row.never:
            detail = {"state": standing.state, "due_at": each.due_at.isoformat()}
            yield Difference("deadline_unexpected", standing.subject, each.kind, detail)


def lacking(standing: Standing, running: Collection[Running]) -> Iterator[Difference]:
    """A deadline that must run and does not, or not until the instant that people are shown."""
    row = TABLE[standing.what, standing.state]
    if not row.one_of:
        return
    found = [each for each in running if each.kind in row.one_of]
    if not found:
        detail = {"state": standing.state}
        yield Difference("deadline_missing", standing.subject, row.one_of[0], detail)
    for each in found:
        shown = standing.due_at
        if each.kind == row.one_of[0] and shown is not None and each.due_at != shown:
            due = {"deadline": each.due_at.isoformat(), "shown": shown.isoformat()}
            yield Difference("due_unlike", standing.subject, each.kind, due)


@dataclass(frozen=True)
class Told:
    """What somebody must have been written.

    ``company_id`` and ``roles``: somebody of the company in one of the roles; without a company
    staff in one of the roles; without both anybody who is registered; ``person_id``: that person.
    ``subjects``: about one of them. ``since``: whoever acted so then and does now is asked for.
    ``exactly``: written at that very moment, by the act itself.
    """

    subject: str
    since: datetime
    subjects: tuple[str, ...]
    company_id: int | None = None
    roles: tuple[str, ...] = ()
    person_id: int | None = None
    exactly: bool = False
    kinds: tuple[str, ...] = ()
