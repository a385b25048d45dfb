"""Sends webhooks: follows the record, claims what may go, signs, sends and records.

The rows are the queue: a process that dies in the middle leaves its deliveries to the next, and
what was taken just before arrives a second time under the same webhook-id.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version

import aiohttp
import structlog
from standardwebhooks.webhooks import Webhook

from bot.channels.outgoing import (
    TOTAL,
    Forbidden,
    Resolve,
    check_host,
    open_session,
    post,
    system_resolve,
)
from bot.config import Settings
from bot.storage.outage import is_outage, through_outages
from domain.services import Services
from domain.webhooks.addresses import Allowed
from domain.webhooks.rules import host_of
from domain.webhooks.service import Webhooks
from domain.webhooks.views import Claim, Outcome
from scheduler.worker import Worker

log = structlog.get_logger(__name__)

#: On their way at once, in all and to one endpoint.
AT_ONCE = 32
PER_ENDPOINT = 4
# Longer than any sending takes.
LEASE = timedelta(seconds=60)
# A claim that has lain for so long (seconds; the process was frozen) is not begun any more: it
# would end after its lease.
_FRESH = LEASE.total_seconds() - TOTAL - 10
_POLL = 2.0
_GAP = 0.02
# Seconds that deliveries on their way have when the process is to end; the rest go again later.
_FINISHING = 10.0
# Records written at once: the pool of connections serves people first.
_WRITERS = 4
# Seconds between tries to put a sending on record while the database is away.
_RECORDING = 2.0


def signed(claim: Claim, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks: one signature for each secret that is in force."""
    at = now.astimezone(UTC)
    signatures = [Webhook(secret).sign(claim.uid, at, claim.body) for secret in claim.secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": _agent(),
        "webhook-id": claim.uid,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _agent() -> str:
    try:
        return f"Tapsyrys/{version('tapsyrys')}"
    except PackageNotFoundError:
        return "Tapsyrys"


def outcome_of(status: int) -> str:
    """What a status means: see ``domain.webhooks.views.Outcome``."""
    if 200 <= status < 300:
        return "delivered"
    if 300 <= status < 400:
        return "redirected"
    return "gone" if status == 410 else "refused"


class WebhookSender:
    """The worker of webhooks."""

    def __init__(
        self,
        webhooks: Webhooks,
        *,
        lease: timedelta = LEASE,
        poll: float = _POLL,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._webhooks = webhooks
        self._lease = lease
        self._resolve = resolve
        self._session: aiohttp.ClientSession | None = None
        self._going: dict[asyncio.Task[None], int] = {}
        self._last = 0
        self._writers = asyncio.Semaphore(_WRITERS)
        # Told how each attempt ended (``domain.webhooks.views.OUTCOME_NAMES``).
        self.note: Callable[[str], None] = lambda outcome: None
        # Nobody waits for it: a process is as healthy without it.
        self.worker = Worker(
            "webhooks", self.turn, poll=poll, gap=_GAP, vital=False, is_outage=is_outage
        )

    def wake(self) -> None:
        """Say that an act was committed."""
        self.worker.wake()

    async def run(self) -> None:
        """Work until stopped; what is on its way then is put on record first."""
        try:
            await self.worker.run()
        finally:
            await self.close()

    async def close(self) -> None:
        """Let what is on its way end, then close the connections."""
        if self._going:
            _, left = await asyncio.wait(self._going, timeout=_FINISHING)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def turn(self) -> None:
        """Make events of what is new, and begin to send what may go; waits for no sending."""
        while await self._webhooks.announcing.announce():
            self.worker.pulse.turn()
        ready = await self._webhooks.queue.ready()
        # In turns: many slow ones must not take all the places from those after them.
        for endpoint in [
            *(n for n in ready if n > self._last),
            *(n for n in ready if n <= self._last),
        ]:
            if len(self._going) >= AT_ONCE:
                return
            await self._begin(endpoint)

    async def drain(self) -> None:
        """Work until nothing may go now (tests and the demo)."""
        while True:
            await self.turn()
            if not self._going:
                return
            await asyncio.wait(list(self._going))

    async def _begin(self, endpoint: int) -> None:
        busy = sum(1 for each in self._going.values() if each == endpoint)
        if busy >= PER_ENDPOINT:
            return  # whoever comes back wakes us
        self._last = endpoint
        room = min(PER_ENDPOINT, AT_ONCE - len(self._going) + busy)
        claimed_at = time.monotonic()
        for claim in await self._webhooks.queue.claim(endpoint, room, self._lease):
            task = asyncio.create_task(self._try(claim, claimed_at))
            self._going[task] = endpoint
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._going.pop(task, None)
        self.wake()

    async def _try(self, claim: Claim, claimed_at: float) -> None:
        """Send one delivery; trouble stops no other and leaves it to the end of its claim."""
        try:
            if time.monotonic() - claimed_at > _FRESH:
                return
            outcome = await self.send(claim)
            self.note(outcome.name)
            await self._record(claim, outcome, claimed_at)
        except Exception as error:
            log.warning("webhook.left", delivery=claim.delivery, error=type(error).__name__)

    async def _record(self, claim: Claim, outcome: Outcome, claimed_at: float) -> None:
        """Put on record what became of it: until that is done it might go once more."""

        async def settle() -> None:
            async with self._writers:
                await self._webhooks.queue.settle(claim, outcome)

        await through_outages(settle, claimed_at + self._lease.total_seconds(), _RECORDING)
        log.info(
            "webhook.sent",
            delivery=claim.delivery,
            endpoint=claim.endpoint,
            kind=claim.type,
            outcome=outcome.name,
            status=outcome.status,
        )

    async def send(self, claim: Claim) -> Outcome:
        """One attempt; says what became of it and never raises for what the other side does."""
        now = self._webhooks.site.clock.now()
        began = time.perf_counter()

        def outcome(
            name: str, text: str, status: int | None = None, pause: timedelta | None = None
        ) -> Outcome:
            took = round((time.perf_counter() - began) * 1000)
            return Outcome(name, now, took, status, text, pause)

        if self._session is None:
            self._session = open_session(self._webhooks.allowed, self._resolve)
        try:
            check_host(claim.url, self._webhooks.allowed)
            headers = signed(claim, now)
            answer = await post(self._session, claim.url, claim.body.encode(), headers, now)
        except (TimeoutError, aiohttp.ServerTimeoutError):
            return outcome("timeout", "no answer in time")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if _is_forbidden(error):
                return outcome("forbidden_address", f"{host_of(claim.url)} is not public")
            return outcome("unreachable", f"{type(error).__name__}: {error}")
        name = outcome_of(answer.status)
        pause = answer.pause if name == "refused" else None
        return outcome(name, answer.text, answer.status, pause)


def webhook_sender(services: Services, settings: Settings) -> WebhookSender:
    """The worker of a process, with what the installation allows."""
    services.webhooks.allowed = Allowed.of(settings.webhook_allow)
    return WebhookSender(services.webhooks)


def _is_forbidden(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, Forbidden):
            return True
        error = error.__cause__ or error.__context__
    return False
