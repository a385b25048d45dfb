"""The notices of a broadcast: counted by what became of them, held, let go and dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from domain.broadcasts.model import Broadcast
from domain.broadcasts.views import OPEN
from domain.notices.doubt import doubt
from domain.notices.kinds import KINDS
from domain.notices.model import Notice
from domain.preferences.model import Preference
from domain.preferences.placing import facts, placing
from domain.work import Site

#: Rows moved in one transaction: the dispatcher claims between two of them.
BATCH = 1_000
# Written out: the index of what is left to do holds these alone.
_OF_BROADCASTS = Notice.kind == literal_column("'broadcast.news'")


def _subject(number: int) -> str:
    return f"broadcast:{number}"


async def counts_of(session: AsyncSession, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many notices of each broadcast are in each state; copies in other channels left out."""
    subjects = {_subject(number): number for number in numbers}
    rows = await session.execute(
        select(Notice.subject, Notice.state, func.count())
        .where(
            Notice.subject == func.any(list(subjects)),
            Notice.kind == "broadcast.news",
            Notice.origin_id.is_(None),
        )
        .group_by(Notice.subject, Notice.state)
    )
    found: dict[int, dict[str, int]] = {}
    for subject, state, count in rows:
        found.setdefault(subjects[subject], {})[state] = count
    return found


async def bring_in_line(site: Site, number: int, *, queue_only: bool = False) -> int:
    """Hold, let go or drop notices as the state of their broadcast says; returns how many.

    In bounded batches, each a transaction of its own that asks for the state anew: whatever two
    administrators press, and wherever a process dies, the last word is followed. A notice that
    is being sent just now is left alone; should it come back to the queue, the next call of
    ``Broadcasts.tend`` takes it. ``queue_only``: nothing is looked for among what is held, which
    may be all of it.
    """
    moved = 0
    while True:
        async with site.sessions.begin() as session:
            count = await _move(session, number, site.clock.now(), queue_only)
        moved += count
        if count < BATCH:
            return moved


def _moved(state: str, queue_only: bool) -> list[ColumnElement[bool]]:
    """Which notices a state of the broadcast moves, a condition for each place to look.

    What a pause holds bears its mark, the subject. What is held for another reason (the database
    was restored) stays so until an administrator says a word about it here or there.
    """
    held = _in_state("held")
    marked = Notice.error == Notice.subject
    match state:
        case "running":
            return [and_(held, marked)]
        case "paused":
            waiting = [*map(_in_state, ("queued", "digest"))]
            others = and_(held, Notice.error.is_distinct_from(Notice.subject))
            return waiting if queue_only else [*waiting, others]
        case "stopped":
            return [*map(_in_state, ("queued", "digest", "held"))]
    return []


def _in_state(state: str) -> ColumnElement[bool]:
    return Notice.state == literal_column(f"'{state}'")


async def _move(session: AsyncSession, number: int, now: datetime, queue_only: bool) -> int:
    state = await session.scalar(
        select(Broadcast.state).where(Broadcast.number == number).with_for_update(read=True)
    )
    # One place after the other: of each, an index holds only what is there.
    moved = 0
    for which in _moved(state or "", queue_only):
        if moved < BATCH:
            moved += await _move_those(session, number, state or "", which, now, BATCH - moved)
    return moved


async def _move_those(
    session: AsyncSession,
    number: int,
    state: str,
    which: ColumnElement[bool],
    now: datetime,
    limit: int,
) -> int:
    mark = _subject(number)
    # What goes on belongs where its reader's wishes of today put it: in the digest again, or
    # after the quiet hours. What was tried before the pause, and copies, only go on.
    place = placing(literal(now), Notice.__table__.c.useless_after)
    fresh = and_(Notice.attempts == 0, Notice.origin_id.is_(None))
    batch = (
        select(
            Notice.id,
            case((fresh, place.state), else_="queued").label("state"),
            case((fresh, place.not_before), else_=Notice.not_before).label("not_before"),
        )
        .select_from(Notice)
        .outerjoin(Preference, Preference.person_id == Notice.person_id)
        .where(Notice.subject == mark, _OF_BROADCASTS, which)
        .order_by(Notice.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Notice)
        .cte("batch")
    )
    after: dict[str, object] = {"state": "held" if state == "paused" else "dropped", "error": mark}
    if state == "running":
        after = {"state": batch.c.state, "not_before": batch.c.not_before, "error": doubt()}
    done = await session.execute(
        update(Notice)
        .where(Notice.id == batch.c.id)
        .values(after)
        .returning(Notice.id)
        .execution_options(synchronize_session=False),
        facts(KINDS["broadcast.news"], now),
    )
    return len(done.all())


async def settle_ends(site: Site, numbers: Sequence[int]) -> None:
    """Note for which of the broadcasts nothing waits any more."""
    subject = func.concat("broadcast:", Broadcast.number)
    waits = or_(*map(_in_state, OPEN))
    async with site.sessions.begin() as session:
        await session.execute(
            update(Broadcast)
            .where(
                Broadcast.number == func.any(list(numbers)),
                Broadcast.state.in_(("running", "paused", "stopped")),
                Broadcast.over_at.is_(None),
                ~exists().where(Notice.subject == subject, _OF_BROADCASTS, waits),
            )
            .values(over_at=site.clock.now())
        )
