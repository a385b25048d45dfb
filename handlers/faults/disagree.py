"""Whoever reported a fault that was refuted objects: their words go to support with its number."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager

from domain.errors import Conflict
from domain.support.texts import TEXT_LIMIT
from domain.support.views import TicketView
from domain.texts import required_text
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import finish, open_form, seeded
from handlers.ids import number_in
from handlers.steps import asks_text, cancel_button
from handlers.views import faults_own as texts
from handlers.views.support_ticket import taken

#: Tickets that take nothing more; what is said goes into another one.
_ENDED = ("ticket_closed", "ticket_merged")
#: Room for the line with the number of the incident.
_HEAD = 200


class DisagreeForm(StatesGroup):
    """One question: what speaks against the decision."""

    why = State()


def disagree_form() -> Router:
    """The question and the press that opens it."""
    router = Router(name="faults-disagree")
    router.callback_query.register(begin, Pressed("fault.disagree"))
    router.include_router(
        Dialog(
            asks_text(
                lambda t, data: texts.ask_why(t, data["dialog_data"]["number"]),
                send,
                DisagreeForm.why,
                cancel_button(),
            ),
            on_start=seeded,
        )
    )
    return router


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask why; refused at once where it is not the own report or was not refuted."""
    own = await ctx.services.incidents.my_reports(ctx.actor, number_in(ids))
    view = own.incident
    if not texts.is_refuted(own):
        raise Conflict("incident_state", None, number=view.number, state=view.state)
    ticket = next((each.ticket for each in own.reports if each.ticket), None)
    values = {"number": view.number, "ticket": ticket}
    await open_form(dialog_manager, "disagree", DisagreeForm.why, values, resumes=False)


async def send(manager: DialogManager, text: str) -> None:
    """To the request that the report came from, or to support as any other words."""
    ctx, data = ctx_of(manager), manager.dialog_data
    said = required_text(text, "message", TEXT_LIMIT - _HEAD)
    ticket = await _written(ctx, data["ticket"], texts.objection(ctx.t, int(data["number"]), said))
    promise = await ctx.services.support.promise(ctx.actor, "chat", ticket.line.regime)
    await finish(manager, taken(ctx.t, ticket, promise, ctx.now))


async def _written(ctx: Ctx, number: int | None, text: str) -> TicketView:
    support = ctx.services.support
    if number is not None:
        try:
            return await support.add(ctx.actor, number, text)
        except Conflict as error:
            if error.code not in _ENDED:
                raise
    return await support.write(ctx.actor, "chat", text)
