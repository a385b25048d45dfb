"""Recordings of support and acts of their destruction (act 366, clauses 20 and 21)."""

from __future__ import annotations

from aiohttp import web

from bot.web.api.models import PageQuery
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from bot.web.api.support_answers import (
    DestructionOut,
    DestructionPageOut,
    DestructionRowOut,
    GoingOut,
    RecordingOut,
    RecordingRowOut,
    RecordingsOut,
    StepOut,
    StepsOut,
)
from bot.web.api.support_models import MonthQuery
from domain.errors import Conflict
from domain.support.recording_views import RecordingView

routes = Group("recordings")


async def living(call: Call, recording: int) -> RecordingView:
    """A recording that is not destroyed; Conflict ``recording_destroyed`` with its ``act``."""
    found = await call.services.recordings.one(call.actor, recording)
    if found.state == "destroyed":
        raise Conflict("recording_destroyed", "366-21.3", act=found.act)
    return found


@routes.get("/tickets/{number}/recordings", Nothing, RecordingsOut)
async def list_recordings(call: Call, _: Nothing) -> RecordingsOut:
    """The recordings of a request, also those destroyed."""
    number = call.number("number", "ticket_unknown", "ticket")
    found = await call.services.recordings.of_ticket(call.actor, number)
    return RecordingsOut(items=[RecordingRowOut.model_validate(each) for each in found])


@routes.get("/recordings/preview", MonthQuery, GoingOut)
async def preview_destruction(call: Call, query: MonthQuery) -> GoingOut:
    """What goes in a month, and what disputes keep from going; at most 500 of each are named."""
    found = await call.services.recordings.preview(call.actor, query.month)
    return GoingOut.model_validate(found)


@routes.get("/recordings/{id}", Nothing, RecordingOut, also=(410,))
async def show_recording(call: Call, _: Nothing) -> RecordingOut:
    """What is kept and until when; 410 with the number of the act when it was destroyed."""
    found = await living(call, call.number("id", "recording_unknown"))
    return RecordingOut.model_validate(found)


@routes.get("/recordings/{id}/steps", Nothing, StepsOut)
async def list_steps(call: Call, _: Nothing) -> StepsOut:
    """Each step in the life of a recording, also of one that was destroyed."""
    number = call.number("id", "recording_unknown")
    found = await call.services.recordings.steps(call.actor, number)
    return StepsOut(items=[StepOut.model_validate(step) for step in found])


@routes.get("/destruction-acts", PageQuery, DestructionPageOut)
async def list_destructions(call: Call, query: PageQuery) -> DestructionPageOut:
    """Acts of destruction, newest first."""
    before = read_cursor("destruction", query.cursor)
    found = await call.services.recordings.acts(call.actor, before, query.size + 1)
    shown = found[: query.size]
    return DestructionPageOut(
        items=[DestructionRowOut.model_validate(act) for act in shown],
        next=cursor_of("destruction", shown[-1].number) if len(found) > query.size else None,
    )


# Declared before the address without an ending, which would take "5.pdf" for a number.
@routes.get("/destruction-acts/{number}.pdf", Nothing, None, media="application/pdf")
async def show_destruction_pdf(call: Call, _: Nothing) -> web.Response:
    """The act as a PDF in Kazakh and Russian."""
    number = call.number("number", "destruction_unknown")
    pdf = await call.services.recordings.act_pdf(call.actor, number)
    name = f'inline; filename="destruction-{number}.pdf"'
    return web.Response(
        body=pdf, content_type="application/pdf", headers={"Content-Disposition": name}
    )


@routes.get("/destruction-acts/{number}", Nothing, DestructionOut)
async def show_destruction(call: Call, _: Nothing) -> DestructionOut:
    """What was destroyed, its hashes, when, on what ground and by whom."""
    number = call.number("number", "destruction_unknown")
    return DestructionOut.model_validate(await call.services.recordings.act(call.actor, number))
