"""Shifts of operators, turns, and the morning that hands out what the night has left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.clock import astana
from domain.deadlines import Deadline, open_of, set_moment
from domain.errors import Conflict
from domain.notices.writing import tell
from domain.people.looks import lock_self
from domain.people.model import Person
from domain.people.queries import active_admins
from domain.roles import Role
from domain.support import reading, writing
from domain.support.clocks import ticket_subject
from domain.support.model import Shift, Ticket
from domain.support.operators import is_operator_still
from domain.support.reading import OPERATORS, UNANSWERED
from domain.support.views import Digest, ShiftView
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_setting

MORNING = "support.morning"
DESK = "desk"
#: A shift in which nothing was done for so long has been forgotten.
FORGOTTEN = timedelta(days=7)
_MORNING_LOCK = 7_210_367


class Shifts:
    """Who works at the desk now."""

    site: Site

    @use_case("desk.begin_shift", by=OPERATORS)
    async def begin_shift(self, work: Work) -> ShiftView:
        """Begin the actor's shift; one that runs goes on."""
        # Held: of two who press at once in two places the second sees the shift of the first.
        person_id = (await lock_self(work)).id
        work.record(f"person:{person_id}")
        if await _running(work.session, person_id) is None:
            work.session.add(Shift(person_id=person_id, began_at=work.now))
            await work.session.flush()
        return (await shift_views(work.session, [person_id]))[0]

    @use_case("desk.end_shift", by=OPERATORS)
    async def end_shift(self, work: Work) -> int:
        """End the actor's shift; returns how many unanswered tickets stay in hand.

        Raises Conflict ``not_on_shift``.
        """
        person_id = (await lock_self(work)).id
        shift = await _running(work.session, person_id)
        if shift is None:
            raise Conflict("not_on_shift")
        in_hand = (await shift_views(work.session, [person_id]))[0].in_hand
        shift.ended_at = work.now
        work.record(f"person:{person_id}", in_hand=in_hand)
        return in_hand

    @query(by=OPERATORS)
    async def on_shift(self, look: Look) -> list[ShiftView]:
        """The operators on shift, the one whose turn is next first."""
        return await shift_views(look.session)

    @query(by=OPERATORS)
    async def digest(self, look: Look) -> Digest:
        """How the desk stands now: for the morning's digest in the group, and the web page."""
        now = look.now
        waits = Ticket.state.in_(UNANSWERED)
        row = (
            await look.session.execute(
                select(
                    func.count(),
                    func.count().filter(Ticket.channel == "voice"),
                    func.count().filter(Ticket.assignee_id.is_(None)),
                    func.count().filter(Ticket.promised_at <= now + reading.RED_BEFORE),
                    func.count().filter(Ticket.promised_at <= now),
                    func.min(Ticket.promised_at),
                ).where(waits, Ticket.state != "closed")
            )
        ).one()
        operators = tuple(await shift_views(look.session))
        return Digest(now, *row, operators=operators)

    async def start(self) -> None:
        """Set the desk's next morning, where none is set; called when the service starts."""
        async with self.site.reading() as session:
            if await open_of(session, DESK, MORNING) is not None:
                return
        now = self.site.clock.now()
        await self._start(Actor.system(f"desk:start:{now.isoformat()}", "cli"))

    @use_case("desk.start", by=frozenset())
    async def _start(self, work: Work) -> None:
        work.record(DESK)
        await ensure_morning(work)


async def _running(session: AsyncSession, person_id: int) -> Shift | None:
    found = await session.scalars(
        select(Shift).where(Shift.person_id == person_id, Shift.ended_at.is_(None))
    )
    return found.one_or_none()


async def shift_views(session: AsyncSession, only: Sequence[int] | None = None) -> list[ShiftView]:
    """Running shifts, the one whose turn is next first."""
    in_hand = (
        select(func.count())
        .where(Ticket.assignee_id == Shift.person_id, Ticket.state.in_(UNANSWERED))
        .correlate(Shift)
        .scalar_subquery()
    )
    seen = func.coalesce(Shift.seen_at, Shift.began_at)
    statement = (
        select(Shift.person_id, Person.name, Shift.began_at, Shift.last_given_at, in_hand, seen)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.ended_at.is_(None), is_operator_still())
        .order_by(Shift.last_given_at.nulls_first(), Shift.began_at, Shift.person_id)
    )
    if only is not None:
        statement = statement.where(Shift.person_id.in_(only))
    return [ShiftView(*row) for row in await session.execute(statement)]


async def given(work: Work, people: Sequence[int]) -> None:
    """These had their turns, in this order."""
    for place, person_id in enumerate(people):
        await work.session.execute(
            update(Shift)
            .where(Shift.person_id == person_id, Shift.ended_at.is_(None))
            .values(last_given_at=work.now + timedelta(microseconds=place))
            .execution_options(synchronize_session=False)
        )


async def ensure_morning(work: Work) -> None:
    """Set the next morning of the desk, where none is set."""
    if await open_of(work.session, DESK, MORNING) is not None:
        return
    # Two first tickets at once would both set it.
    await work.session.execute(select(func.pg_advisory_xact_lock(_MORNING_LOCK)))
    if await open_of(work.session, DESK, MORNING) is None:
        await set_morning(work)


async def set_morning(work: Work) -> None:
    """Set the next morning of the desk: 9:00 of the next working day."""
    calendar = await calendar_for_setting(work.session)
    await set_moment(work, MORNING, DESK, calendar.next_morning(work.now))


async def move_morning(work: Work) -> None:
    """Set the morning anew where the calendar now has another; one that has come stays."""
    planned = await open_of(work.session, DESK, MORNING)
    if planned is None or planned.due_at <= work.now:
        return
    calendar = await calendar_for_setting(work.session)
    if calendar.next_morning(work.now) != planned.due_at:
        await set_morning(work)


async def morning(work: Work, deadline: Deadline) -> None:
    """Hand out the night's untouched tickets by turn and tell how the desk stands."""
    await set_morning(work)
    calendar = await calendar_for_setting(work.session)
    if not calendar.is_working(astana(work.now).date()):
        # The day was a working one when this morning was set.
        work.record(DESK, worked=False)
        return
    await _end_forgotten(work)
    people = await writing.on_shift_ids(work.session)
    tickets = await _untouched(work)
    work.record(DESK, tickets=len(tickets), operators=len(people))
    hands = {person_id: tickets[turn :: len(people)] for turn, person_id in enumerate(people)}
    await _hand_out(work, hands)
    if tickets and people:
        last = (len(tickets) - 1) % len(people)
        await given(work, [*people[last + 1 :], *people[: last + 1]][-len(tickets) :])
    await _tell_morning(work, tickets, hands)


async def _end_forgotten(work: Work) -> None:
    """End shifts in which nobody has done anything for long: whoever is away is given nothing."""
    ended = await work.session.scalars(
        update(Shift)
        .where(
            Shift.ended_at.is_(None),
            func.coalesce(Shift.seen_at, Shift.began_at) < work.now - FORGOTTEN,
        )
        .values(ended_at=work.now)
        .returning(Shift.person_id)
        .execution_options(synchronize_session=False)
    )
    for person_id in ended:
        work.also("desk.end_shift", f"person:{person_id}", forgotten=True)


async def _untouched(work: Work) -> list[Ticket]:
    """Tickets nobody has, or somebody who is no operator any more, by the end of their promise."""
    operators = select(Person.id).where(is_operator_still())
    rows = await work.session.scalars(
        select(Ticket)
        .where(Ticket.state != "closed", Ticket.state.in_(UNANSWERED))
        .where(or_(Ticket.assignee_id.is_(None), Ticket.assignee_id.not_in(operators)))
        .order_by(Ticket.promised_at, reading.by_urgency(), Ticket.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


_GIVE = text(
    """
    WITH given AS (
        SELECT * FROM unnest(CAST(:tickets AS bigint[]), CAST(:people AS bigint[]))
            AS pair(ticket_id, person_id)
    ), touched AS (
        UPDATE desk_topic SET behind_since = coalesce(behind_since, :now)
        FROM given WHERE desk_topic.ticket_id = given.ticket_id
    )
    UPDATE ticket
    SET assignee_id = given.person_id, state = 'working', taken_at = :now,
        revision = ticket.revision + 1
    FROM given WHERE ticket.id = given.ticket_id
    """
)


async def _hand_out(work: Work, hands: dict[int, list[Ticket]]) -> None:
    """Thousands at once: one statement for all."""
    pairs = [(ticket, person_id) for person_id, part in hands.items() for ticket in part]
    if not pairs:
        return
    await work.session.execute(
        _GIVE,
        {
            "tickets": [ticket.id for ticket, _ in pairs],
            "people": [person_id for _, person_id in pairs],
            "now": work.now,
        },
    )
    for ticket, person_id in pairs:
        work.also("ticket.given", ticket_subject(ticket.number), person=person_id)


async def _tell_morning(
    work: Work, tickets: Sequence[Ticket], hands: dict[int, list[Ticket]]
) -> None:
    """To whom the night has left something; a quiet night says nothing to anybody."""
    if not tickets:
        return
    voices = sum(ticket.channel == "voice" for ticket in tickets)
    due_at = min(ticket.promised_at for ticket in tickets)
    for person_id, part in hands.items():
        if not part:
            continue
        await tell(
            work,
            [person_id],
            "desk.morning",
            DESK,
            about={
                "count": len(part),
                "voices": sum(ticket.channel == "voice" for ticket in part),
                "due_at": min(ticket.promised_at for ticket in part),
            },
            as_roles=OPERATORS,
        )
    await tell(
        work,
        await active_admins(work.session),
        "desk.digest",
        DESK,
        about={"count": len(tickets), "voices": voices, "due_at": due_at, "operators": len(hands)},
        as_roles=(Role.ADMIN,),
    )
