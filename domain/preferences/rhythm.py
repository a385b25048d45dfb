"""Which of the usual reminders of a term a company wants: the others are not told to it.

A reminder is one row for all companies that a term concerns, so it is asked when it fires. What
a company chooses holds from then on, for terms that run already, too. At least one reminder of
each term is told, whatever was chosen: the last one, where the term has none of the chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from domain.deadlines import Deadline
from domain.errors import RuleBroken
from domain.law import REMINDERS
from domain.preferences.model import ReminderRhythm
from domain.roles import Role
from domain.work import Work

#: Names of the reminders that can be chosen, in order of time.
USUAL = tuple(each.name for each in REMINDERS)


def check_rhythm(names: Iterable[str]) -> tuple[str, ...]:
    """The reminders chosen, in order of time.

    Raises ``reminder_unknown``, ``reminder_last`` when none is left.
    """
    wanted = set(names)
    if not wanted <= set(USUAL):
        raise RuleBroken("reminder_unknown")
    if not wanted:
        raise RuleBroken("reminder_last")
    return tuple(name for name in USUAL if name in wanted)


def is_told(name: str, of_term: Sequence[str], chosen: Collection[str]) -> bool:
    """Whether a company that chose these is told by the reminder ``name``.

    ``of_term``: the reminders that the term has, in order of time. A reminder that cannot be
    chosen (half an hour before the end of a term of hours) is told to everybody.
    """
    if name not in USUAL or name in chosen:
        return True
    usual = [each for each in of_term if each in USUAL]
    return not any(each in chosen for each in usual) and usual[-1:] == [name]


async def wanting(
    work: Work, companies: Sequence[int], role: Role, deadline: Deadline
) -> list[int]:
    """Those of the companies that are told by this reminder, in their order."""
    rows = await work.session.scalars(
        select(ReminderRhythm).where(
            ReminderRhythm.company_id.in_(companies), ReminderRhythm.role == role.value
        )
    )
    chosen = {row.company_id: row.names for row in rows}
    if not chosen:
        return list(companies)
    name = deadline.subject.rpartition("#")[2]
    of_term = await _of_term(work, deadline)
    return [
        each for each in companies if each not in chosen or is_told(name, of_term, chosen[each])
    ]


async def _of_term(work: Work, deadline: Deadline) -> list[str]:
    """Names of all reminders of the term that this one belongs to."""
    if deadline.parent_id is None:
        return [deadline.subject.rpartition("#")[2]]
    subjects = await work.session.scalars(
        select(Deadline.subject)
        .where(Deadline.parent_id == deadline.parent_id)
        .order_by(Deadline.due_at, Deadline.id)
    )
    return [each.rpartition("#")[2] for each in subjects]
