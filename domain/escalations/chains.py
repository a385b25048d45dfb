"""The chains as they are in code, by category: rules of the house, in working minutes.

No act says who of a company is told when. What an act says is kept beside: the notice is written
to everybody of the company in the moment of the act and stands in their lists (act 366, clause
11); a chain only says whose phone rings first. Whatever happens, the whole company has been woken
long before a term of law ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.escalations.rules import Step, Who
from domain.law import TICKET_ESCALATIONS


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps of a category, and how long a company may make them in all (working minutes)."""

    category: str
    steps: tuple[Step, ...]
    longest: int = 0

    @property
    def of_company(self) -> bool:
        """Whether companies may change it."""
        return self.longest > 0


def _company(deputy: int, head: int, everybody: int, outside: int) -> tuple[Step, ...]:
    return (
        Step((Who.DUTY,), 0),
        Step((Who.DEPUTY,), deputy),
        Step((Who.HEAD,), head),
        Step((Who.COMPANY, Who.EMAIL), everybody),
        Step((Who.OTHER_SIDE, Who.ADMIN), outside),
    )


_DAY = 570
"""Working minutes of a day (act 366, clause 19.1)."""

CONFIRMATION = Chain("confirmation", _company(120, 120, 180, 720), 2 * _DAY)
"""From the selection: the other side hears on the last day's morning (act 344, clause 13.7)."""

SELECTION = Chain("selection", _company(240, 240, 360, 1_140), 4 * _DAY)
"""From the summary, or a new choice (act 344, clauses 13.6 and 13.10)."""

CONTRACT = Chain("contract", _company(60, 60, 120, 420), 2 * _DAY)
"""From the first reminder to conclude, or from an entry to agree with (act 344, clause 13.9)."""

OFFER_WINDOW = Chain(
    "offer_window",
    (
        Step((Who.DUTY,), 0),
        Step((Who.DEPUTY,), 60),
        Step((Who.HEAD,), 60),
        Step((Who.COMPANY, Who.EMAIL), 120),
    ),
    _DAY,
)
"""From the first reminder. Nobody owes an offer, and who has made one is sealed until the window
closes (act 344, clause 13.4): it stays in the company."""

TICKET = Chain(
    "ticket",
    tuple(
        Step((Who.LEAD,) if number else (Who.KEEPER,), each.term.count, again=number > 0)
        for number, each in enumerate(TICKET_ESCALATIONS)
    ),
)
"""At the desk: whoever has the ticket or the shift, then the lead with them, then once more."""

INCIDENT = Chain("incident", (Step((Who.KEEPER,), 0), Step((Who.ADMIN,), 60)))
"""From the first reminder of a term of a fault: whoever it concerns, then the administrators."""

CHAINS: Mapping[str, Chain] = MappingProxyType(
    {
        each.category: each
        for each in (CONFIRMATION, SELECTION, CONTRACT, OFFER_WINDOW, TICKET, INCIDENT)
    }
)
