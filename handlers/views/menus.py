"""The main menu by role, and which action a menu button means in whatever language."""

from __future__ import annotations

from functools import cache

from aiogram.types import KeyboardButton, ReplyKeyboardMarkup

from domain.roles import Role
from handlers.views.translator import LOCALES, Lazy, Translator, lazy, translator

ACTIONS: dict[str, Lazy] = {
    "orders": lazy("Orders", context="button"),
    "new_order": lazy("New order", context="button"),
    "offers": lazy("My offers", context="button"),
    "awards": lazy("To confirm", context="button"),
    "goods_lists": lazy("Goods lists", context="button"),
    "registrations": lazy("Applications", context="button"),
    "people": lazy("People", context="button"),
    "calendar": lazy("Calendar", context="button"),
    "broadcasts": lazy("Broadcasts", context="button"),
    "undelivered": lazy("Not delivered", context="button"),
    "role_register": lazy("Register of roles", context="button"),
    "faults": lazy("Faults", context="button"),
    "notices": lazy("Notices", context="button"),
    "me": lazy("My account", context="button"),
    "support": lazy("Support", context="button"),
    "queue": lazy("Queue", context="button"),
    "shift": lazy("Shift", context="button"),
    "reports": lazy("Desk reports", context="button"),
    "recordings": lazy("Recordings", context="button"),
    "help": lazy("Help", context="button"),
    "register": lazy("Register", context="button"),
    "language": lazy("Language", context="button"),
}

_WATCHER = (("orders", "support"), ("notices", "me", "help"))
LAYOUTS: dict[Role | None, tuple[tuple[str, ...], ...]] = {
    None: (("register",), ("support", "language", "help")),
    Role.SUPPLIER: (("orders", "offers"), ("awards", "notices"), ("support", "me", "help")),
    Role.CUSTOMER: (
        ("new_order", "orders"),
        ("goods_lists", "notices"),
        ("support", "me", "help"),
    ),
    Role.ADMIN: (
        ("registrations", "people"),
        ("calendar", "role_register"),
        ("orders", "faults"),
        ("reports", "recordings"),
        ("broadcasts", "undelivered"),
        ("support", "notices"),
        ("me", "help"),
    ),
    Role.AUTHORITY: (
        ("orders", "role_register"),
        ("faults", "notices"),
        ("support", "me", "help"),
    ),
    Role.SUPPORT: (
        ("queue", "shift"),
        ("reports", "recordings"),
        ("orders", "faults"),
        ("support", "notices"),
        ("me", "help"),
    ),
    Role.TECHNICAL_OPERATOR: _WATCHER,
    Role.OBSERVER: _WATCHER,
}


def main_menu(t: Translator, role: Role | None) -> ReplyKeyboardMarkup:
    """The keyboard that stays under the chat."""
    return ReplyKeyboardMarkup(
        keyboard=[
            [KeyboardButton(text=t.button(ACTIONS[action])) for action in row]
            for row in LAYOUTS[role]
        ],
        resize_keyboard=True,
        is_persistent=True,
    )


@cache
def _by_text() -> dict[str, str]:
    return {
        translator(locale).button(label): action
        for locale in LOCALES
        for action, label in ACTIONS.items()
    }


def action_of(text: str) -> str | None:
    """The action of a menu button with this text, in any language."""
    return _by_text().get(text.strip())
