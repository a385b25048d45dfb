"""What stands under an invitation besides the offer: a reminder of one's own, "not this time"."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from domain.clock import astana
from domain.orders.reminder_choices import ReminderChoice
from domain.orders.views import OrderCard
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Translator, join


def reminder_menu(t: Translator, card: OrderCard, choices: Sequence[ReminderChoice]) -> Shown:
    """When to remind; only moments before the end of the term."""
    due = card.offers_due_at
    if not choices or due is None:
        text = t(
            "There is no time left for a reminder on order No. {number}: the term of offers is "
            "ending or over.",
            number=card.number,
        )
        return Shown(text, keyboard([_open_order(t, card.number)]))
    text = join(
        [
            t("When shall I remind you of order No. {number}?", number=card.number),
            t("Price offers are taken until {when}.", when=fmt.due(t, due)),
        ]
    )
    rows = [
        [button(choice_label(t, each), press("remind.at", card.number, each.name))]
        for each in choices
    ]
    return Shown(text, keyboard(*rows))


def choice_label(t: Translator, choice: ReminderChoice) -> str:
    """What a button says of a moment."""
    match choice.name:
        case "in_1_hour":
            return t.button("In 1 hour")
        case "in_3_hours":
            return t.button("In 3 hours")
    return t.button(
        "{day}, {time}",
        day=fmt.weekday(t, astana(choice.at).date()),
        time=fmt.clock(t, choice.at),
    )


def reminder_set(t: Translator, card: OrderCard, choice: ReminderChoice) -> Shown:
    """The reminder stands."""
    text = t(
        "I will remind you of order No. {number} on {when}.",
        number=card.number,
        when=fmt.tg_time(choice.at, fmt.moment(t, choice.at)),
    )
    return Shown(text, keyboard([_open_order(t, card.number)]))


def decline_question(t: Translator, number: int) -> Html:
    """Whether to leave an invitation aside, and why."""
    return join(
        [
            bold(t("Order No. {number}: not this time?", number=number)),
            t("You will get no more reminders about it."),
            t("You may type why, for example: capacity is taken up. Or press “Skip the reason”."),
        ]
    )


def not_declined(t: Translator) -> Html:
    """The invitation stands."""
    return t("Nothing has changed. You can make an offer under the invitation.")


def declined(t: Translator, card: OrderCard) -> Shown:
    """Not this time; the way back while the window is open."""
    due = card.offers_due_at
    text = join(
        [
            t(
                "Order No. {number}: not this time. You will get no more reminders about it.",
                number=card.number,
            ),
            t("If you change your mind, you can make an offer until {when}.", when=fmt.due(t, due))
            if due
            else "",
        ]
    )
    offer = button(t.button("Make an offer"), press("order.offer", card.number))
    return Shown(text, keyboard([offer]))


def _open_order(t: Translator, number: int) -> InlineKeyboardButton:
    return button(t.button("The order"), press("order.card", number))
