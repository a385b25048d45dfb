"""One human being with two accounts: one made without Telegram, one in the chat. They are joined.

Who proves in the chat that they read the e-mail of the other account is its person. Roles,
preferences and notices go over to the account in the chat; the other keeps its place in the
record, acts no more and is never deleted (act 366, clause 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.channels.model import ContactAddress
from domain.channels.rows import lock_address, remove_address
from domain.channels.rules import EMAIL
from domain.duty.model import Absence, DutyDates, DutyRoster
from domain.errors import AccessDenied, NotFound
from domain.escalations.model import Escalation, EscalationWake
from domain.integrations.model import ApiToken
from domain.notices.model import Notice
from domain.notices.writing import send_missed
from domain.people.enrolling import enroll, put_in_register
from domain.people.looks import SELF, company_by_id, lock_person, memberships_of, view_of
from domain.people.model import Membership, Person
from domain.people.rules import JOINED, check_joinable
from domain.people.views import MembershipView, PersonView
from domain.preferences.model import CalendarFeed, Preference
from domain.roles import Role
from domain.work import Look, Site, Work, query, use_case


@dataclass(frozen=True)
class JoinOffer:
    """The account without Telegram whose e-mail the actor has proved, and what it holds.

    ``tokens``: how many tokens of the API end with it.
    """

    person_id: int
    name: str
    memberships: list[MembershipView]
    notices: int
    tokens: int


class Joining:
    """Accounts that are one person's."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=None)
    async def offer(self, look: Look) -> JoinOffer | None:
        """What the actor may join with their account in the chat; None for nothing."""
        other = await _other(look.session, look.actor.person_id)
        if other is None or look.actor.telegram_id is None:
            return None
        session = look.session
        notices = await session.scalar(
            select(func.count()).where(Notice.person_id == other.id, Notice.origin_id.is_(None))
        )
        tokens = await session.scalar(select(func.count()).where(*_tokens_of(other.id)))
        held = (await memberships_of(session, [other.id]))[other.id]
        return JoinOffer(other.id, other.name, held, notices or 0, tokens or 0)

    @use_case("people.join", by=None, recall=SELF)
    async def join(self, work: Work, person_id: int) -> PersonView:
        """Join the account without Telegram with the actor's own, which goes on.

        Its tokens end. Raises NotFound ``join_unknown`` (no such account has an e-mail that the
        actor has proved), AccessDenied ``account_suspended``, Conflict ``join_suspended``,
        ``join_roles`` (no one may hold the roles of both).
        """
        mine = work.actor.person_id
        if mine is None or work.actor.telegram_id is None:
            raise AccessDenied("not_a_person", "366-5")
        # In one order, whoever joins whom.
        held = {each: await lock_person(work.session, each) for each in sorted({mine, person_id})}
        other = await _other(work.session, mine)
        if other is None or other.id != person_id:
            raise NotFound("join_unknown")
        person = held[mine]
        moved = await _active(work.session, other.id)
        check_joinable(
            {Role(each.role) for each in await _active(work.session, mine)},
            {Role(each.role) for each in moved},
            suspended=other.state == "suspended",
        )
        count = await _move_notices(work, other.id, mine)
        await _move_preferences(work, other.id, mine)
        await _move_duty(work, other.id, mine)
        await _move_roles(work, other, person, moved)
        tokens = await _end_account(work, other)
        missed = await send_missed(work, mine)
        work.record(
            f"person:{mine}",
            other=other.id,
            roles=[each.role for each in moved],
            notices=count,
            missed=missed,
            tokens=tokens,
        )
        work.also("people.joined", f"person:{other.id}", into=mine)
        return await view_of(work.session, mine)


async def _other(session: AsyncSession, person_id: int | None) -> Person | None:
    """The account without Telegram that is reached by the e-mail this person has proved."""
    own, theirs = aliased(ContactAddress), aliased(ContactAddress)
    proved: list[ColumnElement[bool]] = [
        theirs.channel == EMAIL,
        theirs.state.in_(("verified", "failing")),
        own.channel == EMAIL,
        own.state == "verified",
        own.person_id == person_id,
        theirs.address == own.address,
    ]
    return await session.scalar(
        select(Person)
        .join(theirs, theirs.person_id == Person.id)
        .join(own, own.address == theirs.address)
        .where(*proved, Person.id != person_id)
        .where(Person.telegram_id.is_(None), Person.state != JOINED)
        .order_by(Person.id)
        .limit(1)
    )


async def _active(session: AsyncSession, person_id: int) -> Sequence[Membership]:
    found = await session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id, Membership.state == "active")
        .order_by(Membership.id)
    )
    return found.all()


def _tokens_of(person_id: int) -> list[ColumnElement[bool]]:
    return [ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None)]


async def _move_notices(work: Work, source: int, target: int) -> int:
    """All notices, so that the list is whole; of an event told to both, each keeps its own."""
    told = aliased(Notice)
    moved = await work.session.scalars(
        update(Notice)
        .where(
            Notice.person_id == source,
            ~exists().where(
                told.person_id == target,
                told.dedup == Notice.dedup,
            ),
        )
        .values(person_id=target)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    count = len(moved.all())
    running = select(Escalation.id).where(Escalation.state == "running")
    await work.session.execute(
        update(EscalationWake)
        .where(EscalationWake.person_id == source, EscalationWake.escalation_id.in_(running))
        .values(person_id=target)
    )
    return count


async def _move_preferences(work: Work, source: int, target: int) -> None:
    """What was chosen goes over, unless the account in the chat has chosen for itself."""
    if await work.session.get(Preference, target) is None:
        await work.session.execute(
            update(Preference).where(Preference.person_id == source).values(person_id=target)
        )
    else:
        await work.session.execute(delete(Preference).where(Preference.person_id == source))


_REMINDERS = text(
    """
    UPDATE deadline
    SET subject = left(subject, length(subject) - length(:before)) || :after,
        params = jsonb_set(params, '{person}', to_jsonb(CAST(:target AS bigint)))
    WHERE kind IN ('remind.me', 'remind.own') AND state = 'open'
      AND (params ->> 'person')::bigint = :source AND right(subject, length(:before)) = :before
    """
)


async def _move_duty(work: Work, source: int, target: int) -> None:
    """Turns, hand-overs, absences and reminders of one's own go on under the other account."""
    session = work.session
    await session.execute(
        update(DutyRoster)
        .where(DutyRoster.turns.any_() == source)
        .values(turns=func.array_replace(DutyRoster.turns, source, target))
    )
    for column in (DutyDates.person_id, Absence.person_id, Absence.deputy_id):
        await session.execute(
            update(column.class_).where(column == source).values({column.key: target})
        )
    about = {"before": f"#person:{source}", "after": f"#person:{target}"}
    await session.execute(_REMINDERS, {**about, "source": source, "target": target})


async def _move_roles(
    work: Work, other: Person, person: Person, moved: Sequence[Membership]
) -> None:
    """Each role ends for the one and begins for the other, with both lines in the register."""
    have = {(each.role, each.company_id) for each in await _active(work.session, person.id)}
    for each in moved:
        role, ground = Role(each.role), f"joined:{other.id}"
        each.state = "revoked"
        put_in_register(work, other.id, "revoked", ground, role=role, company_id=each.company_id)
        await work.session.execute(
            update(CalendarFeed)
            .where(CalendarFeed.membership_id == each.id, CalendarFeed.revoked_at.is_(None))
            .values(revoked_at=work.now)
        )
        await work.session.flush()
        if (each.role, each.company_id) in have:
            continue
        company = await company_by_id(work.session, each.company_id)
        await enroll(
            work, person, role, company, position=each.position, ground=ground, switch=False
        )


async def _end_account(work: Work, other: Person) -> int:
    """The account acts no more and takes nothing; returns how many tokens ended."""
    row = await lock_address(work, other.id, EMAIL)
    remove_address(row)
    ended = await work.session.scalars(
        update(ApiToken)
        .where(*_tokens_of(other.id))
        .values(revoked_at=work.now)
        .returning(ApiToken.id)
    )
    other.state, other.current_membership_id = JOINED, None
    await work.session.flush()
    return len(ended.all())
