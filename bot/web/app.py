"""The web application: health, and the HTTP API with its errors as problems."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import hdrs, web
from sqlalchemy import text

from bot.channels.seen import SeenLinks
from bot.health import Condition
from bot.mail.intake import MailIntake
from bot.storage.outage import is_outage
from bot.web.api import (
    audit,
    awards,
    broadcasts,
    calendar,
    companies,
    duty,
    files,
    goods_lists,
    incidents,
    maintenance,
    me,
    notices,
    offers,
    openapi,
    orders,
    reconciliation,
    recordings,
    status,
    support_documents,
    support_reports,
    texts,
    tickets,
    webhooks,
)
from bot.web.api import mail as mail_api
from bot.web.api.answers import HealthOut, ReadyOut
from bot.web.api.mail import MAIL
from bot.web.api.problems import (
    MAX_BODY_MB,
    ApiError,
    api_problem,
    http_problem,
    language_of,
    rule_problem,
)
from bot.web.api.routing import OPERATIONS, PREFIX, Server
from bot.web.api.status import WATCH, StatusWatch, tell_status
from bot.web.calendar_feed import add_calendar_feed
from bot.web.desk import Follow, add_desk
from bot.web.seen_page import add_seen_page
from bot.web.status_page import add_status_page
from domain.errors import RuleBroken
from domain.services import Services
from domain.work import Site

log = structlog.get_logger(__name__)

REQUEST_ID = "X-Request-Id"
MODULES = (
    *(companies, files, goods_lists, orders, offers, awards, calendar),
    *(tickets, mail_api, recordings, support_reports, support_documents),
    *(incidents, maintenance),
    *(notices, broadcasts, webhooks),
    *(me, duty),
    *(status, audit, reconciliation, openapi),
)
"""Modules whose import declares the addresses of the API."""

# Seconds after which a database that has not answered a probe is away.
_PATIENCE = 5.0
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def _nameless() -> str:
    return ""


def create_web(
    services: Services,
    *,
    username: Callable[[], Awaitable[str]] = _nameless,
    condition: Callable[[], Condition] = Condition,
    public_url: str | None = None,
    mail: MailIntake | None = None,
    follow: Follow | None = None,
    links: SeenLinks | None = None,
) -> web.Application:
    """The application; other parts add their own addresses to its router.

    ``username`` gives the bot's name without ``@``, ``condition`` says how the process is,
    ``public_url`` is where people find us from outside, ``mail`` takes letters in, ``follow``
    brings copies of an edited answer up to date, ``links`` reads those of letters.
    """
    app = web.Application(middlewares=[answer_problems], client_max_size=MAX_BODY_MB * 1024 * 1024)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz(services.site, condition))
    app.router.add_get("/serving", _serving(services.site))
    app[WATCH] = StatusWatch(services)
    app[MAIL] = mail or MailIntake(services, "")
    server = Server(services, username)
    for operation in OPERATIONS:
        # Digits are checked by the handler: a wrong number is "no such order", with its problem.
        app.router.add_route(operation.method, PREFIX + operation.path, server.handler(operation))
    add_desk(app, services, public_url, follow)
    add_status_page(app, services)
    add_calendar_feed(app, services)
    if links is not None:
        add_seen_page(app, services, links)
    return app


async def _healthz(_request: web.Request) -> web.Response:
    return _json(200, HealthOut(status="ok"))


def _readyz(
    site: Site, condition: Callable[[], Condition]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(_request: web.Request) -> web.Response:
        database, now = await _database_answers(site), condition()
        ready = database and now.ready
        answer = ReadyOut(
            ready=ready,
            database=database,
            silent=list(now.silent),
            ill=dict(now.ill),
            parts={n: None if age is None else round(age) for n, age in now.parts.items()},
        )
        return _json(200 if ready else 503, answer)

    return handle


def _serving(site: Site) -> Callable[[web.Request], Awaitable[web.Response]]:
    """For the proxy: whether requests find here what they need. A token that Telegram refuses ails
    all replicas alike; asked for readiness, the proxy would shut out the API with the chat."""

    async def handle(_request: web.Request) -> web.Response:
        answers = await _database_answers(site)
        status = "ok" if answers else "database_away"
        return _json(200 if answers else 503, HealthOut(status=status))

    return handle


async def _database_answers(site: Site) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE), site.sessions() as session:
            await session.execute(text("SELECT 1"))
    # Whatever it is, the database does not answer: that is all a probe is asked.
    except Exception as error:
        log.warning("database_away", error=type(error).__name__)
        return False
    return True


def _json(status: int, answer: HealthOut | ReadyOut) -> web.Response:
    return web.Response(
        status=status, body=answer.model_dump_json().encode(), content_type="application/json"
    )


@web.middleware
async def answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a problem in the reader's language, and number every answer."""
    given = request.headers.get(REQUEST_ID, "")
    request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    # Whatever is logged on the way bears the request that it is about.
    with structlog.contextvars.bound_contextvars(request=request_id):
        response = await _answered(request, handler, request_id)
    if not response.prepared:
        response.headers[REQUEST_ID] = request_id
        await tell_status(request, response)
    return response


async def _answered(request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
    language = language_of(request.headers.get(hdrs.ACCEPT_LANGUAGE))
    try:
        return await handler(request)
    except RuleBroken as error:
        return rule_problem(error, language)
    except ApiError as error:
        return api_problem(error, language)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return http_problem(error, language, request.method)
    except Exception as error:
        if is_outage(error):
            log.warning("request_without_database", request=request_id, error=type(error).__name__)
            return api_problem(_away(), language)
        log.exception("request_failed", request=request_id, path=request.path)
        failed = ApiError(500, "internal_error", texts.INTERNAL, request_id=request_id)
        return api_problem(failed, language)


def _away() -> ApiError:
    return ApiError(503, "database_unavailable", texts.AWAY, headers={hdrs.RETRY_AFTER: "2"})
