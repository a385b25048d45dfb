"""Reminders of one's own on any term of the company or the desk; the company's usual ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.base import is_id
from domain.calendar import WorkingCalendar
from domain.deadlines import Deadline, open_of, set_moment
from domain.errors import NotFound, RuleBroken
from domain.firing import Deadlines
from domain.law import OFFER_WINDOW
from domain.notices.writing import tell
from domain.orders.reminder_choices import ReminderChoice, reminder_choices
from domain.people.looks import lock_self
from domain.preferences.model import ReminderRhythm
from domain.preferences.rhythm import USUAL, check_rhythm
from domain.preferences.running_terms import (
    REMINDED,
    Place,
    RunningTerm,
    company_of,
    place_of,
    roles_of,
    running_terms,
    still_acts,
)
from domain.roles import COMPANY_ROLES
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

# The first is of an order while its window is open, and older than the other.
OF_WINDOW, OWN = "remind.me", "remind.own"
_KINDS = (OF_WINDOW, OWN)


@dataclass(frozen=True)
class OwnReminder:
    """A reminder that a person has set on a term: when it comes (``at``), when the term ends.

    ``subject``: of what the term is; at the desk there is no order.
    """

    number: int
    kind: str
    subject: str
    order_number: int | None
    at: datetime
    due_at: datetime


@dataclass(frozen=True)
class RemindersView:
    """The usual reminders that the company wants, by their names, and the actor's own.

    There are no usual ones to choose at the desk.
    """

    rhythm: tuple[str, ...]
    own: list[OwnReminder]


@dataclass(frozen=True)
class TermChoices:
    """A term and the moments at which one may be reminded of it."""

    term: RunningTerm
    choices: list[ReminderChoice]


class Reminders:
    """When a company, its people and those at the desk are reminded."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        deadlines.on(OWN, _remind)

    @query(by=REMINDED)
    async def mine(self, look: Look) -> RemindersView:
        """The company's choice and the actor's own reminders, the next first."""
        return await _view(look.session, place_of(look.actor))

    @query(by=REMINDED)
    async def terms(self, look: Look, subject: str = "") -> list[RunningTerm]:
        """The terms that run for the company, the next first.

        At the desk those of incidents and of the tickets in the actor's hands; with ``subject``
        those of one thing, whoever works on it.
        """
        return await running_terms(look.session, place_of(look.actor), look.now, subject)

    @query(by=REMINDED)
    async def choices(self, look: Look, kind: str, subject: str) -> TermChoices:
        """The moments to choose for one term; raises NotFound ``term_unknown``."""
        term = await _term(look.session, look.actor, kind, subject, look.now)
        calendar: WorkingCalendar = await calendar_for_reading(look.session)
        return TermChoices(term, reminder_choices(calendar, look.now, term.due_at))

    @use_case("reminders.rhythm", by=COMPANY_ROLES)
    async def choose(self, work: Work, names: Sequence[str]) -> RemindersView:
        """The usual reminders that the company wants from now on; at least one stays.

        Raises ``reminder_unknown``, ``reminder_last``.
        """
        place = place_of(work.actor)
        company, role = place.company, place.role.value
        wanted = check_rhythm(names)
        values = {
            "names": list(wanted),
            "changed_at": work.now,
            "changed_by": place.person,
        }
        await work.session.execute(
            insert(ReminderRhythm)
            .values(company_id=company, role=role, **values)
            .on_conflict_do_update(index_elements=["company_id", "role"], set_=values)
        )
        work.record(f"company:{company}", role=role, reminders=list(wanted))
        return await _view(work.session, place)

    @use_case("reminders.set", by=REMINDED)
    async def set(self, work: Work, kind: str, subject: str, at: datetime) -> OwnReminder:
        """Remind the actor of a term at a moment; a new one replaces the one before.

        Raises NotFound ``term_unknown``, RuleBroken ``reminder_out_of_term``.
        """
        place = place_of(work.actor)
        await lock_self(work)
        term = await _term(work.session, work.actor, kind, subject, work.now)
        if not work.now < at < term.due_at:
            raise RuleBroken("reminder_out_of_term", None, due_at=term.due_at)
        running = await open_of(work.session, subject, kind)
        row_kind, row_subject = _row_of(kind, subject, place.person)
        await set_moment(
            work,
            row_kind,
            row_subject,
            at,
            order_id=None if running is None else running.order_id,
            params={
                "person": place.person,
                "company": place.company,
                "role": place.role.value,
                "number": _number(term),
                "kind": kind,
                "subject": subject,
            },
        )
        work.record(subject, kind=kind, remind_at=at)
        made = await open_of(work.session, row_subject, row_kind)
        if made is None:
            raise NotFound("reminder_unknown")
        return OwnReminder(made.id, kind, subject, term.order_number, at, term.due_at)

    @use_case("reminders.remove", by=REMINDED)
    async def remove(self, work: Work, number: int) -> RemindersView:
        """Take one of the actor's own reminders back; NotFound ``reminder_unknown``."""
        place = place_of(work.actor)
        gone = None
        if is_id(number):
            gone = await work.session.scalar(
                update(Deadline)
                .where(
                    Deadline.id == number,
                    Deadline.kind.in_(_KINDS),
                    Deadline.subject.endswith(_of_person(place.person)),
                    Deadline.state == "open",
                )
                .values(state="cancelled", closed_at=work.now)
                .returning(Deadline.subject)
            )
        if gone is None:
            raise NotFound("reminder_unknown")
        work.record(f"person:{place.person}", reminder=number)
        return await _view(work.session, place)


def _of_person(person: int) -> str:
    return f"#person:{person}"


def _row_of(kind: str, subject: str, person: int) -> tuple[str, str]:
    if kind == OFFER_WINDOW.name:
        return OF_WINDOW, subject + _of_person(person)
    return OWN, f"{subject}#{kind}{_of_person(person)}"


async def _term(
    session: AsyncSession, actor: Actor, kind: str, subject: str, now: datetime
) -> RunningTerm:
    for each in await running_terms(session, place_of(actor), now, subject):
        if (each.kind, each.subject) == (kind, subject):
            return each
    raise NotFound("term_unknown")


def _number(term: RunningTerm) -> int:
    """Of the order; at the desk of the thing itself."""
    if term.order_number is not None:
        return term.order_number
    return int(term.subject.partition(":")[2])


async def _view(session: AsyncSession, place: Place) -> RemindersView:
    rows = await session.scalars(
        select(Deadline)
        .where(
            Deadline.kind.in_(_KINDS),
            Deadline.state == "open",
            Deadline.params["person"].as_integer() == place.person,
            Deadline.params["company"].as_integer().is_not_distinct_from(place.company),
        )
        .order_by(Deadline.due_at, Deadline.id)
    )
    found = [(row, term_of(row)) for row in rows]
    ends = await _ends(session, [term for _, term in found])
    own = [
        OwnReminder(row.id, *term, _order_of(row), row.due_at, ends[term])
        for row, term in found
        if term in ends
    ]
    return RemindersView(await _rhythm(session, place), own)


async def _rhythm(session: AsyncSession, place: Place) -> tuple[str, ...]:
    if place.company is None:
        return ()
    key = (place.company, place.role.value)
    chosen = await session.get(ReminderRhythm, key, populate_existing=True)
    return USUAL if chosen is None else tuple(chosen.names)


def _order_of(row: Deadline) -> int | None:
    return None if company_of(row) is None else int(str(row.params["number"]))


async def _ends(
    session: AsyncSession, terms: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], datetime]:
    """When those of these terms end that run still, by kind and subject."""
    rows = await session.execute(
        select(Deadline.kind, Deadline.subject, Deadline.due_at).where(
            Deadline.subject.in_({subject for _, subject in terms}),
            Deadline.state == "open",
        )
    )
    return {(kind, subject): due_at for kind, subject, due_at in rows}


def term_of(row: Deadline) -> tuple[str, str]:
    """Kind and subject of the term that a reminder of one's own is about."""
    if row.kind == OF_WINDOW:
        return OFFER_WINDOW.name, row.subject.partition("#")[0]
    return str(row.params["kind"]), str(row.params["subject"])


async def _remind(work: Work, deadline: Deadline) -> None:
    """Remind the person, if the term still runs and they still are of those whom it concerns."""
    kind, subject = term_of(deadline)
    term = await open_of(work.session, subject, kind)
    acts = await still_acts(work.session, deadline, kind)
    needed = term is not None and term.due_at > work.now and acts
    work.record(subject, reminded=int(needed))
    if term is None or not needed:
        return
    number = int(str(deadline.params["number"]))
    company = company_of(deadline)
    await tell(
        work,
        [int(str(deadline.params["person"]))],
        "remind.me",
        subject if company is None else f"order:{number}",
        useless_after=term.due_at,
        as_company=company,
        as_roles=() if company is not None else roles_of(kind),
        number=number,
        due_at=term.due_at,
        clause=term.clause,
        deadline=kind,
        award=_award(subject),
    )


def _award(subject: str) -> int | None:
    number = subject.removeprefix("award:")
    return int(number) if number.isdigit() else None


async def drop_late(work: Work, ends: Mapping[tuple[str, str], datetime]) -> None:
    """A term now ends before a reminder that somebody has set: it is dropped, and they are told.

    ``ends``: when terms end from now on, by their kind and subject.
    """
    if not ends:
        return
    rows = await work.session.scalars(
        select(Deadline).where(
            Deadline.kind.in_(_KINDS),
            Deadline.state == "open",
            Deadline.due_at >= min(ends.values()),
        )
    )
    for row in rows.all():
        kind, subject = term_of(row)
        end = ends.get((kind, subject))
        if end is None or row.due_at < end:
            continue
        row.state, row.closed_at = "dropped", work.now
        company = company_of(row)
        await tell(
            work,
            [int(str(row.params["person"]))],
            "remind.dropped",
            subject,
            as_company=company,
            as_roles=() if company is not None else roles_of(kind),
            number=int(str(row.params["number"])),
            due_at=end,
            at=row.due_at,
            deadline=kind,
            award=_award(subject),
        )
