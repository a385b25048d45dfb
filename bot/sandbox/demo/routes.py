"""The demo's own doors: the clock, the feed and the story of the page. They exist nowhere else."""

from __future__ import annotations

import json
import uuid
from datetime import datetime

from aiohttp import web

from bot.sandbox.demo.story import OPERATOR, story_view
from bot.sandbox.demo.support import desk_of
from bot.sandbox.demo.travel import Traveller
from bot.sandbox.demo.watch import Watch
from bot.sandbox.world import World
from domain.clock import ASTANA, astana
from domain.errors import RuleBroken
from domain.services import Services
from handlers.context import locale_of
from handlers.views import format as fmt
from handlers.views.translator import plain, translator


def add_demo_routes(
    app: web.Application, world: World, services: Services, traveller: Traveller, *, story: bool
) -> None:
    """``/demo/clock``, ``/demo/feed``, ``/demo/story`` and ``/demo/desk``."""
    clock, watch = services.site.clock, Watch(services)

    async def shown() -> web.Response:
        now = clock.now()
        due = await traveller.next_deadline()
        return web.json_response(
            {
                "now": astana(now).isoformat(),
                "text": plain(fmt.moment(translator("en"), now)),
                "next_deadline": astana(due).isoformat() if due else None,
            }
        )

    async def read_clock(_request: web.Request) -> web.Response:
        return await shown()

    async def move_clock(request: web.Request) -> web.Response:
        try:
            body = json.loads(await request.read())
            await _move(traveller, body)
        except RuleBroken as error:
            return web.json_response({"error": str(error)}, status=422)
        except (ValueError, TypeError, KeyError, OverflowError):
            example = '{"now": "2026-11-20T15:00:00+05:00"} or {"advance": "2wd"}'
            return web.json_response({"error": f"Send {example}."}, status=400)
        return await shown()

    async def feed(request: web.Request) -> web.Response:
        after = request.query.get("after", "0")
        number = int(after) if after.isascii() and after.isdigit() else 0
        language = request.query.get("lang", "")
        t = translator(locale_of(language) if language != "en" else "en")
        return web.json_response({"events": await watch.after(number, t)})

    async def tell_story(_request: web.Request) -> web.Response:
        return web.json_response(story_view(story=story, desk=desk_of(world)))

    async def enter_desk(_request: web.Request) -> web.Response:
        """To the web desk as the story's operator: what ``/desk`` in their chat gives."""
        cause = f"demo:{uuid.uuid4()}"
        actor, _ = await services.people.actor_for(OPERATOR, cause)
        try:
            made = await services.support.desk_link(actor)
        except RuleBroken as error:
            return web.json_response({"error": str(error)}, status=403)
        raise web.HTTPFound(f"/desk#enter={made.token}", headers={"Cache-Control": "no-store"})

    app.router.add_get("/demo/clock", read_clock)
    app.router.add_post("/demo/clock", move_clock)
    app.router.add_get("/demo/feed", feed)
    app.router.add_get("/demo/story", tell_story)
    if story:
        app.router.add_get("/demo/desk", enter_desk)


async def _move(traveller: Traveller, body: object) -> None:
    if not isinstance(body, dict):
        raise TypeError
    if "now" in body:
        target = datetime.fromisoformat(str(body["now"]))
        await traveller.go(target if target.tzinfo else target.replace(tzinfo=ASTANA))
    else:
        await traveller.advance(str(body["advance"]))
