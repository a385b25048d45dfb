"""Notices of registration, roles, accounts and colleagues."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton

from handlers.views.notices.facts import Draft, Facts, in_language, role
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Html, Translator, escape, join


def _menu(t: Translator) -> InlineKeyboardButton:
    return button(t.button("Open the menu"), press("menu"))


def _place(t: Translator, f: Facts) -> Html:
    """Role and company."""
    company = in_language(t, f.notice.params)
    return join(
        [
            t("Role: {role}", role=role(t, f)),
            t("Company: {name}", name=company) if company else "",
        ]
    )


def _ground(t: Translator, f: Facts) -> Html:
    ground = f.text("ground")
    return t("Ground: {ground}", ground=ground) if ground else escape("")


def received(t: Translator, f: Facts) -> Draft:
    """To the applicant: number and automatic confirmation (act 366, clause 15)."""
    return Draft(
        t("Your application No. {number} is received", number=f.number),
        [_place(t, f), t("The administrator will consider it. The answer comes here.")],
        [[_menu(t)]],
    )


def pending(t: Translator, f: Facts) -> Draft:
    """To the administrators: somebody waits for a decision."""
    who = t("Full name: {name}", name=f.text("full_name"))
    return Draft(
        t("New application No. {number}", number=f.number),
        [join([who, _place(t, f)]), t("Look at it and decide.")],
        [
            [button(t.button("Consider it"), press("registration.card", f.number), "primary")],
            [button(t.button("Show all applications"), press("registrations"))],
        ],
    )


def approved(t: Translator, f: Facts) -> Draft:
    """To the applicant."""
    return Draft(
        t("Your application No. {number} is approved", number=f.number),
        [_place(t, f), t("You can start: everything is in the menu.")],
        [[_menu(t)]],
    )


def refused(t: Translator, f: Facts) -> Draft:
    """To the applicant, with the ground (act 344, clause 6)."""
    return Draft(
        t("Your application No. {number} is refused", number=f.number),
        [
            _place(t, f),
            _ground(t, f),
            t("When this is corrected, press /start and apply again."),
        ],
    )


def granted(t: Translator, f: Facts) -> Draft:
    """To the person whose role it is (act 366, clause 34)."""
    return Draft(
        t("You have a new role"),
        [_place(t, f), _ground(t, f), t("If you have several roles, switch between them in /me.")],
        [[_menu(t)]],
    )


def revoked(t: Translator, f: Facts) -> Draft:
    """To the person whose role it was."""
    return Draft(
        t("A role has been taken from you"),
        [_place(t, f), _ground(t, f), t("If this is a mistake, write to support.")],
        [[_menu(t)]],
    )


def suspended(t: Translator, f: Facts) -> Draft:
    """To the person, with the reason (act 366, clause 9)."""
    return Draft(
        t("Your account is suspended"),
        [
            t("Reason: {reason}", reason=f.text("reason")),
            t("Nothing is deleted. To have the account resumed, write to support."),
        ],
    )


def resumed(t: Translator, f: Facts) -> Draft:
    """To the person."""
    return Draft(
        t("Your account works again"),
        [_ground(t, f)],
        [[_menu(t)]],
    )


def _unknown(t: Translator, f: Facts) -> Html:
    # A role without a company is told to the administrators, who can mend it themselves.
    if in_language(t, f.notice.params):
        return t("If you do not know this person, tell the administrator.")
    return t("If you do not know this person, open “People” and take the role away.")


def joined(t: Translator, f: Facts) -> Draft:
    """To the colleagues: somebody new acts for the company."""
    return Draft(
        t("A new colleague: {name}", name=f.text("name")),
        [_place(t, f), _unknown(t, f)],
        [[_menu(t)]],
    )
