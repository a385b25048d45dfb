"""Opening the order form: empty, from a spreadsheet, from a goods list, from a draft; files."""

from __future__ import annotations

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window

from domain.errors import Conflict
from domain.files import FileInfo
from domain.orders.attaching import check_document
from domain.orders.service import CUSTOMERS
from handlers.context import Ctx, ctx_of
from handlers.customer.order_draft import values_of_card
from handlers.customer.order_form import order_dialog
from handlers.customer.order_states import OrderForm
from handlers.documents import template_file
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Words, finish, open_form, seeded
from handlers.ids import number_in
from handlers.sending import send_document
from handlers.steps import acts, expects, sent_file
from handlers.views.customer import attach_question, attached_text, template_caption
from handlers.views.orders import order_card


class AttachForm(StatesGroup):
    """Attaching files to a draft."""

    file = State()


def order_forms() -> Router:
    """The dialogs and what opens them."""
    router = Router(name="customer-order-forms")
    router.callback_query.register(start_chat, Pressed("order.form"))
    router.callback_query.register(start_sheet, Pressed("order.xlsx"))
    router.callback_query.register(start_pick, Pressed("order.pick"))
    router.callback_query.register(start_edit, Pressed("order.edit"))
    router.callback_query.register(start_attach, Pressed("order.attach"))
    router.include_routers(order_dialog(), attach_dialog())
    return router


async def _open(ctx: Ctx, manager: DialogManager, first: State, **values: object) -> None:
    ctx.actor.check_role(CUSTOMERS)
    start = {"edit": None, "bin": ctx.own_bin, "lines": [], **values}
    # Each company of the person has a draft of its own, and so has each order being changed.
    await open_form(manager, "order", first, start, ("bin", "edit"))


async def start_chat(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """The form in the chat."""
    await _open(ctx, dialog_manager, OrderForm.name)


async def start_sheet(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """The template, then the form waits for it to come back."""
    ctx.actor.check_role(CUSTOMERS)
    await send_document(press, await template_file(ctx), "order.xlsx", template_caption(ctx.t))
    await _open(ctx, dialog_manager, OrderForm.upload)


async def start_pick(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """From a goods list; the button on a list names it."""
    if ids:
        await _open(ctx, dialog_manager, OrderForm.items, list=number_in(ids), after=0)
    else:
        await _open(ctx, dialog_manager, OrderForm.lists)


async def start_edit(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """A draft again, from its review."""
    card = await ctx.services.orders.card(ctx.actor, number_in(ids))
    if card.state != "draft":
        raise Conflict("order_not_draft", "344-13.2", number=card.number, state=card.state)
    await _open(ctx, dialog_manager, OrderForm.review, **values_of_card(card))


async def start_attach(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Wait for files for a draft."""
    ctx.actor.check_role(CUSTOMERS)
    number = number_in(ids)
    await open_form(dialog_manager, "attach", AttachForm.file, {"number": number})


async def take_file(manager: DialogManager, file: FileInfo, content: bytes) -> None:
    """Attach at once; more may follow."""
    check_document(file, content)
    ctx, number = ctx_of(manager), manager.dialog_data["number"]
    await ctx.services.orders.attach(ctx.actor, number, file)
    manager.dialog_data["name"] = file.name


async def attached(manager: DialogManager) -> None:
    """Back to the card."""
    ctx, number = ctx_of(manager), manager.dialog_data["number"]
    card = await ctx.services.orders.card(ctx.actor, number)
    await finish(manager, order_card(ctx.t, card, ctx.actor.role))


def attach_dialog() -> Dialog:
    """One window: every file is attached as it comes."""
    return Dialog(
        Window(
            Words(
                lambda t, data: (
                    attached_text(t, data["dialog_data"]["number"], data["dialog_data"]["name"])
                    if data["dialog_data"].get("name")
                    else attach_question(t, data["dialog_data"]["number"])
                )
            ),
            sent_file(take_file, check_document),
            expects(lambda t, _: t("Please send a file or a photo, or press “Finish”.")),
            acts(lambda t, _: t.button("Finish"), "finish", attached, style=PRIMARY),
            state=AttachForm.file,
        ),
        on_start=seeded,
    )
