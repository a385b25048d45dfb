"""Delivery of updates to the bot's webhook: in order per chat, again until it answers 200."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp

from bot.sandbox.people import dumps
from bot.sandbox.updates import Pending, Webhook
from bot.sandbox.world import World

LONGEST_RETRY = 60.0
ANSWER_SECONDS = 60.0


class Courier:
    """Carries updates while a webhook is set; what the bot answers in the body is not read."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._main: asyncio.Task[None] | None = None
        self._rounds: set[asyncio.Task[None]] = set()
        self._busy: set[int] = set()

    def start(self) -> None:
        """Begin to deliver, in the running loop."""
        self._main = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Leave what is not delivered for the next start."""
        tasks = [*self._rounds, *([self._main] if self._main else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        queue = self._world.updates
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while not self._world.closing:
                if hook := self._hook():
                    self._dispatch(session, hook)
                await queue.signal.wait(3600)

    def _hook(self) -> Webhook | None:
        hook = self._world.updates.webhook
        return hook if hook.url else None

    def _dispatch(self, session: aiohttp.ClientSession, hook: Webhook) -> None:
        """Start a round for each chat that has something and has no round yet."""
        for chat_id in self._world.updates.by_chat:
            if len(self._busy) >= hook.max_connections:
                return
            if chat_id in self._busy:
                continue
            self._busy.add(chat_id)
            task = asyncio.create_task(self._round(session, chat_id))
            self._rounds.add(task)
            task.add_done_callback(self._rounds.discard)

    async def _round(self, session: aiohttp.ClientSession, chat_id: int) -> None:
        """Deliver everything of one chat, oldest first."""
        world = self._world
        failures = 0
        try:
            while (hook := self._hook()) and (update := world.updates.oldest(chat_id)):
                error = await _deliver(session, hook, update)
                if error is None:
                    failures = 0
                    world.updates.confirm(update.id)
                    world.flush()
                    continue
                hook.last_error_date, hook.last_error_message = world.unix(), error
                delay = min(world.webhook_retry * 2**failures, LONGEST_RETRY)
                failures = min(failures + 1, 16)
                await self._pause(hook, delay)
        finally:
            self._busy.discard(chat_id)
            # Others may have waited for a free connection.
            if not world.closing:
                world.updates.signal.notify()

    async def _pause(self, hook: Webhook, delay: float) -> None:
        """Wait before the next attempt; a webhook set anew is tried at once."""
        loop = asyncio.get_running_loop()
        end = loop.time() + delay
        while self._world.updates.webhook is hook and not self._world.closing:
            left = end - loop.time()
            if left <= 0:
                return
            await self._world.closed.wait(min(left, 0.05))


async def _deliver(session: aiohttp.ClientSession, hook: Webhook, update: Pending) -> str | None:
    """Post one update; what went wrong, or ``None``."""
    headers = {"Content-Type": "application/json"}
    if hook.secret_token:
        headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret_token
    body = dumps(update.body).encode()
    try:
        async with session.post(hook.url, data=body, headers=headers) as answer:
            with contextlib.suppress(aiohttp.ClientError):
                await answer.read()
            if 200 <= answer.status < 300:
                return None
            return f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except aiohttp.ClientConnectorError:
        return "Connection refused"
    except TimeoutError:
        return "Read timeout expired"
    except aiohttp.ClientError as error:
        return f"Connection closed: {type(error).__name__}"
