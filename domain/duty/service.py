"""Use cases of duty: turns, hand-overs, absences with deputies. A company's own affair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.clock import astana
from domain.duty.model import Absence, DutyDates, DutyRoster
from domain.duty.queries import aways_of, members_there, roster_of
from domain.duty.rules import (
    WEEK,
    Away,
    Member,
    Roster,
    check_days,
    check_deputy,
    check_turns,
    monday_of,
    on_duty,
)
from domain.duty.views import AbsenceView, DatesView, DutyPlan, PersonBrief, WeekView
from domain.errors import AccessDenied, NotFound
from domain.notices.writing import tell
from domain.people.model import Person
from domain.roles import COMPANY_ROLES
from domain.work import Look, Site, Work, query, use_case

_WEEKS = 2


class Duty:
    """Who is told first."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=COMPANY_ROLES)
    async def plan(self, look: Look) -> DutyPlan:
        """This week and the next, the turns, hand-overs and absences that are not over."""
        company, role = _place(look.actor)
        return await _plan(look.session, look.actor, company, role, astana(look.now).date())

    @use_case("duty.turns", by=COMPANY_ROLES)
    async def set_turns(self, work: Work, people: Sequence[int]) -> DutyPlan:
        """People of the company by turn, a week each, the first in this week; none: no turns.

        Raises ``duty_turns``, NotFound ``duty_person_unknown``.
        """
        company, role = _place(work.actor)
        turns = check_turns(people)
        await _check_members(work, company, role, turns)
        today = astana(work.now).date()
        values = {
            "since": monday_of(today),
            "turns": list(turns),
            "changed_at": work.now,
            "changed_by": work.actor.person_id,
        }
        await work.session.execute(
            insert(DutyRoster)
            .values(company_id=company, role=role, **values)
            .on_conflict_do_update(index_elements=["company_id", "role"], set_=values)
        )
        work.record(f"company:{company}", role=role, turns=list(turns))
        return await _plan(work.session, work.actor, company, role, today)

    @use_case("duty.hand_over", by=COMPANY_ROLES)
    async def hand_over(self, work: Work, person: int, first: date, last: date) -> DutyPlan:
        """A colleague has the duty on these days, both counted; they are told.

        Raises ``duty_days``, NotFound ``duty_person_unknown``.
        """
        company, role = _place(work.actor)
        today = astana(work.now).date()
        check_days(first, last, today)
        await _check_members(work, company, role, [person])
        work.session.add(
            DutyDates(
                company_id=company,
                role=role,
                person_id=person,
                first=first,
                last=last,
                entered_at=work.now,
                entered_by=work.actor.person_id,
            )
        )
        await work.session.flush()
        await _tell(work, person, company, first, last, "hand_over")
        work.record(f"company:{company}", role=role, person=person, first=first, last=last)
        return await _plan(work.session, work.actor, company, role, today)

    @use_case("duty.take_back", by=COMPANY_ROLES)
    async def take_back(self, work: Work, number: int) -> DutyPlan:
        """A hand-over holds no more; NotFound ``duty_entry_unknown``."""
        company, role = _place(work.actor)
        await _remove(work, DutyDates, number, company, role)
        work.record(f"company:{company}", role=role, dates=number)
        today = astana(work.now).date()
        return await _plan(work.session, work.actor, company, role, today)

    @use_case("duty.away", by=COMPANY_ROLES)
    async def away(
        self, work: Work, person: int, first: date, last: date, deputy: int | None = None
    ) -> DutyPlan:
        """Somebody is away on these days, both counted; the deputy stands in and is told.

        One's own absence, or, by the head, that of anybody. Raises ``duty_days``,
        ``duty_deputy_self``, AccessDenied ``duty_head_only``, NotFound ``duty_person_unknown``.
        """
        company, role = _place(work.actor)
        today = astana(work.now).date()
        check_days(first, last, today)
        check_deputy(person, deputy)
        people = await _check_members(
            work, company, role, [person] if deputy is None else [person, deputy]
        )
        _check_own_or_head(work.actor, person, people)
        work.session.add(
            Absence(
                company_id=company,
                role=role,
                person_id=person,
                deputy_id=deputy,
                first=first,
                last=last,
                entered_at=work.now,
                entered_by=work.actor.person_id,
            )
        )
        await work.session.flush()
        if deputy is not None:
            name = next(each.name for each in people if each.person == person)
            await _tell(work, deputy, company, first, last, "deputy", name)
        work.record(
            f"company:{company}", role=role, person=person, first=first, last=last, deputy=deputy
        )
        return await _plan(work.session, work.actor, company, role, today)

    @use_case("duty.back", by=COMPANY_ROLES)
    async def back(self, work: Work, number: int) -> DutyPlan:
        """An absence holds no more.

        Raises NotFound ``duty_entry_unknown``, AccessDenied ``duty_head_only``.
        """
        company, role = _place(work.actor)
        person = await work.session.scalar(select(Absence.person_id).where(Absence.id == number))
        people = await members_there(work.session, company, role)
        if person is not None:
            _check_own_or_head(work.actor, person, people)
        await _remove(work, Absence, number, company, role)
        work.record(f"company:{company}", role=role, absence=number)
        today = astana(work.now).date()
        return await _plan(work.session, work.actor, company, role, today)

    @use_case("duty.drop", by=COMPANY_ROLES)
    async def drop(self, work: Work) -> DutyPlan:
        """The company keeps no roster any more: everybody is told at once. Absences stay."""
        company, role = _place(work.actor)
        await work.session.execute(
            delete(DutyRoster).where(DutyRoster.company_id == company, DutyRoster.role == role)
        )
        await work.session.execute(
            update(DutyDates)
            .where(
                DutyDates.company_id == company,
                DutyDates.role == role,
                DutyDates.removed_at.is_(None),
            )
            .values(removed_at=work.now)
        )
        work.record(f"company:{company}", role=role)
        today = astana(work.now).date()
        return await _plan(work.session, work.actor, company, role, today)


def _place(actor: Actor) -> tuple[int, str]:
    """The company and the role the actor acts in; raises AccessDenied for others."""
    if actor.company_id is None or actor.role is None or actor.person_id is None:
        raise AccessDenied("role_not_allowed", "366-8", role=str(actor.role or ""))
    return actor.company_id, actor.role.value


async def _check_members(
    work: Work, company: int, role: str, people: Sequence[int]
) -> list[Member]:
    """The members of the company; raises NotFound ``duty_person_unknown`` for anybody else."""
    members = await members_there(work.session, company, role)
    known = {each.person for each in members}
    if not set(people) <= known:
        raise NotFound("duty_person_unknown")
    return members


def _check_own_or_head(actor: Actor, person: int, members: Sequence[Member]) -> None:
    heads = {each.person for each in members if each.position == "head"}
    if actor.person_id not in {person, *heads}:
        raise AccessDenied("duty_head_only")


async def _remove(
    work: Work, table: type[DutyDates | Absence], number: int, company: int, role: str
) -> None:
    removed = await work.session.scalars(
        update(table)
        .where(
            table.id == number,
            table.company_id == company,
            table.role == role,
            table.removed_at.is_(None),
        )
        .values(removed_at=work.now)
        .returning(table.id)
    )
    if not removed.all():
        raise NotFound("duty_entry_unknown")


async def _tell(
    work: Work, person: int, company: int, first: date, last: date, why: str, instead_of: str = ""
) -> None:
    if person != work.actor.person_id:
        await tell(
            work,
            [person],
            "duty.given",
            f"company:{company}",
            as_company=company,
            first=first,
            last=last,
            why=why,
            instead_of=instead_of,
        )


async def _plan(
    session: AsyncSession, actor: Actor, company: int, role: str, today: date
) -> DutyPlan:
    members = await members_there(session, company, role)
    roster = await roster_of(session, company, role, today)
    aways = await aways_of(session, company, role, today)
    dates, absences = await _entries(session, company, role, today)
    turns = roster.turns if roster is not None else ()
    named = {*turns, *(each.person_id for each in dates)}
    named |= {each.person_id for each in absences}
    named |= {each.deputy_id for each in absences if each.deputy_id is not None}
    briefs = await _briefs(session, members, named)
    weeks = tuple(
        _week(roster, aways, members, briefs, monday_of(today) + WEEK * ahead, today)
        for ahead in range(_WEEKS if roster is not None else 0)
    )
    heads = {each.person for each in members if each.position == "head"}
    return DutyPlan(
        today=today,
        weeks=weeks,
        turns=tuple(briefs[each] for each in turns),
        dates=tuple(DatesView(row.id, briefs[row.person_id], row.first, row.last) for row in dates),
        absences=tuple(
            AbsenceView(
                row.id,
                briefs[row.person_id],
                row.first,
                row.last,
                briefs.get(row.deputy_id or 0),
            )
            for row in absences
        ),
        people=tuple(briefs[each.person] for each in members),
        me=actor.person_id or 0,
        is_head=actor.person_id in heads,
    )


async def _entries(
    session: AsyncSession, company: int, role: str, today: date
) -> tuple[list[DutyDates], list[Absence]]:
    dates = await session.scalars(
        select(DutyDates)
        .where(
            DutyDates.company_id == company,
            DutyDates.role == role,
            DutyDates.last >= today,
            DutyDates.removed_at.is_(None),
        )
        .order_by(DutyDates.first, DutyDates.id)
    )
    absences = await session.scalars(
        select(Absence)
        .where(
            Absence.company_id == company,
            Absence.role == role,
            Absence.last >= today,
            Absence.removed_at.is_(None),
        )
        .order_by(Absence.first, Absence.id)
    )
    return list(dates), list(absences)


async def _briefs(
    session: AsyncSession, members: Sequence[Member], others: set[int]
) -> dict[int, PersonBrief]:
    """Members, and those who were and still stand in an entry."""
    found = {each.person: PersonBrief(each.person, each.name, each.position) for each in members}
    gone = others - found.keys()
    if gone:
        rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(gone)))
        found |= {id_: PersonBrief(id_, name, "") for id_, name in rows}
    return found


def _week(
    roster: Roster | None,
    aways: Sequence[Away],
    members: Sequence[Member],
    briefs: dict[int, PersonBrief],
    monday: date,
    today: date,
) -> WeekView:
    """A week by its first day that is not over, with the days on which it is somebody else."""
    there = {each.person for each in members if each.reachable}
    days = [
        day for day in (monday + timedelta(days=count) for count in range(7)) if day >= today
    ] or [monday]
    watches = [on_duty(roster or Roster(monday), aways, there, day) for day in days]
    others = []
    last = watches[0].person
    for day, watch in zip(days[1:], watches[1:], strict=True):
        if watch.person != last:
            others.append((day, None if watch.person is None else briefs[watch.person]))
            last = watch.person
    first = watches[0]
    return WeekView(
        monday,
        None if first.person is None else briefs[first.person],
        None if first.instead_of is None else briefs.get(first.instead_of),
        tuple(others),
    )
