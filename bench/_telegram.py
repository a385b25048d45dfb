"""A Bot API server that costs next to nothing, for the load: presses out, any call answered.

It runs in a process of its own; what is measured is the bot's process. ``POST /load`` puts presses
into the queue, ``GET /done`` waits until so many messages have been sent and gives their number.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from bot.sandbox.limits import Limits, RateLimiter

#: It opens nothing: the server takes any.
TOKEN = "7000000001:benchmark-benchmark-benchmark"  # not a secret

_ME = {"id": 7_000_000_001, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
_CHAT = {"id": 1, "type": "private", "first_name": "A"}
_SENT = {"message_id": 2, "date": 1_795_000_000, "chat": _CHAT, "text": "x"}
_ANSWERS = {
    name: json.dumps({"ok": True, "result": result}).encode()
    for name, result in {
        "": True,
        "getme": _ME,
        "getmydescription": {"description": ""},
        "getmyshortdescription": {"short_description": ""},
        "sendmessage": _SENT,
    }.items()
}


#: The message that bears the button: an invitation as a supplier gets it.
_TEXT = (
    "📋 Жаңа тапсырыс № 1024\n\nТапсырыс беруші: «Бас мердігер» ЖШС (900140000123)\n"
    "Тауарлар:\n1. Болат құбыр — 1 250,5 м\n2. Болат құбыр, мырышталған — 320 м\n\n"
    "Жеткізу орны: Астана қаласы, Тұран даңғылы, 55\nЖеткізу мерзімі: 90 күнтізбелік күн\n\n"
    "Ұсыныстар қабылданады: 2026 жылғы 24 қараша, 24:00 (Астана)\n"
    "Негізі: № 344 бұйрық, 13.3-тармақ"
)
_KEYBOARD = {
    "inline_keyboard": [
        [{"text": text, "callback_data": data}]
        for text, data in (
            ("Ұсыныс беру", "1:order.offer:1024"),
            ("Толығырақ", "1:order.card:1024"),
            ("Бұл жолы емес", "1:order.decline:1024"),
        )
    ]
}


def press(update_id: int, person: int, data: str) -> dict[str, object]:
    """The update of a press of a button, as Telegram sends it."""
    chat = {"id": person, "type": "private", "first_name": "Айгүл"}
    user = {"id": person, "is_bot": False, "first_name": "Айгүл", "language_code": "kk"}
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": user,
            "chat_instance": str(person),
            "data": data,
            "message": {
                "message_id": 1,
                "date": 1_795_000_000,
                "chat": chat,
                "from": _ME,
                "text": _TEXT,
                "reply_markup": _KEYBOARD,
            },
        },
    }


class _Server:
    def __init__(self, *, strict: bool) -> None:
        self.waiting: list[dict[str, object]] = []
        self.sent = 0
        self.changed = asyncio.Condition()
        # With Telegram's limits enforced, every arrival is kept: (chat, when, whether refused).
        self._limiter = RateLimiter(Limits(), time.monotonic) if strict else None
        self.arrived: list[tuple[int, float, bool]] = []

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"].lower()
        if method == "getupdates":
            return await self._updates(request)
        given = await request.read()
        if method == "sendmessage" and self._limiter is not None:
            chat = int(json.loads(given)["chat_id"])
            wait = self._limiter.take(chat)
            self.arrived.append((chat, time.monotonic(), wait > 0))
            if wait:
                refused = {"ok": False, "error_code": 429, "description": "Too Many Requests"}
                answer = {**refused, "parameters": {"retry_after": wait}}
                return web.json_response(answer, status=429)
        if method == "sendmessage":
            self.sent += 1
            async with self.changed:
                self.changed.notify_all()
        body = _ANSWERS.get(method, _ANSWERS[""])
        return web.Response(body=body, content_type="application/json")

    async def _updates(self, request: web.Request) -> web.Response:
        json_body = request.content_type == "application/json"
        given = await request.json() if json_body else await request.post()
        offset = int(str(given.get("offset") or 0))
        self.waiting = [each for each in self.waiting if int(str(each["update_id"])) >= offset]
        if not self.waiting:
            async with self.changed:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait_for(lambda: self.waiting), 5)
        return web.json_response({"ok": True, "result": self.waiting[:100]})

    async def load(self, request: web.Request) -> web.Response:
        self.waiting = await request.json()
        self.sent = 0
        async with self.changed:
            self.changed.notify_all()
        return web.Response()

    async def log(self, _: web.Request) -> web.Response:
        return web.json_response(self.arrived)

    async def done(self, request: web.Request) -> web.Response:
        count = int(request.query["count"])
        async with self.changed:
            await self.changed.wait_for(lambda: self.sent >= count)
        return web.json_response(self.sent)


async def _serve() -> None:
    server = _Server(strict="--strict" in sys.argv)
    app = web.Application(client_max_size=2**28)
    app.router.add_route("*", "/bot{token}/{method}", server.call)
    app.router.add_post("/load", server.load)
    app.router.add_get("/done", server.done)
    app.router.add_get("/log", server.log)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    # It lives as long as whoever started it holds its input open.
    await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def telegram(*, strict: bool = False) -> AsyncIterator[str]:
    """The server in a process of its own; its base address. ``strict``: it has Telegram's limits
    and keeps when each message arrived, by the clock ``time.monotonic`` of the machine.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench._telegram",
        *(["--strict"] if strict else []),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        await process.wait()


class Load:
    """Gives presses to the server and waits until the bot has answered them."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self._base = base
        self._session = session
        self._next = 1

    async def run(self, presses: list[tuple[int, str]]) -> None:
        """Presses of (person, data); returns when each was answered with a message."""
        updates = [
            press(self._next + number, person, data)
            for number, (person, data) in enumerate(presses)
        ]
        self._next += len(updates)
        async with self._session.post(f"{self._base}/load", json=updates) as answer:
            answer.raise_for_status()
        query = {"count": str(len(updates))}
        timeout = aiohttp.ClientTimeout(total=600)
        async with self._session.get(f"{self._base}/done", params=query, timeout=timeout) as answer:
            sent = await answer.json()
        if sent != len(updates):
            raise SystemExit(f"{sent} messages for {len(updates)} presses")


if __name__ == "__main__":
    asyncio.run(_serve())
