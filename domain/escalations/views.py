"""What leaves the use cases of escalations: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.escalations.rules import Step
from domain.orders.views import Party


@dataclass(frozen=True)
class WokenView:
    """Somebody woken: when, by which step, in which channel.

    ``name`` is empty where the reader may not know it: of the other side only that it was told.
    """

    step: int
    at: datetime
    name: str
    channel: str
    side: str


@dataclass(frozen=True)
class NextView:
    """What comes next: whom the step wakes, and when, if nobody answers before."""

    step: Step
    at: datetime


@dataclass(frozen=True)
class ChainView:
    """A chain as its reader may see it; ``company`` None at the desk.

    ``own``: the reader acts for the company that has to act, or watches over everything.
    """

    number: int
    category: str
    subject: str
    company: Party | None
    own: bool
    state: str
    started_at: datetime
    ended_at: datetime | None
    ended_by: str
    woken: tuple[WokenView, ...]
    next: NextView | None


@dataclass(frozen=True)
class Acknowledged:
    """What saying "I have seen it" did: when it was said first, and how many chains it ended."""

    notice: int
    at: datetime
    stopped: int


@dataclass(frozen=True)
class OwnChain:
    """A category's chain as it holds for a company; ``changed`` when it is the company's own."""

    category: str
    steps: tuple[Step, ...]
    default: tuple[Step, ...]
    longest: int
    changed: bool
