"""Sections of the gallery for webhooks."""

from __future__ import annotations

from collections.abc import Callable

from domain.webhooks.views import Enabled
from handlers.views.gallery import Section, entry
from handlers.views.shown import Shown
from handlers.views.translator import Translator
from handlers.views.webhooks import enabled, replayed

_COUNTS = (0, 1, 14)


def webhook_sections() -> list[Section]:
    """What whoever enables a webhook is shown."""
    found = [entry(f"enabled, {count} missed", _enabled(count)) for count in _COUNTS]
    found += [entry(f"sent again, {count}", _replayed(count)) for count in _COUNTS]
    return [Section("Webhooks", found)]


def _enabled(count: int) -> Callable[[Translator], Shown]:
    return lambda t: enabled(t, Enabled(3, "erp.example.kz", count))


def _replayed(count: int) -> Callable[[Translator], Shown]:
    return lambda t: replayed(t, count)
