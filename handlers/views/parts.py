"""Small pieces that many views share: names in the reader's language, cutting, counting."""

from __future__ import annotations

from typing import Protocol

from handlers.views.translator import Html, Translator, plain

#: Telegram's limits of a message and of a caption, in characters without markup.
MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024


class Named(Protocol):
    """A thing with a name in both languages, of which one may be empty."""

    @property
    def name_ru(self) -> str: ...

    @property
    def name_kk(self) -> str: ...


def name_of(t: Translator, thing: Named) -> str:
    """The name in the reader's language, or in the other one when that is all there is."""
    first, second = thing.name_ru, thing.name_kk
    if t.locale == "kk":
        first, second = second, first
    return first or second


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters of a plain text; what was left out shows as one ellipsis."""
    tidy = text.strip()
    return tidy if len(tidy) <= limit else tidy[: limit - 1].rstrip() + "…"


def fits(text: Html, limit: int = MESSAGE_LIMIT) -> bool:
    """Whether a text fits one message, as Telegram counts: UTF-16 units without markup."""
    return len(plain(text).encode("utf-16-le")) // 2 <= limit
