"""Broadcasts of administrators, as everybody reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from handlers.views.notices.facts import Draft, Facts, Row
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import button, link
from handlers.views.translator import Html, Lazy, Translator, lazy

#: Screens of ``domain.broadcasts.rules.SCREENS`` with the words on the button to them.
SCREENS: Mapping[str, Lazy] = {
    "menu": lazy("Open the menu", context="button"),
    "status": lazy("Status of the platform", context="button"),
    "support": lazy("Ask support", context="button"),
}

#: Each shows its screen below: the news keep their text.
_PRESSES = {
    "menu": press("menu"),
    "status": press("news.to", "status"),
    "support": press("support"),
}

_WORDS = 80
# A mark of formatting; at the end also the beginning of one, or of an escaped sign.
_MARK = re.compile(r"<[^>]*(?:>|$)|&[#a-z0-9]{0,8}$")


def news(t: Translator, f: Facts) -> Draft:
    """In the reader's language, as it was written: it is kept as HTML."""
    first, second = ("kk", "ru") if t.locale == "kk" else ("ru", "kk")
    text = Html(f.text(f"text_{first}") or f.text(f"text_{second}"))
    said = t.context("broadcast", "{text}", text=text) if text else text
    return Draft(t("News of the platform"), [said], _rows(t, f))


def first_words(t: Translator, params: Mapping[str, object]) -> str:
    """How the text of a broadcast begins, in the reader's language and without its formatting;
    empty for anything else. The text may have been cut anywhere, even within a mark of it."""
    first, second = ("kk", "ru") if t.locale == "kk" else ("ru", "kk")
    text = str(params.get(f"text_{first}") or params.get(f"text_{second}") or "")
    return cut(" ".join(unescape(_MARK.sub("", text)).split()), _WORDS)


def _rows(t: Translator, f: Facts) -> list[Row]:
    given = f.notice.params.get("button")
    if not isinstance(given, Mapping):
        return []
    screen, url = str(given.get("screen") or ""), str(given.get("url") or "")
    if screen in SCREENS:
        return [[button(t.button(SCREENS[screen]), _PRESSES[screen])]]
    label = str(given.get("label_kk" if t.locale == "kk" else "label_ru") or "")
    return [[link(label, url)]] if url and label else []
