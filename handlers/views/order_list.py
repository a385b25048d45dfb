"""Lists of orders: pages, filters by state, an empty state that says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aiogram.types import InlineKeyboardButton

from domain.orders.views import OrderPage, OrderRow
from domain.roles import Role
from handlers.views import format as fmt
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import ORDER_STATES
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

#: Filters of the list by the states they let through; None lets through all.
FILTERS: Mapping[str, tuple[str, ...] | None] = {
    "all": None,
    "draft": ("draft",),
    "offers": ("collecting",),
    "choice": ("choosing", "confirming"),
    "contract": ("contracting",),
    "closed": ("done", "failed"),
}
_FILTER_LABELS: Mapping[str, Lazy] = {
    "all": lazy("All", context="button"),
    "draft": lazy("Drafts", context="button"),
    "offers": lazy("Taking offers", context="button"),
    "choice": lazy("Selection", context="button"),
    "contract": lazy("Contract", context="button"),
    "closed": lazy("Finished", context="button"),
}


def order_list(
    t: Translator,
    page: OrderPage,
    role: Role | None,
    chosen: str = "all",
    *,
    first: bool = True,
) -> Shown:
    """A page of orders: what they are, and a button for each; filters and further pages below."""
    head = bold(escape(t.button("Orders"))) + Html(": ") + escape(t.button(_FILTER_LABELS[chosen]))
    if page.orders:
        text = join([head, *(_row(t, row, role) for row in page.orders)], "\n\n")
    else:
        text = join([head, _nothing(t, role, chosen)], "\n\n")
    numbers = [
        button(t.button("No. {number}", number=row.number), press("order.card", row.number))
        for row in page.orders
    ]
    return Shown(
        text,
        keyboard(
            *(numbers[at : at + 4] for at in range(0, len(numbers), 4)),
            _pages(t, page, chosen, first=first),
            *_filters(t, role, chosen),
            _new(t, role),
        ),
    )


def _row(t: Translator, row: OrderRow, role: Role | None) -> Html:
    goods = cut(name_of(t, row), 80)
    more = row.lines - 1
    return join(
        [
            bold(t("No. {number}", number=row.number)) + Html(" · ") + t(ORDER_STATES[row.state]),
            goods,
            t.plural("and {n} more good", "and {n} more goods", more) if more else "",
            cut(name_of(t, row.customer), 80) if role is not Role.CUSTOMER else "",
            fmt.money(t, Decimal(row.allocated)) if role is Role.CUSTOMER else "",
            t("Next deadline: {when}", when=fmt.due(t, row.next_due_at)) if row.next_due_at else "",
        ]
    )


def _nothing(t: Translator, role: Role | None, chosen: str) -> Html:
    if chosen != "all":
        return t("There are no orders of this kind. Choose another filter.")
    if role is Role.CUSTOMER:
        return t("You have no orders yet. Press “New order” to make the first one.")
    if role is Role.SUPPLIER:
        return t(
            "There are no orders for your goods yet. When a customer orders what you make, "
            "you will be told here at once."
        )
    return t("There are no orders yet. They appear here when customers publish them.")


def _pages(
    t: Translator, page: OrderPage, chosen: str, *, first: bool
) -> list[InlineKeyboardButton]:
    row = []
    if not first:
        row.append(button(t.button("To the first page"), press("orders", chosen, 0)))
    if page.after is not None:
        row.append(button(t.button("Older orders"), press("orders", chosen, page.after)))
    return row


def _filters(t: Translator, role: Role | None, chosen: str) -> Sequence[list[InlineKeyboardButton]]:
    keys = [key for key in FILTERS if key != "draft" or role is Role.CUSTOMER]
    buttons = [
        button(
            f"• {t.button(_FILTER_LABELS[key])}"
            if key == chosen
            else t.button(_FILTER_LABELS[key]),
            press("orders", key, 0),
        )
        for key in keys
    ]
    # Two in a row: three would cut the longer names on a phone.
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]


def _new(t: Translator, role: Role | None) -> list[InlineKeyboardButton]:
    if role is not Role.CUSTOMER:
        return []
    return [button(t.button("New order"), press("order.new"), "primary")]
