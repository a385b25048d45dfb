"""Destroying recordings whose term is over, and those that a backup brought back (366, 21.3)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import structlog
from sqlalchemy import func, select

from domain.actor import Actor
from domain.clock import astana
from domain.deadlines import Deadline, open_of, set_moment
from domain.files import Destroyed
from domain.firing import Deadlines
from domain.integrations.uploads import LOCK, named_elsewhere
from domain.people.queries import tell_admins
from domain.roles import Role
from domain.support import destruction_rows as rows
from domain.support import recording_copies, recording_reading, restoring
from domain.support.model import DestructionAct, DestructionItem
from domain.support.recording_views import Copy, Deleter, DestroyedNow, RestoredCheck
from domain.support.retention_rules import month_of, next_midnight
from domain.work import Site, Work, use_case

log = structlog.get_logger(__name__)

#: The daily moment of destruction, as the day begins in Astana: no hour beyond the term.
KIND, SUBJECT = "recordings.destroy", "recordings"
# Key of the advisory lock: who writes the ledger, and who looks for what came back, takes turns.
_LEDGER_LOCK = 7_210_366
# The day of a month on which administrators are told what goes in the next.
_PREVIEW_DAY = 25
# A number below zero stands for a post of which nobody knows yet whether it was made: the mirror
# is given this time to find out, then the act says that it is not known.
_DOUBT = timedelta(minutes=10)
IN_DOUBT = "in_doubt"
# Contents looked for in the store together.
_AT_ONCE = 32
_NOBODY: frozenset[Role] = frozenset()
_ADMINS = frozenset({Role.ADMIN})


class Destroying:
    """Acts of destruction, from the first row to the last byte."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        self._checked_on: date | None = None
        deadlines.on(KIND, self._day_begins)

    # ---- what time brings about

    async def _day_begins(self, work: Work, row: Deadline) -> None:
        """Begin an act for what is over; when there is more than one act holds, again at once."""
        act = await rows.begin(work, self.site.keep_recordings_days)
        items = 0 if act is None else len(await rows.items_of(work.session, act.id))
        more = items == rows.BATCH
        await set_moment(
            work, KIND, SUBJECT, work.now if more else next_midnight(work.now), params={}
        )
        work.record(SUBJECT, recordings=items)
        if not more and astana(work.now).day == _PREVIEW_DAY:
            await self._tell_ahead(work)

    async def _tell_ahead(self, work: Work) -> None:
        """Tell the administrators what goes next month, while a dispute can still be marked."""
        month = month_of(astana(work.now).date())[1]
        days = self.site.keep_recordings_days
        found = await recording_reading.preview(work.session, month, work.now, days)
        if found.going_total or found.held_total:
            await tell_admins(
                work,
                "recording.ahead",
                SUBJECT,
                month=month,
                count=found.going_total,
                held=found.held_total,
            )

    async def start(self) -> None:
        """Set the next day's destruction where none is set; called when the service starts."""
        async with self.site.reading() as session:
            if await open_of(session, SUBJECT, KIND) is not None:
                return
        now = self.site.clock.now()
        await self._schedule(Actor.system(f"recordings:{now.isoformat()}"))

    @use_case("recording.schedule", by=_NOBODY)
    async def _schedule(self, work: Work) -> None:
        # At once: what came due while nothing was set has waited long enough.
        await set_moment(work, KIND, SUBJECT, work.now)
        work.record(SUBJECT)

    async def tend(self, deleter: Deleter | None) -> int:
        """Finish acts that are begun, and once a day look for what a backup brought back.

        Takes copies in private chats away when their time is over. Called again and again, and
        first when the service starts. Returns how many acts were finished. Without a ``deleter``
        acts with copies in chats stay begun.
        """
        await self.start()
        await self._take_away(deleter)
        finished = len(await self.finish_begun(deleter))
        today = astana(self.site.clock.now()).date()
        if self._checked_on != today:
            moment = self.site.clock.now().isoformat()
            await self.check_restored(Actor.system(f"restored:{moment}"))
            finished += len(await self.finish_begun(deleter))
            self._checked_on = today
        return finished

    async def _take_away(self, deleter: Deleter | None) -> None:
        try:
            if deleter is not None:
                await recording_copies.take_away(self.site, deleter)
        except Exception as error:
            # Telegram is away; acts of destruction have their own say about that.
            log.warning("recordings.copies_wait", error=type(error).__name__)

    # ---- what people order

    async def destroy_due(self, actor: Actor, deleter: Deleter | None = None) -> DestroyedNow:
        """Destroy now what is over, act by act; by an admin or the command line."""
        begun: list[int] = []
        while (number := await self._begin(actor.because(f"{actor.cause}#{len(begun)}"))) != 0:
            begun.append(number)
        finished = await self.finish_begun(deleter)
        return DestroyedNow(tuple(begun), tuple(finished), sum(finished.values()))

    @use_case("recording.destroy_due", by=_ADMINS)
    async def _begin(self, work: Work) -> int:
        act = await rows.begin(work, self.site.keep_recordings_days)
        work.record(SUBJECT if act is None else rows.act_subject(act.number))
        return 0 if act is None else act.number

    # ---- from the act's beginning to its end

    async def finish_begun(self, deleter: Deleter | None) -> dict[int, int]:
        """Finish every act that is begun; numbers with how many recordings went.

        One that cannot be finished now (Telegram or the store is away) waits for the next time.
        """
        async with self.site.reading() as session:
            begun = list(
                await session.scalars(
                    select(DestructionAct.id)
                    .where(DestructionAct.finished_at.is_(None))
                    .order_by(DestructionAct.id)
                )
            )
        finished: dict[int, int] = {}
        for act_id in begun:
            try:
                done = await self._carry_out(act_id, deleter)
            except Exception as error:
                log.warning("destruction.waits", act=act_id, error=type(error).__name__)
                continue
            if done is not None:
                finished[done[0]] = done[1]
        return finished

    async def _carry_out(self, act_id: int, deleter: Deleter | None) -> tuple[int, int] | None:
        system = Actor.system(f"destruction:{act_id}")
        await self._commit(system, act_id)
        async with self.site.reading() as session:
            act = await session.get_one(DestructionAct, act_id)
            items = [each for each in await rows.items_of(session, act_id) if each.state == "going"]
            copies = await rows.copies_of(session, act_id)
        shared = await self._drop_bytes(act, items)
        refused: Mapping[Copy, str] = {}
        if copies:
            if deleter is None:
                return None
            every = dict.fromkeys(copy for each in copies.values() for copy in each)
            doubtful = [copy for copy in every if copy[1] < 0]
            if doubtful and self.site.clock.now() < act.begun_at + _DOUBT:
                return None
            known = [copy for copy in every if copy[1] > 0]
            refused = {**await deleter.delete(known), **dict.fromkeys(doubtful, IN_DOUBT)}
        gone = rows.Gone(frozenset(shared), copies, refused)
        return act.number, await self._finish(system, act_id, gone)

    @use_case("recording.act_committed", by=_NOBODY)
    async def _commit(self, work: Work, act_id: int) -> None:
        act = await work.session.get_one(DestructionAct, act_id, with_for_update=True)
        going = 0 if act.finished_at else await rows.commit(work, act)
        work.record(rows.act_subject(act.number), recordings=going)

    @use_case("recording.act_finished", by=_NOBODY)
    async def _finish(self, work: Work, act_id: int, gone: rows.Gone) -> int:
        act = await work.session.get_one(DestructionAct, act_id, with_for_update=True)
        return 0 if act.finished_at else await rows.finish(work, act, gone)

    async def _drop_bytes(self, act: DestructionAct, items: Sequence[DestructionItem]) -> set[str]:
        """Drop the bytes of items from the store; returns contents that something else needs.

        The ledger comes first: once bytes are gone it says so, whatever becomes of us.
        """
        wanted = {item.content_hash for item in items if item.content_hash}
        if not wanted:
            return set()
        async with self.site.sessions.begin() as session:
            await session.execute(select(func.pg_advisory_xact_lock(_LEDGER_LOCK)))
            shared = await named_elsewhere(session, wanted)
            lines = [Destroyed(each, act.number, act.begun_at) for each in sorted(wanted - shared)]
            await self.site.files.note_destroyed(lines)
        for sha256 in sorted(wanted - shared):
            async with self.site.sessions.begin() as session:
                # While one is dropped nobody may take the same bytes in.
                await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
                if await named_elsewhere(session, {sha256}):
                    shared.add(sha256)
                else:
                    await self.site.files.drop(sha256)
        return shared

    # ---- after a backup was restored

    async def check_restored(self, actor: Actor) -> RestoredCheck:
        """Look for recordings that were destroyed and are here again, and begin an act for them.

        A file whose act stands in the database; a recording that the ledger beside the files, or
        the record, says was destroyed. ``finish_begun`` destroys them again. What a dispute holds
        is counted and stays. By an admin, the command line, and every day.
        """
        ledger = await self.site.files.destroyed()
        async with self.site.reading() as session:
            hashes = await restoring.destroyed_hashes(session, ledger)
        present = await self._present(sorted(hashes))
        async with self.site.reading() as session:
            back = await restoring.anything_back(session, ledger, present)
        if not back:
            return RestoredCheck(None, 0, 0)
        return await self._begin_restored(actor, ledger, present)

    async def _present(self, sha256s: Sequence[str]) -> list[str]:
        """Those that the store has: several are asked for at once, as a store may be far away."""
        found: list[str] = []
        for at in range(0, len(sha256s), _AT_ONCE):
            some = sha256s[at : at + _AT_ONCE]
            there = await asyncio.gather(*map(self.site.files.has, some))
            found += itertools.compress(some, there)
        return found

    @use_case("recording.check_restored", by=_ADMINS)
    async def _begin_restored(
        self, work: Work, ledger: Sequence[Destroyed], present: Sequence[str]
    ) -> RestoredCheck:
        await work.session.execute(select(func.pg_advisory_xact_lock(_LEDGER_LOCK)))
        still = [sha256 for sha256 in present if await self.site.files.has(sha256)]
        return await restoring.begin(work, ledger, still)
