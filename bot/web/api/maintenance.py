"""Planned works (act 366, clause 22; act 627, clauses 30 and 31)."""

from __future__ import annotations

from bot.web.api.incident_answers import EffectOut, WorksEffectsOut, WorksOut, WorksPageOut
from bot.web.api.models import PageQuery
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from bot.web.api.support_models import ProlongIn, WorksIn, WorksPreviewIn
from domain.incidents.views import MaintenanceView
from handlers.views.translator import Locale

routes = Group("maintenance")


def shown_works(works: MaintenanceView, language: Locale) -> WorksOut:
    """Works in the language of the reader; there is no English text of them."""
    return WorksOut(
        number=works.number,
        regime=works.regime,
        text=works.text_kk if language == "kk" else works.text_ru,
        text_kk=works.text_kk,
        text_ru=works.text_ru,
        emergency=works.emergency,
        state=works.state,
        announced_at=works.announced_at,
        starts_at=works.starts_at,
        ends_at=works.ends_at,
        started_at=works.started_at,
        finished_at=works.finished_at,
    )


def _number(call: Call) -> int:
    return call.number("number", "maintenance_unknown")


async def _works(call: Call, number: int) -> WorksOut:
    return shown_works(await call.services.maintenance.one(call.actor, number), call.language)


@routes.post("/maintenance", WorksIn, WorksOut, status=201)
async def announce_works(call: Call, body: WorksIn) -> WorksOut:
    """Announce works: everybody is told; under act 627 what ends on their days is moved."""
    number = await call.services.maintenance.announce(
        call.actor,
        body.starts_at,
        body.ends_at,
        body.text_kk,
        body.text_ru,
        emergency=body.emergency,
        regime=body.regime,
    )
    return await _works(call, number)


@routes.post("/maintenance/preview", WorksPreviewIn, WorksEffectsOut, reads=True)
async def preview_works(call: Call, body: WorksPreviewIn) -> WorksEffectsOut:
    """The deadlines that works of this time would move."""
    effects = await call.services.maintenance.preview(
        call.actor, body.starts_at, body.ends_at, body.regime, works=body.works
    )
    return WorksEffectsOut(items=[EffectOut.model_validate(effect) for effect in effects])


@routes.get("/maintenance", PageQuery, WorksPageOut)
async def list_works(call: Call, query: PageQuery) -> WorksPageOut:
    """Works, newest first."""
    before = read_cursor("works", query.cursor)
    page = await call.services.maintenance.page(call.actor, before, query.size)
    return WorksPageOut(
        items=[shown_works(works, call.language) for works in page.works],
        next=None if page.older is None else cursor_of("works", page.older),
    )


@routes.get("/maintenance/{number}", Nothing, WorksOut)
async def show_works(call: Call, _: Nothing) -> WorksOut:
    """Works by their number."""
    return await _works(call, _number(call))


@routes.post("/maintenance/{number}/cancel", Nothing, WorksOut)
async def cancel_works(call: Call, _: Nothing) -> WorksOut:
    """Cancel planned works; what they moved stays moved."""
    return await _works(call, await call.services.maintenance.cancel(call.actor, _number(call)))


@routes.post("/maintenance/{number}/finish", Nothing, WorksOut)
async def finish_works(call: Call, _: Nothing) -> WorksOut:
    """Running works are over before their time."""
    maintenance = call.services.maintenance
    return await _works(call, await maintenance.finish_early(call.actor, _number(call)))


@routes.post("/maintenance/{number}/prolong", ProlongIn, WorksOut)
async def prolong_works(call: Call, body: ProlongIn) -> WorksOut:
    """Works take longer: everybody is told, deadlines follow."""
    maintenance = call.services.maintenance
    number = await maintenance.prolong(call.actor, _number(call), body.ends_at, body.why())
    return await _works(call, number)
