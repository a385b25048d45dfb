"""Editing on the page what an operator wrote: their answers and notes, and the copies of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiogram.exceptions import TelegramAPIError
from aiohttp import web

from bot.web.api.problems import ApiError
from bot.web.api.reading import path_number
from bot.web.desk import texts
from bot.web.desk.acting import Words
from bot.web.desk.frame import Visit
from bot.web.desk.telling import told
from domain.actor import Actor
from domain.errors import NotFound
from domain.support.texts import escaped
from domain.support.views import Edited

log = structlog.get_logger(__name__)

#: Brings the user's copies of an answer up to date.
Follow = Callable[[Actor, Edited], Awaitable[None]]
FOLLOW: Final[web.AppKey[Follow]] = web.AppKey("desk_follow")


async def reword(visit: Visit) -> web.Response:
    """Say an answer or a note of one's own in other words; the user's copy follows.

    When Telegram is away the words are kept; the same act again has the copy follow.
    """
    given = await visit.body(Words)
    message = path_number(visit.request.match_info["message"])
    if message is None:
        raise NotFound("ticket_unknown", None, ticket=visit.number)
    support = visit.services.support
    done = await support.reword(visit.actor, visit.number, message, escaped(given.text))
    follow = visit.request.app.get(FOLLOW)
    if follow is not None and done.author == "operator":
        try:
            await follow(visit.actor, done)
        except TelegramAPIError as error:
            log.warning("desk.copy_stays", ticket=done.number, error=type(error).__name__)
            raise ApiError(503, "copy_not_followed", texts.COPY_STAYS) from None
    return await told(visit, await support.ticket(visit.actor, visit.number))
