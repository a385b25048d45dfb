"""What a person meets on the way to being registered: consent, contact, the form, the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiogram.types import KeyboardButton, ReplyKeyboardMarkup

from domain.identifiers import shown_email
from domain.people.rules import CONSENT_VERSIONS
from domain.people.views import InvitationView, RegistrationReceipt
from handlers.views import format as fmt
from handlers.views.joining import elsewhere_label
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import COMPANY_STATUSES, POSITIONS, ROLES
from handlers.views.translator import Html, Translator, escape, join


def consent(t: Translator) -> Shown:
    """The consent and the obligation in the wording in force (act 366, clauses 6.1 and 6.2).

    The versions travel in the button: a press on an older wording is told so.
    """
    data, truth = CONSENT_VERSIONS["data"], CONSENT_VERSIONS["truth"]
    data_consent = join(
        [
            bold(t("Consent to the collection and processing of data, version {v}", v=data)),
            t(
                "I agree that the platform collects and processes the restricted and personal "
                "data that I give: my name, phone, e-mail, position, company, and a record of "
                "what I do here. The data serve my registration, purchases from Kazakhstani "
                "producers, and the record that the rules demand."
            ),
            _source(t, "366-6.1"),
        ]
    )
    obligation = join(
        [
            bold(t("Obligation to give true data, version {v}", v=truth)),
            t(
                "I undertake to give true documents and data, and to tell the platform when they "
                "change."
            ),
            _source(t, "366-6.2"),
        ]
    )
    return Shown(
        join([data_consent, obligation, bold(t("Do you accept both?"))], "\n\n"),
        keyboard(
            [button(t.button("I accept"), press("consent.accept", data, truth), "success")],
            [button(t.button("I do not accept"), press("consent.decline"))],
        ),
    )


def _source(t: Translator, clause: str) -> Html:
    return t("The rule: {clause}", clause=fmt.clause(t, clause))


def declined(t: Translator) -> Shown:
    """Without the consent there is no registration; the way back stays open."""
    text = t(
        "Nothing was recorded. Without the consent you cannot be registered "
        "({clause}). If you change your mind, press “Register”.",
        clause=fmt.clause(t, "366-6.1"),
    )
    return Shown(text, keyboard([button(t.button("Register"), press("register"))]))


def ask_contact(t: Translator) -> Html:
    """The request for one's own number (act 344, clause 6.1)."""
    return join(
        [
            bold(t("Your phone number")),
            t(
                "Press “Share my number” below the chat. Only your own contact is accepted: "
                "a typed number or somebody else's card is not."
            ),
            _source(t, "344-6.1"),
        ],
        "\n\n",
    )


def contact_keyboard(t: Translator) -> ReplyKeyboardMarkup:
    """The button that shares one's own contact."""
    share = KeyboardButton(text=t.button("Share my number"), request_contact=True)
    return ReplyKeyboardMarkup(keyboard=[[share]], resize_keyboard=True, one_time_keyboard=True)


def invited(t: Translator, info: InvitationView) -> Html:
    """What a link invites to."""
    role = t(ROLES[info.role])
    if info.company is None:
        what = t("You are invited. Role: {role}", role=role)
    else:
        name = cut(name_of(t, info.company), 200)
        what = t("You are invited. Company: {name}. Role: {role}", name=name, role=role)
    until = t("The invitation is valid until {when}.", when=fmt.due(t, info.expires_at))
    return join([bold(what), until])


def register_button(t: Translator, *, elsewhere: bool = False) -> Shown:
    """The way into the form; ``elsewhere``: and to an account made without Telegram."""
    text = t("It takes about three minutes. What you type is kept if you stop.")
    rows = [[button(t.button("Register"), press("register"), "primary")]]
    if elsewhere:
        known = t(
            "If you were registered without Telegram, prove the e-mail of that account instead."
        )
        text = join([text, known], "\n\n")
        rows.append([button(elsewhere_label(t), press("join.begin"))])
    return Shown(text, keyboard(*rows))


def ask_role(t: Translator) -> Html:
    """Supplier or customer."""
    return t(
        "Whom do you register as?\n\n"
        "A supplier is a producer in the registry of Kazakhstani producers. "
        "A customer makes orders."
    )


def ask_company(t: Translator) -> Html:
    """The company's number."""
    return t(
        "Type the BIN or IIN of your company: 12 digits. Example: {example}",
        example="990140001234",
    )


def ask_position(t: Translator) -> Html:
    """Head or contact person."""
    return t(
        "What are you in the company?\n\n"
        "The head answers for it; a contact person acts for it in this chat."
    )


def ask_name(t: Translator, known: str | None) -> Html:
    """The full name; the one known so far can be kept."""
    return t(
        "Type your surname, name and patronymic in full, as in your documents. "
        "The name known so far: {name}",
        name=cut(known or "–", 200),
    )


def ask_email(t: Translator, before: str | None) -> Html:
    """The e-mail address; the one given before can be kept."""
    return join(
        [
            t("Type your e-mail. Example: {example}", example="name@company.kz"),
            t("The address given before: {email}", email=shown_email(before)) if before else "",
        ]
    )


def company(t: Translator, data: Mapping[str, Any]) -> Html:
    """The company as the registry has it, to be recognised."""
    facts = join(
        [
            escape(company_name(t, data)),
            t("BIN/IIN: {bin}", bin=str(data["bin"])),
            t("State in the registry: {status}", status=t(COMPANY_STATUSES[str(data["status"])])),
            t("You register as: {role}", role=t(ROLES[str(data["role"])])),
        ]
    )
    return join([bold(t("Is this your company?")), facts], "\n\n")


def company_name(t: Translator, data: Mapping[str, Any]) -> str:
    """The name kept in the form, in the reader's language if there is one."""
    kk, ru = str(data.get("name_kk") or ""), str(data.get("name_ru") or "")
    return cut((kk or ru) if t.locale == "kk" else (ru or kk), 300)


def review(t: Translator, data: Mapping[str, Any], phone: str) -> Html:
    """Everything that will be sent, before the final tap."""
    lines: list[Html] = []
    if data.get("bin"):
        lines += [
            t("Company: {name}, BIN/IIN {bin}", name=company_name(t, data), bin=str(data["bin"])),
            t("Position: {position}", position=t(POSITIONS[str(data["position"])])),
        ]
    email = shown_email(str(data["email"]))
    facts = join(
        [
            *lines,
            t("Role: {role}", role=t(ROLES[str(data["role"])])),
            t("Name: {name}", name=str(data["full_name"])),
            t("Phone: {phone}", phone=phone),
            t("E-mail: {email}", email=email),
        ]
    )
    return join([bold(t("Check before sending")), facts], "\n\n")


def submitted(t: Translator, receipt: RegistrationReceipt) -> Html:
    """The automatic confirmation with the number (act 366, clause 15)."""
    head = bold(t("Application No. {number} is received", number=receipt.number))
    received = t("Received: {when}", when=fmt.moment(t, receipt.created_at, seconds=True))
    if receipt.state == "approved":
        then = t("You are registered by invitation and can act at once.")
    else:
        then = t(
            "An administrator checks who may act for the company. "
            "The decision comes here; until then there is nothing more to do."
        )
    return join([head, received, then], "\n\n")
