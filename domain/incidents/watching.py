"""Who reads what of incidents: whoever only watches reads nothing of users (act 344, clause 11)."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from domain.actor import Actor
from domain.incidents.queries import IN_EFFECT
from domain.incidents.reporting import OPERATORS
from domain.incidents.said import Said
from domain.incidents.views import IncidentRow, IncidentView
from domain.roles import Role

#: Who reads what users have said of a fault, and who they are.
INSIDERS = OPERATORS | frozenset({Role.AUTHORITY})
#: Who reads incidents; those who are no insiders watch: no names, contacts or words of reports.
READERS = INSIDERS | frozenset({Role.TECHNICAL_OPERATOR, Role.OBSERVER})

_Shown = TypeVar("_Shown", IncidentRow, IncidentView)


def for_reader(actor: Actor, shown: _Shown) -> _Shown:
    """The incident as the actor may see it.

    Until a fault is confirmed its title is the beginning of a user's report; operators give it
    one for everybody then.
    """
    if actor.role is None or actor.role in INSIDERS or shown.source != "user":
        return shown
    words_of_user = shown.state == "analysing" or shown.level is None
    return replace(shown, titles=Said()) if words_of_user else shown


def for_user(actor: Actor, row: IncidentRow) -> IncidentRow:
    """The incident in a list of a user's: its level only once it has taken effect (366, 24)."""
    if actor.role is None or actor.role in READERS or row.level_state in IN_EFFECT:
        return row
    return replace(row, level=None, level_state="none")
