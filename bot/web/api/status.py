"""How the platform is: for everybody, and on every answer while something is the matter.

The status is read once in some seconds, whatever the number of requests: nobody needs a token
to ask for it, and every answer tells of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from aiohttp import hdrs, web

from bot.web.api import texts
from bot.web.api.incident_answers import (
    HistoryOut,
    NowOut,
    PublicIncidentOut,
    StatusOut,
    WorksOut,
    spoken,
)
from bot.web.api.maintenance import shown_works
from bot.web.api.routing import PREFIX, Call, Group, Nothing
from domain.actor import Actor
from domain.incidents.views import MaintenanceView, PublicIncident, StatusView
from domain.services import Services
from handlers.views.translator import Lazy, plain, translator

routes = Group("about")

log = structlog.get_logger(__name__)

HEADER = "Tapsyrys-Status"
#: How old a status may be.
FRESH = timedelta(seconds=5)
# An answer does not wait longer for word of the platform's own state, in seconds.
_PATIENCE = 2.0
_SAID: Mapping[str, Lazy] = {
    "ok": texts.ALL_WELL,
    "maintenance": texts.WORKS_RUN,
    "incident": texts.FAULT_LASTS,
}


class StatusWatch:
    """The status, read again when it is older than ``FRESH``; by one request for all."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._turn = asyncio.Lock()
        self._known: StatusView | None = None
        self._failed_at: datetime | None = None

    async def read(self) -> StatusView:
        """The status; raises what the database raises."""
        async with self._turn:
            if self._known is None or not self._is_fresh(self._known.at):
                nobody = Actor(kind="guest", source="api", cause="api:status")
                self._known = await self._services.maintenance.status(nobody, orders=True)
            return self._known

    async def state(self) -> str:
        """ok, maintenance or incident; ok while nobody can say."""
        if self._failed_at is not None and self._is_fresh(self._failed_at):
            return "ok"
        try:
            async with asyncio.timeout(_PATIENCE):
                return (await self.read()).now
        # Whatever it is: an answer is worth more than a word on the platform beside it.
        except Exception as error:
            self._failed_at = self._services.site.clock.now()
            log.warning("status_unread", error=type(error).__name__)
            return "ok"

    def _is_fresh(self, at: datetime) -> bool:
        # The clock of a demo may be put back, too.
        return abs(self._services.site.clock.now() - at) < FRESH


WATCH = web.AppKey("status_watch", StatusWatch)


async def tell_status(request: web.Request, response: web.StreamResponse) -> None:
    """Put the header on an answer of the API while works run or a fault lasts."""
    if response.prepared or not request.path.startswith(PREFIX):
        return
    state = await request.app[WATCH].state()
    if state != "ok":
        response.headers[HEADER] = state


def _status(call: Call, found: StatusView) -> StatusOut:
    def works(views: list[MaintenanceView]) -> list[WorksOut]:
        return [shown_works(each, call.language) for each in views]

    def incidents(views: list[PublicIncident]) -> list[PublicIncidentOut]:
        return [spoken(PublicIncidentOut, each, call.language) for each in views]

    t = translator(call.language)
    return StatusOut(
        at=found.at,
        now=NowOut(
            state=found.now,
            text=plain(t(_SAID[found.now])),
            modules=found.modules,
            incidents=incidents(found.incidents),
            maintenance=works(found.running),
        ),
        planned=works(found.planned),
        history=HistoryOut(
            incidents=incidents(found.past_incidents),
            maintenance=works(found.past_maintenance),
        ),
    )


@routes.get("/status", Nothing, StatusOut, anybody=True)
async def show_status(call: Call, _: Nothing) -> web.Response:
    """How the platform is now, planned works, what was in the last 90 days; needs no token."""
    answer = _status(call, await call.request.app[WATCH].read())
    return web.Response(
        body=answer.model_dump_json().encode(),
        content_type="application/json",
        charset="utf-8",
        headers={
            hdrs.CACHE_CONTROL: f"max-age={FRESH.seconds}",
            hdrs.CONTENT_LANGUAGE: call.language,
            hdrs.VARY: hdrs.ACCEPT_LANGUAGE,
        },
    )
