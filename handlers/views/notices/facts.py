"""What a notice knows, read with care: rows outlive the release that wrote them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from aiogram.types import InlineKeyboardButton

from domain.notices.views import NoticeView
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.shown import Attachment, bold, button
from handlers.views.terms import DEADLINE_KINDS, ROLES, unit
from handlers.views.translator import Html, Translator, escape, join

GOODS_SHOWN = 3
_NAME_SHOWN = 120
_SUPPLIERS_SHOWN = 3
Row = Sequence[InlineKeyboardButton]


@dataclass(frozen=True)
class Draft:
    """A notice in parts: a headline, blocks of text, rows of buttons, files."""

    headline: Html
    body: Sequence[Html] = ()
    rows: Sequence[Row] = ()
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Facts:
    """The parameters of a notice by type; what is missing reads as empty."""

    notice: NoticeView
    now: datetime

    @property
    def number(self) -> int:
        """The number of the order, or of the application."""
        return self.whole("number")

    def _value(self, name: str) -> object:
        return self.notice.params.get(name)

    def whole(self, name: str) -> int:
        """A count or an identifier; 0 when it is missing."""
        value = self._value(name)
        if isinstance(value, int):
            return value
        return int(value) if isinstance(value, str) and value.isdecimal() else 0

    def text(self, name: str) -> str:
        """A text as it was given; empty when it is missing."""
        value = self._value(name)
        return "" if value is None else str(value)

    def at(self, name: str) -> datetime | None:
        """An instant."""
        try:
            return datetime.fromisoformat(self.text(name))
        except ValueError:
            return None

    def on(self, name: str) -> date | None:
        """A day."""
        try:
            return date.fromisoformat(self.text(name)[:10])
        except ValueError:
            return None

    def items(self, name: str) -> list[Mapping[str, object]]:
        """A list of records."""
        value = self._value(name)
        found = value if isinstance(value, list) else []
        return [each for each in found if isinstance(each, dict)]


def short(text: str, limit: int = _NAME_SHOWN) -> str:
    """``text`` cut for a line of a message."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def in_language(t: Translator, names: Mapping[str, object], stem: str = "name") -> str:
    """The name in the reader's language, in the other one when there is none."""
    kk, ru = (str(names.get(f"{stem}_{language}") or "") for language in ("kk", "ru"))
    return short((kk or ru) if t.locale == "kk" else (ru or kk))


def _quantity(t: Translator, good: Mapping[str, object], quantity: str) -> Html:
    try:
        amount = Decimal(quantity)
    except InvalidOperation:
        return escape("")
    return fmt.quantity(t, amount, unit(t, str(good.get("unit") or "")))


def goods(t: Translator, f: Facts, *, quantity: str = "") -> Html:
    """The first goods, one a line, with their volume; ``quantity`` is the volume of one award."""
    found = f.items("goods")
    lines = []
    for good in found[:GOODS_SHOWN]:
        name = escape(in_language(t, good))
        volume = _quantity(t, good, quantity or str(good.get("quantity") or ""))
        lines.append(escape("• ") + (name + " – " + volume if volume else name))
    rest = len(found) - len(lines)
    if rest > 0:
        lines.append(t.plural("and {n} more", "and {n} more", rest))
    return join(lines)


def supplier(t: Translator, f: Facts) -> Html:
    """Whom a notice to the other side is about; nothing to the supplier itself."""
    several = [in_language(t, each) for each in f.items("suppliers")]
    if several and f.text("side") != "supplier":
        more = "…" if len(several) > _SUPPLIERS_SHOWN else ""
        names = "; ".join(several[:_SUPPLIERS_SHOWN]) + more
        return t("Suppliers: {names}", names=names)
    name = in_language(t, f.notice.params, "supplier")
    if not name or f.text("side") == "supplier":
        return escape("")
    return t("Supplier: {name}", name=name)


def due(t: Translator, f: Facts, kind: str) -> Html:
    """The deadline: what must be done until when, what is left, and the clause."""
    due_at = f.at("due_at")
    if due_at is None:
        return escape("")
    when = t(DEADLINE_KINDS[kind]) + ": " + bold(fmt.due(t, due_at))
    lines = [when, join([fmt.left(t, f.now, due_at), clause(t, f)], " · ")]
    if due_at <= f.now:
        # Read again later, a notice still bears the term of its own day.
        lines.append(t("If the term was prolonged since, the order shows the new one."))
    return join(lines)


def was_due(t: Translator, f: Facts) -> Html:
    """A deadline that is over, and its clause."""
    due_at = f.at("due_at")
    if due_at is None:
        return clause(t, f)
    return join([t("The deadline was: {due_at}", due_at=fmt.due(t, due_at)), clause(t, f)])


def clause(t: Translator, f: Facts) -> Html:
    """The act and the clause the notice comes from."""
    return cite(t, f.text("clause"))


def cite(t: Translator, source: str) -> Html:
    """An act and a clause; empty for what is none."""
    try:
        return fmt.clause(t, source)
    except ValueError:
        return escape("")


def role(t: Translator, f: Facts) -> Html:
    """The role by its name."""
    known = ROLES.get(f.text("role"))
    return t(known) if known else escape(f.text("role"))


def open_order(t: Translator, f: Facts) -> InlineKeyboardButton:
    """To the card of the order."""
    return button(t.button("Open the order"), press("order.card", f.number))


def why(f: Facts, kind: str, award: int = 0) -> InlineKeyboardButton:
    """To the receipt of a deadline: how it was counted."""
    subject = ("a", award) if award else ("o", f.number)
    return button("?", press("receipt", *subject, kind))


Render = Callable[[Translator, Facts], Draft]
