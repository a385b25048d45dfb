"""All lines of one selection, for the supplier to confirm at once or one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from aiogram.types import InlineKeyboardButton

from domain.orders.views import AwardView, OrderCard
from domain.roles import Role
from handlers.views import format as fmt
from handlers.views.offers import line_at
from handlers.views.parts import cut, fits, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import AWARD_OUTCOMES, AWARD_STATES, DEADLINE_KINDS, unit
from handlers.views.translator import Html, Translator, join

Row = list[InlineKeyboardButton]

PAGE = 8
_IN_A_ROW = 4
_NAME = 80
_ASKED = (20, 10, 5, 2)


def waiting_of(awards: Sequence[AwardView], card: OrderCard) -> list[AwardView]:
    """Those on which an answer given now would be in time."""
    return [each for each in awards if each.state == "pending" and card.now < each.due_at]


def confirm_all_button(t: Translator, award: int, count: int) -> InlineKeyboardButton:
    """Asks for the confirmation of everything that waits of the selection of an award."""
    label = t.button("Confirm all ({n})", n=count)
    return button(label, press("awards.confirm", award), "primary")


def all_lines_button(t: Translator, award: int, count: int) -> InlineKeyboardButton:
    """To all lines of the selection of an award."""
    return button(t.button("All lines ({n})", n=count), press("awards.group", award))


def selection_card(
    t: Translator, awards: Sequence[AwardView], card: OrderCard, page: int, role: Role | None
) -> Shown:
    """A page of the lines of a selection (from 0), what became of each, and what can be done."""
    pages = max(1, -(-len(awards) // PAGE))
    page = min(page, pages - 1)
    shown = awards[page * PAGE : (page + 1) * PAGE]
    waiting = waiting_of(awards, card)
    blocks = [
        join(
            [
                bold(t("Order for confirmation")),
                t("Order No. {number}", number=card.number),
                t(
                    "Customer: {name}, BIN {bin}",
                    name=cut(name_of(t, card.customer), _NAME),
                    bin=card.customer.bin,
                ),
            ]
        ),
        join([_line(t, each, card, state=True) for each in shown]),
        t("Page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else "",
        _waiting(t, waiting, card) if waiting else "",
        binding(t) if waiting and role is Role.SUPPLIER else "",
    ]
    return Shown(
        join(blocks, "\n\n"), keyboard(*_rows(t, awards, shown, waiting, card, page, pages, role))
    )


def _line(t: Translator, award: AwardView, card: OrderCard, *, state: bool) -> Html:
    line = line_at(card, award.line)
    row = t(
        "{line}. {name}: {quantity}, {price}",
        line=award.line,
        name=cut(name_of(t, line), _NAME),
        quantity=fmt.quantity(t, award.quantity, unit(t, line.unit)),
        price=fmt.money(t, award.price),
    )
    if not state:
        return row
    outcome = AWARD_OUTCOMES.get(award.outcome or "", AWARD_STATES[award.state])
    return row + Html(". ") + t(outcome)


def _total(t: Translator, awards: Sequence[AwardView]) -> Html:
    total = sum((each.price for each in awards), Decimal(0))
    return t(
        "Lines that wait for your answer: {count}, in all {sum}",
        count=len(awards),
        sum=fmt.money(t, total),
    )


def _waiting(t: Translator, waiting: Sequence[AwardView], card: OrderCard) -> Html:
    due_at = waiting[0].due_at
    term = t("{what}: {when}", what=DEADLINE_KINDS["confirmation"], when=fmt.due(t, due_at))
    rest = [term, fmt.left(t, card.now, due_at), fmt.clause(t, "344-13.7a")]
    return join([_total(t, waiting), join(rest, " · ")])


def binding(t: Translator) -> Html:
    """What a confirmation binds to."""
    return t(
        "By confirming you agree to deliver goods of these characteristics, in this volume and "
        "period, for this sum ({clause}).",
        clause=fmt.clause(t, "344-13.7b"),
    )


def _rows(
    t: Translator,
    awards: Sequence[AwardView],
    shown: Sequence[AwardView],
    waiting: Sequence[AwardView],
    card: OrderCard,
    page: int,
    pages: int,
    role: Role | None,
) -> Iterator[Row]:
    anchor = awards[0].id
    if waiting and role is Role.SUPPLIER:
        yield [confirm_all_button(t, anchor, len(waiting))]
    lines = [
        button(t.button("Line {line}", line=each.line), press("award.card", each.id))
        for each in shown
    ]
    for at in range(0, len(lines), _IN_A_ROW):
        yield lines[at : at + _IN_A_ROW]
    turn: Row = []
    if page > 0:
        turn.append(button(t.button("Previous"), press("awards.group", anchor, page - 1)))
    if page + 1 < pages:
        turn.append(button(t.button("Next"), press("awards.group", anchor, page + 1)))
    yield turn
    yield _next_step(t, awards, waiting, card, role)


def _next_step(
    t: Translator,
    awards: Sequence[AwardView],
    waiting: Sequence[AwardView],
    card: OrderCard,
    role: Role | None,
) -> Row:
    row = [button(t.button("The order"), press("order.card", card.number))]
    if waiting:
        receipt = press("receipt", "a", waiting[0].id, "confirmation")
        return [*row, button(t.button("? Deadline to confirm"), receipt)]
    to_contract = [each for each in awards if each.state == "active" and not each.contract_number]
    if to_contract and role in (Role.SUPPLIER, Role.CUSTOMER):
        enter = press("contract.enter", card.number, to_contract[0].id)
        return [button(t.button("Enter the contract"), enter, "primary"), *row]
    return row


def confirm_all_question(t: Translator, awards: Sequence[AwardView], card: OrderCard) -> Shown:
    """The second tap decides on all lines that wait; the safe button first."""
    waiting = waiting_of(awards, card)
    anchor = awards[0].id
    for room in _ASKED:
        rows = [_line(t, each, card, state=False) for each in waiting[:room]]
        more = len(waiting) - len(rows)
        if more > 0:
            rows.append(t.plural("and {n} more line", "and {n} more lines", more))
        text = join(
            [
                bold(t("Confirm all lines?")),
                join([t("Order No. {number}", number=card.number), *rows]),
                _total(t, waiting),
                binding(t),
                t("A confirmation cannot be taken back."),
            ],
            "\n\n",
        )
        if fits(text):
            break
    return Shown(
        text,
        keyboard(
            [button(t.button("Back"), press("awards.group", anchor))],
            [
                button(
                    t.button("Yes, confirm all ({n})", n=len(waiting)),
                    press("awards.confirmed", anchor),
                    "success",
                )
            ],
        ),
    )
