"""The deadlines of a company for its people's calendars: as a list, and by a private address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, NotFound
from domain.integrations.rules import token_hash
from domain.people.looks import lock_self
from domain.people.model import Membership, Person
from domain.preferences.model import CalendarFeed
from domain.roles import COMPANY_ROLES, Role
from domain.work import Look, Site, Work, query, use_case

#: For so long a calendar keeps what is over or was cancelled.
KEPT = timedelta(days=30)
_MOST = 5_000

# Of each deadline the newest generation: what was moved is the same event at another time. A
# customer sees all terms of its orders, a supplier the windows it was invited to and its awards.
# Whoever has declined and then makes an offer (``back_at``) has a term again.
_MINE = text(
    """
    WITH mine AS (
        SELECT 'order:' || o.number AS subject, o.id AS order_id, o.number,
               CAST(NULL AS timestamptz) AS left_at, CAST(NULL AS timestamptz) AS back_at
        FROM purchase_order AS o WHERE :role = 'customer' AND o.customer_id = :company
        UNION ALL
        SELECT 'award:' || award.number, o.id, o.number, NULL, NULL
        FROM purchase_order AS o JOIN award ON award.order_id = o.id
        WHERE :role = 'customer' AND o.customer_id = :company
        UNION ALL
        SELECT 'order:' || o.number, o.id, o.number, invited.declined_at,
               (SELECT offer.submitted_at FROM offer
                WHERE offer.order_id = o.id AND offer.company_id = :company)
        FROM order_invitation AS invited JOIN purchase_order AS o ON o.id = invited.order_id
        WHERE :role = 'supplier' AND invited.company_id = :company
        UNION ALL
        SELECT 'award:' || award.number, o.id, o.number, NULL, NULL
        FROM award JOIN purchase_order AS o ON o.id = award.order_id
        WHERE :role = 'supplier' AND award.company_id = :company
    ), newest AS (
        SELECT DISTINCT ON (deadline.subject, deadline.kind)
               deadline.kind, deadline.subject, deadline.generation, deadline.started_at,
               deadline.due_at, deadline.clause, deadline.state, deadline.closed_at,
               mine.number, mine.left_at, mine.back_at
        FROM mine JOIN deadline
          ON deadline.order_id = mine.order_id AND deadline.subject = mine.subject
        WHERE deadline.term <> '' AND deadline.kind NOT LIKE 'remind.%'
          AND (:role = 'customer' OR deadline.kind IN ('offer_window', 'confirmation', 'contract'))
        ORDER BY deadline.subject, deadline.kind, deadline.generation DESC
    )
    SELECT newest.kind, newest.subject, newest.generation, newest.number, newest.due_at,
           newest.clause,
           newest.left_at IS NOT NULL OR newest.state NOT IN ('open', 'fired') AS cancelled,
           greatest(newest.started_at, newest.left_at, newest.back_at, (
               SELECT max(closed_at) FROM deadline AS every
               WHERE every.subject = newest.subject AND every.kind = newest.kind
           )) AS changed_at
    FROM newest
    WHERE (newest.state = 'open' AND newest.left_at IS NULL)
       OR greatest(newest.closed_at, newest.left_at) > :since
    ORDER BY newest.state <> 'open' OR newest.left_at IS NOT NULL,
             newest.due_at, newest.subject, newest.kind
    LIMIT :most
    """
)


@dataclass(frozen=True)
class CalendarDeadline:
    """A deadline in a calendar; ``due_at`` is exclusive, ``changed_at`` its last change (UTC).

    ``cancelled``: nothing is due any more, as it was met, cancelled, or the company declined.
    """

    kind: str
    subject: str
    generation: int
    order_number: int
    due_at: datetime
    clause: str | None
    cancelled: bool
    changed_at: datetime


@dataclass(frozen=True)
class Feed:
    """What an address shows: the deadlines, in the language of the person whose it is."""

    language: str
    deadlines: list[CalendarDeadline]


class Calendars:
    """Calendars of the deadlines of a company."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=COMPANY_ROLES)
    async def deadlines(self, look: Look) -> list[CalendarDeadline]:
        """The terms that run for the actor's company, and those over for less than ``KEPT``."""
        company, role = look.actor.company_id, look.actor.role
        if company is None or role is None:
            raise AccessDenied("role_not_allowed", "366-8", role=str(role or ""))
        return await deadlines_of(look.session, company, role.value, look.now)

    @query(by=COMPANY_ROLES)
    async def since(self, look: Look) -> datetime | None:
        """From when the actor has a private address for this company; None without one."""
        return await look.session.scalar(
            select(CalendarFeed.created_at)
            .join(Person, Person.current_membership_id == CalendarFeed.membership_id)
            .where(Person.id == look.actor.person_id, CalendarFeed.revoked_at.is_(None))
        )

    async def renew(self, actor: Actor) -> str:
        """The secret part of a new private address, shown this once; an older one ends.

        Only its hash is kept. Raises Conflict ``calendar_address_lost`` when the same act comes
        again: what is not kept cannot be shown twice.
        """
        token = secrets.token_urlsafe(32)
        fresh = token_hash(token)
        if await self._renew(actor, fresh) != fresh:
            raise Conflict("calendar_address_lost")
        return token

    @use_case("calendar.renew", by=COMPANY_ROLES)
    async def _renew(self, work: Work, fresh: str) -> str:
        membership = await _membership(work)
        await _revoke(work, membership)
        await work.session.flush()
        work.session.add(
            CalendarFeed(membership_id=membership, token_hash=fresh, created_at=work.now)
        )
        work.record(f"person:{work.actor.person_id}", membership=membership)
        return fresh

    @use_case("calendar.revoke", by=COMPANY_ROLES)
    async def revoke(self, work: Work) -> bool:
        """The private address shows nothing any more; returns whether there was one."""
        membership = await _membership(work)
        ended = await _revoke(work, membership)
        work.record(f"person:{work.actor.person_id}", membership=membership, ended=ended)
        return ended

    async def feed(self, token: str) -> Feed:
        """What a private address shows now.

        Raises NotFound ``calendar_unknown`` for a wrong or revoked one, and while the person has
        lost the role or is suspended.
        """
        async with self.site.reading() as session:
            found = await session.execute(
                select(Membership.company_id, Membership.role, Person.language)
                .join(CalendarFeed, CalendarFeed.membership_id == Membership.id)
                .join(Person, Person.id == Membership.person_id)
                .where(
                    CalendarFeed.token_hash == token_hash(token),
                    CalendarFeed.revoked_at.is_(None),
                    Membership.state == "active",
                    Person.state == "active",
                )
            )
            row = found.one_or_none()
            if row is None or row.company_id is None or Role(row.role) not in COMPANY_ROLES:
                raise NotFound("calendar_unknown")
            now = self.site.clock.now()
            shown = await deadlines_of(session, row.company_id, row.role, now)
            return Feed(row.language, shown)


async def deadlines_of(
    session: AsyncSession, company: int, role: str, now: datetime
) -> list[CalendarDeadline]:
    """The terms of a company in a role, the running first."""
    rows = await session.execute(
        _MINE, {"company": company, "role": role, "since": now - KEPT, "most": _MOST}
    )
    return [CalendarDeadline(*row) for row in rows]


async def _membership(work: Work) -> int:
    """The role in which the actor acts, held by their own row."""
    person = await lock_self(work)
    if person.current_membership_id is None:
        raise AccessDenied("role_not_allowed", "366-8", role="")
    return person.current_membership_id


async def _revoke(work: Work, membership: int) -> bool:
    ended = await work.session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.membership_id == membership, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=func.greatest(work.now, CalendarFeed.created_at))
        .returning(CalendarFeed.id)
    )
    return bool(ended.all())
