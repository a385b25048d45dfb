"""The queue of notices, as those who send work it: claim, send, settle.

A claim bears the fence of its owner's turn. An owner whose turn has passed to another settles
nothing but what it has really sent: so nothing is sent again because its sender was slow to say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, case, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import spelled
from domain.channels.copying import follow
from domain.notices.ended import STANDING
from domain.notices.model import TELEGRAM, Delivery, Hold, Lane, Notice
from domain.notices.statements import RECORD, TAKE
from domain.notices.views import UNKNOWN, NoticeView, Reader, notice_view
from domain.people.model import Person
from domain.work import Site


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt to send.

    ``state``: ``sent``, ``retry`` (after ``retry_after`` seconds; ``counted`` says whether the
    attempt counts against the limit), ``unknown`` (no answer: it may have arrived; sent once
    more), ``unreachable`` (the person takes nothing here) or ``dead`` (the message is refused).
    ``holds``: nothing can be sent to this person meanwhile, so what waits behind keeps its order;
    ``everyone``: nothing can be sent to anybody.
    """

    state: str
    message_id: int | None = None
    retry_after: float = 0
    counted: bool = True
    reason: str = ""
    holds: bool = False
    everyone: bool = False


@dataclass(frozen=True)
class Settled:
    """The outcome of an attempt that began at a moment; ``tried``: it was made at all."""

    notice: NoticeView
    outcome: Outcome
    began_at: datetime
    tried: bool = True


@dataclass(frozen=True)
class Share:
    """Of work and news: at most ``each`` of one person in one claim, none of those in ``full``."""

    each: int
    full: Collection[int] = ()


#: Numbers of notices, each with the fence of its claim.
InHand = Mapping[int, int | None]

MAX_ATTEMPTS = 8
# Claims run out when a process has died: that is looked for once a second.
_LATE = timedelta(seconds=1)
# Senders lost with a notice in hand that need not be its fault; then it waits up to so much more
# each time.
_MAY_BE_CHANCE, _APART = 2, timedelta(seconds=20)
_LOST = f"{UNKNOWN}: its sender was lost"


class NoticeQueue:
    """The queue of one channel."""

    def __init__(self, site: Site, channel: str = TELEGRAM) -> None:
        self.site = site
        self.channel = channel
        # From when it is looked again for claims that have run out.
        self._late_from: datetime | None = None

    async def claim(
        self,
        room: int | Mapping[Lane, int],
        lease: timedelta,
        *,
        fence: int | None = None,
        in_hand: InHand = MappingProxyType({}),
        share: Share | None = None,
    ) -> Sequence[NoticeView]:
        """Take the next notices to send, most urgent first, for the time of a lease.

        ``room``: how many, in all or of each lane (together as many as the widest lane has).
        ``in_hand``: what the caller has already, with the fence of its claim, however old.
        ``share``: how much of it may be for one person. Notices of one person and lane come in
        the order in which they may go. A claim whose lease has run out (its process died) is
        taken again: the reader may see such a notice twice, and its number tells that it is one.
        """
        now = self.site.clock.now()
        most = dict.fromkeys(Lane, room) if isinstance(room, int) else room
        limit = max(most.values())
        taken: list[NoticeView] = []
        async with self.site.sessions.begin() as session:
            if self._late_from is None or now >= self._late_from:
                await self._lose(session, now, in_hand, Notice.claimed_until <= now)
                self._late_from = now + _LATE
            while len(taken) < limit:
                rows = await session.execute(
                    TAKE,
                    {
                        "lanes": [int(lane) for lane in most],
                        "most": [max(0, count - len(taken)) for count in most.values()],
                        "channel": self.channel,
                        "now": now,
                        "limit": limit - len(taken),
                        "until": now + lease,
                        "fence": fence,
                        "each": None if share is None else share.each,
                        "full": [] if share is None else list(share.full),
                        **STANDING,
                    },
                )
                found = [_claimed(row) for row in rows]
                taken.extend(view for view in found if view.state == "sending")
                # Another look only where some of them were useless.
                if all(view.state == "sending" for view in found):
                    break
        return taken

    async def take_over(self, fence: int, in_hand: InHand = MappingProxyType({})) -> int:
        """What the owner before us had in hand waits again; it may have arrived (``unknown``).

        Returns how many notices it had.
        """
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            return await self._lose(
                session, now, in_hand, or_(Notice.fence.is_(None), Notice.fence < fence)
            )

    async def settle(self, done: Sequence[Settled]) -> None:
        """Record what became of attempts, all in one transaction, each with its delivery."""
        if not done:
            return
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            rows = [self._row(each, now) for each in done]
            changed = set(await session.scalars(RECORD, {"rows": spelled(rows), "now": now}))
            settled = [each for each in done if each.notice.number in changed]
            await self._hold(session, settled, now)
            await self._part(session, settled, now)
            ended = {
                each.notice.number: str(row["state"]) for each, row in zip(done, rows, strict=True)
            }
            await follow(session, self.channel, {n: ended[n] for n in sorted(changed)}, now)

    async def in_queue(self) -> int:
        """How many notices of the channel wait or are being sent."""
        async with self.site.sessions() as session:
            count = await session.scalar(
                select(func.count()).where(
                    Notice.channel == self.channel, Notice.state.in_(("queued", "sending"))
                )
            )
            return count or 0

    async def forget_holds(self) -> int:
        """Drop the holds that are over, of every channel; returns how many there were."""
        async with self.site.sessions.begin() as session:
            over = delete(Hold).where(Hold.until <= self.site.clock.now())
            return (await session.execute(over)).rowcount  # type: ignore[attr-defined,no-any-return] # of a delete

    async def _lose(
        self, session: AsyncSession, now: datetime, in_hand: InHand, whose: ColumnElement[bool]
    ) -> int:
        """Let wait again what lost its sender in the middle, with that on record; how many.

        One that loses its sender again and again may be what kills it: it comes apart from those
        that were in hand beside it, and is given up as after any other attempts.
        """
        given_up = Notice.attempts >= MAX_ATTEMPTS
        apart = literal(now) + func.random() * (Notice.attempts - _MAY_BE_CHANCE) * _APART
        found = await session.execute(
            update(Notice)
            .where(
                Notice.state == "sending",
                Notice.channel == self.channel,
                _claim.not_in(_claims(in_hand)),
                whose,
            )
            .values(
                state=case((given_up, "dead"), else_="queued"),
                claimed_until=None,
                error=_LOST,
                not_before=case((Notice.attempts > _MAY_BE_CHANCE, apart), else_=Notice.not_before),
            )
            .returning(Notice.id, Notice.attempts, Notice.state)
        )
        rows = found.all()
        if rows:
            await session.execute(
                insert(Delivery), [self._lost(number, count, now) for number, count, _ in rows]
            )
        dead = {number: state for number, _, state in sorted(rows) if state == "dead"}
        await follow(session, self.channel, dead, now)
        return len(rows)

    def _lost(self, number: int, attempt: int, now: datetime) -> dict[str, object]:
        return {
            "notice_id": number,
            "channel": self.channel,
            "attempt": attempt,
            "began_at": now,
            "ended_at": now,
            "outcome": "unknown",
            "error": _LOST,
        }

    def _row(self, each: Settled, now: datetime) -> dict[str, object]:
        outcome, reason = each.outcome, _storable(each.outcome.reason)
        state, until = outcome.state, None
        if state in ("retry", "unknown"):
            state = "queued"
            if outcome.counted and each.notice.attempts >= MAX_ATTEMPTS:
                state = "dead"
            # While a person takes nothing, what waits keeps its place: the hold puts it off.
            elif not outcome.holds:
                until = now + timedelta(seconds=outcome.retry_after)
        return {
            "id": each.notice.number,
            "state": state,
            "until": None if until is None else until.isoformat(),
            "counted": outcome.counted or outcome.state not in ("retry", "unknown"),
            "message_id": outcome.message_id,
            "error": f"{UNKNOWN}: {reason}" if outcome.state == UNKNOWN else reason,
            "fence": each.notice.fence,
            "channel": each.notice.channel,
            "attempt": each.notice.attempts,
            "began_at": each.began_at.isoformat(),
            "tried": each.tried,
            "outcome": "dead" if state == "dead" else outcome.state,
            "retry_at": _retry_at(outcome, now),
            "why": reason or None,
        }

    async def _hold(self, session: AsyncSession, done: Sequence[Settled], now: datetime) -> None:
        until = {
            each.notice.person_id: now + timedelta(seconds=each.outcome.retry_after)
            for each in done
            if each.outcome.holds
        }
        if not until:
            return
        held = insert(Hold).values(
            [
                {"person_id": person, "channel": self.channel, "until": moment}
                for person, moment in sorted(until.items())
            ]
        )
        await session.execute(
            held.on_conflict_do_update(
                index_elements=["person_id", "channel"],
                set_={"until": func.greatest(Hold.until, held.excluded.until)},
            )
        )

    async def _part(self, session: AsyncSession, done: Sequence[Settled], now: datetime) -> None:
        """Whoever cannot be reached is so until they let us write again; their list stays."""
        gone = sorted(
            {each.notice.person_id for each in done if each.outcome.state == "unreachable"}
        )
        if gone and self.channel == TELEGRAM:
            await session.execute(
                update(Person)
                .where(Person.id.in_(gone), Person.unreachable_since.is_(None))
                .values(unreachable_since=now)
            )


# A claim is told by its fence: one that another owner made since is not the caller's.
_claim = tuple_(Notice.id, func.coalesce(Notice.fence, 0))


def _claims(in_hand: InHand) -> list[tuple[int, int]]:
    return [(number, fence or 0) for number, fence in in_hand.items()]


def _storable(reason: str) -> str:
    """Whatever a server has said, as PostgreSQL holds it: without NUL and halves of pairs."""
    return reason.replace("\0", "").encode("utf-8", "replace").decode()


def _retry_at(outcome: Outcome, now: datetime) -> str | None:
    if outcome.state not in ("retry", "unknown"):
        return None
    return (now + timedelta(seconds=outcome.retry_after)).isoformat()


def _claimed(row: Row[Any]) -> NoticeView:
    return notice_view(row, Reader(row.telegram_id, row.language or "", row.role))
