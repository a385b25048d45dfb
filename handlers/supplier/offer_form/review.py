"""The end of the form: what will be submitted, mending, submitting."""

from __future__ import annotations

from collections.abc import Iterator

from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.errors import Conflict
from domain.offers.rules import RejectionGround
from domain.orders.views import OrderCard
from handlers.context import ctx_of
from handlers.forms import DANGER, PRIMARY, Values, finish
from handlers.steps import acts, asks_press, cancel_button, picks
from handlers.supplier.offer_form.flow import (
    card_in,
    draft_in,
    forget_card,
    keep,
    move,
    to_review,
)
from handlers.supplier.offer_form.states import OfferForm
from handlers.views.offer_draft import STEPS, OfferDraft
from handlers.views.offer_form import broken, fields, on_page, pages, review
from handlers.views.offers import is_open, submitted
from handlers.views.translator import Lazy, Translator, lazy

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


async def _shown(dialog_manager: DialogManager, **_: object) -> Values:
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


async def mend(manager: DialogManager, item: str) -> None:
    """To the answer that breaks a limit."""
    step, _, at = item.partition("-")
    await _mend_one(manager, int(at), step)


async def _mend_one(manager: DialogManager, at: int, step: str) -> None:
    draft = draft_in(manager)
    draft.at, draft.mending = at, True
    await move(manager, draft, step)


async def open_line(manager: DialogManager, item: str) -> None:
    """To the answers of a line; one left out is begun where it lacks something."""
    draft = draft_in(manager)
    draft.at = int(item)
    if draft.line.skipped:
        draft.line.skipped = False
        await move(manager, draft, draft.line.missing or STEPS[0])
        return
    await keep(manager, draft)
    await manager.switch_to(OfferForm.fields)


async def mend_field(manager: DialogManager, step: str) -> None:
    """To one answer of the line."""
    await _mend_one(manager, draft_in(manager).at, step)


async def leave_out(manager: DialogManager) -> None:
    """No offer for this line."""
    draft = draft_in(manager)
    draft.line.skipped = True
    await to_review(manager, draft)


async def back_to_review(manager: DialogManager) -> None:
    """Nothing is changed."""
    await to_review(manager, draft_in(manager))


async def earlier(manager: DialogManager) -> None:
    """The page of lines before."""
    await _turn(manager, -1)


async def later(manager: DialogManager) -> None:
    """The page of lines after."""
    await _turn(manager, 1)


async def _turn(manager: DialogManager, by: int) -> None:
    draft = draft_in(manager)
    draft.page = min(max(0, draft.page + by), pages(draft) - 1)
    await keep(manager, draft)


async def submit(manager: DialogManager) -> None:
    """Submit; when the window has closed meanwhile, the draft is shown as it stays to read."""
    ctx, draft = ctx_of(manager), draft_in(manager)
    try:
        # In the name of the company it was typed for, though the person may act for another now.
        done = await ctx.services.offers.submit(ctx.actor, draft.number, draft.bin, draft.inputs())
    except Conflict:
        forget_card(manager)
        await manager.show()
        raise
    await finish(manager, submitted(ctx.t, done, await card_in(manager)))


def _label(_t: Translator, data: Values) -> str:
    return str(data["item"][1])


def _value(item: tuple[str, str]) -> str:
    return item[0]


def review_window() -> Window:
    """Mending comes before submitting all the same."""
    return asks_press(
        lambda t, data: review(t, data["card"], data["draft"]),
        OfferForm.review,
        picks(_label, "mend", "mends", _value, mend, style=PRIMARY),
        acts(lambda t, _: t.button("Submit"), "submit", submit, when="sound", style=PRIMARY),
        picks(_label, "line", "lines", _value, open_line, width=2),
        Row(
            acts(lambda t, _: t.button("Earlier lines"), "earlier", earlier, when="earlier"),
            acts(lambda t, _: t.button("Further lines"), "later", later, when="later"),
        ),
        acts(
            lambda t, _: t.button("Submit all the same"),
            "submit_anyway",
            submit,
            when="unsound",
            style=DANGER,
        ),
        cancel_button(),
        getter=_shown,
    )


def _fields(t: Translator, data: Values) -> str:
    return t.button(STEP_LABELS[data["item"]])


def fields_window() -> Window:
    """One line: which of its answers to change."""
    return asks_press(
        lambda t, data: fields(t, data["card"], data["draft"]),
        OfferForm.fields,
        picks(_fields, "field", lambda _: list(STEPS), str, mend_field, width=2),
        acts(
            lambda t, _: t.button("Leave this line out"),
            "leave_out",
            leave_out,
            when="several",
            style=DANGER,
        ),
        acts(lambda t, _: t.button("Back"), "back", back_to_review),
    )
