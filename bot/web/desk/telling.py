"""The ticket as an answer to the page: what every act on it comes back with."""

from __future__ import annotations

from aiohttp import web

from bot.web.desk import shown
from bot.web.desk.frame import Visit, answer
from domain.roles import Role
from domain.support.views import MuteView, TicketView
from handlers.views.terms import INCIDENT_STATES
from handlers.views.translator import plain


async def told(visit: Visit, view: TicketView) -> web.Response:
    """The ticket as it is now."""
    mute = await mute_of(visit, view.line.person_id)
    lead = visit.actor.role is Role.ADMIN
    found = shown.ticket(visit.t, view, visit.actor.person_id, mute, lead=lead)
    if view.incident is not None:
        incident = await visit.services.incidents.one(visit.actor, view.incident)
        found["incident_text"] = plain(visit.t(INCIDENT_STATES[incident.state]))
    return answer(visit.request, found)


async def mute_of(visit: Visit, person_id: int | None) -> MuteView | None:
    """Why and until when a person may not write now, if so."""
    if person_id is None:
        return None
    muted = await visit.services.support.muted(visit.actor)
    return next((each for each in muted if each.person_id == person_id), None)
