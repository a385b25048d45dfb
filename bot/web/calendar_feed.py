"""`GET /calendar/<token>.ics`: the deadlines of a company by a person's private address."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from aiohttp import hdrs, web

from domain.documents.calendar_file import MIME
from domain.errors import NotFound
from domain.services import Services
from handlers.context import locale_of
from handlers.views.settings_calendar import calendar_of
from handlers.views.translator import translator

PATH: Final = "/calendar"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
#: For the reader's own program alone; asked again, it is told by a tag that nothing has changed.
_HEADERS: Final = {
    "Cache-Control": "private, max-age=300",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
    "Content-Disposition": 'inline; filename="tapsyrys.ics"',
}


def add_calendar_feed(app: web.Application, services: Services) -> None:
    """Add the addresses of calendars to ``app``."""

    async def handle(request: web.Request) -> web.Response:
        body = await _drawn(services, request.match_info["token"])
        tag = hashlib.sha256(body).hexdigest()[:32]
        response = web.Response(body=body, headers={**_HEADERS, hdrs.CONTENT_TYPE: MIME})
        response.etag = tag
        wanted = request.if_none_match or ()
        if any(each.value in (tag, "*") for each in wanted):
            unchanged = web.Response(status=304, headers=_HEADERS)
            unchanged.etag = tag
            return unchanged
        return response

    app.router.add_get(PATH + "/{token}.ics", handle)


async def _drawn(services: Services, token: str) -> bytes:
    """The file; raises HTTPNotFound for whatever is not an address that serves."""
    if _TOKEN.fullmatch(token) is None:
        raise web.HTTPNotFound
    try:
        feed = await services.calendars.feed(token)
    except NotFound:
        raise web.HTTPNotFound from None
    return calendar_of(translator(locale_of(feed.language)), feed.deadlines)
