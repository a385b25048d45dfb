"""Documents of an incident: the evidence pack, the written report to be signed."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from domain import papers
from domain.documents.evidence import evidence_name
from domain.errors import Conflict
from domain.incidents.service import OPERATORS
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import finish, open_form, seeded
from handlers.ids import number_in
from handlers.reply import show
from handlers.sending import send_document
from handlers.steps import acts, asks_text, cancel_button
from handlers.views import incident_papers as texts
from handlers.views.shown import Shown


class OwnerReportForm(StatesGroup):
    """One question: what is proposed."""

    proposals = State()


def documents_router() -> Router:
    """Presses on cards."""
    router = Router(name="faults-documents")
    router.callback_query.register(show_papers, Pressed("incident.papers"))
    router.callback_query.register(send_evidence, Pressed("incident.evidence"))
    return router


def documents_form() -> Router:
    """The form of the written report and the press that opens it."""
    router = Router(name="faults-documents-form")
    router.callback_query.register(begin, Pressed("incident.paper"))
    router.include_router(
        Dialog(
            asks_text(
                lambda t, data: texts.ask_proposals(t, data["dialog_data"]["number"]),
                make,
                OwnerReportForm.proposals,
                acts(lambda t, _: t.button("Without proposals"), "none", without),
                cancel_button(),
            ),
            on_start=seeded,
        )
    )
    return router


async def show_papers(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Which documents there are."""
    view = await ctx.services.incidents.one(ctx.actor, number_in(ids))
    await show(press, texts.papers_page(ctx.t, view, ctx.actor.role))


async def send_evidence(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The pack, in as many files as it needs: all of it for those who read incidents, the own
    part for a user.
    """
    number = number_in(ids)
    answered = False
    async for pack in papers.evidence_packs(ctx.services, ctx.actor, number):
        if not answered:
            # Not before the rights are known: a refusal pops up.
            await press.answer()
            answered = True
        caption = texts.evidence_caption(ctx.t, number, pack)
        await send_document(press, pack.content, evidence_name(number, pack), caption)


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask what is proposed; refused at once where there is nothing to report on."""
    ctx.actor.check_role(OPERATORS)
    number = number_in(ids)
    view = await ctx.services.incidents.one(ctx.actor, number)
    if not texts.may_report(view, ctx.actor.role):
        raise Conflict("incident_state", None, number=number, state=view.state)
    first = OwnerReportForm.proposals
    await open_form(dialog_manager, "owner_report", first, {"number": number}, resumes=False)


async def without(manager: DialogManager) -> None:
    """Lines to write on instead."""
    await make(manager, "")


async def make(manager: DialogManager, text: str) -> None:
    """Draw the report and send it."""
    ctx, number = ctx_of(manager), int(manager.dialog_data["number"])
    pdf = await papers.owner_report(ctx.services, ctx.actor, number, text)
    await finish(manager, Shown(texts.report_made(ctx.t)))
    event = manager.event
    if isinstance(event, Message | CallbackQuery):
        caption = texts.report_caption(ctx.t, number)
        await send_document(event, pdf, f"fault-report-{number}.pdf", caption)
