"""Moving through the form: what comes next, what is kept, what is shown."""

from __future__ import annotations

from typing import Any

from aiogram_dialog import DialogManager

from domain.offers.rules import AskedLine
from domain.orders.views import OrderCard
from handlers.context import ctx_of
from handlers.forms import go, keep_step
from handlers.supplier.offer_form.states import state_of_step
from handlers.views.offer_draft import STEPS, OfferDraft
from handlers.views.offers import asked_of, line_at

_CARD = "offer_order"


#: A draft is kept for each order, and for each of the person's companies.
FORM, ABOUT = "offer", ("number", "bin")


def draft_in(manager: DialogManager) -> OfferDraft:
    """The draft as the form holds it."""
    return OfferDraft.from_data(manager.dialog_data)


async def card_in(manager: DialogManager) -> OrderCard:
    """The order of the form, read once for an update."""
    known = manager.middleware_data.get(_CARD)
    if isinstance(known, OrderCard):
        return known
    ctx = ctx_of(manager)
    card = await ctx.services.orders.card(ctx.actor, int(manager.dialog_data["number"]))
    manager.middleware_data[_CARD] = card
    return card


def forget_card(manager: DialogManager) -> None:
    """Read the order anew when it is next shown: something has changed."""
    manager.middleware_data.pop(_CARD, None)


async def asked_in(manager: DialogManager) -> AskedLine:
    """What the order asks of the line that is being typed."""
    card = await card_in(manager)
    return asked_of(card, line_at(card, draft_in(manager).at))


async def keep(manager: DialogManager, draft: OfferDraft) -> None:
    """Put the draft back into the form and keep it beyond the form's life."""
    manager.dialog_data.update(draft.as_data())
    await keep_step(manager)


async def move(manager: DialogManager, draft: OfferDraft, step: str) -> None:
    """Go to a step and keep everything."""
    draft.step = step
    manager.dialog_data.update(draft.as_data())
    await go(manager, state_of_step(step))


async def go_on(manager: DialogManager, draft: OfferDraft, step: str) -> None:
    """To what follows ``step``: the next question, the next line, or the review.

    A changed volume asks for its price again, for a price is for the whole volume.
    """
    if draft.mending:
        if step == "quantity":
            await move(manager, draft, "price")
            return
        if draft.line.missing is None:
            await to_review(manager, draft)
            return
    following = STEPS[STEPS.index(step) + 1 :]
    if draft.mending:
        following = tuple(each for each in following if not draft.line.has(each))
    if following:
        await move(manager, draft, following[0])
        return
    await next_line(manager, draft)


async def next_line(manager: DialogManager, draft: OfferDraft) -> None:
    """The next line that is not whole yet, or the review."""
    following = draft.unfinished()
    if following is None:
        await to_review(manager, draft)
        return
    draft.at = following
    draft.mending = False
    await move(manager, draft, draft.line.missing or STEPS[0])


async def to_review(manager: DialogManager, draft: OfferDraft) -> None:
    """The end of the walk."""
    draft.mending = False
    await move(manager, draft, "review")


async def go_back(manager: DialogManager, draft: OfferDraft) -> None:
    """One question back; from a single mended one, to the review."""
    if draft.mending:
        await to_review(manager, draft)
        return
    place = STEPS.index(draft.step) if draft.step in STEPS else 0
    if place > 0:
        await move(manager, draft, STEPS[place - 1])
        return
    earlier = [at for at in draft.positions if at < draft.at and not draft.lines[at].skipped]
    if earlier:
        draft.at = earlier[-1]
        await move(manager, draft, STEPS[-1])


def can_go_back(draft: OfferDraft) -> bool:
    """Whether there is a question before this one."""
    if draft.mending or (draft.step in STEPS and draft.step != STEPS[0]):
        return True
    return any(at < draft.at and not draft.lines[at].skipped for at in draft.positions)


async def shown_in(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    """What every window of the form needs."""
    draft = draft_in(dialog_manager)
    left = [at for at in draft.positions if at > draft.at and draft.lines[at].missing]
    return {
        "card": await card_in(dialog_manager),
        "draft": draft,
        "known": draft.step in STEPS and draft.line.has(draft.step),
        "back": can_go_back(draft),
        "several": len(draft.positions) > 1 and not draft.mending,
        "rest": bool(left) and not draft.mending,
    }
