"""Ready answers in two languages, and keeping somebody who abuses the desk from writing."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web
from pydantic import BaseModel, Field

from bot.web.api.problems import ApiError
from bot.web.api.reading import path_number
from bot.web.desk import shown, texts
from bot.web.desk.frame import Visit, answer
from bot.web.desk.telling import told
from domain.errors import NotFound
from domain.support.texts import escaped

_YEAR = 366


class CannedIn(BaseModel):
    """A ready answer as it is typed: plain text in both languages."""

    title: str = ""
    kk: str = ""
    ru: str = ""


class MuteIn(BaseModel):
    """Why, and for how many days from now; the most is a rule of the domain."""

    reason: str = ""
    days: int = Field(ge=1, le=_YEAR)


async def canned(visit: Visit) -> web.Response:
    """The ready answers."""
    found = await visit.services.support.canned(visit.actor)
    return answer(visit.request, {"canned": shown.canned(found)})


async def add_canned(visit: Visit) -> web.Response:
    """Add a ready answer."""
    given = await visit.body(CannedIn)
    kk, ru = escaped(given.kk), escaped(given.ru)
    await visit.services.support.add_canned(visit.actor, given.title, kk, ru)
    return await canned(visit)


async def remove_canned(visit: Visit) -> web.Response:
    """Take a ready answer away."""
    wanted = _id(visit, "canned", NotFound("canned_unknown"))
    await visit.services.support.remove_canned(visit.actor, wanted)
    return await canned(visit)


async def mute(visit: Visit) -> web.Response:
    """Let the person of a ticket not write for a time; who wrote from outside cannot be muted."""
    given = await visit.body(MuteIn)
    support = visit.services.support
    view = await support.ticket(visit.actor, visit.number)
    if view.line.person_id is None:
        raise ApiError(409, "mute_outsider", texts.OUTSIDER)
    until = visit.now + timedelta(days=given.days)
    await support.mute(visit.actor, view.line.person_id, given.reason, until)
    return await told(visit, view)


async def muted(visit: Visit) -> web.Response:
    """Who may not write now."""
    found = await visit.services.support.muted(visit.actor)
    return answer(visit.request, {"muted": [shown.mute(visit.t, each) for each in found]})


async def unmute(visit: Visit) -> web.Response:
    """Let a person write again."""
    await visit.services.support.unmute(
        visit.actor, _id(visit, "person", NotFound("person_unknown", None, person=0))
    )
    return await muted(visit)


def _id(visit: Visit, name: str, unknown: NotFound) -> int:
    found = path_number(visit.request.match_info[name])
    if found is None:
        raise unknown
    return found
