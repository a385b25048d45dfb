"""Notices of selections, confirmations and contracts."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton

from handlers.views import format as fmt
from handlers.views.award_groups import all_lines_button, confirm_all_button
from handlers.views.awards import stated_reason
from handlers.views.contracts import file_button
from handlers.views.notices.facts import (
    Draft,
    Facts,
    Row,
    due,
    goods,
    in_language,
    open_order,
    supplier,
    was_due,
    why,
)
from handlers.views.notices.orders import choosing_rows
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Html, Translator, join


def _ours(t: Translator, f: Facts) -> Html:
    """The goods of the award with the volume that was given, and to whom."""
    return join([supplier(t, f), goods(t, f, quantity=f.text("quantity"))])


def contract_rows(t: Translator, f: Facts) -> list[Row]:
    """What either side can do about a contract to be concluded."""
    award = f.whole("award")
    enter = press("contract.enter", f.number, award)
    return [
        [button(t.button("Enter the contract"), enter, "primary")],
        [open_order(t, f), why(f, "contract", award)],
    ]


def confirmation_rows(t: Translator, f: Facts) -> list[Row]:
    """To the card where a supplier confirms or refuses: one line, or all of a selection."""
    award, count = f.whole("award"), f.whole("awards")
    if count > 1:
        return [
            [confirm_all_button(t, award, count)],
            [all_lines_button(t, award, count), why(f, "confirmation", award)],
        ]
    details = button(t.button("Details"), press("award.card", award), "primary")
    return [[details, why(f, "confirmation", award)]]


def selected(t: Translator, f: Facts) -> Draft:
    """To the selected supplier: the order for confirmation (act 344, clause 13.7)."""
    return Draft(
        t("You are chosen: confirm order No. {number}", number=f.number),
        [
            _ours(t, f),
            due(t, f, "confirmation"),
            t("Without an answer in time the customer can choose another supplier."),
        ],
        confirmation_rows(t, f),
    )


def confirmed(t: Translator, f: Facts) -> Draft:
    """To both sides: the next step is the contract (clause 13.9)."""
    if f.text("side") == "supplier":
        headline = t("You have confirmed order No. {number}", number=f.number)
    else:
        headline = t("Order No. {number}: the supplier has confirmed", number=f.number)
    return Draft(
        headline,
        [
            _ours(t, f),
            due(t, f, "contract"),
            t("Conclude the contract, then enter its number and date here."),
        ],
        contract_rows(t, f),
    )


def refused(t: Translator, f: Facts) -> Draft:
    """To both sides: a refusal with its reason (clause 15.2)."""
    reason = t("Reason: {reason}", reason=stated_reason(t, f.text("reason")))
    if f.text("side") == "supplier":
        return Draft(
            t("You have refused order No. {number}", number=f.number),
            [_ours(t, f), reason, t("Your answer is recorded. Nothing more is needed from you.")],
            [[open_order(t, f)]],
        )
    return Draft(
        t("Order No. {number}: the supplier has refused", number=f.number),
        [_ours(t, f), reason, t("Open the order to see what is still open.")],
        [[open_order(t, f)]],
    )


def lapsed(t: Translator, f: Facts) -> Draft:
    """To both sides: no answer in time (clause 13.10)."""
    if f.text("side") == "supplier":
        return Draft(
            t("Order No. {number}: the time to confirm is over", number=f.number),
            [
                _ours(t, f),
                was_due(t, f),
                t("The customer can now choose another supplier."),
            ],
            [[open_order(t, f)]],
        )
    return Draft(
        t("Order No. {number}: the supplier did not answer in time", number=f.number),
        [_ours(t, f), was_due(t, f), t("Open the order to see what is still open.")],
        [[open_order(t, f)]],
    )


def selection_overdue(t: Translator, f: Facts) -> Draft:
    """To the customer and the administrators, each working day (clause 13.6)."""
    watches = f.text("side") == "admin"
    return Draft(
        t("Order No. {number}: the selection is overdue", number=f.number),
        [
            goods(t, f),
            was_due(t, f),
            t("The customer can still choose suppliers from the summary."),
        ],
        [[open_order(t, f)]] if watches else choosing_rows(t, f),
    )


def _contract(t: Translator, f: Facts) -> Html:
    signed_on = f.on("signed_on")
    supplier = in_language(t, f.notice.params, "supplier")
    return join(
        [
            t("Supplier: {name}", name=supplier) if supplier else "",
            t("Contract number: {number}", number=f.text("contract_number")),
            t("Date: {date}", date=fmt.day(t, signed_on)) if signed_on else "",
        ]
    )


def _file(t: Translator, f: Facts) -> list[Row]:
    """The way to what is attached to the entry, when anything is."""
    return [[file_button(t, f.whole("contract"))]] if f.whole("files") else []


def contract_proposed(t: Translator, f: Facts) -> Draft:
    """To the other side: agree or dispute."""
    contract = f.whole("contract")
    return Draft(
        t("Order No. {number}: check the contract", number=f.number),
        [
            _contract(t, f),
            t("The other side has entered it. If number and date are right, agree."),
        ],
        [
            [button(t.button("Agree"), press("contract.agree", contract), "success")],
            [_dispute(t, contract)],
            *_file(t, f),
            [open_order(t, f)],
        ],
    )


def _dispute(t: Translator, contract: int) -> InlineKeyboardButton:
    return button(t.button("Report a mistake"), press("contract.dispute", contract), "danger")


def contract_concluded(t: Translator, f: Facts) -> Draft:
    """To both sides."""
    return Draft(
        t("Order No. {number}: the contract is concluded", number=f.number),
        [_contract(t, f)],
        [*_file(t, f), [open_order(t, f)]],
    )


def contract_disputed(t: Translator, f: Facts) -> Draft:
    """To the side that entered it."""
    return Draft(
        t("Order No. {number}: there is a mistake in the contract", number=f.number),
        [
            _contract(t, f),
            t("The other side says that the number or the date is wrong. Enter it again."),
        ],
        [[open_order(t, f)]],
    )


def contract_overdue(t: Translator, f: Facts) -> Draft:
    """To both sides and the administrators, each working day (clause 13.9)."""
    watches = f.text("side") == "admin"
    return Draft(
        t("Order No. {number}: the contract is overdue", number=f.number),
        [
            join([supplier(t, f), goods(t, f)]),
            was_due(t, f),
            t("As soon as it is concluded, its number and date are entered here."),
        ],
        [[open_order(t, f)]] if watches else contract_rows(t, f),
    )
