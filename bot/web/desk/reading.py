"""What the page reads: texts, the queue, tickets, ready answers."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, Field

from bot.web.api.problems import language_of
from bot.web.api.reading import check_shape, read_query
from bot.web.desk import shown, texts
from bot.web.desk.frame import Visit, answer, asked_language
from bot.web.desk.telling import told
from domain.roles import Role
from domain.support.promise import Channel
from domain.support.views import QueueFilter
from handlers.views.translator import translator

PAGE = 50


class QueueIn(BaseModel):
    """What of the queue is wanted."""

    whose: str = Field("all", pattern="^(all|mine|nobodys)$")
    red: bool = False
    unanswered: bool = False
    channel: Channel | None = None
    page: int = Field(0, ge=0, le=100_000)


class SearchIn(BaseModel):
    """What is looked for."""

    text: str = Field("", max_length=200)


async def said(request: web.Request) -> web.Response:
    """The texts of the page for somebody who is not signed in."""
    language = asked_language(request) or language_of(request.headers.get("Accept-Language"))
    return answer(request, {"language": language, "texts": texts.page_texts(translator(language))})


async def me(visit: Visit) -> web.Response:
    """Who is signed in, and all texts in their language."""
    shifts = await visit.services.support.on_shift(visit.actor)
    person_id = visit.actor.person_id
    return answer(
        visit.request,
        {
            "name": visit.user.name,
            "person": person_id,
            "lead": visit.actor.role is Role.ADMIN,
            "language": visit.t.locale,
            "until": visit.user.until.isoformat(),
            "on_shift": any(each.person_id == person_id for each in shifts),
            "texts": texts.page_texts(visit.t),
        },
    )


async def queue(visit: Visit) -> web.Response:
    """A page of the queue and how the desk stands."""
    asked = check_shape(QueueIn, read_query(visit.request.query_string))
    wanted = QueueFilter(
        whose=asked.whose,  # type: ignore[arg-type]  # one of these by the pattern
        red=asked.red,
        unanswered=asked.unanswered,
        channel=asked.channel,
    )
    support = visit.services.support
    page = await support.queue(visit.actor, wanted, asked.page, PAGE)
    digest = await support.digest(visit.actor)
    found = shown.queue(visit.t, page, digest, visit.actor.person_id)
    return answer(visit.request, found)


async def search(visit: Visit) -> web.Response:
    """Tickets by words or number."""
    asked = check_shape(SearchIn, read_query(visit.request.query_string))
    found = await visit.services.support.search(visit.actor, asked.text, PAGE)
    me_id = visit.actor.person_id
    lines = [shown.line(visit.t, each, me_id) for each in found.tickets]
    return answer(visit.request, {"tickets": lines, "more": found.more})


async def ticket(visit: Visit) -> web.Response:
    """A ticket with all that was said in it."""
    return await told(visit, await visit.services.support.ticket(visit.actor, visit.number))


async def operators(visit: Visit) -> web.Response:
    """Who is on shift."""
    found = await visit.services.support.on_shift(visit.actor)
    return answer(visit.request, {"operators": shown.operators(visit.t, found)})
