"""A person's addresses besides Telegram: the page, the steps of giving one, removal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aiogram.types import InlineKeyboardButton

from domain.channels.rules import ADDRESSED, EMAIL, OTHER, SMS
from domain.channels.views import AddressView
from domain.identifiers import shown_email
from handlers.views import format as fmt
from handlers.views.account import masked_phone
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

CHANNELS: Mapping[str, Lazy] = {
    EMAIL: lazy("E-mail", context="channel"),
    SMS: lazy("SMS", context="channel"),
    OTHER: lazy("Another messenger", context="channel"),
}
_ADD: Mapping[str, Lazy] = {
    EMAIL: lazy("+ E-mail", context="button"),
    SMS: lazy("+ SMS", context="button"),
    OTHER: lazy("+ Messenger", context="button"),
}
_QUESTIONS: Mapping[str, Lazy] = {
    EMAIL: lazy("Type the e-mail address to which notices shall go."),
    SMS: lazy("Type the phone number to which SMS shall go, like this: +7 701 123 45 67"),
    OTHER: lazy(
        "Type the address of the messenger in the form of Apprise, as its manual tells. "
        "An address begins with its kind, like this: slack://…"
    ),
}
_Row = list[InlineKeyboardButton]
_JOINER = "\N{WORD JOINER}"


def masked(channel: str, address: str) -> str:
    """An address as its owner knows it again and others do not read it."""
    if channel == SMS:
        return masked_phone(address)
    if channel == EMAIL:
        local, _, host = shown_email(address).rpartition("@")
        return f"{local[:1]}•••@{host}"
    return address.partition("://")[0] + "://•••"


def unlinked(address: str) -> str:
    """A masked address as a chat shows it: Telegram would make a link to somebody of its host."""
    return address.replace("@", f"@{_JOINER}")


def page(
    t: Translator, found: Sequence[AddressView], served: Collection[str], *, joins: bool = False
) -> Shown:
    """All addresses with what can be done with each; ``joins``: an account waits to be joined."""
    head = bold(t("E-mail, SMS"))
    what = t(
        "A notice that cannot be brought to you in Telegram goes at once to the first of these "
        "addresses that works. News do not go there."
    )
    if not served and not found:
        none = t("This platform sends nothing outside Telegram now.")
        return Shown(join([head, none], "\n\n"), keyboard(*_back(t)))
    empty = t("There is no address yet. Add one, so that no deadline passes you by.")
    lines = [_line(t, each) for each in found] or [empty]
    have = {each.channel for each in found}
    rows = [row for each in found for row in _rows(t, each, served)]
    adds = [
        [button(t.button(_ADD[channel]), press("address.add", channel))]
        for channel in ADDRESSED
        if channel in served and channel not in have
    ]
    if joins:
        rows.insert(0, [button(t.button("Join into one"), press("join"), "primary")])
    return Shown(join([head, what, *lines], "\n\n"), keyboard(*rows, *adds, *_back(t)))


def _back(t: Translator) -> list[_Row]:
    # The page is opened from both.
    return [
        [button(t.button("Notices: how and when"), press("settings"))],
        [button(t.button("My account"), press("me"))],
    ]


def _line(t: Translator, each: AddressView) -> Html:
    lines = []
    name = t(CHANNELS[each.channel])
    if each.address is not None:
        lines.append(bold(name) + ": " + escape(unlinked(masked(each.channel, each.address))))
    if each.state == "verified" and each.verified_at is not None:
        lines.append(t("Confirmed: {when}", when=fmt.moment(t, each.verified_at)))
    if each.state == "failing":
        lines.append(t("The last message did not arrive. Check the address with a test message."))
    if each.wanted is not None:
        wanted = unlinked(masked(each.channel, each.wanted))
        lines.append(
            t("New address: {address}", address=wanted)
            if each.address is not None
            else bold(name) + ": " + escape(wanted)
        )
        lines.append(_waits(t, each))
    return join(lines)


def _waits(t: Translator, each: AddressView) -> Html:
    if each.code == "asked":
        return t("The code is on its way. The address does not serve before it is confirmed.")
    if each.code == "sent":
        return t("The code was sent. The address does not serve before it is confirmed.")
    return t("The code could not be sent. Check the address and give it again.")


def _rows(t: Translator, each: AddressView, served: Collection[str]) -> list[_Row]:
    channel, rows = each.channel, []
    if each.code != "none":
        rows.append([button(_label(t, "Code", each), press("address.code", channel), "primary")])
    if each.address is not None and channel in served:
        rows.append([button(_label(t, "Test", each), press("address.test", channel))])
    change = button(_label(t, "Change", each), press("address.add", channel))
    remove = button(_label(t, "Remove", each), press("address.drop", channel), "danger")
    rows.append([change, remove] if channel in served else [remove])
    return rows


_LABELS: Mapping[str, Mapping[str, Lazy]] = {
    "Code": {
        EMAIL: lazy("Code from the letter", context="button"),
        SMS: lazy("Code from the SMS", context="button"),
        OTHER: lazy("Code from the messenger", context="button"),
    },
    "Test": {
        EMAIL: lazy("Test the letters", context="button"),
        SMS: lazy("Test the SMS", context="button"),
        OTHER: lazy("Test the messenger", context="button"),
    },
    "Change": {
        EMAIL: lazy("Change the mail address", context="button"),
        SMS: lazy("Change the phone", context="button"),
        OTHER: lazy("Change the messenger", context="button"),
    },
    "Remove": {
        EMAIL: lazy("Remove the mail address", context="button"),
        SMS: lazy("Remove the phone", context="button"),
        OTHER: lazy("Remove the messenger", context="button"),
    },
}


def _label(t: Translator, act: str, each: AddressView) -> str:
    return t.button(_LABELS[act][each.channel])


def ask_address(t: Translator, channel: str) -> Html:
    """The first step: which address."""
    proof = t("A code will be sent to it: nothing goes there before you have typed the code here.")
    return join([bold(t(CHANNELS[channel])), t(_QUESTIONS[channel]), proof], "\n\n")


def ask_code(t: Translator, address: str, *, again: bool = False) -> Html:
    """The second step: the code; ``address`` is masked. ``again``: another one was asked for."""
    return join(
        [
            bold(t("A code is sent to {address}", address=unlinked(address))),
            t("Another code is on its way: the one before is no longer valid.") if again else "",
            t("Type its six digits here. It is valid for 30 minutes."),
            t("If nothing comes, look among the unwanted letters, or ask for another code."),
        ],
        "\n\n",
    )


def code_waits(t: Translator, address: str) -> Html:
    """The form is left after a code was asked for; ``address`` is masked."""
    return join(
        [
            t(
                "The form is closed. A code was asked for, and goes to {address}.",
                address=unlinked(address),
            ),
            t("Nothing else goes there before you have typed it under “E-mail, SMS”."),
        ]
    )


def ask_remove(t: Translator, each: AddressView) -> Shown:
    """Before an address is taken away."""
    address = unlinked(masked(each.channel, each.address or each.wanted or ""))
    text = join(
        [
            bold(t("Remove {address}?", address=address)),
            t("Notices will not go there any more."),
        ]
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Keep it"), press("addresses"))],
            [button(t.button("Remove"), press("address.gone", each.channel), "danger")],
        ),
    )


def confirmed(t: Translator) -> Html:
    """The code was right."""
    return t("Confirmed. Notices that cannot be brought to you in Telegram go there from now on.")


def test_sent(t: Translator, channel: str) -> Html:
    """A test message is on its way."""
    return t(
        "A test message is on its way: {channel}. It comes within a minute or two.",
        channel=t(CHANNELS[channel]),
    )
