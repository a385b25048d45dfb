"""After a backup was put back: what would now be told or done late waits for an administrator.

The database is older than the world. Notices that waited may have been sent since, and what came
due since has had its consequences once, upon acts that are lost. So nothing of that goes out, to
people or programs, or
happens by itself: an administrator sends, drops or fires it, kind by kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.deadlines import Deadline
from domain.notices.doubt import doubt
from domain.notices.model import Notice
from domain.people.queries import tell_admins
from domain.roles import Role
from domain.support.mail_rows import OutgoingMail
from domain.webhooks.announcing import Announcing
from domain.webhooks.rows import count_held, end_hold, hold_open
from domain.work import Look, Site, Work, query, use_case

#: The state of a notice that waits for the decision; the dispatcher takes only what is queued.
HELD = "held"
#: How events that wait to be sent to programs are named among the kinds, all together.
WEBHOOKS = "webhooks"
#: What stands in place of an error in the row of whatever waits since a restore: a pause of a
#: broadcast holds notices, too.
MARK = "held after a restore"
# Rows of deadlines stay open, so that acts and moves meet them as ever; only the sweep waits.
_NEVER = datetime(9999, 12, 30, tzinfo=UTC)
#: The house's own moments: they concern nobody's rights and set their next day themselves.
_HOUSE = ("support.morning", "recordings.destroy", "reconciliation.nightly")
#: While a fault lasts or is analysed these move windows later, never earlier: held, they would let
#: a window of tonight close that must wait. That somebody hears of it again is the lesser evil.
_PROTECTING = ("incident.extend", "incident.decide", "overdue.incident.decide")
_ADMINS = frozenset({Role.ADMIN})
_NOBODY: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class Held:
    """What waits for a decision, counted by kind."""

    notices: Mapping[str, int]
    letters: Mapping[str, int]
    deadlines: Mapping[str, int]
    # Events for programs, at most one line: ``WEBHOOKS``.
    events: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        every = (self.notices, self.letters, self.deadlines, self.events)
        return sum(sum(each.values()) for each in every)

    @property
    def told(self) -> list[str]:
        """Kinds of what would be sent."""
        return sorted({*self.notices, *self.letters, *self.events})


class Restored:
    """Holding what a restore has brought back, and deciding about it."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("restore.settle", by=_NOBODY)
    async def settle(self, work: Work, made_at: datetime) -> Held:
        """Hold all that a backup of ``made_at`` left to be told or done before now.

        Reminders whose moment is over are dropped: they were sent, or say nothing new.
        """
        await _hold_notices(work)
        await _hold_letters(work)
        await _hold_deadlines(work)
        # What is on record and not told yet would be told late as well.
        await Announcing(self.site).catch_up(work.session)
        await hold_open(work.session)
        held = await _held(work.session)
        work.record(
            "database",
            made_at=made_at,
            notices=sum(held.notices.values()),
            letters=sum(held.letters.values()),
            deadlines=sum(held.deadlines.values()),
            events=sum(held.events.values()),
        )
        await tell_admins(
            work,
            "restore.held",
            "database",
            made_at=made_at,
            restored_at=work.now,
            notices=sum(held.notices.values()) + sum(held.letters.values()),
            deadlines=sum(held.deadlines.values()),
            events=sum(held.events.values()),
        )
        return held

    @query(by=_ADMINS)
    async def held(self, look: Look) -> Held:
        """What waits."""
        return await _held(look.session)

    @use_case("restore.send", by=_ADMINS)
    async def send(self, work: Work, kinds: Sequence[str]) -> int:
        """Send the notices and letters of these kinds that are still of use; returns how many.

        ``WEBHOOKS`` stands for the events that programs are told, under their old webhook-id.
        """
        await _drop_useless(work, and_(*_HELD_NOTICES))
        notices = await work.session.scalars(
            update(Notice)
            .where(*_HELD_NOTICES, Notice.kind.in_(kinds))
            .values(state="queued", not_before=work.now, error=doubt())
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
        letters = await work.session.scalars(
            update(OutgoingMail)
            .where(*_HELD_LETTERS, OutgoingMail.kind.in_(kinds))
            .values(not_before=work.now, error=None)
            .returning(OutgoingMail.id)
            .execution_options(synchronize_session=False)
        )
        count = len(notices.all()) + len(letters.all())
        if WEBHOOKS in kinds:
            count += await end_hold(work.session, work.now, send=True)
        work.record("database", kinds=sorted(kinds), sent=count)
        return count

    @use_case("restore.drop", by=_ADMINS)
    async def drop(self, work: Work, kinds: Sequence[str]) -> int:
        """Never send the notices and letters of these kinds; returns how many.

        Notices stay in their readers' lists, events can be replayed.
        """
        notices = await work.session.scalars(
            update(Notice)
            .where(*_HELD_NOTICES, Notice.kind.in_(kinds))
            .values(state="dropped")
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        )
        letters = await work.session.scalars(
            update(OutgoingMail)
            .where(*_HELD_LETTERS, OutgoingMail.kind.in_(kinds))
            .values(state="dropped")
            .returning(OutgoingMail.id)
            .execution_options(synchronize_session=False)
        )
        count = len(notices.all()) + len(letters.all())
        if WEBHOOKS in kinds:
            count += await end_hold(work.session, work.now, send=False)
        work.record("database", kinds=sorted(kinds), dropped=count)
        return count

    @use_case("restore.fire", by=_ADMINS)
    async def fire(self, work: Work, kinds: Sequence[str]) -> int:
        """Let held deadlines of these kinds have their consequences now; returns how many."""
        rows = await work.session.scalars(
            update(Deadline)
            .where(*_HELD_DEADLINES, Deadline.kind.in_(kinds))
            .values(retry_at=None, error=None)
            .returning(Deadline.id)
            .execution_options(synchronize_session=False)
        )
        count = len(rows.all())
        work.record("database", kinds=sorted(kinds), fired=count)
        return count


_HELD_NOTICES: tuple[ColumnElement[bool], ...] = (Notice.state == HELD, Notice.error == MARK)
_HELD_LETTERS: tuple[ColumnElement[bool], ...] = (
    OutgoingMail.state == "queued",
    OutgoingMail.error == MARK,
)
_HELD_DEADLINES: tuple[ColumnElement[bool], ...] = (
    Deadline.state == "open",
    Deadline.error == MARK,
)


async def _hold_notices(work: Work) -> None:
    waits = or_(
        Notice.state == "sending",
        and_(Notice.state.in_(("queued", "digest")), Notice.not_before <= work.now),
    )
    await _drop_useless(work, waits)
    await work.session.execute(
        update(Notice)
        .where(waits)
        .values(state=HELD, claimed_until=None, error=MARK)
        .execution_options(synchronize_session=False)
    )


async def _drop_useless(work: Work, which: ColumnElement[bool]) -> None:
    await work.session.execute(
        update(Notice)
        .where(which, Notice.useless_after <= work.now)
        .values(state="useless", claimed_until=None)
        .execution_options(synchronize_session=False)
    )


async def _hold_letters(work: Work) -> None:
    await work.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.state.in_(("queued", "sending")))
        .values(state="queued", not_before=_NEVER, claimed_until=None, error=MARK)
        .execution_options(synchronize_session=False)
    )


async def _hold_deadlines(work: Work) -> None:
    came = (Deadline.state == "open", Deadline.due_at <= work.now)
    await work.session.execute(
        update(Deadline)
        .where(*came, Deadline.kind.startswith("remind"))
        .values(state="dropped", closed_at=work.now)
        .execution_options(synchronize_session=False)
    )
    await work.session.execute(
        update(Deadline)
        .where(*came, Deadline.kind.not_in((*_HOUSE, *_PROTECTING)))
        .values(retry_at=_NEVER, error=MARK)
        .execution_options(synchronize_session=False)
    )


async def _held(session: AsyncSession) -> Held:
    events = await count_held(session)
    return Held(
        await _counted(session, select(Notice.kind).where(*_HELD_NOTICES)),
        await _counted(session, select(OutgoingMail.kind).where(*_HELD_LETTERS)),
        await _counted(session, select(Deadline.kind).where(*_HELD_DEADLINES)),
        {WEBHOOKS: events} if events else {},
    )


async def _counted(session: AsyncSession, kinds: Select[Any]) -> dict[str, int]:
    kind = kinds.selected_columns[0]
    rows = await session.execute(kinds.add_columns(func.count()).group_by(kind).order_by(kind))
    return {str(row[0]): int(row[1]) for row in rows}
