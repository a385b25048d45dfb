"""Entering a contract, agreeing to it, and what came of it (act 344, clause 13.9)."""

from __future__ import annotations

from datetime import date

from aiogram.types import InlineKeyboardButton

from domain.orders.views import ContractView
from handlers.views import format as fmt
from handlers.views.order_details import back_to
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import CONTRACT_STATES
from handlers.views.translator import Html, Translator, join

_CLAUSE = "344-13.9"


def _facts(t: Translator, contract: ContractView, *, asked: bool = False) -> Html:
    # Whoever is asked to agree is the one the state waits for: "the other side" would mislead.
    state = "" if asked else t("State: {state}", state=CONTRACT_STATES[contract.state])
    return join(
        [
            t("Order No. {number}", number=contract.order_number),
            t("Supplier: {name}", name=cut(name_of(t, contract.supplier), 200)),
            t("Contract No. {number}", number=contract.contract_number),
            t("Date of the contract: {date}", date=fmt.day(t, contract.signed_on)),
            t("Sum: {sum}", sum=fmt.money(t, contract.sum)),
            state,
        ]
    )


def file_button(t: Translator, contract: int) -> InlineKeyboardButton:
    """Sends what is attached to the entry of a contract."""
    return button(t.button("Show the file"), press("contract.file", contract))


def agree_question(t: Translator, contract: ContractView) -> Shown:
    """The confirm step before agreeing."""
    text = [
        bold(t("Is this contract correct?")),
        _facts(t, contract, asked=True),
        t("When you agree, the contract counts as concluded. This cannot be undone."),
    ]
    return Shown(
        join(text, "\n\n"),
        keyboard(
            [back_to(t, contract.order_number)],
            [file_button(t, contract.id)] if contract.files else [],
            [
                button(t.button("Yes, I agree"), press("contract.agreed", contract.id), "success"),
                button(t.button("Not correct"), press("contract.dispute", contract.id)),
            ],
        ),
    )


def dispute_question(t: Translator, contract: ContractView) -> Shown:
    """The confirm step before saying that an entry is wrong."""
    text = [
        bold(t("Is the number or the date of this contract wrong?")),
        _facts(t, contract, asked=True),
        t("The entry will be withdrawn and the other side will be told to correct it."),
    ]
    return Shown(
        join(text, "\n\n"),
        keyboard(
            [back_to(t, contract.order_number)],
            [
                button(
                    t.button("Withdraw the entry"),
                    press("contract.disputed", contract.id),
                    "danger",
                )
            ],
        ),
    )


def contract_entered(t: Translator, contract: ContractView) -> Shown:
    """What follows after one side has entered a contract."""
    follow = t("The other side has been asked to agree. You will be told what it answers.")
    return Shown(
        join([bold(t("The contract is entered.")), _facts(t, contract), follow], "\n\n"),
        keyboard([back_to(t, contract.order_number)]),
    )


def contract_concluded(t: Translator, contract: ContractView) -> Shown:
    """The contract stands."""
    note = t("Both sides confirmed it in the chat, without a digital signature.")
    return Shown(
        join([bold(t("The contract is concluded.")), _facts(t, contract), note], "\n\n"),
        keyboard([back_to(t, contract.order_number)]),
    )


def contract_disputed(t: Translator, order: int) -> Shown:
    """The entry is withdrawn."""
    text = t(
        "The entry of the contract is withdrawn and the other side is told. "
        "You can also enter the right number and date yourself: open the order."
    )
    return Shown(text, keyboard([back_to(t, order)]))


def ask_number(t: Translator, order: int, supplier: str) -> Html:
    """The contract's number as it stands on paper."""
    return t(
        "Contract for order No. {number}, supplier {name}.\n\n"
        "Type the number of the contract as it stands on paper. Example: 12-2026",
        number=order,
        name=cut(supplier, 200),
    )


def ask_day(t: Translator) -> Html:
    """Its date."""
    return t("The date of the contract? Press a button or type: 24.11.2026")


def ask_file(t: Translator) -> Html:
    """Its scan, if there is one."""
    return t("Send a file of the contract (PDF or a photo, up to 20 MB), or go on without one.")


def contract_review(
    t: Translator, order: int, supplier: str, number: str, signed_on: date, file: str | None
) -> Html:
    """What is about to be entered."""
    return join(
        [
            bold(t("Please check the contract")),
            join(
                [
                    t("Order No. {number}", number=order),
                    t("Supplier: {name}", name=cut(supplier, 200)),
                    t("Contract No. {number}", number=number),
                    t("Date of the contract: {date}", date=fmt.day(t, signed_on)),
                    t("File: {name}", name=cut(file, 100)) if file else t("Without a file"),
                ]
            ),
            t(
                "The other side will be asked to agree. With that the contract is concluded "
                "({clause}).",
                clause=fmt.clause(t, _CLAUSE),
            ),
        ],
        "\n\n",
    )
