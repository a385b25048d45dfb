"""Joining two accounts of one person: the question, and what came of it."""

from __future__ import annotations

from domain.channels.joining import JoinOffer
from domain.people.views import PersonView
from handlers.views.account import membership_name
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Translator, escape, join

_ROLES = 10


def ask_join(t: Translator, offer: JoinOffer) -> Shown:
    """Under the e-mail that was proved somebody is registered without Telegram."""
    roles = [Html("• ") + membership_name(t, each, 80) for each in offer.memberships[:_ROLES]] or [
        t("No role yet.")
    ]
    ends = t.plural("Its API token ends: {n}.", "Its API tokens end: {n}.", offer.tokens)
    text = join(
        [
            bold(t("Somebody is registered under your e-mail without Telegram")),
            join([escape(cut(offer.name, 200)), *roles]),
            t(
                "If it is you, join the accounts. Roles, choices and notices go over to this "
                "chat, and you act here. The account without Telegram ends."
            ),
            ends if offer.tokens else escape(""),
        ],
        "\n\n",
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Not now"), press("addresses"))],
            [button(t.button("Join them"), press("join.do", offer.person_id), "primary")],
        ),
    )


def joined(t: Translator, person: PersonView) -> Html:
    """The accounts are one."""
    acts = person.membership
    as_whom = (
        t("You act here as: {role}", role=membership_name(t, acts))
        if acts is not None
        else escape("")
    )
    return join([bold(t("The accounts are joined.")), as_whom])


def elsewhere_label(t: Translator) -> str:
    """The way for whoever was registered without Telegram."""
    return t.button("Registered already")


def elsewhere_card(t: Translator) -> Shown:
    """How whoever was registered without Telegram comes to their roles here."""
    text = t(
        "Prove the e-mail under which you were registered: a code goes to it. Then join that "
        "account with this chat."
    )
    rows = [
        [button(t.button("Give an address"), press("join.begin"), "primary")],
        [button(t.button("To the menu"), press("menu"))],
    ]
    return Shown(text, keyboard(*rows))
