"""The web desk's door: a link from the bot that works once, and the session it begins.

Only hashes of link and session are kept. A session belongs to one membership: when the role or
the account is taken away it is over for good, also if the role is given back later.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import NotFound, Unauthenticated
from domain.people.looks import lock_self
from domain.people.model import Membership, Person, RoleChange
from domain.roles import Role
from domain.support.model import DeskSession
from domain.support.reading import OPERATORS
from domain.work import Site, Work, use_case

LINK_VALID = timedelta(minutes=10)
SESSION_VALID = timedelta(hours=12)
# So long a row stays that opens nothing any more: long enough for a question about yesterday.
_KEPT_OVER = timedelta(days=1)


@dataclass(frozen=True)
class DeskLink:
    """A link as its operator gets it: the token is shown this once; ``until`` is exclusive."""

    token: str
    until: datetime


@dataclass(frozen=True)
class MadeLink:
    """What stays on record of a link: never the token itself."""

    link_hash: str
    until: datetime


@dataclass(frozen=True)
class DeskEntry:
    """A session just begun: its secret, shown this once, and its end, exclusive."""

    token: str
    until: datetime


@dataclass(frozen=True)
class DeskUser:
    """Who works on the web page: the actor, and how to speak to them."""

    actor: Actor
    session_id: int
    name: str
    language: str
    until: datetime


class Sessions:
    """Signing in to the web desk, staying, and leaving."""

    site: Site

    async def desk_link(self, actor: Actor) -> DeskLink:
        """Make a link for the operator's own web desk; it works once, for 10 minutes.

        An earlier link that was not used stops working. The same cause again gets a fresh link,
        as the token itself is on no record. Raises AccessDenied for anybody but operators.
        """
        token = secrets.token_urlsafe(32)
        fresh = _hash(token)
        made = await self._desk_link(actor, fresh)
        if made.link_hash != fresh:
            again = actor.because(f"{actor.cause[:150]}#{fresh[:16]}")
            made = await self._desk_link(again, fresh)
        return DeskLink(token, made.until)

    @use_case("desk.link", by=OPERATORS)
    async def _desk_link(self, work: Work, fresh: str) -> MadeLink:
        person = await lock_self(work)
        unused = DeskSession.person_id == person.id, DeskSession.token_hash.is_(None)
        await work.session.execute(
            update(DeskSession)
            .where(*unused, DeskSession.ended_at.is_(None))
            .values(ended_at=work.now)
            .execution_options(synchronize_session=False)
        )
        row = DeskSession(
            person_id=person.id,
            membership_id=person.current_membership_id,
            link_hash=fresh,
            link_until=work.now + LINK_VALID,
            made_at=work.now,
        )
        work.session.add(row)
        work.record(f"person:{person.id}", until=row.link_until)
        return MadeLink(fresh, row.link_until)

    async def desk_sign_in(self, link: str) -> DeskEntry:
        """Begin a session of 12 hours by a link, which is used up by it.

        Raises NotFound ``desk_link_dead`` for a link that is unknown, used, over, or whose
        operator is one no more: whoever tries links learns no difference.
        """
        token = secrets.token_urlsafe(32)
        async with self.site.reading() as session:
            found = await _one(session, DeskSession.link_hash == _hash(link))
        if found is None:
            raise NotFound("desk_link_dead")
        held, person, membership = found
        actor = _actor(held, person, membership, f"desk:link:{held.id}:{secrets.token_hex(8)}")
        until = await self._desk_sign_in(actor, held.id, _hash(token))
        return DeskEntry(token, until)

    @use_case("desk.sign_in", by=OPERATORS)
    async def _desk_sign_in(self, work: Work, session_id: int, fresh: str) -> datetime:
        row = await work.session.get(
            DeskSession, session_id, with_for_update=True, populate_existing=True
        )
        # An old link may have been swept away since it was found.
        if row is None or row.token_hash is not None or row.ended_at is not None:
            raise NotFound("desk_link_dead")
        if work.now >= row.link_until:
            raise NotFound("desk_link_dead")
        row.token_hash, row.begun_at = fresh, work.now
        row.ends_at = work.now + SESSION_VALID
        work.record(f"person:{row.person_id}", until=row.ends_at)
        return row.ends_at

    async def desk_user(self, token: str, cause: str) -> DeskUser:
        """Who has this session, to act for ``cause``.

        Raises Unauthenticated ``desk_session_over`` when it is unknown, has ended, or the
        operator's role or account was taken away since its link was made.
        """
        now = self.site.clock.now()
        async with self.site.reading() as session:
            found = await _one(
                session, DeskSession.token_hash == _hash(token), DeskSession.ends_at > now
            )
        if found is None:
            raise Unauthenticated("desk_session_over")
        held, person, membership = found
        return DeskUser(
            actor=_actor(held, person, membership, cause),
            session_id=held.id,
            name=person.name,
            language=person.language,
            until=held.ends_at or now,
        )

    @use_case("desk.sign_out", by=OPERATORS)
    async def desk_sign_out(self, work: Work, session_id: int | None = None) -> int:
        """End one of the actor's own sessions, or all of them and their links; returns how many."""
        person = await lock_self(work)
        where = [DeskSession.person_id == person.id, DeskSession.ended_at.is_(None)]
        if session_id is not None:
            where.append(DeskSession.id == session_id)
        ended = await work.session.scalars(
            update(DeskSession)
            .where(*where, or_(DeskSession.ends_at.is_(None), DeskSession.ends_at > work.now))
            .values(ended_at=work.now)
            .returning(DeskSession.id)
            .execution_options(synchronize_session=False)
        )
        count = len(list(ended))
        work.record(f"person:{person.id}", sessions=count)
        return count

    async def forget_sessions(self) -> int:
        """Delete links and sessions that have been over for a day; returns how many.

        Who signed in, when and until when stays in the audit log.
        """
        over = func.coalesce(
            func.least(DeskSession.ended_at, DeskSession.ends_at), DeskSession.link_until
        )
        before = self.site.clock.now() - _KEPT_OVER
        async with self.site.sessions.begin() as session:
            gone = await session.scalars(
                delete(DeskSession)
                .where(over <= before)
                .returning(DeskSession.id)
                .execution_options(synchronize_session=False)
            )
            return len(list(gone))


def _hash(token: str) -> str:
    # The token is random: a plain SHA-256 is enough.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _who(*where: ColumnElement[bool]) -> Select[DeskSession, Person, Membership]:
    """A session with its person, as long as they may work at the desk by its membership."""
    # The register tells of a role that was taken away and given back: the session stays over.
    taken = exists().where(
        RoleChange.person_id == DeskSession.person_id,
        RoleChange.at >= DeskSession.made_at,
        RoleChange.change.in_(("revoked", "suspended")),
        RoleChange.role.in_(("", Membership.role)),
    )
    return (
        select(DeskSession, Person, Membership)
        .join(Person, Person.id == DeskSession.person_id)
        .join(Membership, Membership.id == DeskSession.membership_id)
        .where(
            *where,
            DeskSession.ended_at.is_(None),
            Person.state == "active",
            Membership.state == "active",
            Membership.role.in_([role.value for role in OPERATORS]),
            ~taken,
        )
    )


async def _one(
    session: AsyncSession, *where: ColumnElement[bool]
) -> tuple[DeskSession, Person, Membership] | None:
    row = (await session.execute(_who(*where))).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def _actor(held: DeskSession, person: Person, membership: Membership, cause: str) -> Actor:
    return Actor(
        kind="person",
        source="api",
        cause=cause,
        person_id=held.person_id,
        company_id=membership.company_id,
        role=Role(membership.role),
        telegram_id=person.telegram_id,
    )
