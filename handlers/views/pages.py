"""Turning pages of lists that go from the newest to the older."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton

from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Lazy, Translator, lazy

_OLDER = lazy("Older", context="button")


def turning(
    t: Translator,
    name: str,
    *ids: int | str,
    first: bool,
    older: int | None,
    label: Lazy = _OLDER,
) -> list[InlineKeyboardButton]:
    """The buttons under a page: back to the newest, and on to what is older, where there is any.

    ``name`` and ``ids``: the press that shows the first page; the next has the cursor behind them.
    """
    row = [] if first else [button(t.button("Newest"), press(name, *ids))]
    if older is not None:
        row.append(button(t.button(label), press(name, *ids, older)))
    return row
