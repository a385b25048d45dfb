"""What a browser test plays: the bot, the people's apps and the demo's own endpoints."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import aiohttp
from aiohttp import web

from domain.clock import ManualClock, astana

Json = dict[str, Any]
KK, RU, CUSTOMER, ADMIN, NEWCOMER = 101, 102, 103, 104, 105


@dataclass(frozen=True, slots=True)
class Who:
    """A person of the stage."""

    id: int
    first_name: str
    last_name: str
    language_code: str
    phone: str

    @staticmethod
    def all() -> list[Who]:
        """Everybody, the four shown side by side first."""
        return [
            Who(KK, "Айгүл", "Сәрсенова", "kk", "+77011111111"),
            Who(RU, "Сергей", "Литвинов", "ru", "+77012222222"),
            Who(CUSTOMER, "Динара", "Ахметова", "ru", "+77013333333"),
            Who(ADMIN, "Нұрлан", "Қасымов", "kk", "+77014444444"),
            Who(NEWCOMER, "Мадина", "Оспанова", "kk", "+77015555555"),
        ]


class FakeBot:
    """A bot of direct Bot API calls."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._base = f"{url}/bot{token}"
        self._offset = 0

    async def call(self, method: str, **params: object) -> Any:
        """A call; the result. Fails the test when the server refuses it."""
        async with self._session.post(f"{self._base}/{method}", json=params) as response:
            answer: Json = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def upload(
        self, method: str, field: str, name: str, content: bytes, **params: str
    ) -> Json:
        """A call with a file."""
        form = aiohttp.FormData(params, quote_fields=False)
        form.add_field(field, content, filename=name)
        async with self._session.post(f"{self._base}/{method}", data=form) as response:
            answer: Json = await response.json()
        assert answer["ok"], answer
        return cast("Json", answer["result"])

    async def say(self, chat: int, text: str, **params: object) -> Json:
        """A message in HTML."""
        sent = await self.call("sendMessage", chat_id=chat, text=text, parse_mode="HTML", **params)
        return cast("Json", sent)

    async def next(self, kind: str) -> Json:
        """The next update of ``kind``, passing over others. Waits for 5 seconds at most."""
        for _ in range(20):
            updates = await self.call("getUpdates", offset=self._offset, limit=1, timeout=5)
            assert updates, f"no {kind} came"
            self._offset = updates[0]["update_id"] + 1
            if kind in updates[0]:
                return cast("Json", updates[0][kind])
        raise AssertionError(f"no {kind} among 20 updates")


class PeopleApi:
    """What the test does in people's apps behind the page's back."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._base = f"{url}/sandbox"

    async def _send(self, method: str, path: str, body: object = None) -> Any:
        async with self._session.request(method, f"{self._base}{path}", json=body) as response:
            answer = await response.json()
            assert response.ok, answer
        return answer

    async def add(self, who: Who) -> None:
        """Let a person open an account and start the bot."""
        await self._send("POST", "/people", asdict(who))
        await self._send("POST", "/start", {"from": who.id})

    async def say(self, who: int, text: str) -> Json:
        """Write as the person."""
        body = {"from": who, "text": text}
        return cast("Json", await self._send("POST", f"/chats/{who}/messages", body))

    async def group(self, title: str, members: list[int], *, is_forum: bool = False) -> int:
        """Make a group with the bot in it; its id."""
        body = {"type": "supergroup", "title": title, "members": members, "is_forum": is_forum}
        return int((await self._send("POST", "/chats", body))["id"])

    async def chat(self, who: int) -> Json:
        """The chat as its person sees it."""
        return cast("Json", await self._send("GET", f"/chats/{who}?as={who}"))


class DemoStub:
    """The demo's clock, feed and story, reduced to what the page sees of them."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.deadline: datetime | None = None
        self.feed: list[Json] = []
        self.moves: list[Json] = []

    def add_event(self, kind: str, title: str, detail: str, subject: str) -> None:
        """Something the system did."""
        row = {"n": len(self.feed) + 1, "at": astana(self._clock.now()).isoformat()}
        self.feed.append(
            {**row, "kind": kind, "title": title, "detail": detail, "subject": subject}
        )

    def add_routes(self, app: web.Application) -> None:
        """Serve ``/demo/clock``, ``/demo/feed`` and ``/demo/story``."""
        app.router.add_get("/demo/clock", self._show)
        app.router.add_post("/demo/clock", self._move)
        app.router.add_get("/demo/feed", self._feed)
        app.router.add_get("/demo/story", self._story)

    async def _show(self, _: web.Request) -> web.Response:
        now = astana(self._clock.now()).isoformat()
        until = astana(self.deadline).isoformat() if self.deadline else None
        return web.json_response({"now": now, "text": now, "next_deadline": until})

    async def _move(self, request: web.Request) -> web.Response:
        body: Json = json.loads(await request.read())
        self.moves.append(body)
        if "now" in body:
            self._clock.set(datetime.fromisoformat(body["now"]))
        elif body["advance"] == "1h":
            self._clock.advance(timedelta(hours=1))
        elif body["advance"] == "next_deadline" and self.deadline:
            self._clock.set(self.deadline)
            self.deadline = None
        return await self._show(request)

    async def _feed(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        return web.json_response({"events": [row for row in self.feed if row["n"] > after]})

    async def _story(self, _: web.Request) -> web.Response:
        roles = {KK: "supplier", RU: "supplier", CUSTOMER: "customer", ADMIN: "admin"}
        people = [
            {"id": id_, "role": role, "company": f"Компания {id_}", "language": "ru", "note": ""}
            for id_, role in roles.items()
        ]
        tasks = [{"kk": "Тапсырысты жариялаңыз.", "ru": "Опубликуйте заказ."}]
        links = [{"name": "desk", "url": "/demo/desk"}, {"name": "status", "url": "/status"}]
        shown = {"people": people, "default": list(roles), "tasks": tasks, "links": links}
        return web.json_response(shown)
