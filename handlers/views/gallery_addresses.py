"""Sections of the gallery for addresses besides Telegram: the page, the form, letters and SMS."""

from __future__ import annotations

from collections.abc import Callable

from domain.channels.rules import ADDRESSED
from domain.channels.views import AddressView
from domain.notices.views import NoticeView
from handlers.views import addresses as texts
from handlers.views import sample_channels as content
from handlers.views import samples
from handlers.views.gallery import Section, entry
from handlers.views.letters import code_letter, in_letter
from handlers.views.shown import Shown
from handlers.views.translator import Translator

_SEEN = "https://tapsyrys.example.kz/seen/AAAAAAAABAA"
_LINK = "https://t.me/tapsyrys_bot?start=notice_1024"
_IN_LETTERS = ("order.invited", "award.selected", "ticket.answered", "channel.test")


def address_form_sections() -> list[Section]:
    """Both steps of the form, for each channel."""
    steps = [
        entry(
            "AddressForm:address" + (f", {channel}" if channel != "email" else ""), _asked(channel)
        )
        for channel in ADDRESSED
    ]
    code = entry("AddressForm:code", lambda t: Shown(texts.ask_code(t, "a•••@example.kz")))
    again = entry(
        "AddressForm:code, again",
        lambda t: Shown(texts.ask_code(t, "a•••@example.kz", again=True)),
    )
    return [Section("Form of an address", [*steps, code, again])]


def address_sections() -> list[Section]:
    """The page in each state, what is said after acts, letters and short messages."""
    pages = content.addresses(samples.NOW)
    shown: dict[str, Callable[[Translator], Shown | str]] = {
        **{f"page, {name}": _page(found) for name, found in pages.items()},
        "page, nothing is served": lambda t: texts.page(t, [], ()),
        "remove": lambda t: texts.ask_remove(t, pages["in force"][0]),
        "confirmed": texts.confirmed,
        **{f"test, {channel}": _tested(channel) for channel in ADDRESSED},
    }
    found = dict(reversed([(each.kind, each) for _, each in samples.notices()]))
    letters: dict[str, Callable[[Translator], Shown | str]] = {}
    for kind in _IN_LETTERS:
        letters[f"{kind}, letter"] = _letter(found[kind], chat=True)
        letters[f"{kind}, SMS"] = _short(found[kind])
    letters["letter without Telegram"] = _letter(found["order.invited"], chat=False)
    letters["letter that asks to be seen"] = _letter(found["order.invited"], chat=False, seen=_SEEN)
    for chat in (True, False):
        letters[f"code, {'chat' if chat else 'no chat'}"] = _code(chat)
    letters["code, SMS"] = lambda t: code_letter(t, content.code_letter(samples.NOW)).short
    return [
        Section("Addresses", [entry(name, make) for name, make in shown.items()]),
        Section("Notices by e-mail and SMS", [entry(name, make) for name, make in letters.items()]),
    ]


def _asked(channel: str) -> Callable[[Translator], Shown]:
    return lambda t: Shown(texts.ask_address(t, channel))


def _page(found: list[AddressView]) -> Callable[[Translator], Shown]:
    return lambda t: texts.page(t, found, ADDRESSED)


def _tested(channel: str) -> Callable[[Translator], str]:
    return lambda t: texts.test_sent(t, channel)


def _letter(notice: NoticeView, *, chat: bool, seen: str = "") -> Callable[[Translator], str]:
    return lambda t: in_letter(t, notice, samples.NOW, _LINK, chat=chat, seen=seen).text


def _short(notice: NoticeView) -> Callable[[Translator], str]:
    return lambda t: in_letter(t, notice, samples.NOW, _LINK).short


def _code(chat: bool) -> Callable[[Translator], str]:
    return lambda t: code_letter(t, content.code_letter(samples.NOW, chat=chat)).text
