"""Incidents on the page: made of a ticket, joined by one, and how they stand."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, Field

from bot.web.api.reading import check_shape, path_number, read_query
from bot.web.desk import shown
from bot.web.desk.frame import Visit, answer
from bot.web.desk.telling import told
from bot.web.desk.tree import tree
from domain.clock import astana
from domain.errors import NotFound
from domain.incidents.queries import incident_subject
from domain.incidents.rules import CONTACTS_LIMIT, TEXT_LIMIT
from domain.incidents.views import IncidentRow, IncidentView
from domain.support.views import TicketView
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.incidents_cards import incident_card
from handlers.views.terms import INCIDENT_STATES
from handlers.views.told import told_lines
from handlers.views.translator import Html, Translator, plain

_PAGE, _JOINABLE = 20, 50
_OPEN = ("analysing", "confirmed")


class ListIn(BaseModel):
    """Which incidents: only those that go on, older than which."""

    open: bool = False
    before: int | None = Field(None, ge=1, lt=2**63)


class IncidentIn(BaseModel):
    """What is broken, since when it is known, and which open incident it is; none: a new one."""

    incident: int | None = Field(None, ge=1, lt=2**63)
    text: str = ""
    at: shown.AstanaTime
    contacts: str = ""


async def incidents(visit: Visit) -> web.Response:
    """A page of incidents, newest first."""
    asked = check_shape(ListIn, read_query(visit.request.query_string))
    page = await visit.services.incidents.page(
        visit.actor, _OPEN if asked.open else (), asked.before, _PAGE
    )
    rows = [_row(visit.t, each) for each in page.incidents]
    return answer(visit.request, {"incidents": rows, "older": page.older})


async def incident(visit: Visit) -> web.Response:
    """One incident as operators read it in the chat."""
    number = path_number(visit.request.match_info["number"])
    if number is None:
        raise NotFound("incident_unknown", None, number=0)
    view = await visit.services.incidents.one(visit.actor, number)
    return answer(visit.request, _whole(visit, view))


class ToldIn(BaseModel):
    """Older than which notice."""

    before: int | None = Field(None, ge=1, lt=2**63)


async def who_was_told(visit: Visit) -> web.Response:
    """A page of who was told of an incident, newest first, as operators read it in the chat."""
    number = path_number(visit.request.match_info["number"])
    if number is None:
        raise NotFound("incident_unknown", None, number=0)
    asked = check_shape(ToldIn, read_query(visit.request.query_string))
    view = await visit.services.incidents.one(visit.actor, number)
    page = await visit.services.receipts.told(
        visit.actor, incident_subject(view.number), asked.before, _PAGE
    )
    counts, *rows = [tree(each) for each in told_lines(visit.t, page)]
    return answer(visit.request, {"counts": counts, "told": rows, "older": page.older})


async def suggested(visit: Visit) -> web.Response:
    """What the form of an incident begins with: the user's own words, and what is open."""
    view = await visit.services.support.ticket(visit.actor, visit.number)
    said = _said(view)
    alike = await visit.services.incidents.similar(visit.actor, said) if said else []
    going_on = await visit.services.incidents.page(visit.actor, _OPEN, None, _JOINABLE)
    # The likeliest first; the rest as they stand.
    rows = {each.number: each for each in (*alike, *going_on.incidents)}
    contacts = ", ".join(filter(None, (view.line.name, view.address)))
    return answer(
        visit.request,
        {
            "text": said,
            "at": f"{astana(view.line.opened_at):%Y-%m-%dT%H:%M}",
            "contacts": contacts[:CONTACTS_LIMIT],
            "incidents": [_row(visit.t, each) for each in rows.values()],
            "alike": len(alike),
        },
    )


async def report(visit: Visit) -> web.Response:
    """Report the fault of a ticket for its user, who is told of it and of the decision.

    Acts 366, clauses 25-26, and 627, clause 15: the request is on record as a report.
    """
    given = await visit.body(IncidentIn)
    support = visit.services.support
    order = (await support.ticket(visit.actor, visit.number)).line.order_number
    await visit.services.incidents.report(
        visit.actor,
        given.text,
        given.at,
        given.contacts,
        join=given.incident,
        ticket=visit.number,
        orders=() if order is None else (order,),
    )
    return await told(visit, await support.ticket(visit.actor, visit.number))


def _said(view: TicketView) -> str:
    """What the user wrote first; of a voice the draft of a machine, if there is one."""
    for message in view.messages:
        if message.author == "user":
            heard = [file.transcript for file in message.files if file.transcript]
            text = plain(Html(message.text)).strip() or "\n".join(heard)
            if text:
                return text[:TEXT_LIMIT]
    return view.line.subject


def _row(t: Translator, row: IncidentRow) -> shown.Json:
    level = plain(words.level(t, row.level, row.level_state)) if row.level else ""
    return {
        "number": row.number,
        "title": plain(words.title(t, row.titles)),
        "state": row.state,
        "state_text": plain(t(INCIDENT_STATES[row.state])),
        "level_text": level,
        "began_text": plain(fmt.moment(t, row.began_at)),
        "reports": row.reports,
    }


def _whole(visit: Visit, view: IncidentView) -> shown.Json:
    card = incident_card(visit.t, view, visit.actor.role, visit.now)
    return {
        "number": view.number,
        "state": view.state,
        "state_text": plain(visit.t(INCIDENT_STATES[view.state])),
        # Its number heads the window already.
        "body": tree(card.text.partition("\n\n")[2]),
    }
