"""Goods lists of the customer's projects: looking at them, bringing one in as XLSX."""

from __future__ import annotations

import asyncio

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.documents.sheets import ListedProject, SheetErrors, read_goods_list
from domain.errors import AccessDenied
from domain.files import FileInfo
from domain.goods_lists.sheets import items_of
from domain.orders.service import CUSTOMERS
from handlers.context import Ctx, ctx_of
from handlers.documents import stored_file
from handlers.filters import MenuChosen, Pressed
from handlers.forms import PRIMARY, Words, finish, go, open_form, seeded, tell
from handlers.ids import number_in
from handlers.reply import show
from handlers.steps import (
    acts,
    asks_press,
    back_button,
    cancel_button,
    expects,
    sent_file,
)
from handlers.views.goods_lists import (
    items_card,
    lists_card,
    taken_in,
    upload_question,
    upload_review,
)
from handlers.views.order_form import sheet_errors


class GoodsForm(StatesGroup):
    """Bringing a list in."""

    file = State()
    review = State()


def goods_router() -> Router:
    """The menu button and the pages."""
    router = Router(name="customer-goods")
    router.message.register(list_lists, MenuChosen("goods_lists"))
    router.callback_query.register(turn_lists, Pressed("goods.lists"))
    router.callback_query.register(show_items, Pressed("goods.list"))
    return router


def goods_forms() -> Router:
    """The form and what opens it."""
    router = Router(name="customer-goods-forms")
    router.callback_query.register(start, Pressed("goods.upload"))
    router.include_router(goods_dialog())
    return router


async def list_lists(message: Message, ctx: Ctx) -> None:
    """The goods lists of the customer's projects."""
    await show(message, lists_card(ctx.t, await ctx.services.goods_lists.lists(ctx.actor)))


async def turn_lists(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another page of lists."""
    lists = await ctx.services.goods_lists.lists(ctx.actor)
    await show(press, lists_card(ctx.t, lists, number_in(ids)))


async def show_items(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of a list."""
    list_id, after = number_in(ids), number_in(ids, 1)
    page = await ctx.services.goods_lists.items(ctx.actor, list_id, after)
    await show(press, items_card(ctx.t, list_id, page, first=not after))


async def start(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Wait for the file."""
    ctx.actor.check_role(CUSTOMERS)
    await open_form(dialog_manager, "goods", GoodsForm.file, {"bin": ctx.own_bin})


async def take_list(manager: DialogManager, file: FileInfo, content: bytes) -> None:
    """A list read whole, or answered with everything that is wrong with it."""
    read, data = await asyncio.to_thread(read_goods_list, content), manager.dialog_data
    if isinstance(read, SheetErrors):
        if isinstance(manager.event, Message):
            await tell(manager.event, manager, sheet_errors(ctx_of(manager).t, read))
        return
    if any(each.customer_bin != data["bin"] for each in read):
        raise AccessDenied("not_your_company", "366-8")
    data["sha256"] = file.sha256
    data["projects"] = [
        {"code": each.project_code, "name": each.project_name, "items": len(each.items)}
        for each in read
    ]
    await go(manager, GoodsForm.review)


async def submit(manager: DialogManager) -> None:
    """Take the lists of the file in, one project after another."""
    ctx = ctx_of(manager)
    content = await stored_file(ctx, manager.dialog_data["sha256"])
    read = await asyncio.to_thread(read_goods_list, content)
    projects: tuple[ListedProject, ...] = () if isinstance(read, SheetErrors) else read
    reports = [
        await ctx.services.goods_lists.put_list(
            ctx.step(f"project.{place}"),
            each.customer_bin,
            each.project_code,
            each.project_name,
            items_of(each),
        )
        for place, each in enumerate(projects)
    ]
    await finish(manager, taken_in(ctx.t, reports))


def goods_dialog() -> Dialog:
    """The file, the review."""
    return Dialog(
        Window(
            Words(lambda t, _: upload_question(t)),
            sent_file(take_list),
            expects(lambda t, _: t("Please send the filled XLSX file as a document.")),
            cancel_button(),
            state=GoodsForm.file,
        ),
        asks_press(
            lambda t, data: upload_review(t, data["dialog_data"]["projects"]),
            GoodsForm.review,
            acts(lambda t, _: t.button("Take the list in"), "submit", submit, style=PRIMARY),
            Row(back_button(), cancel_button()),
        ),
        on_start=seeded,
    )
