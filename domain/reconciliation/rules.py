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
class Row:
    """``one_of``: deadlines of which one must run; ``never``: those that must not."""

    one_of: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


_SELECTING = (SELECTION.name, "overdue.selection")
_CONTRACTING = (CONTRACT.name, "overdue.contract")
_DECIDING = (FAULT_DECIDED, f"overdue.{FAULT_DECIDED}")
_AGREEING = (AGREE, f"overdue.{AGREE}")
_WINDOW, _CONFIRMING = (OFFER_WINDOW.name,), (CONFIRMATION.name,)
_BEGINNING, _ENDING, _CLIMBING = (START,), (END,), (ESCALATE,)
_ANSWERING, _CLOSING = (clocks.PROMISE,), (clocks.CLOSES,)

TABLE: Mapping[tuple[str, str], Row] = MappingProxyType(
    {
        ("order", "draft"): Row(never=(*_WINDOW, *_SELECTING)),
        ("order", "collecting"): Row(_WINDOW, _SELECTING),
        ("order", "choosing"): Row(_SELECTING, _WINDOW),
        ("order", "confirming"): Row(never=_WINDOW),
        ("order", "contracting"): Row(never=(*_WINDOW, *_SELECTING)),
        ("order", "done"): Row(never=(*_WINDOW, *_SELECTING)),
        ("order", "failed"): Row(never=(*_WINDOW, *_SELECTING)),
        ("award", "pending"): Row(_CONFIRMING, _CONTRACTING),
        ("award", "uncontracted"): Row(_CONTRACTING, _CONFIRMING),
        ("award", "settled"): Row(never=(*_CONFIRMING, *_CONTRACTING)),
        # Unanswered, and the promise still runs, or is over.
        ("ticket", "promised"): Row(_ANSWERING, _CLOSING),
        ("ticket", "late"): Row(never=_CLOSING),
        ("ticket", "answered"): Row(_CLOSING, _ANSWERING),
        ("ticket", "closed"): Row(never=(*_ANSWERING, *_CLOSING)),
        ("incident", "analysing"): Row(_DECIDING),
        # Of a regime that knows no term of the decision.
        ("incident", "analysing_freely"): Row(),
        ("incident", "level_proposed"): Row(_AGREEING, _DECIDING),
        ("incident", "decided"): Row(never=_DECIDING),
        ("maintenance", "planned"): Row(_BEGINNING),
        ("maintenance", "running"): Row(_ENDING, _BEGINNING),
        ("maintenance", "over"): Row(never=(*_BEGINNING, *_ENDING)),
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
    """A notice that somebody of a company must have been written: one of these kinds.

    ``subjects``: about one of them. ``since``: whoever acted for the company then and does now
    is asked for. ``exactly``: written at that very moment, by the act itself.
    """

    subject: str
    kinds: tuple[str, ...]
    company_id: int
    role: str
    since: datetime
    subjects: tuple[str, ...]
    exactly: bool = False
