"""Choosing suppliers by hand: lines, offers of a line, a volume, review."""

from __future__ import annotations

from decimal import Decimal

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, Window
from aiogram_dialog.widgets.common import Whenable
from aiogram_dialog.widgets.kbd import Row

from domain.awards.board import Board, BoardLine, BoardOffer
from domain.awards.rules import Choice, ListedOffer, check_selection
from domain.errors import Conflict, RuleBroken
from domain.money import parse_quantity
from domain.orders.rules import parse_position
from domain.orders.service import CUSTOMERS
from handlers.context import Ctx, ctx_of
from handlers.documents import stored_file
from handlers.filters import Pressed
from handlers.forms import PRIMARY, Values, Words, finish, go, open_form, seeded
from handlers.ids import number_in
from handlers.sending import send_pictures
from handlers.steps import (
    acts,
    asks_press,
    back_button,
    cancel_button,
    expects,
    leave_window,
    moves,
    picks,
    resume_window,
    typed,
)
from handlers.views.parts import cut, name_of
from handlers.views.selection import selection_sent
from handlers.views.units import same_unit
from handlers.views.volumes import (
    Chosen,
    chosen_of,
    line_text,
    lines_text,
    offer_text,
    review_text,
    volume_text,
)

_LINES_SHOWN, _OFFERS_SHOWN = 24, 20


class SelectionForm(StatesGroup):
    """Setting volumes by hand."""

    resume = State()
    leave = State()
    lines = State()
    line = State()
    volume = State()
    details = State()
    review = State()


async def start(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Open the form; an order of one line goes straight to its offers."""
    ctx.actor.check_role(CUSTOMERS)
    number = number_in(ids)
    board = await ctx.services.awards.board(ctx.actor, number)
    if not board.proposes:
        raise Conflict("order_not_choosing", "344-13.6a", state=board.state)
    only = len(board.lines) == 1
    values = {"number": number, "chosen": {}, "line": board.lines[0].line.line}
    first = SelectionForm.line if only else SelectionForm.lines
    await open_form(dialog_manager, "selection", first, values, ("number",))


async def _board(manager: DialogManager) -> Board:
    ctx = ctx_of(manager)
    return await ctx.services.awards.board(ctx.actor, manager.dialog_data["number"])


def _chosen(manager: DialogManager) -> Chosen:
    kept: dict[str, dict[str, str]] = manager.dialog_data.get("chosen", {})
    return {
        int(line): {bin_: Decimal(part) for bin_, part in picks.items()}
        for line, picks in kept.items()
    }


def _line(manager: DialogManager, board: Board) -> BoardLine:
    number = int(manager.dialog_data["line"])
    line = board.line(number)
    if line is None:
        raise RuleBroken("line_unknown", None, line=number)
    return line


def _offer(manager: DialogManager, line: BoardLine) -> BoardOffer:
    bin_ = manager.dialog_data.get("supplier")
    for offer in line.offers:
        if offer.supplier.bin == bin_:
            return offer
    raise RuleBroken("award_not_in_list", "344-13.6b", line=line.line.line, supplier=bin_)


async def getter(dialog_manager: DialogManager, **_: object) -> Values:
    """The board as it is now, with what is chosen."""
    board, chosen = await _board(dialog_manager), _chosen(dialog_manager)
    line = _line(dialog_manager, board)
    data: Values = {
        "board": board,
        "chosen": chosen,
        "line": line,
        "picks": chosen.get(line.line.line, {}),
        "many": len(board.lines) > 1,
        "t": ctx_of(dialog_manager).t,
    }
    if dialog_manager.dialog_data.get("supplier"):
        data["offer"] = _offer(dialog_manager, line)
    return data


async def take_line(manager: DialogManager, text: str) -> None:
    """The number of a line."""
    await _open_line(manager, parse_position(text, len((await _board(manager)).lines)))


async def choose_line(manager: DialogManager, line: str) -> None:
    """A line by its button."""
    await _open_line(manager, int(line))


async def _open_line(manager: DialogManager, line: int) -> None:
    manager.dialog_data.update({"line": line, "supplier": None})
    await go(manager, SelectionForm.line)


async def choose_supplier(manager: DialogManager, bin_: str) -> None:
    """A supplier by its button."""
    manager.dialog_data["supplier"] = bin_
    await go(manager, SelectionForm.volume)


async def take_volume(manager: DialogManager, text: str) -> None:
    """A typed volume; zero takes the supplier out."""
    if text.strip() == "0":
        await _set(manager, Decimal(0))
        return
    unit = _line(manager, await _board(manager)).line.unit
    await _set(manager, parse_quantity(text, lambda word: same_unit(word, unit)))


async def take_all(manager: DialogManager) -> None:
    """Everything the supplier offers."""
    line = _line(manager, await _board(manager))
    await _set(manager, _offer(manager, line).available)


async def take_rest(manager: DialogManager) -> None:
    """What the line still needs, as far as the offer goes."""
    line = _line(manager, await _board(manager))
    offer = _offer(manager, line)
    others = {
        bin_: part
        for bin_, part in _chosen(manager).get(line.line.line, {}).items()
        if bin_ != offer.supplier.bin
    }
    rest = line.open_quantity - chosen_of(line, others)[0]
    await _set(manager, max(min(rest, offer.available), Decimal(0)))


async def take_none(manager: DialogManager) -> None:
    """Nothing from this supplier."""
    await _set(manager, Decimal(0))


async def _set(manager: DialogManager, quantity: Decimal) -> None:
    """Keep the volume when the rules let it stand beside the others of its line."""
    line = _line(manager, await _board(manager))
    offer = _offer(manager, line)
    number = line.line.line
    picks = {**_chosen(manager).get(number, {}), offer.supplier.bin: quantity}
    picks = {bin_: part for bin_, part in picks.items() if part > 0}
    check_selection(
        line.state,
        _listed(line),
        [Choice(number, bin_, part) for bin_, part in picks.items()],
    )
    kept = dict(manager.dialog_data.get("chosen", {}))
    kept[str(number)] = {bin_: str(part) for bin_, part in picks.items()}
    manager.dialog_data.update({"chosen": kept, "supplier": None})
    await go(manager, SelectionForm.line)


def _listed(line: BoardLine) -> list[ListedOffer]:
    return [offer.listed for offer in line.offers]


async def send_photos(manager: DialogManager) -> None:
    """The photos of an offer, as new messages."""
    ctx, event = ctx_of(manager), manager.event
    offer = _offer(manager, _line(manager, await _board(manager)))
    photos = [await stored_file(ctx, each.sha256) for each in offer.offered.photos]
    if isinstance(event, CallbackQuery | Message):
        await send_pictures(event, photos)


async def submit(manager: DialogManager) -> None:
    """Send the selection."""
    ctx, number = ctx_of(manager), manager.dialog_data["number"]
    choices = [
        Choice(line, bin_, part)
        for line, picks in _chosen(manager).items()
        for bin_, part in picks.items()
    ]
    awards = await ctx.services.awards.select(ctx.actor, number, choices)
    await finish(manager, selection_sent(ctx.t, number, awards))


def _supplier_label(data: Values) -> str:
    item: BoardOffer = data["item"]
    t = data["data"]["t"]
    part = data["data"]["picks"].get(item.supplier.bin)
    mark = "✓ " if part else ""
    return cut(mark + name_of(t, item.supplier), 24)


def _selectable(data: Values) -> list[BoardOffer]:
    return [each for each in data["line"].offers if each.listed.selectable][:_OFFERS_SHOWN]


def _has_photos(data: Values, _: Whenable, __: DialogManager) -> bool:
    return bool(data["offer"].offered.photos)


def selection_dialog() -> Dialog:
    """Lines, a line, a volume, an offer in full, review."""
    return Dialog(
        resume_window(SelectionForm.resume),
        Window(
            Words(lambda t, data: lines_text(t, data["board"], data["chosen"])),
            typed(take_line),
            expects(lambda t, _: t("Please press a button, or type the number of a line.")),
            picks(
                lambda t, data: t.button("Line {line}", line=data["item"].line.line),
                "lines",
                lambda data: data["board"].lines[:_LINES_SHOWN],
                lambda item: item.line.line,
                choose_line,
                width=3,
            ),
            moves(lambda t, _: t.button("Review"), "review", SelectionForm.review, style=PRIMARY),
            cancel_button(),
            state=SelectionForm.lines,
            getter=getter,
        ),
        asks_press(
            lambda t, data: line_text(t, data["line"], data["picks"]),
            SelectionForm.line,
            picks(
                lambda _, data: _supplier_label(data),
                "suppliers",
                _selectable,
                lambda item: item.supplier.bin,
                choose_supplier,
            ),
            moves(lambda t, _: t.button("Review"), "review", SelectionForm.review, style=PRIMARY),
            Row(
                moves(
                    lambda t, _: t.button("All lines"),
                    "lines",
                    SelectionForm.lines,
                    when="many",
                ),
                cancel_button(),
            ),
            getter=getter,
        ),
        *_offer_windows(),
        _review_window(),
        leave_window(SelectionForm.leave),
        on_start=seeded,
    )


def _review_window() -> Window:
    return asks_press(
        lambda t, data: review_text(t, data["board"], data["chosen"]),
        SelectionForm.review,
        back_button(SelectionForm.line),
        acts(
            lambda t, _: t.button("Send for confirmation"),
            "submit",
            submit,
            style=PRIMARY,
            when=_anything,
        ),
        cancel_button(),
        getter=getter,
    )


def _anything(data: Values, _: Whenable, __: DialogManager) -> bool:
    return any(data["chosen"].values())


def _offer_windows() -> list[Window]:
    return [
        Window(
            Words(lambda t, data: volume_text(t, data["line"], data["offer"], data["picks"])),
            typed(take_volume),
            expects(lambda t, _: t("Please type the volume as a number, or press a button.")),
            Row(
                acts(lambda t, _: t.button("All"), "all", take_all),
                acts(lambda t, _: t.button("The remainder"), "rest", take_rest),
                acts(lambda t, _: t.button("Nothing"), "none", take_none),
            ),
            moves(lambda t, _: t.button("The offer in full"), "more", SelectionForm.details),
            Row(
                back_button(SelectionForm.line),
                cancel_button(),
            ),
            state=SelectionForm.volume,
            getter=getter,
        ),
        asks_press(
            lambda t, data: offer_text(t, data["line"], data["offer"]),
            SelectionForm.details,
            acts(lambda t, _: t.button("Photos"), "photos", send_photos, when=_has_photos),
            back_button(SelectionForm.volume),
            getter=getter,
        ),
    ]


def selection_forms() -> Router:
    """The form and what opens it."""
    router = Router(name="customer-selection-forms")
    router.callback_query.register(start, Pressed("choose.own"))
    router.include_router(selection_dialog())
    return router
