"""Goods lists of projects: what is needed, what is ordered, and bringing a list in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.documents.sheets import titles
from domain.goods_lists.service import GoodsListReport, GoodsListView, ItemPage, ItemView
from handlers.views import format as fmt
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import unit
from handlers.views.translator import Html, Translator, join

_NAME = 120
_PAGE = 8


def lists_text(t: Translator, lists: Sequence[GoodsListView]) -> Html:
    """The customer's lists, or what to do when there are none."""
    if not lists:
        return t(
            "You have no goods lists yet. The platform or an administrator takes them in from "
            "the project documents. You can order without one: choose the form or XLSX."
        )
    rows = [
        t(
            "{code}: {name}. {items}",
            code=each.project_code,
            name=cut(each.project_name, _NAME),
            items=t.plural("{n} item", "{n} items", each.items),
        )
        for each in lists
    ]
    return join([bold(t("Goods lists of your projects")), join(rows)], "\n\n")


def item_text(t: Translator, item: ItemView) -> Html:
    """A need: how much, how much of it is ordered, how much is not."""
    measure = unit(t, item.unit)
    return join(
        [
            t("{item}. {name}", item=item.item, name=cut(name_of(t, item), _NAME)),
            t(
                "Needed {needed}, ordered {ordered}, uncovered {left}",
                needed=fmt.quantity(t, item.quantity, measure),
                ordered=fmt.quantity(t, item.ordered, measure),
                left=fmt.quantity(t, item.uncovered, measure),
            ),
        ]
    )


def items_text(t: Translator, page: ItemPage) -> Html:
    """A page of needs."""
    if not page.items:
        return t("Everything in this list is covered by orders.")
    return join([item_text(t, item) for item in page.items], "\n\n")


def which_need(t: Translator, page: ItemPage) -> Html:
    """The choice of a need that becomes a good of the order."""
    return join([t("Which need shall be ordered?"), items_text(t, page)], "\n\n")


def lists_card(t: Translator, lists: Sequence[GoodsListView], page: int = 0) -> Shown:
    """A page of lists with a button for each, and the way to bring one (pages from 0)."""
    pages = max(1, -(-len(lists) // _PAGE))
    page = min(max(page, 0), pages - 1)
    shown = lists[page * _PAGE : (page + 1) * _PAGE]
    rows = [[button(cut(each.project_name, 24), press("goods.list", each.id, 0))] for each in shown]
    turn = []
    if page > 0:
        turn.append(button(t.button("Previous"), press("goods.lists", page - 1)))
    if page + 1 < pages:
        turn.append(button(t.button("Next"), press("goods.lists", page + 1)))
    if not rows:
        rows = [[button(t.button("New order"), press("order.new"), "primary")]]
    bring = [button(t.button("Send a list as XLSX"), press("goods.upload"))]
    return Shown(lists_text(t, shown), keyboard(*rows, turn, bring))


def items_card(t: Translator, list_id: int, page: ItemPage, *, first: bool) -> Shown:
    """A page of a list and the way to order from it."""
    turn = []
    if not first:
        turn.append(button(t.button("To the first page"), press("goods.list", list_id, 0)))
    if page.after is not None:
        turn.append(button(t.button("Further items"), press("goods.list", list_id, page.after)))
    text = items_text(t, page) if page.items else t("There are no items in this list.")
    order = button(t.button("Order from this list"), press("order.pick", list_id), "primary")
    return Shown(text, keyboard([order], turn))


def upload_question(t: Translator) -> Html:
    """What a spreadsheet of needs must hold; its columns by their titles."""
    columns = titles("goods_list", "kk" if t.locale == "kk" else "ru").values()
    return join(
        [
            bold(t("Goods list of a project")),
            t(
                "Send an XLSX file, one item in each row, with these columns: {columns}.",
                columns="; ".join(columns),
            ),
            t("A product needs its name in one of the languages and one of the two codes."),
        ],
        "\n\n",
    )


def upload_review(t: Translator, projects: Sequence[Mapping[str, Any]]) -> Html:
    """What was read from the file, before it is taken in."""
    rows = [
        t(
            "{code}: {name}. {items}",
            code=str(each["code"]),
            name=cut(str(each["name"]), _NAME),
            items=t.plural("{n} item", "{n} items", int(each["items"])),
        )
        for each in projects[:15]
    ]
    more = len(projects) - len(rows)
    return join(
        [
            bold(t("Please check the goods list")),
            join(
                [*rows, t.plural("and {n} more list", "and {n} more lists", more) if more else ""]
            ),
            t(
                "It takes the place of the earlier list of the same project. Orders made from it "
                "stay as they are."
            ),
        ],
        "\n\n",
    )


def taken_in(t: Translator, reports: Sequence[GoodsListReport]) -> Shown:
    """What taking the lists in has done."""
    text = join(
        [
            bold(t("The goods list is taken in.")),
            t("Items added: {count}", count=sum(each.added for each in reports)),
            t("Items changed: {count}", count=sum(each.changed for each in reports)),
            t("Items no longer needed: {count}", count=sum(each.gone for each in reports)),
        ]
    )
    return Shown(text, keyboard([button(t.button("Goods lists"), press("goods.lists", 0))]))
