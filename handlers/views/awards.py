"""A selected supplier's order for confirmation: the list, the card, the last question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from aiogram.types import InlineKeyboardButton

from domain.deadlines import DeadlineView
from domain.money import unit_price
from domain.offers.views import OfferLineView
from domain.orders.views import AwardView, LineView, OrderCard
from domain.roles import Role
from handlers.views import format as fmt
from handlers.views.award_groups import all_lines_button, binding
from handlers.views.offers import characteristics_row, days, line_at
from handlers.views.order_buttons import receipt_button
from handlers.views.parts import cut, fits, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, italic, keyboard
from handlers.views.terms import DEADLINE_KINDS, unit
from handlers.views.translator import (
    LOCALES,
    Html,
    Lazy,
    Translator,
    escape,
    join,
    lazy,
    plain,
    translator,
)

Row = list[InlineKeyboardButton]

_NAME = 120
_LABEL = 24
#: Characters of each long text, tried in turn until one message holds the card.
_ROOM = (1500, 600, 200)

#: Reasons that need no typing; the words are what the customer and the protocol get.
QUICK_REASONS: Mapping[str, Lazy] = {
    "capacity": lazy("Our production capacity is taken up"),
    "material": lazy("There is no raw material"),
    "term": lazy("We cannot deliver within the period"),
    "price": lazy("The price has changed"),
}
REASON_BUTTONS: Mapping[str, Lazy] = {
    "capacity": lazy("Capacity is taken up", context="button"),
    "material": lazy("No raw material", context="button"),
    "term": lazy("Cannot keep the period", context="button"),
    "price": lazy("The price has changed", context="button"),
}


def stated_reason(t: Translator, reason: str) -> str:
    """A reason in the reader's language when it was picked by a button; as typed otherwise."""
    for quick in QUICK_REASONS.values():
        if reason in {plain(translator(locale)(quick)) for locale in LOCALES}:
            return plain(t(quick))
    return reason


def award_list(
    t: Translator,
    groups: Sequence[Sequence[AwardView]],
    cards: Mapping[int, OrderCard],
    page: int = 0,
    pages: int = 1,
) -> Shown:
    """A page (from 0) of orders that wait for the company's answer, the most urgent first.

    The lines of one selection stand together.
    """
    if not groups:
        return Shown(
            t(
                "Nothing waits for your confirmation. When a customer chooses your offer, you "
                "will be told here at once."
            )
        )
    rows = [_list_row(t, each, cards[each[0].order_number]) for each in groups]
    buttons = [
        button(
            _label(t, each),
            press("award.card" if len(each) == 1 else "awards.group", each[0].id),
        )
        for each in groups
    ]
    turn = []
    if page > 0:
        turn.append(button(t.button("Previous"), press("awards", page - 1)))
    if page + 1 < pages:
        turn.append(button(t.button("Next"), press("awards", page + 1)))
    place = t("Page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else ""
    return Shown(
        join([bold(t("Confirm or refuse")), *rows, place], "\n\n"),
        keyboard(*([each] for each in buttons), turn),
    )


def _label(t: Translator, group: Sequence[AwardView]) -> str:
    """Order and line; figures alone when the words leave no room for them."""
    award = group[0]
    if len(group) > 1:
        return t.button("Order No. {number}", number=award.order_number)
    label = t.button("Order No. {number}, {line}", number=award.order_number, line=award.line)
    return label if len(label) <= _LABEL else f"№ {award.order_number}, {award.line}"


def _list_row(t: Translator, group: Sequence[AwardView], card: OrderCard) -> Html:
    award = group[0]
    line = line_at(card, award.line)
    if len(group) > 1:
        total = sum((each.price for each in group), Decimal(0))
        told = [
            bold(t("Order No. {number}", number=card.number)),
            t("Lines: {count}, in all {sum}", count=len(group), sum=fmt.money(t, total)),
        ]
    else:
        told = [
            bold(t("Order No. {number}, line {line}", number=card.number, line=line.line)),
            t(
                "{name}: {quantity}, {price}",
                name=cut(name_of(t, line), 80),
                quantity=fmt.quantity(t, award.quantity, unit(t, line.unit)),
                price=fmt.money(t, award.price),
            ),
        ]
    return join(
        [
            *told,
            t("Answer by {when}", when=fmt.due(t, award.due_at))
            + Html(" · ")
            + fmt.left(t, card.now, award.due_at),
        ]
    )


def award_card(
    t: Translator,
    award: AwardView,
    card: OrderCard,
    own: OfferLineView | None,
    role: Role | None,
    who: str = "",
) -> Shown:
    """The order for confirmation, or what became of it; ``own`` is the offer it rests on.

    ``who`` is the colleague who decided, for the supplier's own people.
    """
    for room in _ROOM:
        text = join(
            [
                _head(t, award, card),
                _content(t, award, card, own, room),
                _standing(t, award, card, role, who),
                t("Every act here is confirmed in the chat, without a digital signature."),
            ],
            "\n\n",
        )
        if fits(text):
            break
    return Shown(text, keyboard(*_rows(t, award, card, role)))


def is_waiting(award: AwardView, card: OrderCard) -> bool:
    """Whether an answer given now would be in time."""
    return award.state == "pending" and card.now < award.due_at


def _head(t: Translator, award: AwardView, card: OrderCard) -> Html:
    return join(
        [
            bold(t("Order for confirmation")),
            t("Order No. {number}, line {line}", number=card.number, line=award.line),
            t(
                "Customer: {name}, BIN {bin}",
                name=cut(name_of(t, card.customer), _NAME),
                bin=card.customer.bin,
            ),
        ]
    )


def _sum(t: Translator, award: AwardView, line: LineView) -> Html:
    measure = unit(t, line.unit)
    return t(
        "{quantity} for {price} ({unit_price} for 1 {unit})",
        quantity=fmt.quantity(t, award.quantity, measure),
        price=fmt.money(t, award.price),
        unit_price=fmt.money(t, unit_price(award.price, award.quantity)),
        unit=measure,
    )


def _content(
    t: Translator, award: AwardView, card: OrderCard, own: OfferLineView | None, room: int
) -> Html:
    line = line_at(card, award.line)
    return join(
        [
            bold(escape(cut(name_of(t, line), _NAME))),
            _sum(t, award, line),
            *(_offered(t, own, line, room) if own else ()),
            t("Place of delivery: {place}", place=cut(card.delivery_place, room)),
            t("Terms of delivery: {terms}", terms=cut(card.delivery_terms, room)),
        ]
    )


def _offered(t: Translator, own: OfferLineView, line: LineView, room: int) -> Iterator[Html]:
    yield t("Delivery: {days} from the date of the contract", days=days(t, own.delivery_days))
    yield characteristics_row(t, own.characteristics, line, room)
    if own.characteristics == line.characteristics:
        yield italic(escape(cut(line.characteristics, room)))
    if own.warranty:
        yield t("Warranty and service: {text}", text=cut(own.warranty, room))


def _standing(
    t: Translator, award: AwardView, card: OrderCard, role: Role | None, who: str
) -> Html:
    if is_waiting(award, card):
        return join(
            [
                t(
                    "{what}: {when}",
                    what=DEADLINE_KINDS["confirmation"],
                    when=fmt.due(t, award.due_at),
                )
                + Html(" · ")
                + fmt.left(t, card.now, award.due_at)
                + Html(" · ")
                + fmt.clause(t, "344-13.7a"),
                binding(t) if role is Role.SUPPLIER else "",
            ]
        )
    if award.outcome == "confirmed":
        return join([_decided(t, award, who, refused=False), _contract(t, award, card)])
    if award.outcome == "refused":
        return join(
            [
                _decided(t, award, who, refused=True),
                t("Reason: {reason}", reason=cut(stated_reason(t, award.reason or ""), 1000)),
            ]
        )
    if award.outcome == "annulled":
        return t(
            "Annulled because of a fault of the platform: the procedure is run again ({clause}).",
            clause=fmt.clause(t, "366-29.5"),
        )
    return t(
        "The term ended on {when} without an answer ({clause}). The customer chooses again.",
        when=fmt.due(t, award.due_at),
        clause=fmt.clause(t, "344-13.10"),
    )


def _decided(t: Translator, award: AwardView, who: str, *, refused: bool) -> Html:
    when = fmt.moment(t, award.decided_at or award.due_at, seconds=True)
    done = t("❌ Refused: {when}", when=when) if refused else t("✅ Confirmed: {when}", when=when)
    return join([done, t("By: {name}", name=cut(who, _NAME)) if who else ""])


def contract_term(award: AwardView, card: OrderCard) -> DeadlineView | None:
    """The term of concluding the contract on this award."""
    found = [
        each
        for each in card.deadlines
        if each.kind == "contract" and each.subject == f"award:{award.id}"
    ]
    return found[-1] if found else None


def _contract(t: Translator, award: AwardView, card: OrderCard) -> Html:
    if award.contract_number is not None:
        return t("Contract No. {number} is concluded.", number=award.contract_number)
    term = contract_term(award, card)
    if term is None:
        return Html("")
    over = card.now >= term.due_at
    return (
        t("{what}: {when}", what=DEADLINE_KINDS["contract"], when=fmt.due(t, term.due_at))
        + Html(" · ")
        + (t("The term is over: this is overdue.") if over else fmt.left(t, card.now, term.due_at))
        + Html(" · ")
        + fmt.clause(t, "344-13.9")
    )


def _rows(t: Translator, award: AwardView, card: OrderCard, role: Role | None) -> Iterator[Row]:
    receipt: Row = []
    if is_waiting(award, card):
        if role is Role.SUPPLIER:
            yield [button(t.button("Confirm"), press("award.confirm", award.id), "primary")]
            yield [button(t.button("Refuse"), press("award.refuse", award.id), "danger")]
        receipt = [
            button(
                t.button("? Deadline to confirm"), press("receipt", "a", award.id, "confirmation")
            )
        ]
    elif award.state == "active":
        if award.contract_number is None and role in (Role.SUPPLIER, Role.CUSTOMER):
            enter = press("contract.enter", card.number, award.id)
            yield [button(t.button("Enter the contract"), enter, "primary")]
        term = contract_term(award, card)
        receipt = [receipt_button(t, term)] if term else []
    fellows = [
        each
        for each in card.awards
        if each.supplier == award.supplier and each.selected_at == award.selected_at
    ]
    if len(fellows) > 1:
        yield [all_lines_button(t, award.id, len(fellows))]
    yield [button(t.button("The order"), press("order.card", card.number)), *receipt]


def confirm_question(t: Translator, award: AwardView, card: OrderCard) -> Shown:
    """The second tap decides; the safe button first."""
    line = line_at(card, award.line)
    text = join(
        [
            bold(t("Confirm the order?")),
            join(
                [
                    t("Order No. {number}, line {line}", number=card.number, line=line.line),
                    cut(name_of(t, line), _NAME),
                    _sum(t, award, line),
                ]
            ),
            binding(t),
            t("A confirmation cannot be taken back."),
        ],
        "\n\n",
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Back"), press("award.card", award.id))],
            [button(t.button("Yes, confirm"), press("award.confirmed", award.id), "success")],
        ),
    )


def ask_reason(t: Translator, about: Mapping[str, Any]) -> Html:
    """Why the order is refused; the reason must be stated (act 344, clause 15.2)."""
    return join(
        [
            bold(t("Why do you refuse?")),
            t("Order No. {number}, line {line}", number=about["number"], line=about["line"]),
            t(
                "The reason must be stated ({clause}). Choose one or type your own, for example: "
                "the production line is under repair until March.",
                clause=fmt.clause(t, "344-15.2"),
            ),
        ]
    )


def ask_refusal(t: Translator, about: Mapping[str, Any]) -> Html:
    """Once more, before the refusal binds."""
    return join(
        [
            bold(t("Refuse the order?")),
            t("Order No. {number}, line {line}", number=about["number"], line=about["line"]),
            t("Reason: {reason}", reason=cut(str(about["reason"]), 1000)),
            t(
                "The customer will choose another supplier ({clause}). A refusal cannot be "
                "taken back.",
                clause=fmt.clause(t, "344-13.10"),
            ),
        ]
    )
