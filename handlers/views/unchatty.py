"""What administrators see of people who are served without Telegram: list, card, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.types import InlineKeyboardButton

from domain.channels.unchatty import UnchattyPage, UnchattyView
from domain.channels.views import AddressView
from domain.identifiers import shown_email
from domain.people.rules import WITHOUT_CHAT
from domain.roles import Role
from handlers.views import format as fmt
from handlers.views.account import held_as, membership_name
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import PERSON_STATES, POSITIONS, ROLES
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

#: Who may be served so, in the order of the buttons.
OFFERED: tuple[Role, ...] = tuple(role for role in Role if role in WITHOUT_CHAT)
LANGUAGES: Mapping[str, Lazy] = {
    "kk": lazy("In Kazakh", context="button"),
    "ru": lazy("In Russian", context="button"),
}
_ROLES, _TOKENS = 10, 5
_Row = list[InlineKeyboardButton]


def people_page(t: Translator, page: UnchattyPage, *, first: bool) -> Shown:
    """Everybody served without Telegram."""
    head = bold(t("People without Telegram"))
    new = [button(t.button("New person"), press("unchatty.new"), "primary")]
    back = [button(t.button("Back"), press("people"))]
    if not page.people:
        empty = t(
            "There is nobody yet. Whoever may not use Telegram is told everything by e-mail and "
            "acts through the API."
        )
        return Shown(join([head, empty], "\n\n"), keyboard(new, back))
    rows = [Html(f"{place}. ") + _brief(t, each) for place, each in enumerate(page.people, start=1)]
    numbers = [
        button(str(place), press("unchatty.card", each.id))
        for place, each in enumerate(page.people, start=1)
    ]
    turn: _Row = []
    if not first:
        turn.append(button(t.button("Newest"), press("unchatty")))
    if page.older is not None:
        turn.append(button(t.button("Older"), press("unchatty", page.older)))
    rowed = [numbers[at : at + 4] for at in range(0, len(numbers), 4)]
    return Shown(join([head, *rows], "\n\n"), keyboard(*rowed, turn, new, back))


def _brief(t: Translator, each: UnchattyView) -> Html:
    held = each.person.memberships
    role = membership_name(t, held[0], 60) if held else t("No role yet.")
    more = f" +{len(held) - 1}" if len(held) > 1 else ""
    return join([escape(cut(each.person.name, 80)), role + escape(more), _way(t, each)])


def _way(t: Translator, each: UnchattyView) -> Html:
    if each.email is None:
        return t("By the API alone") if each.tokens else t("Nothing reaches this person.")
    if each.email.address is None:
        return t("The e-mail waits for its code.")
    return t("E-mail: {email}", email=shown_email(each.email.address))


def person_page(t: Translator, each: UnchattyView) -> Shown:
    """One of them, and what can be done."""
    person = each.person
    roles = [Html("• ") + held_as(t, held) for held in person.memberships[:_ROLES]]
    tokens = ", ".join(cut(name, 48) for _, name in each.tokens[:_TOKENS])
    blocks = [
        bold(escape(cut(person.name, 200))),
        join(
            [
                t(PERSON_STATES["suspended"]) if person.suspended else escape(""),
                t("Phone: {phone}", phone=person.phone) if person.phone else escape(""),
                t("Letters: {language}", language=t(_IN[person.language])),
                *_email(t, each.email),
                t("API tokens: {names}", names=tokens) if tokens else t("No API token."),
            ]
        ),
        join([bold(t("Roles")), *(roles or [t("No role yet.")])]),
    ]
    return Shown(join(blocks, "\n\n"), keyboard(*_acts(t, each)))


_IN: Mapping[str, Lazy] = {"kk": lazy("in Kazakh"), "ru": lazy("in Russian")}


def _email(t: Translator, email: AddressView | None) -> list[Html]:
    if email is None:
        return [t("No e-mail: notices stand in the list that the API shows.")]
    lines = []
    if email.address is not None:
        lines.append(t("E-mail: {email}", email=shown_email(email.address)))
        if email.state == "failing":
            lines.append(t("The last letter did not arrive."))
        elif email.verified_at is not None:
            lines.append(t("Confirmed: {when}", when=fmt.moment(t, email.verified_at)))
    if email.wanted is not None:
        lines.append(t("Waits for its code: {email}", email=shown_email(email.wanted)))
        state = _CODES[email.code]
        lines.append(t(state))
    return lines


_CODES: Mapping[str, Lazy] = {
    "asked": lazy("The code is on its way. The person tells it to you, by phone for example."),
    "sent": lazy("The code was sent. The person tells it to you, by phone for example."),
    "none": lazy("The code could not be sent. Check the address and give it again."),
}


def _acts(t: Translator, each: UnchattyView) -> list[_Row]:
    number, email = each.id, each.email
    rows: list[_Row] = []
    if email is not None and email.wanted is not None:
        rows.append([button(t.button("Enter the code"), press("unchatty.code", number), "primary")])
        rows.append([button(t.button("Another code"), press("unchatty.again", number))])
    label = "Give an e-mail" if email is None else "Another e-mail"
    mail = t.button(_MAIL[label])
    other = "ru" if each.person.language == "kk" else "kk"
    rows += [
        [button(mail, press("unchatty.email", number))],
        [
            button(t.button("Correct the name"), press("unchatty.name", number)),
            button(t.button(LANGUAGES[other]), press("unchatty.language", number, other)),
        ],
        [button(t.button("New API token"), press("unchatty.token", number))],
        *(
            [
                button(
                    cut(t.button("End: {name}", name=name), 24),
                    press("unchatty.untoken", number, token),
                    "danger",
                )
            ]
            for token, name in each.tokens[:_TOKENS]
        ),
        [button(t.button("Roles"), press("person.card", number))],
    ]
    if each.person.memberships or each.tokens or email is not None:
        rows.append([button(t.button("End everything"), press("unchatty.end", number), "danger")])
    rows.append([button(t.button("To the list"), press("unchatty"))])
    return rows


_MAIL: Mapping[str, Lazy] = {
    "Give an e-mail": lazy("Give an address", context="button"),
    "Another e-mail": lazy("Another address", context="button"),
}


def token_question(t: Translator, each: UnchattyView) -> Shown:
    """Before a token is made: it will stand in this chat."""
    text = join(
        [
            bold(t("Make an API token for {name}?", name=cut(each.person.name, 100))),
            t(
                "Whoever has it acts as this person. It is shown once, in this chat: hand it over "
                "safely and delete the message."
            ),
        ],
        "\n\n",
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Back"), press("unchatty.card", each.id))],
            [button(t.button("Make the token"), press("unchatty.token.make", each.id), "danger")],
        ),
    )


def token_made(t: Translator, name: str, token: str) -> Html:
    """The token, this once."""
    return join(
        [
            bold(t("API token “{name}”", name=name)),
            Html("<tg-spoiler><code>") + escape(token) + Html("</code></tg-spoiler>"),
            t("It is not shown again. Hand it over safely and delete this message."),
        ],
        "\n\n",
    )


def token_name(each: UnchattyView) -> str:
    """A name for a further token: tokens are told apart by their names."""
    taken = {name for _, name in each.tokens}
    for count in range(1, len(taken) + 2):
        name = f"person-{each.id}-{count}"
        if name not in taken:
            break
    return name


def registered(t: Translator, each: UnchattyView) -> Shown:
    """Done: what comes next, above the card."""
    card = person_page(t, each)
    then = (
        t("Now make an API token, or give an e-mail: nothing reaches this person yet.")
        if each.email is None
        else t(
            "A code goes to the e-mail. The person tells it to you; then press “Enter the code”."
        )
    )
    head = bold(t("The person is registered."))
    return Shown(join([head, then, card.text], "\n\n"), card.keyboard)


# The form


def ask_name(t: Translator) -> Html:
    """Who."""
    return t("Type surname, name and patronymic in full, as in the documents.")


def ask_language(t: Translator) -> Html:
    """In which language letters are."""
    return t("In which language shall letters to this person be?")


def ask_role(t: Translator) -> Html:
    """What they will be."""
    return t("Which role? The desk and administrators need Telegram, so they are not here.")


def ask_bin(t: Translator) -> Html:
    """Whose person."""
    example = "990140001234"
    return t("Type the BIN or IIN of the company: 12 digits. Example: {example}", example=example)


def ask_position(t: Translator) -> Html:
    """Head or contact person."""
    return t("What is this person in the company?")


def ask_phone(t: Translator) -> Html:
    """As on the form."""
    example = "+7 701 123 45 67"
    return t("Type the phone number as on the signed form. Example: {example}", example=example)


def ask_email(t: Translator, data: Mapping[str, Any]) -> Html:
    """Where letters go; who watches may do without."""
    ask = t("Type the e-mail. A code goes to it. Example: {example}", example="name@gov.kz")
    if data.get("bin"):
        return ask
    spare = t("Without an e-mail the person is served by the API alone.")
    return join([ask, spare], "\n\n")


def ask_ground(t: Translator, data: Mapping[str, Any]) -> Html:
    """The ground (act 366, clause 34)."""
    ask = t(
        "Type the ground: the document or the event, with its date. "
        "Example: letter No. 15 of 24 November 2026"
    )
    if not data.get("bin"):
        return ask
    signed = t(
        "The person has signed the registration form on paper, with the consent to the processing "
        "of personal data and the obligation to give true data. Name this paper."
    )
    return join([signed, ask], "\n\n")


def review(t: Translator, data: Mapping[str, Any]) -> Html:
    """Everything, before the final tap."""
    lines: Sequence[Html | str] = [
        t("Name: {name}", name=cut(str(data["name"]), 200)),
        t("Letters: {language}", language=t(_IN[str(data["language"])])),
        t("Role: {role}", role=t(ROLES[str(data["role"])])),
        *(
            [
                t("Company: {name}", name=cut(str(data["company"]), 300)),
                t("Position: {position}", position=t(POSITIONS[str(data["position"])])),
                t("Phone: {phone}", phone=str(data["phone"])),
            ]
            if data.get("bin")
            else []
        ),
        t("E-mail: {email}", email=shown_email(str(data["email"])) if data.get("email") else "–"),
        t("Ground: {ground}", ground=cut(str(data["ground"]), 600)),
    ]
    recorded = t("The role and its ground are put in the register of roles.")
    return join([bold(t("Register this person?")), join(lines), recorded], "\n\n")


def ask_new_email(t: Translator) -> Html:
    """Another e-mail."""
    return t(
        "Type the e-mail. A code goes to it; until it is confirmed the one before serves. "
        "Example: {example}",
        example="name@gov.kz",
    )


def ask_code(t: Translator, name: str) -> Html:
    """The code that the person has told."""
    return t("Type the six digits that {name} has told you.", name=cut(name, 100))
