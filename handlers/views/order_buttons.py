"""What a reader can do about an order now: the buttons under its card, by role and state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from domain.deadlines import DeadlineView
from domain.orders.views import AwardView, ContractView, OrderCard, by_selection
from domain.roles import WATCHERS, Role
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import button, keyboard
from handlers.views.translator import Lazy, Translator, lazy

Row = list[InlineKeyboardButton]

_LABEL = 24
#: While somebody has to act, it can be seen who was told of it.
_WAITING = ("choosing", "confirming", "contracting")
#: How the receipt of a deadline is asked for.
_RECEIPTS: Mapping[str, Lazy] = {
    "offer_window": lazy("? Deadline of offers", context="button"),
    "selection": lazy("? Deadline of selection", context="button"),
    "confirmation": lazy("? Deadline to confirm", context="button"),
    "contract": lazy("? Deadline of contract", context="button"),
}


def card_keyboard(t: Translator, card: OrderCard, role: Role | None) -> InlineKeyboardMarkup:
    """Acts first, then what can be looked at."""
    rows: list[Row] = []
    if role is Role.CUSTOMER:
        rows += _customer(t, card)
    elif role is Role.SUPPLIER:
        rows += _supplier(t, card)
    if role in (Role.CUSTOMER, Role.SUPPLIER):
        rows += _contract(t, card, role)
    rows += _look(t, card, role)
    rows += _receipts(t, card)
    rows += _elsewhere(t, card)
    if role is not None and role not in (Role.SUPPORT, Role.ADMIN):
        rows.append([button(t.button("Ask about the order"), press("support", card.number))])
    return keyboard(*rows)


def _elsewhere(t: Translator, card: OrderCard) -> Iterator[Row]:
    """To the reader's other companies that the order came to."""
    for each in card.mine.elsewhere if card.mine is not None else ():
        label = cut(t.button("To: {name}", name=name_of(t, each.company)), _LABEL)
        yield [button(label, press("switch", each.membership_id))]


def _customer(t: Translator, card: OrderCard) -> Iterator[Row]:
    number = card.number
    if card.state == "draft":
        yield [button(t.button("Preview"), press("order.preview", number), "primary")]
        yield [button(t.button("Publish"), press("order.publish", number))]
        yield [
            button(t.button("Edit"), press("order.edit", number)),
            button(t.button("Attach a file"), press("order.attach", number)),
        ]
        if card.files:
            yield [button(t.button("Remove a file"), press("order.detach", number))]
        yield [button(t.button("Discard the draft"), press("order.discard", number), "danger")]
        return
    if card.state == "choosing":
        yield [button(t.button("Choose suppliers"), press("order.choose", number), "primary")]
    elif card.state in ("confirming", "contracting"):
        yield [button(t.button("See the selection"), press("order.choose", number))]


def _supplier(t: Translator, card: OrderCard) -> Iterator[Row]:
    number = card.number
    if card.state == "collecting" and card.mine is not None and card.mine.invited:
        if card.mine.offer_state == "submitted":
            yield [button(t.button("My offer"), press("order.offer", number), "primary")]
        else:
            yield [button(t.button("Make an offer"), press("order.offer", number), "primary")]
            later = [button(t.button("Remind me"), press("order.remind", number))]
            if not card.mine.declined:
                later.append(button(t.button("Not this time"), press("order.decline", number)))
            yield later
    elif card.mine is not None and card.mine.offer_number is not None:
        yield [button(t.button("My offer"), press("order.offer", number))]
    for group in by_selection([each for each in card.awards if each.state == "pending"]):
        first = group[0]
        if len(group) > 1:
            label = t.button("To confirm: {n}", n=len(group))
            yield [button(label, press("awards.group", first.id), "primary")]
        else:
            label = t.button("Confirm line {line}", line=first.line)
            yield [button(label, press("award.card", first.id), "primary")]


def _contract(t: Translator, card: OrderCard, role: Role) -> Iterator[Row]:
    """Entering for whoever has no contract yet, agreeing for the side that did not enter."""
    waiting = {each.supplier.bin for each in card.contracts if each.state == "proposed"}
    for contract in card.contracts:
        if contract.state == "proposed" and contract.entered_by_side != role.value:
            yield _decide(t, contract)
    for award in _to_contract(card):
        if award.supplier.bin in waiting:
            label = t.button("Correct the contract")
        elif role is Role.SUPPLIER:
            label = t.button("Enter the contract")
        else:
            label = cut(t.button("Contract: {name}", name=name_of(t, award.supplier)), _LABEL)
        yield [button(label, press("contract.enter", card.number, award.id))]


def _decide(t: Translator, contract: ContractView) -> Row:
    number = cut(contract.contract_number, 12)
    return [
        button(
            cut(t.button("Agree: {number}", number=number), _LABEL),
            press("contract.agree", contract.id),
            "success",
        ),
        button(t.button("Not correct"), press("contract.dispute", contract.id)),
    ]


def _to_contract(card: OrderCard) -> list[AwardView]:
    """One confirmed award of each supplier that has no concluded contract yet."""
    concluded = {
        (each.supplier.bin, each.contract_number)
        for each in card.contracts
        if each.state == "concluded"
    }
    found: dict[str, AwardView] = {}
    for award in card.awards:
        done = (award.supplier.bin, award.contract_number) in concluded
        if award.state == "active" and not done:
            found.setdefault(award.supplier.bin, award)
    return list(found.values())


def _look(t: Translator, card: OrderCard, role: Role | None) -> Iterator[Row]:
    number = card.number
    row = [button(t.button("Goods in detail"), press("order.goods", number, 0))]
    if card.files:
        row.append(button(t.button("Files"), press("order.files", number)))
    yield row
    seen: Row = []
    if card.offers and role in {Role.CUSTOMER, *WATCHERS}:
        seen.append(button(t.button("Summary of offers"), press("order.summary", number)))
    if card.protocol_version:
        seen.append(button(t.button("Protocol"), press("order.protocol", number)))
    yield seen
    invited = card.state == "collecting" and card.mine is not None and card.mine.invited
    if invited or (card.state in _WAITING and role in {Role.CUSTOMER, Role.SUPPLIER, *WATCHERS}):
        yield [button(t.button("Who was told"), press("chains", "o", number))]


def _receipts(t: Translator, card: OrderCard) -> Iterator[Row]:
    row: Row = []
    kinds: set[str] = set()
    for each in card.deadlines:
        if each.kind in _RECEIPTS and each.kind not in kinds and each.state in ("open", "fired"):
            kinds.add(each.kind)
            row.append(receipt_button(t, each))
    for at in range(0, len(row), 2):
        yield row[at : at + 2]


def receipt_button(t: Translator, deadline: DeadlineView) -> InlineKeyboardButton:
    """The ``?`` of a deadline: how its days were counted."""
    return receipt_of(t, deadline.subject, deadline.kind)


def receipt_of(t: Translator, subject: str, kind: str) -> InlineKeyboardButton:
    """The same for the deadline of a kind on an order or an award."""
    what, _, number = subject.partition(":")
    label = _RECEIPTS.get(kind)
    return button(t.button(label) if label else "?", press("receipt", what[:1], number, kind))
