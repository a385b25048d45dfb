"""The mirror's worker: whose topics are behind, one group beside the other, within the limits.

One process owns it, by a lease: the one that keeps the limits of sending, so that what goes into
groups is counted with all else. Acts wake it; a slow poll finds what nobody woke it for. A group
takes 20 messages a minute, which the gateway keeps: the worker only waits its turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import Callable, Coroutine
from datetime import date, timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramMigrateToChat, TelegramRetryAfter

from bot.desk.digest import post_digest
from bot.desk.refusals import meaning
from bot.desk.topics import TopicWriter
from bot.storage.outage import is_outage
from bot.telegram.gateway import queued
from bot.telegram.limits import Urgency
from bot.telegram.outcome import TurnPassed, is_telegram_away
from domain.actor import Actor
from domain.clock import astana
from domain.services import Services
from domain.support.mirror import Desk
from domain.support.mirror_rows import Claimed, DeskRows
from scheduler.lease import Lease
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

#: The key of the lease, beside those of sending and polling.
MIRRORING = 7_210_004
_POLL = 5.0
# At most one look in this time, however often acts wake it.
_GAP = 0.2
# Only the owner claims, and a group has one worker: a claim that has run out is nobody's work.
_CLAIM = timedelta(minutes=1)
_AT_ONCE = 5
_PATIENCE = 10.0


class Mirror:
    """Keeps topics in step with tickets; without a ``lease`` this process is the only one.

    ``keeps`` says whether this process keeps the limits of sending; while it does not, it leaves
    the lease to the one that does.
    """

    def __init__(
        self,
        bot: Bot,
        services: Services,
        lease: Lease | None = None,
        keeps: Callable[[], bool] = lambda: True,
    ) -> None:
        self._bot = bot
        self._services = services
        self._rows = DeskRows(services.site)
        self._desk = Desk(services.site)
        self._writer = TopicWriter(bot, services.site, self._rows)
        self._lease = lease
        self._keeps = keeps
        self._owner = False
        self.worker = Worker(
            "desk", self.look, poll=_POLL, gap=_GAP, pause=_POLL, is_outage=is_outage
        )
        self._looking = asyncio.Lock()
        self._groups: dict[int, asyncio.Task[int]] = {}
        # Until when (``time.monotonic``) a group is left alone.
        self._waiting: dict[int, float] = {}
        # From when (``time.monotonic``) it is looked anew who has stopped the bot.
        self._away_from = 0.0

    def wake(self) -> None:
        """Say that an act was committed: its ticket may have changed."""
        self.worker.wake()

    def run(self) -> Coroutine[object, object, None]:
        """Work until ``stop``, also if that is before the first turn.

        Survives Telegram and the database being away.
        """
        return self.worker.run()

    async def stop(self) -> None:
        """Claim no more, finish the topics in hand, give up the lease."""
        self.worker.stop()
        tasks = list(self._groups.values())
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE)
        async with self._looking:
            await self._give_up()

    async def _give_up(self) -> None:
        tasks = list(self._groups.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._owner:
            with contextlib.suppress(Exception):  # a database that is away has freed it
                await self._rows.free()
        if self._lease is not None:
            await self._lease.release()
        self._owner = False

    async def look(self) -> None:
        """Place tickets, mark what turned red, and set every group to work that has any."""
        async with self._looking:
            if self.worker.stopping:
                return
            # Most installations have no group: they need no owner of the mirror either.
            groups = await self._rows.groups()
            if not groups or not await self._is_owner():
                return
            await self._rows.place(list(groups))
            await self._rows.raise_alarms()
            if time.monotonic() >= self._away_from:
                self._away_from = time.monotonic() + _POLL
                await self._rows.mark_away()
            for chat_id, (language, digest_on) in groups.items():
                if chat_id not in self._groups and not self._waits(chat_id):
                    work = self._work(chat_id, language, digest_on)
                    task = asyncio.create_task(work, name=f"desk {chat_id}")
                    self._groups[chat_id] = task
                    task.add_done_callback(functools.partial(self._ended, chat_id))

    async def drain(self) -> int:
        """Work until nothing is behind that may be worked now; returns how many topics."""
        total = 0
        while True:
            await self.look()
            tasks = list(self._groups.values())
            if not tasks:
                return total
            done = sum(await asyncio.gather(*tasks))
            await asyncio.sleep(0)
            total += done
            if not done:
                return total

    def _ended(self, chat_id: int, task: asyncio.Task[int]) -> None:
        del self._groups[chat_id]
        if not task.cancelled() and task.exception() is not None:
            log.error("desk.group_failed", error=type(task.exception()).__name__)

    async def _is_owner(self) -> bool:
        if self._lease is None:
            return True
        if not self._keeps():
            await self._give_up()
            return False
        owner = await self._lease.hold()
        if not owner:
            # Another process may begin at once: two would write everything twice.
            for task in self._groups.values():
                task.cancel()
        if owner and not self._owner:
            # What the owner before us had in hand waits again: it cannot be writing any more.
            await self._rows.free()
        self._owner = owner
        return owner

    def _ours(self) -> bool:
        """Whether our turn surely still runs: asked just before each call, too."""
        return self._lease is None or self._lease.valid()

    async def _work(self, chat_id: int, language: str, digest_on: date | None) -> int:
        """Everything that one group is behind with; returns how many topics were worked."""
        worked = 0
        with queued(Urgency.WORK, self._ours):
            try:
                await self._digest(chat_id, language, digest_on)
            except Exception as error:
                if not await self._group_ended(chat_id, error):
                    log.warning("desk.no_digest", error=type(error).__name__)
            while not self.worker.stopping and self._ours():
                claimed = await self._rows.claim(chat_id, _AT_ONCE, _CLAIM)
                if not claimed:
                    break
                done = await self._attempt_all(claimed)
                worked += done
                if done < len(claimed):
                    await self._give_back(claimed[done:])
                    break
        return worked

    async def _digest(self, chat_id: int, language: str, digest_on: date | None) -> None:
        if digest_on != astana(self._services.site.clock.now()).date():
            await post_digest(self._bot, self._services, self._rows, chat_id, language)

    async def _attempt_all(self, claimed: list[Claimed]) -> int:
        """How many of the topics were worked before the group had to wait."""
        for number, topic in enumerate(claimed):
            if self.worker.stopping or not await self._attempt(topic):
                return number
        return len(claimed)

    async def _attempt(self, topic: Claimed) -> bool:
        """Bring one topic up; False when the whole group has to wait."""
        try:
            await self._writer.bring_up(topic)
        except Exception as error:
            return await self._failed(topic, error)
        return True

    async def _failed(self, topic: Claimed, error: Exception) -> bool:
        log.warning("desk.behind", ticket=topic.number, error=_words(error))
        # After our turn the rows are somebody else's: nothing is noted about them.
        if is_outage(error) or isinstance(error, TurnPassed):
            raise error
        if await self._group_ended(topic.chat_id, error):
            return False
        if isinstance(error, TelegramRetryAfter):
            self._waiting[topic.chat_id] = time.monotonic() + error.retry_after
            return False
        await self._rows.later(topic.ticket_id)
        return not is_telegram_away(error)

    def _waits(self, chat_id: int) -> bool:
        """Whether Telegram has told us to leave a group alone for a while."""
        return self._waiting.get(chat_id, 0.0) > time.monotonic()

    async def _group_ended(self, chat_id: int, error: Exception) -> bool:
        """Whether the error says that the group is no desk any more; writes it down."""
        what = meaning(error)
        cause = f"desk:{chat_id}:{self._services.site.clock.now().isoformat()}"
        system = Actor.system(cause, source="telegram")
        if isinstance(error, TelegramMigrateToChat):
            await self._desk.moved(system, chat_id, error.migrate_to_chat_id)
        elif what == "group":
            await self._desk.lost(system, chat_id, _words(error))
        else:
            return False
        self.wake()
        return True

    async def _give_back(self, topics: list[Claimed]) -> None:
        for topic in topics:
            now = await self._rows.read(topic.ticket_id)
            # Put off already when it failed itself; else free for the next look.
            if now is not None and now.failures == topic.failures:
                await self._rows.later(topic.ticket_id, 1)


def _words(error: BaseException) -> str:
    said = error.message if isinstance(error, TelegramAPIError) else ""
    return f"{type(error).__name__}: {said}"[:200]
