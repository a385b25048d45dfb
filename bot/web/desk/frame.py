"""Around every address of the desk: who asks, from which page, in which language; the answer."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from pydantic import BaseModel

from bot.web.api.problems import ApiError, api_problem, language_of, rule_problem
from bot.web.api.reading import check_shape, path_number, read_json
from bot.web.desk import texts
from domain.actor import Actor
from domain.documents.labels import Language
from domain.errors import NotFound, RuleBroken
from domain.services import Services
from domain.support.sessions import DeskUser
from handlers.views.translator import Locale, Translator, translator

COOKIE = "tapsyrys_desk"
#: The header by which an act is known: it also shows that the page's own script sent it.
KEY = "X-Desk-Key"
LANGUAGE = "X-Desk-Language"
NOW = "X-Desk-Now"
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_ETAG_KEPT = 32
_LANGUAGES: Mapping[str, Locale] = {"kk": "kk", "ru": "ru", "en": "en"}

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Visit:
    """One request of an operator who is signed in."""

    request: web.Request
    services: Services
    user: DeskUser
    actor: Actor
    t: Translator

    @property
    def now(self) -> datetime:
        """The moment of the request, UTC."""
        return self.services.site.moment(self.actor)

    @property
    def document_language(self) -> Language:
        """The language of documents: Kazakh for its readers, Russian for all others."""
        return "kk" if self.t.locale == "kk" else "ru"

    @property
    def number(self) -> int:
        """The ticket's number of the path; NotFound ``ticket_unknown``."""
        given = self.request.match_info["number"]
        found = path_number(given)
        if found is None:
            raise NotFound("ticket_unknown", None, ticket=given[:20])
        return found

    async def body(self, model: type[ModelT]) -> ModelT:
        """The JSON of the request; raises ApiError 400 when it has not the form."""
        return check_shape(model, read_json(await self.request.read()))


Page = Callable[[Visit], Awaitable[web.StreamResponse]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Door:
    """Lets in who has a session, and an act only from the desk's own page."""

    services: Services
    public_url: str | None

    @property
    def secure(self) -> bool:
        """Whether people come by https: the cookie then never travels otherwise."""
        return (self.public_url or "").startswith("https://")

    def reads(self, page: Page) -> Handler:
        """For an address that changes nothing."""
        return self._guarded(page, acts=False)

    def acts(self, page: Page) -> Handler:
        """For an address that changes something."""
        return self._guarded(page, acts=True)

    def _guarded(self, page: Page, *, acts: bool) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            visit = await self.visit(request, self.check_page(request) if acts else "")
            try:
                return await page(visit)
            except RuleBroken as error:
                return rule_problem(error, visit.t.locale)
            except ApiError as error:
                return api_problem(error, visit.t.locale)

        return self.framed(handle)

    def framed(self, handler: Handler) -> Handler:
        """Headers on every answer, refusals in the language that is asked for."""

        @functools.wraps(handler)
        async def handle(request: web.Request) -> web.StreamResponse:
            language = asked_language(request) or language_of(
                request.headers.get(hdrs.ACCEPT_LANGUAGE)
            )
            response: web.StreamResponse
            try:
                response = await handler(request)
            except RuleBroken as error:
                response = rule_problem(error, language)
            except ApiError as error:
                response = api_problem(error, language)
            if not response.prepared:
                for name, value in HEADERS.items():
                    response.headers.setdefault(name, value)
                response.headers[NOW] = self.services.site.clock.now().isoformat()
            return response

        return handle

    def check_page(self, request: web.Request) -> str:
        """The key of an act of our own page; raises ApiError ``cross_site`` for any other's."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = urlsplit(request.headers.get(hdrs.ORIGIN, "")).netloc
        ours = {request.host, urlsplit(self.public_url or "").netloc} - {""}
        key = request.headers.get(KEY, "")
        if site != "same-origin" or origin not in ours or not _KEY.fullmatch(key):
            raise ApiError(403, "cross_site", texts.CROSS_SITE)
        return key

    async def visit(self, request: web.Request, key: str = "") -> Visit:
        """Who asks; raises Unauthenticated ``desk_session_over``."""
        user = await self.services.support.desk_user(request.cookies.get(COOKIE, ""), "desk:read")
        cause = f"desk:{user.session_id}:{key}" if key else "desk:read"
        spoken: Locale = "kk" if user.language == "kk" else "ru"
        return Visit(
            request,
            self.services,
            user,
            user.actor.because(cause),
            translator(asked_language(request) or spoken),
        )


def asked_language(request: web.Request) -> Locale | None:
    """The language that was chosen on the page, if one was."""
    return _LANGUAGES.get(request.headers.get(LANGUAGE, ""))


def answer(request: web.Request, payload: object) -> web.Response:
    """The payload as JSON; 304 where the page has it already."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    etag = '"' + hashlib.sha256(body).hexdigest()[:_ETAG_KEPT] + '"'
    if request.headers.get(hdrs.IF_NONE_MATCH) == etag:
        return web.Response(status=304, headers={hdrs.ETAG: etag})
    return web.Response(body=body, content_type="application/json", headers={hdrs.ETAG: etag})
