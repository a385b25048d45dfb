"""Who works at the desk by our register."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists

from domain.people.model import Membership, Person
from domain.support.reading import OPERATORS


def is_operator_still() -> ColumnElement[bool]:
    """Whether a ``Person`` works at the desk: a role may be taken away in the midst of a shift."""
    return exists().where(
        Membership.person_id == Person.id,
        Membership.role.in_([role.value for role in OPERATORS]),
        Membership.state == "active",
        Person.state == "active",
    )
