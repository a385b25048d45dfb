"""What stands behind the card of an order: goods one by one, files, documents."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton

from domain.orders.views import LineView, OrderCard
from handlers.views import format as fmt
from handlers.views.orders import codes
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import unit
from handlers.views.translator import Html, Translator, escape, join

#: A good with its characteristics may be 4000 characters long: one fills a message.
_CHARACTERISTICS = 3000


def goods_page(t: Translator, card: OrderCard, page: int) -> Shown:
    """One good of the order with everything the customer wrote about it."""
    page = min(max(page, 0), len(card.lines) - 1)
    line = card.lines[page]
    title = t(
        "Order No. {number}, good {line} of {count}",
        number=card.number,
        line=page + 1,
        count=len(card.lines),
    )
    turn: list[InlineKeyboardButton] = []
    if page > 0:
        turn.append(button(t.button("Previous"), press("order.goods", card.number, page - 1)))
    if page + 1 < len(card.lines):
        turn.append(button(t.button("Next"), press("order.goods", card.number, page + 1)))
    return Shown(
        join([bold(title), _good(t, line)], "\n\n"), keyboard(turn, [back_to(t, card.number)])
    )


def _good(t: Translator, line: LineView) -> Html:
    other = line.name_ru if t.locale == "kk" else line.name_kk
    return join(
        [
            bold(escape(cut(name_of(t, line), 300))),
            cut(other, 300) if other and other != name_of(t, line) else "",
            codes(t, line.code, line.agsk3),
            t("Quantity: {quantity}", quantity=fmt.quantity(t, line.quantity, unit(t, line.unit))),
            t("Allocated sum: {sum}", sum=fmt.money(t, line.allocated_sum)),
            t("Characteristics: {text}", text=cut(line.characteristics, _CHARACTERISTICS)),
        ]
    )


def back_to(t: Translator, number: int) -> InlineKeyboardButton:
    """The way back to the card."""
    return button(t.button("To order No. {number}", number=number), press("order.card", number))


def protocol_caption(t: Translator, order: int, number: str, version: int, digest: str) -> Html:
    """What the protocol is, and the hash by which it can be checked."""
    return join(
        [
            t(
                "Protocol of results No. {number}, version {version}",
                number=number,
                version=version,
            ),
            t("Order No. {number}", number=order),
            t("Hash of its data (SHA-256): {digest}", digest=digest),
            t("It was formed by the platform itself and bears no digital signature."),
        ]
    )


def summary_caption(t: Translator, number: int) -> Html:
    """What the spreadsheet is."""
    return t("Summary of price offers, order No. {number}", number=number)


def no_files(t: Translator, number: int) -> Html:
    """Nothing is attached."""
    return t("No files are attached to order No. {number}.", number=number)


def detach_choice(t: Translator, card: OrderCard) -> Shown:
    """Which file of a draft to remove."""
    if not card.files:
        return Shown(no_files(t, card.number), keyboard([back_to(t, card.number)]))
    rows = [
        [button(cut(f"{place}. {each.name}", 24), press("order.detach", card.number, each.file))]
        for place, each in enumerate(card.files, start=1)
    ]
    names = [
        t("{number}) {names}", number=place, names=cut(each.name, 100))
        for place, each in enumerate(card.files, start=1)
    ]
    head = bold(t("Which file is to be removed from order No. {number}?", number=card.number))
    return Shown(join([head, *names]), keyboard([back_to(t, card.number)], *rows))


def detach_question(t: Translator, card: OrderCard, file: int) -> Shown:
    """Once more, before a file is removed; one that is gone already leads back to the choice."""
    found = next((each for each in card.files if each.file == file), None)
    if found is None:
        return detach_choice(t, card)
    text = t(
        "Remove the file {name} from order No. {number}?",
        name=cut(found.name, 100),
        number=card.number,
    )
    remove = button(
        t.button("Yes, remove"), press("order.detached", card.number, found.file), "danger"
    )
    return Shown(bold(text), keyboard([back_to(t, card.number)], [remove]))
