"""Texts in the reader's language, safe to send with ``parse_mode=HTML``.

Views get a translator, always named ``t`` (the catalogue is gathered by that name)::

    t("Order {number}", number=15)              -> Html, parameters escaped
    t.plural("{n} day", "{n} days", 3)          -> Html, {n} is filled in and grouped
    t.context("order state", "Draft")           -> Html, where one English word has two meanings
    t.button("Make an offer")                   -> str, for keyboards: no markup, no escaping
    t(STATES["draft"])                          -> Html, a message marked with lazy(...)

The English text in code is final too: it serves the API.
"""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from typing import Literal, get_args

import structlog
from babel.numbers import format_decimal

from locales import build

Locale = Literal["kk", "ru", "en"]
LOCALES: tuple[Locale, ...] = get_args(Locale)

_log = structlog.get_logger(__name__)
_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_TAG = re.compile(r"<[^<>]*>")


class Html(str):
    """A text that is already escaped: it goes into messages as it is."""

    __slots__ = ()

    def __add__(self, other: str, /) -> Html:
        return Html(str.__add__(self, escape(other)))

    def __radd__(self, other: str, /) -> Html:
        return Html(str.__add__(escape(other), self))


@dataclass(frozen=True, slots=True)
class Lazy:
    """A message to be translated later, when the reader is known."""

    text: str
    context: str | None = None


#: What a message takes. Sums, dates and fractions go through ``format`` first, so that nobody
#: meets a raw Decimal; a plain int stands for a number people know things by (order 15).
Param = str | int | Lazy


class BadMessage(UserWarning):
    """A text and its parameters do not fit: an error in tests; people still get a text."""


def lazy(text: str, *, context: str | None = None) -> Lazy:
    """Mark ``text`` for the catalogue; ``t(...)`` translates it later."""
    return Lazy(text, context)


def escape(value: str) -> Html:
    """``value`` made safe for HTML; Html passes as it is.

    Control characters and overrides of the writing direction are dropped: with them a name could
    turn the text around it upside down.
    """
    if isinstance(value, Html):
        return value
    return _said(_escaped(value))


def join(parts: Iterable[str], sep: str = "\n") -> Html:
    """One text of several, each escaped unless it is Html; empty ones are left out."""
    return Html(sep.join(escape(part) for part in parts if part))


def plain(text: str) -> str:
    """``text`` without markup, for buttons, alerts, e-mail and the API."""
    return html.unescape(_TAG.sub("", text)) if isinstance(text, Html) else text


class Translator:
    """The texts of one language. Made once per language by ``translator``."""

    def __init__(self, locale: Locale) -> None:
        self.locale: Locale = locale
        self._catalogue = NullTranslations() if locale == "en" else build.load(locale)

    def __repr__(self) -> str:
        return f"Translator({self.locale!r})"

    def __call__(self, message: str | Lazy, /, **params: Param) -> Html:
        if isinstance(message, Lazy):
            text, context = message.text, message.context
        else:
            text, context = message, None
        if context is None:
            return self._fill(self._catalogue.gettext(text) if text else "", params)
        return self.context(context, text, **params)

    def plural(self, one: str, many: str, n: int, /, **params: Param) -> Html:
        """The form of the message for ``n`` things; ``{n}`` is ``n`` with its digits grouped."""
        count = format_decimal(n, locale=self.locale)
        return self._fill(self._catalogue.ngettext(one, many, n), {"n": count, **params})

    def context(self, context: str, text: str, /, **params: Param) -> Html:
        """The message in its context: a state, a role, a command."""
        return self._fill(self._catalogue.pgettext(context, text), params)

    def button(self, text: str | Lazy, /, **params: Param) -> str:
        """The label of a button, at most 24 characters, without markup."""
        if isinstance(text, Lazy):
            return plain(self(text, **params))
        return plain(self.context("button", text, **params))

    def _fill(self, text: str, params: Mapping[str, Param]) -> Html:
        wanted = set(_PLACEHOLDER.findall(text))
        for name in sorted(wanted ^ params.keys()):
            why = "is not given" if name in wanted else "is not in the text"
            _complain(f"{{{name}}} {why}", text, self.locale)
        values = {name: self._value(value, text) for name, value in params.items()}
        return _said(Html(_PLACEHOLDER.sub(lambda found: values.get(found[1], "…"), text)))

    def _value(self, value: object, text: str) -> Html:
        match value:
            case Lazy():
                return self(value)
            case Html():
                return value
            case str():
                return _escaped(value)
            case int() if not isinstance(value, bool):
                return Html(value)
        _complain(f"a parameter is {type(value).__name__}, not a text", text, self.locale)
        return _escaped(str(value))


@cache
def translator(locale: Locale) -> Translator:
    """The translator of ``locale``; raises CatalogueMissingError when it is not installed."""
    return Translator(locale)


def is_heard() -> bool:
    """Whether somebody listens to every text that is made: then none may come from a memory."""
    return bool(_listeners)


@contextmanager
def heard_by(listener: Callable[[str], None]) -> Iterator[None]:
    """Tell ``listener`` every text made meanwhile; tests use it to find texts made otherwise."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


_listeners: list[Callable[[str], None]] = []


def _said(text: Html) -> Html:
    for listener in _listeners:
        listener(text)
    return text


# Control characters, halves of surrogate pairs and overrides of the writing direction. Format
# characters stay where they build emoji and scripts (joiners).
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _escaped(value: str) -> Html:
    return Html(html.escape(_HARMFUL.sub("", value), quote=True))


def _complain(what: str, text: str, locale: Locale) -> None:
    _log.error("bad_message", what=what, text=text, locale=locale)
    warnings.warn(f"{what}: {text!r} ({locale})", BadMessage, stacklevel=4)
