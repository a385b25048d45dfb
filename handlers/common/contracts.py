"""Concluding the contract, the same for both sides: enter, agree, say that it is wrong."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.clock import astana
from domain.contracts.service import NUMBER_LIMIT
from domain.dates import parse_day
from domain.errors import NotFound, RuleBroken
from domain.files import FileInfo
from domain.law import CONTRACT
from domain.orders.attaching import check_document
from domain.texts import required_text
from handlers.common.stale import or_current_card
from handlers.context import Ctx, ctx_of
from handlers.documents import stored_file
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, Words, finish, go, open_form, seeded
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.sending import send_document
from handlers.steps import (
    acts,
    asks_press,
    asks_text,
    back_button,
    cancel_button,
    expects,
    leave_window,
    moves,
    resume_window,
    sent_file,
)
from handlers.views.contracts import (
    agree_question,
    ask_day,
    ask_file,
    ask_number,
    contract_concluded,
    contract_disputed,
    contract_entered,
    contract_review,
    dispute_question,
)
from handlers.views.parts import name_of


class ContractForm(StatesGroup):
    """Entering a contract."""

    resume = State()
    leave = State()
    number = State()
    day = State()
    file = State()
    review = State()


def contracts_router() -> Router:
    """Presses about a contract that somebody has entered."""
    router = Router(name="common-contracts")
    router.callback_query.register(ask_agree, Pressed("contract.agree"))
    router.callback_query.register(agree, Pressed("contract.agreed"))
    router.callback_query.register(ask_dispute, Pressed("contract.dispute"))
    router.callback_query.register(dispute, Pressed("contract.disputed"))
    router.callback_query.register(send_files, Pressed("contract.file"))
    return router


async def ask_agree(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The contract once more, before it binds."""
    contract = await ctx.services.contracts.one(ctx.actor, number_in(ids))
    await show_new(press, agree_question(ctx.t, contract))


async def agree(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The other side agrees."""
    number = number_in(ids)
    order = (await ctx.services.contracts.one(ctx.actor, number)).order_number
    act = ctx.services.contracts.agree(ctx.actor, number)
    contract = await or_current_card(press, ctx, order, act)
    await show(press, contract_concluded(ctx.t, contract))


async def send_files(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What the other side has attached to its entry."""
    files = await ctx.services.contracts.files(ctx.actor, number_in(ids))
    if not files:
        raise NotFound("file_unknown")
    await press.answer()
    for file in files:
        await send_document(press, await stored_file(ctx, file.sha256), file.name)


async def ask_dispute(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """What saying so brings about."""
    contract = await ctx.services.contracts.one(ctx.actor, number_in(ids))
    await show_new(press, dispute_question(ctx.t, contract))


async def dispute(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The other side says that the entry is wrong."""
    number = number_in(ids)
    order = (await ctx.services.contracts.one(ctx.actor, number)).order_number
    act = ctx.services.contracts.dispute(ctx.actor, number)
    await or_current_card(press, ctx, order, act)
    await show(press, contract_disputed(ctx.t, order))


# The form


async def start(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Open the form for the supplier of a confirmed award."""
    order, award = number_in(ids), number_in(ids, 1)
    found = await ctx.services.awards.one(ctx.actor, award)
    values = {
        "order": order,
        "supplier": found.supplier.bin,
        "name": name_of(ctx.t, found.supplier),
        "confirmed": astana(found.decided_at or ctx.now).date().isoformat(),
    }
    await open_form(dialog_manager, "contract", ContractForm.number, values, ("order", "supplier"))


async def take_number(manager: DialogManager, text: str) -> None:
    """The contract's number as it stands on paper."""
    number = required_text(text, "contract_number", NUMBER_LIMIT, CONTRACT.clause)
    manager.dialog_data["number"] = number
    await go(manager, ContractForm.day)


async def take_day(manager: DialogManager, text: str) -> None:
    """A typed date."""
    await _set_day(manager, parse_day(text))


async def _set_day(manager: DialogManager, day: date) -> None:
    today = astana(ctx_of(manager).now).date()
    confirmed = date.fromisoformat(manager.dialog_data["confirmed"])
    if day > today:
        raise RuleBroken("contract_date_future", CONTRACT.clause, day=day, today=today)
    if day < confirmed:
        raise RuleBroken("contract_date_early", CONTRACT.clause, day=day, since=confirmed)
    manager.dialog_data["day"] = day.isoformat()
    await go(manager, ContractForm.file)


async def today(manager: DialogManager) -> None:
    """Today, in Astana."""
    await _set_day(manager, astana(ctx_of(manager).now).date())


async def yesterday(manager: DialogManager) -> None:
    """Yesterday, in Astana."""
    await _set_day(manager, astana(ctx_of(manager).now).date() - timedelta(days=1))


async def take_file(manager: DialogManager, file: FileInfo, content: bytes) -> None:
    """A scan or a file of the contract."""
    check_document(file, content)
    manager.dialog_data["file"] = asdict(file)
    await go(manager, ContractForm.review)


async def without_file(manager: DialogManager) -> None:
    """No file."""
    manager.dialog_data["file"] = None
    await go(manager, ContractForm.review)


async def submit(manager: DialogManager) -> None:
    """Enter the contract."""
    ctx, data = ctx_of(manager), manager.dialog_data
    file = FileInfo(**data["file"]) if data.get("file") else None
    contract = await ctx.services.contracts.enter(
        ctx.actor,
        data["order"],
        data["supplier"],
        data["number"],
        date.fromisoformat(data["day"]),
        file,
    )
    await finish(manager, contract_entered(ctx.t, contract))


def _has_yesterday(data: Values, _widget: object, manager: DialogManager) -> bool:
    """Whether yesterday would be taken: not before the confirmation."""
    day = astana(ctx_of(manager).now).date() - timedelta(days=1)
    return day >= date.fromisoformat(data["dialog_data"]["confirmed"])


def contract_dialog() -> Dialog:
    """Number, date, file, review."""
    return Dialog(
        resume_window(ContractForm.resume),
        asks_text(
            lambda t, data: ask_number(
                t, data["dialog_data"]["order"], data["dialog_data"]["name"]
            ),
            take_number,
            ContractForm.number,
            cancel_button(),
        ),
        asks_text(
            lambda t, _: ask_day(t),
            take_day,
            ContractForm.day,
            Row(
                acts(lambda t, _: t.button("Today"), "today", today, style=PRIMARY),
                acts(
                    lambda t, _: t.button("Yesterday"), "yesterday", yesterday, when=_has_yesterday
                ),
            ),
            Row(back_button(), cancel_button()),
        ),
        Window(
            Words(lambda t, _: ask_file(t)),
            sent_file(take_file, check_document),
            expects(lambda t, _: t("Please send a file or a photo, or go on without one.")),
            acts(lambda t, _: t.button("Without a file"), "no_file", without_file),
            Row(back_button(), cancel_button()),
            state=ContractForm.file,
        ),
        _review_window(),
        leave_window(ContractForm.leave),
        on_start=seeded,
    )


def _review_window() -> Window:
    return asks_press(
        lambda t, data: contract_review(
            t,
            data["dialog_data"]["order"],
            data["dialog_data"]["name"],
            data["dialog_data"]["number"],
            date.fromisoformat(data["dialog_data"]["day"]),
            (data["dialog_data"].get("file") or {}).get("name"),
        ),
        ContractForm.review,
        acts(lambda t, _: t.button("Enter the contract"), "submit", submit, style=PRIMARY),
        moves(lambda t, _: t.button("Change"), "change", ContractForm.number),
        Row(back_button(), cancel_button()),
    )


def contract_forms() -> Router:
    """The form and what opens it."""
    router = Router(name="common-contract-forms")
    router.callback_query.register(start, Pressed("contract.enter"))
    router.include_router(contract_dialog())
    return router
