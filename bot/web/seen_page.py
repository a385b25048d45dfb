"""`/seen/<token>`: the page that a letter leads to, with one button: "I have seen it".

To look at the page changes nothing, however often and by whatever it is fetched.
"""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from bot.channels.seen import PATH, SeenLinks
from bot.web.api.problems import language_of
from domain.errors import NotFound, RuleBroken
from domain.escalations.by_letter import Letter
from domain.services import Services
from handlers.context import locale_of
from handlers.views.letter_page import gone, seen, seen_page
from handlers.views.translator import Locale, translator

_HEADERS: Final = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "style-src 'unsafe-inline'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    hdrs.CACHE_CONTROL: "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


def add_seen_page(app: web.Application, services: Services, links: SeenLinks) -> None:
    """Add the page to ``app``."""

    async def look(request: web.Request) -> web.Response:
        found = await _letter(services, links, request)
        if found is None:
            return _answer(gone(_language(request, _accepted(request))), 404)
        language = _language(request, found.language)
        now = services.site.clock.now()
        return _answer(seen_page(translator(language), found, now), 410 if _over(found) else 200)

    async def press(request: web.Request) -> web.Response:
        found = await _letter(services, links, request)
        if found is None:
            return _answer(gone(_language(request, _accepted(request))), 404)
        language = _language(request, found.language)
        t, now = translator(language), services.site.clock.now()
        try:
            done = await services.escalations.seen_by_letter(found.notice.number)
        except RuleBroken as error:
            return _answer(seen_page(t, found, now, error), 410 if _over(found) else 403)
        return _answer(seen(t, found, done))

    app.router.add_get(PATH + "/{token}", look)
    app.router.add_post(PATH + "/{token}", press)


def _over(letter: Letter) -> bool:
    return letter.over and letter.acked_at is None


async def _letter(services: Services, links: SeenLinks, request: web.Request) -> Letter | None:
    number = links.number_in(request.match_info["token"])
    if number is None:
        return None
    try:
        return await services.escalations.letter(number)
    except NotFound:
        return None


def _language(request: web.Request, of_reader: str) -> Locale:
    """The one asked for by the address, else the reader's own."""
    return locale_of(request.query.get("lang", of_reader))


def _accepted(request: web.Request) -> str:
    """The language of the browser, where nobody's letter is found."""
    return language_of(request.headers.get(hdrs.ACCEPT_LANGUAGE))


def _answer(page: str, status: int = 200) -> web.Response:
    return web.Response(
        status=status, text=page, content_type="text/html", charset="utf-8", headers=_HEADERS
    )
