"""The end of the form: what will be submitted, mending, submitting, leaving."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Column, Group, Row, Select

from domain.errors import Conflict
from domain.offers.rules import RejectionGround
from domain.orders.views import OrderCard
from handlers.context import ctx_of
from handlers.forms import DANGER, PRIMARY, Words
from handlers.supplier.offer_form.flow import (
    card_in,
    draft_in,
    forget,
    forget_card,
    keep,
    move,
    to_review,
)
from handlers.supplier.offer_form.states import OfferForm
from handlers.supplier.offer_form.steps import leave_button, once, stay
from handlers.supplier.opening import close_form, is_repeated, tell
from handlers.views.offer_draft import STEPS, OfferDraft
from handlers.views.offer_form import broken, fields, leave, on_page, pages, resume, review
from handlers.views.offers import is_open, submitted
from handlers.views.translator import Html, Lazy, Translator, lazy

STEP_LABELS: dict[str, Lazy] = {
    "quantity": lazy("Volume", context="button"),
    "price": lazy("Price", context="button"),
    "days": lazy("Delivery period", context="button"),
    "characteristics": lazy("Characteristics", context="button"),
    "photos": lazy("Photos", context="button"),
    "warranty": lazy("Warranty and service", context="button"),
}


def _mends(t: Translator, card: OrderCard, draft: OfferDraft) -> Iterator[tuple[str, str]]:
    """A button for each limit that a line on the page breaks: where it leads, what it says."""
    for at in on_page(draft):
        for ground in broken(card, at, draft.lines[at]):
            if ground is RejectionGround.PRICE_ABOVE_ALLOCATED:
                yield f"price-{at}", t.button("Correct price, line {line}", line=at)
            else:
                yield f"days-{at}", t.button("Correct period, line {line}", line=at)


def _lines(t: Translator, draft: OfferDraft) -> Iterator[tuple[str, str]]:
    for at in on_page(draft):
        if draft.lines[at].skipped:
            yield str(at), t.button("Add line {line}", line=at)
        else:
            yield str(at), t.button("Change line {line}", line=at)


async def _shown(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    t, draft = ctx_of(dialog_manager).t, draft_in(dialog_manager)
    card = await card_in(dialog_manager)
    open_ = is_open(card)
    bad = any(broken(card, at, line) for at, line in draft.offered.items())
    return {
        "mends": list(_mends(t, card, draft)) if open_ else [],
        "lines": list(_lines(t, draft)) if open_ else [],
        "earlier": draft.page > 0,
        "later": draft.page + 1 < pages(draft),
        "sound": open_ and bool(draft.offered) and not bad,
        "unsound": open_ and bad,
    }


async def _fields_shown(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    t = ctx_of(dialog_manager).t
    return {"steps": [(step, t.button(STEP_LABELS[step])) for step in STEPS]}


async def _mend(_press: CallbackQuery, _select: object, manager: DialogManager, item: str) -> None:
    step, _, at = item.partition("-")
    await _mend_one(manager, int(at), step)


async def _mend_one(manager: DialogManager, at: int, step: str) -> None:
    draft = draft_in(manager)
    draft.at, draft.mending = at, True
    await move(manager, draft, step)


async def _line(_press: CallbackQuery, _select: object, manager: DialogManager, item: str) -> None:
    draft = draft_in(manager)
    draft.at = int(item)
    if draft.line.skipped:
        draft.line.skipped = False
        await move(manager, draft, draft.line.missing or STEPS[0])
        return
    await keep(manager, draft)
    await manager.switch_to(OfferForm.fields)


async def _field(_press: CallbackQuery, _select: object, manager: DialogManager, step: str) -> None:
    await _mend_one(manager, draft_in(manager).at, step)


async def _leave_out(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.line.skipped = True
    await to_review(manager, draft)


async def _to_review(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await to_review(manager, draft_in(manager))


async def _earlier(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.page = max(0, draft.page - 1)
    await keep(manager, draft)


async def _later(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.page = min(pages(draft) - 1, draft.page + 1)
    await keep(manager, draft)


async def _submit(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Submit; when the window has closed meanwhile, the draft is shown as it stays to read."""
    ctx, draft = ctx_of(manager), draft_in(manager)
    try:
        # In the name of the company it was typed for, though the person may act for another now.
        done = await ctx.services.offers.submit(ctx.actor, draft.number, draft.bin, draft.inputs())
    except Conflict:
        forget_card(manager)
        await manager.show()
        raise
    shown = submitted(ctx.t, done, await card_in(manager))
    if isinstance(press.message, Message):
        await press.message.edit_text(shown.text, reply_markup=shown.keyboard)
    await forget(manager)
    await close_form(press, manager)


async def _drop(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await _end(press, manager, ctx_of(manager).t("Cancelled. Nothing was sent."), keep_it=False)


async def _later_on(press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    text = ctx_of(manager).t("The draft waits for you. Nothing was sent.")
    await _end(press, manager, text, keep_it=True)


async def _end(press: CallbackQuery, manager: DialogManager, text: Html, *, keep_it: bool) -> None:
    if isinstance(press.message, Message):
        await press.message.edit_text(text)
    if not keep_it:
        await forget(manager)
    await close_form(press, manager)


async def _continue(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    await move(manager, draft, draft.step)


async def _anew(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    fresh = OfferDraft.from_data(manager.dialog_data["fresh"])
    await move(manager, fresh, fresh.step)


async def _only_buttons(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    if not is_repeated(manager):
        await tell(message, manager, ctx_of(manager).t("Please press one of the buttons below."))


ONLY_BUTTONS = MessageInput(_only_buttons)
_ITEM = Words(lambda t, data: data["item"][1])


def _first(item: tuple[str, str]) -> str:
    return item[0]


def resume_window() -> Window:
    """Continue the draft, or start anew."""
    return Window(
        Words(lambda t, data: resume(t, data["card"])),
        Button(
            Words(lambda t, _: t.button("Continue")), "continue", on_click=_continue, style=PRIMARY
        ),
        Button(Words(lambda t, _: t.button("Start anew")), "anew", on_click=_anew),
        ONLY_BUTTONS,
        state=OfferForm.resume,
    )


def review_window() -> Window:
    """Mending comes before submitting all the same."""
    return Window(
        Words(lambda t, data: review(t, data["card"], data["draft"])),
        Column(Select(_ITEM, "mend", _first, "mends", on_click=_mend, style=PRIMARY)),
        Button(
            Words(lambda t, _: t.button("Submit")),
            "submit",
            on_click=_submit,
            when="sound",
            style=PRIMARY,
        ),
        Group(Select(_ITEM, "line", _first, "lines", on_click=_line), width=2),
        Row(
            Button(
                Words(lambda t, _: t.button("Earlier lines")),
                "earlier",
                on_click=once(_earlier),
                when="earlier",
            ),
            Button(
                Words(lambda t, _: t.button("Further lines")),
                "later",
                on_click=once(_later),
                when="later",
            ),
        ),
        Button(
            Words(lambda t, _: t.button("Submit all the same")),
            "submit_anyway",
            on_click=_submit,
            when="unsound",
            style=DANGER,
        ),
        leave_button("review"),
        ONLY_BUTTONS,
        state=OfferForm.review,
        getter=_shown,
    )


def fields_window() -> Window:
    """One line: which of its answers to change."""
    return Window(
        Words(lambda t, data: fields(t, data["card"], data["draft"])),
        Group(Select(_ITEM, "field", _first, "steps", on_click=_field), width=2),
        Button(
            Words(lambda t, _: t.button("Leave this line out")),
            "leave_out",
            on_click=once(_leave_out),
            when="several",
            style=DANGER,
        ),
        Button(Words(lambda t, _: t.button("Back")), "back_fields", on_click=_to_review),
        ONLY_BUTTONS,
        state=OfferForm.fields,
        getter=_fields_shown,
    )


def leave_window() -> Window:
    """Stay, keep the draft for later, or throw it away."""
    return Window(
        Words(lambda t, data: leave(t, data["draft"])),
        Button(Words(lambda t, _: t.button("Back to the form")), "stay", on_click=stay),
        Button(Words(lambda t, _: t.button("Keep for later")), "later_on", on_click=_later_on),
        Button(
            Words(lambda t, _: t.button("Delete the draft")), "drop", on_click=_drop, style=DANGER
        ),
        ONLY_BUTTONS,
        state=OfferForm.leave,
    )
