"""Choosing suppliers: the proposal, a line with its offers, an offer, the review (13.6)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.awards.board import Board, BoardLine
from domain.awards.rules import Choice, UncoveredReason
from domain.clock import as_utc
from domain.law import CONFIRMATION
from domain.orders.views import AwardView
from handlers.views import format as fmt
from handlers.views.order_details import back_to
from handlers.views.parts import cut, fits, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import unit
from handlers.views.translator import Html, Lazy, Translator, join, lazy

_NAME = 100
_REASONS: Mapping[UncoveredReason, Lazy] = {
    UncoveredReason.NOBODY_LEFT: lazy("the offers do not hold enough volume"),
    UncoveredReason.ALLOCATED_SUM: lazy("the allocated sum does not pay for it"),
}


def fingerprint(board: Board) -> str:
    """A short mark of the proposal: a press sends what was shown, or shows what has changed."""
    picks = [
        (line.line.line, pick.supplier, str(pick.quantity), str(pick.price))
        for line in board.lines
        for pick in line.proposal.picks
    ]
    return hashlib.sha256(repr(picks).encode()).hexdigest()[:8]


def proposal_choices(board: Board) -> list[Choice]:
    """The proposal as a selection."""
    return [
        Choice(line.line.line, pick.supplier, pick.quantity)
        for line in board.lines
        for pick in line.proposal.picks
    ]


def proposal_card(t: Translator, board: Board, *, changed: bool = False) -> Shown:
    """The cover planner's proposal, what stays uncovered and why, and what can be done."""
    number = board.order_number
    top = [
        t("The proposal has changed meanwhile. Please look again.") if changed else "",
        bold(t("Choosing suppliers, order No. {number}", number=number)),
        _term(t, board),
    ]
    if board.proposes:
        top.append(t("The cheapest mix of accepted offers that covers the need:"))
    else:
        top.append(t("There is nothing left to choose from now."))
    text = _fitting(t, board.lines, top, _total(t, board))
    rows = []
    if board.proposes:
        rows = [
            [button(t.button("Send this proposal"), press("choose.plan", number), "primary")],
            [button(t.button("Set volumes myself"), press("choose.own", number))],
        ]
    return Shown(
        text,
        keyboard(
            *rows,
            [button(t.button("Summary of offers"), press("order.summary", number))],
            [back_to(t, number)],
        ),
    )


def _total(t: Translator, board: Board) -> Html:
    return (
        t("The proposal in all: {sum}", sum=fmt.money(t, board.cost)) if board.proposes else Html()
    )


def _term(t: Translator, board: Board) -> Html:
    term = board.deadline
    if term is None or board.state != "choosing":
        return Html("")
    if term.state == "fired":
        return t(
            "Overdue: suppliers had to be chosen by {when} ({clause}). You can still choose.",
            when=fmt.due(t, term.due_at),
            clause=fmt.clause(t, term.clause or "344-13.6"),
        )
    return t(
        "Choose suppliers by {when} ({clause}).",
        when=fmt.due(t, term.due_at),
        clause=fmt.clause(t, term.clause or "344-13.6"),
    )


def _fitting(t: Translator, lines: Sequence[BoardLine], top: Sequence[str], total: Html) -> Html:
    for room in (20, 8, 4, 2, 1):
        rows = [_proposal_line(t, line) for line in lines[:room]]
        if len(lines) > room:
            more = len(lines) - room
            rows.append(t.plural("and {n} more good", "and {n} more goods", more))
        text = join([*top, *rows, total], "\n\n")
        if fits(text):
            break
    return text


def _proposal_line(t: Translator, line: BoardLine) -> Html:
    measure = unit(t, line.line.unit)
    names = {offer.listed.offer_id: offer for offer in line.offers}
    rows = [
        t(
            "{line}. {name}: open {open} of {needed}, free sum {sum}",
            line=line.line.line,
            name=cut(name_of(t, line.line), _NAME),
            open=fmt.number(t, line.open_quantity),
            needed=fmt.quantity(t, line.line.quantity, measure),
            sum=fmt.money(t, line.open_sum),
        )
    ]
    rows += [
        t(
            "• {name}: {quantity} for {price}, {days}",
            name=cut(name_of(t, names[pick.offer_id].supplier), _NAME),
            quantity=fmt.quantity(t, pick.quantity, measure),
            price=fmt.money(t, pick.price),
            days=days_of(t, names[pick.offer_id].offered.delivery_days),
        )
        for pick in line.proposal.picks
    ]
    if line.proposal.uncovered > 0 and line.open_quantity > 0:
        reason = _REASONS[line.reason or UncoveredReason.NOBODY_LEFT]
        rows.append(
            t(
                "Stays uncovered: {quantity}. Reason: {reason}.",
                quantity=fmt.quantity(t, line.proposal.uncovered, measure),
                reason=reason,
            )
        )
    return join(rows)


def days_of(t: Translator, days: int) -> Html:
    """A delivery period."""
    return t.plural("{n} calendar day", "{n} calendar days", days)


def send_question(t: Translator, board: Board) -> Shown:
    """The confirm step of the proposal."""
    number = board.order_number
    suppliers = len({choice.supplier for choice in proposal_choices(board)})
    data = press("choose.send", number, fingerprint(board))
    return Shown(
        join(
            [
                bold(t("Send order No. {number} for confirmation?", number=number)),
                consequences(t, suppliers, board.cost),
            ],
            "\n\n",
        ),
        keyboard(
            [button(t.button("Back to the proposal"), press("order.choose", number))],
            [button(t.button("Yes, send"), data, "success")],
        ),
    )


def consequences(t: Translator, suppliers: int, total: Decimal) -> Html:
    """What sending a selection brings about."""
    return join(
        [
            t.plural(
                "{n} supplier will get the order for confirmation.",
                "{n} suppliers will get the order for confirmation.",
                suppliers,
            ),
            t("Sum: {sum}", sum=fmt.money(t, total)),
            t(
                "Each of them has {term} to confirm or refuse ({clause}).",
                term=fmt.term(t, CONFIRMATION.term),
                clause=fmt.clause(t, CONFIRMATION.clause or ""),
            ),
        ]
    )


def selection_sent(t: Translator, order: int, awards: Sequence[AwardView]) -> Shown:
    """What was sent to whom."""
    rows = [
        t(
            "{name}: line {line}, {price}",
            name=cut(name_of(t, each.supplier), _NAME),
            line=each.line,
            price=fmt.money(t, each.price),
        )
        for each in awards[:20]
    ]
    due = min((as_utc(each.due_at) for each in awards), default=None)
    return Shown(
        join(
            [
                bold(t("Order No. {number} is sent for confirmation.", number=order)),
                join(rows),
                t("The suppliers answer by {when}.", when=fmt.due(t, due)) if due else "",
            ],
            "\n\n",
        ),
        keyboard([back_to(t, order)]),
    )
