"""Sends the letters that wait, several at once, until stopped.

The rows are the queue: a process that dies in the middle leaves its letters to the next, and a
letter that was taken just before arrives a second time under the same Message-ID. Without a mail
server letters wait, and operators are told so in the ticket.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage

import structlog

from bot.logs import scrub
from bot.mail.composing import MAX_FILES_BYTES, compose
from bot.mail.transport import MailServer, Unsent
from bot.storage.outage import is_outage
from domain.services import Services
from domain.support.outbox import WAITS_AFTER, Letter
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

HandOver = Callable[[EmailMessage, str, str], Awaitable[None]]

_AT_ONCE = 4
# Longer than any sending takes: nobody else claims a letter that is on its way.
LEASE = timedelta(minutes=15)
# Seconds between looks when nobody wakes us, and after trouble.
_POLL = 5.0
_PAUSE = 2.0
_GAP = 0.1
# Seconds that letters on their way have when the process is to end.
_FINISHING = 20.0
# Seconds that a batch of letters may take: a slow server has a minute for each of its answers.
_PATIENCE = 600.0
# How often a sending is put on record again while the database is away.
_RECORDING = 60


def handing_over(url: str) -> HandOver:
    """Hands messages to the server of this address; raises ValueError where it is none."""
    server = MailServer.of_url(url)

    async def hand_over(message: EmailMessage, sender: str, receiver: str) -> None:
        await asyncio.to_thread(server.hand_over, message, sender, receiver)

    return hand_over


class MailSender:
    """The worker; ``hand_over`` is None where no mail server is set."""

    def __init__(
        self,
        services: Services,
        own: str,
        hand_over: HandOver | None,
        *,
        lease: timedelta = LEASE,
        poll: float = _POLL,
    ) -> None:
        self._services = services
        self._own = own
        self._hand_over = hand_over
        self._lease = lease
        self._poll = poll
        self.worker = Worker(
            "mail",
            self._look,
            poll=poll,
            gap=_GAP,
            pause=_PAUSE,
            patience=_PATIENCE,
            is_outage=is_outage,
        )
        self._told = -math.inf
        self._going: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Say that an act was committed: it may have written letters."""
        self.worker.wake()

    async def run(self) -> None:
        """Send until cancelled; survives the database and the mail server being away.

        Letters that are on their way then are put on record first.
        """
        try:
            await self.worker.run()
        finally:
            if self._going:
                await asyncio.wait(self._going, timeout=_FINISHING)

    async def _look(self) -> None:
        await self.send()
        if time.monotonic() - self._told >= self._poll:
            self._told = time.monotonic()
            await self.tell_waiting()

    async def drain(self) -> int:
        """Send, then tell of what waits; returns how many letters were tried."""
        tried = await self.send()
        await self.tell_waiting()
        return tried

    async def send(self) -> int:
        """Send until nothing may go now; returns how many letters were tried."""
        tried = 0
        if self._hand_over is not None:
            while found := await self._services.outbox.claim(_AT_ONCE, self._lease):
                tried += len(found)
                self.worker.pulse.turn()
                async with asyncio.TaskGroup() as group:
                    for letter in found:
                        group.create_task(self._in_peace(letter, self._hand_over))
        return tried

    async def tell_waiting(self) -> None:
        """Tell operators of letters that do not go."""
        # Where there is no server nothing is worth waiting for.
        patience = timedelta() if self._hand_over is None else WAITS_AFTER
        await self._services.outbox.tell_waiting(patience)

    async def _in_peace(self, letter: Letter, hand_over: HandOver) -> None:
        """Send one letter to the end, also when we are cancelled: half sent is sent twice."""
        task = asyncio.create_task(self._try(letter, hand_over))
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        await asyncio.shield(task)

    async def _try(self, letter: Letter, hand_over: HandOver) -> None:
        """Send one letter; trouble stops no other and leaves it to the end of its claim."""
        try:
            await self._send(letter, hand_over)
        except Exception as error:
            log.warning("mail.left", mail=letter.id, error=type(error).__name__)

    async def _send(self, letter: Letter, hand_over: HandOver) -> None:
        try:
            message = await self._composed(letter)
            await hand_over(message, self._own, letter.address)
        except Unsent as error:
            await self._unsent(letter, error)
            return
        except Exception as error:
            log.exception("mail.not_sent", mail=letter.id, ticket=letter.ticket)
            await self._unsent(letter, Unsent("later", type(error).__name__))
            return
        await self._record(letter)
        log.info("mail.sent", mail=letter.id, ticket=letter.ticket, kind=letter.kind)

    async def _record(self, letter: Letter) -> None:
        """Put on record that a letter has gone: until that is done it might go once more."""
        for last in (*[False] * _RECORDING, True):
            try:
                # The number first: told twice it is the same, and what is sent is not looked at.
                await self._services.support.number_sent(letter.ticket)
                await self._services.outbox.sent(letter)
            except Exception as error:
                if last or not is_outage(error):
                    raise
                await asyncio.sleep(_PAUSE)
            else:
                return

    async def _unsent(self, letter: Letter, error: Unsent) -> None:
        reason = scrub(error.reason)
        log.warning(
            "mail.unsent", mail=letter.id, ticket=letter.ticket, verdict=error.verdict, why=reason
        )
        if error.verdict != "never":
            counted = error.verdict != "away"
            if await self._services.outbox.again(letter, reason, counted=counted):
                return
        await self._services.outbox.failed(letter, reason)

    async def _composed(self, letter: Letter) -> EmailMessage:
        room, missing, files = MAX_FILES_BYTES, 0, []
        for file in letter.files:
            try:
                content = await self._services.site.files.get(file.sha256)
            except KeyError:
                missing += 1
                continue
            if len(content) > room:
                missing += 1
                continue
            room -= len(content)
            files.append((file.name or f"{file.kind}", file.mime, content))
        now = self._services.site.clock.now()
        return await asyncio.to_thread(compose, letter, self._own, files, missing, now)
