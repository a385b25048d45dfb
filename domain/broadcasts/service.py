"""Use cases of broadcasts: counting, testing, sending now or later, pausing, stopping."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, Select, bindparam, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.broadcasts.audience import fixing, reach
from domain.broadcasts.model import Broadcast, BroadcastCard, BroadcastReader
from domain.broadcasts.rows import bring_in_line, counts_of, settle_ends
from domain.broadcasts.rules import (
    Audience,
    Content,
    check_audience,
    check_content,
    check_start,
)
from domain.broadcasts.views import (
    BroadcastPage,
    BroadcastView,
    CardToShow,
    Reach,
    audience_of,
    broadcast_view,
    button_json,
    button_of,
    content_json,
    file_json,
    file_of,
)
from domain.deadlines import Deadline, close, set_moment
from domain.errors import Conflict, NotFound, RuleBroken
from domain.files import Attachment
from domain.firing import Deadlines
from domain.notices.writing import tell, telling, write_notices
from domain.numbered import lock_row, read_row
from domain.people.model import Membership, Person
from domain.roles import Role
from domain.work import Look, Site, Work, query, use_case

ADMINS = frozenset({Role.ADMIN})
START = "broadcast.start"

_TELL = telling(
    select(BroadcastReader.person_id, literal(""), literal({}, JSONB)).where(
        BroadcastReader.broadcast_id == bindparam("broadcast", type_=BigInteger)
    )
)


def broadcast_subject(number: int) -> str:
    """How deadlines, notices and the record name a broadcast."""
    return f"broadcast:{number}"


class Broadcasts:
    """News to many people.

    Writing use cases answer the number of the broadcast; unknown ones raise NotFound
    ``broadcast_unknown``, acts in the wrong state Conflict ``broadcast_state``.
    """

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        deadlines.on(START, _start_in_time)

    @query(by=ADMINS)
    async def reach(self, look: Look, audience: Audience) -> Reach:
        """How many people an audience has now; raises what ``check_audience`` raises."""
        return await reach(look.session, check_audience(audience))

    @use_case("broadcast.test", by=ADMINS)
    async def test(self, work: Work, content: Content) -> None:
        """Send the message to the administrator alone, on the way that all others will get it."""
        checked = check_content(content)
        if work.actor.person_id is None:
            raise NotFound("person_unknown", None)
        about = {"number": 0, **content_json(checked)}
        await tell(
            work, [work.actor.person_id], "broadcast.test", broadcast_subject(0), about=about
        )
        work.record(broadcast_subject(0))

    @use_case("broadcast.create", by=ADMINS)
    async def create(
        self,
        work: Work,
        key: str,
        content: Content,
        audience: Audience,
        starts_at: datetime | None = None,
    ) -> int:
        """Send it to everybody of the audience: at once, or at ``starts_at``.

        The same ``key`` (of the form) makes one broadcast and answers its number again. Raises
        ``broadcast_nobody`` for an audience without people, ``broadcast_past``,
        ``broadcast_far``, and what ``check_content`` and ``check_audience`` raise.
        """
        checked, meant = check_content(content), check_audience(audience)
        at = None if starts_at is None else check_start(starts_at, work.now)
        if not (await reach(work.session, meant)).total:
            raise RuleBroken("broadcast_nobody", None)
        number, fresh = await self._write(work, key, checked, meant, at)
        row = await _lock(work, number)
        if fresh:
            _attach(work, number, checked)
            if at is None:
                await _start(work, row)
            else:
                await set_moment(work, START, broadcast_subject(number), at)
        work.record(
            broadcast_subject(number), audience=vars(meant), starts_at=row.starts_at, to=row.total
        )
        return number

    async def _write(
        self, work: Work, key: str, content: Content, audience: Audience, at: datetime | None
    ) -> tuple[int, bool]:
        """The number of the broadcast of this key, and whether it was made just now."""
        made = await work.session.scalar(
            insert(Broadcast)
            .values(
                key=key,
                text_kk=content.text_kk,
                text_ru=content.text_ru,
                file=None if content.file is None else file_json(content.file),
                button=None if content.button is None else button_json(content.button),
                audience={**vars(audience), "roles": list(audience.roles)},
                state="scheduled",
                created_at=work.now,
                created_by=work.actor.person_id,
                starts_at=at,
                total=0,
                muted=0,
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(Broadcast.number)
        )
        if made is not None:
            return made, True
        found = await work.session.scalars(select(Broadcast.number).where(Broadcast.key == key))
        return found.one(), False

    @use_case("broadcast.start", by=ADMINS)
    async def start(self, work: Work, number: int) -> int:
        """Send a scheduled one now."""
        row = await _lock(work, number, "scheduled")
        await close(work, broadcast_subject(number), (START,), "cancelled")
        await _start(work, row)
        work.record(broadcast_subject(number), to=row.total)
        return number

    async def pause(self, actor: Actor, number: int) -> int:
        """Send no more for the time being; what is in hand at that moment still goes out."""
        await self._pause(actor, number)
        await bring_in_line(self.site, number)
        return number

    @use_case("broadcast.pause", by=ADMINS)
    async def _pause(self, work: Work, number: int) -> int:
        return await _change(work, number, "paused", "running")

    async def resume(self, actor: Actor, number: int) -> int:
        """Go on after a pause: to everybody who has not had it."""
        await self._resume(actor, number)
        await bring_in_line(self.site, number)
        self.site.acted()
        return number

    @use_case("broadcast.resume", by=ADMINS)
    async def _resume(self, work: Work, number: int) -> int:
        return await _change(work, number, "running", "paused")

    async def stop(self, actor: Actor, number: int) -> int:
        """Send it to nobody any more: those who have not had it never get it, and are counted."""
        await self._stop(actor, number)
        await bring_in_line(self.site, number)
        return number

    @use_case("broadcast.stop", by=ADMINS)
    async def _stop(self, work: Work, number: int) -> int:
        done = await _change(work, number, "stopped", "scheduled", "running", "paused")
        await close(work, broadcast_subject(number), (START,), "cancelled")
        return done

    @query(by=ADMINS)
    async def one(self, look: Look, number: int) -> BroadcastView:
        """A broadcast as it stands now."""
        found = await _views(look.session, [await _read(look.session, number)])
        return found[0]

    @query(by=ADMINS)
    async def page(self, look: Look, before: int | None = None, size: int = 6) -> BroadcastPage:
        """Broadcasts, newest first, below the number ``before``."""
        statement = select(Broadcast).order_by(Broadcast.number.desc()).limit(size + 1)
        if before is not None:
            statement = statement.where(Broadcast.number < before)
        rows = list(await look.session.scalars(statement))
        older = rows[size - 1].number if len(rows) > size else None
        return BroadcastPage(await _views(look.session, rows[:size]), older, before is None)

    async def watch(self, actor: Actor, number: int, chat: int, message: int, shown: str) -> None:
        """Remember the message that shows a broadcast in a chat: it is brought up to date.

        ``shown`` tells what it shows now. The last message of a chat counts.
        """
        now = self.site.clock.now()
        await self.unwatch(chat, message)
        async with self.site.sessions.begin() as session:
            row = await _read(session, number)
            values = {"message_id": message, "shown_at": now, "shown": shown}
            await session.execute(
                insert(BroadcastCard)
                .values(broadcast_id=row.id, chat_id=chat, person_id=actor.person_id, **values)
                .on_conflict_do_update(index_elements=["broadcast_id", "chat_id"], set_=values)
            )

    async def unwatch(self, chat: int, message: int) -> None:
        """The message shows something else now, or is gone: leave it alone."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                delete(BroadcastCard).where(
                    BroadcastCard.chat_id == chat, BroadcastCard.message_id == message
                )
            )

    async def shown(self, card: CardToShow, shown: str) -> None:
        """Remember what a card shows, unless another message has taken its place meanwhile."""
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(BroadcastCard)
                .where(
                    BroadcastCard.chat_id == card.chat_id,
                    BroadcastCard.message_id == card.message_id,
                )
                .values(shown=shown)
            )

    async def cards(self, older_than: datetime) -> list[CardToShow]:
        """Cards of broadcasts that go on, not brought up to date since; whoever asks takes them.

        Of several processes one gets each card: its ``shown_at`` moves with the asking. Cards of
        those who are no administrators any more stay as they are.
        """
        still = exists().where(
            Membership.person_id == BroadcastCard.person_id,
            Membership.role == Role.ADMIN.value,
            Membership.state == "active",
        )
        async with self.site.sessions.begin() as session:
            taken = (
                update(BroadcastCard)
                .where(
                    BroadcastCard.broadcast_id == Broadcast.id,
                    BroadcastCard.person_id == Person.id,
                    BroadcastCard.shown_at <= older_than,
                    BroadcastCard.over.is_(False),
                    Person.state == "active",
                    still,
                )
                .values(shown_at=self.site.clock.now(), over=Broadcast.over_at.is_not(None))
                .returning(
                    Broadcast.number,
                    BroadcastCard.chat_id,
                    BroadcastCard.message_id,
                    Person.language,
                    BroadcastCard.shown,
                )
            )
            return [CardToShow(*row) for row in await session.execute(taken)]

    async def tend(self, *, queue_only: bool = False) -> None:
        """Bring notices in line with pauses and stops, also after a crash; note what is over.

        ``queue_only``: what came back to the queue meanwhile, for those who look each second.
        """
        async with self.site.reading() as session:
            numbers = list(
                await session.scalars(
                    select(Broadcast.number).where(
                        Broadcast.state != "scheduled", Broadcast.over_at.is_(None)
                    )
                )
            )
        for number in numbers:
            await bring_in_line(self.site, number, queue_only=queue_only)
        if numbers:
            await settle_ends(self.site, numbers)


async def _views(session: AsyncSession, rows: Iterable[Broadcast]) -> list[BroadcastView]:
    found = list(rows)
    counts = await counts_of(session, [row.number for row in found])
    authors = dict(
        (
            await session.execute(
                select(Person.id, Person.name).where(
                    Person.id == func.any([row.created_by or 0 for row in found])
                )
            )
        ).all()
    )
    return [
        broadcast_view(row, authors.get(row.created_by or 0, ""), counts.get(row.number, {}))
        for row in found
    ]


async def _read(session: AsyncSession, number: int) -> Broadcast:
    return await read_row(session, number, _by_number(number), _unknown(number))


def _by_number(number: int) -> Select[Broadcast]:
    return select(Broadcast).where(Broadcast.number == number)


def _unknown(number: int) -> NotFound:
    return NotFound("broadcast_unknown", None, number=number)


async def _lock(work: Work, number: int, *states: str) -> Broadcast:
    found = await lock_row(work, number, _by_number(number), _unknown(number))
    if states and (found.state not in states or found.over_at is not None):
        stopped = found.over_at is None or found.state == "stopped"
        state = found.state if stopped else "done"
        raise Conflict("broadcast_state", None, number=number, state=state)
    return found


def _attach(work: Work, number: int, content: Content) -> None:
    """Name our copy of the file where files of all things are named: backups look there."""
    file = content.file
    if file is not None and file.sha256:
        work.session.add(
            Attachment(
                subject=broadcast_subject(number),
                position=1,
                name=file.name,
                mime=file.mime[:128],
                size=file.size,
                sha256=file.sha256,
                telegram_file_id=file.file_id,
                added_at=work.now,
                added_by=work.actor.person_id,
            )
        )


async def _change(work: Work, number: int, state: str, *states: str) -> int:
    row = await _lock(work, number, *states)
    was, row.state = row.state, state
    if was == "scheduled":
        row.over_at = work.now
    work.record(broadcast_subject(number), state=state, was=was)
    return number


async def _start(work: Work, row: Broadcast) -> None:
    """Fix the audience and write its notices: two statements, however many people there are."""
    row.state, row.started_at = "running", work.now
    await work.session.flush()
    await work.session.execute(fixing(row.id, audience_of(row.audience)))
    row.total = await _count_readers(work.session, row.id)
    told = await _tell_readers(work, row, "broadcast.news") if row.total else 0
    row.muted = row.total - told


async def _count_readers(session: AsyncSession, broadcast_id: int) -> int:
    found = await session.scalar(
        select(func.count()).where(BroadcastReader.broadcast_id == broadcast_id)
    )
    return found or 0


async def _tell_readers(work: Work, row: Broadcast, kind: str) -> int:
    content = Content(row.text_kk, row.text_ru, file_of(row.file), button_of(row.button))
    return await write_notices(
        work,
        _TELL,
        {"broadcast": row.id},
        kind,
        broadcast_subject(row.number),
        useless_after=None,
        params={"number": row.number, **content_json(content)},
    )


async def _start_in_time(work: Work, deadline: Deadline) -> None:
    row = await _lock(work, int(deadline.subject.removeprefix("broadcast:")))
    if row.state == "scheduled":
        await _start(work, row)
    work.record(deadline.subject, state=row.state, to=row.total)
