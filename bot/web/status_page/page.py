"""`GET /status`: now, planned and the last 90 days, in the reader's language."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from bot.web.status_page.drawing import draw
from domain.actor import Actor
from domain.incidents.views import StatusView
from domain.services import Services
from handlers.views.translator import LOCALES, Locale, translator

STYLE: Final = Path(__file__).parent / "status.css"
#: For how long one look at the database serves everybody.
FRESH: Final = timedelta(seconds=5)

_HEADERS: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_DEFAULT: Final[Locale] = "ru"


@dataclass
class _Kept:
    """What was seen last: asked of the database at most once in ``FRESH``."""

    services: Services
    seen: StatusView | None = None
    drawn: dict[Locale, bytes] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def page(self, language: Locale) -> bytes:
        async with self.turn:
            if self.seen is None or not self._is_fresh(self.seen.at):
                actor = Actor(kind="guest", source="api", cause="status")
                self.seen = await self.services.maintenance.status(actor, orders=True)
                self.drawn.clear()
            if language not in self.drawn:
                self.drawn[language] = draw(translator(language), self.seen).encode()
            return self.drawn[language]

    def _is_fresh(self, at: datetime) -> bool:
        # The clock of the demo goes back, too.
        return abs(self.services.site.clock.now() - at) < FRESH


def add_status_page(app: web.Application, services: Services) -> None:
    """Add `/status` and its style to ``app``."""
    kept, style = _Kept(services), STYLE.read_bytes()

    async def page(request: web.Request) -> web.Response:
        language = _language(request)
        headers = {
            **_HEADERS,
            hdrs.CACHE_CONTROL: f"public, max-age={FRESH.seconds}",
            hdrs.CONTENT_LANGUAGE: language,
            hdrs.VARY: hdrs.ACCEPT_LANGUAGE,
        }
        body = await kept.page(language)
        return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)

    async def css(_request: web.Request) -> web.Response:
        headers = {**_HEADERS, hdrs.CACHE_CONTROL: "public, max-age=3600"}
        return web.Response(body=style, content_type="text/css", charset="utf-8", headers=headers)

    app.router.add_get("/status", page)
    app.router.add_get("/status/style.css", css)


def _language(request: web.Request) -> Locale:
    """``?lang=``, or the best of ``Accept-Language``; Russian where neither names one of ours."""
    asked = request.query.get("lang", "")
    accepted = [part.partition(";") for part in _accepted(request)]
    weighed = sorted(accepted, key=lambda part: -_weight(part[2]))
    for name in (asked, *(part[0].strip().partition("-")[0] for part in weighed)):
        for locale in LOCALES:
            if name.lower() == locale:
                return locale
    return _DEFAULT


def _accepted(request: web.Request) -> list[str]:
    return request.headers.get(hdrs.ACCEPT_LANGUAGE, "")[:500].split(",")


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
