"""Needs of goods lists beside what an order asks for (act 344, clause 3)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.goods_lists.needs import Excess, Need
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.terms import unit
from handlers.views.translator import Html, Translator, join
from handlers.views.units import known_unit

_SHOWN = 5


def need_row(t: Translator, need: Need) -> Html:
    """What of an item no published order asks for yet."""
    return t(
        "Item {item} of the goods list. Not covered by orders yet: {quantity}",
        item=cut(need.item, 32),
        quantity=fmt.quantity(t, need.uncovered, unit(t, known_unit(need.unit))),
    )


def excess_row(t: Translator, excess: Excess) -> Html:
    """Which need is exceeded, and by how much."""
    measure = unit(t, known_unit(excess.unit))
    return t(
        "Item {item}: asked for {asked}, not covered {uncovered}, beyond the need {beyond}",
        item=cut(excess.item, 32),
        asked=fmt.quantity(t, excess.asked, measure),
        uncovered=fmt.quantity(t, excess.uncovered, measure),
        beyond=fmt.quantity(t, excess.by, measure),
    )


def excess_block(t: Translator, excesses: Sequence[Excess]) -> Html:
    """The warning before an order is saved or published; empty when nothing is exceeded."""
    if not excesses:
        return Html("")
    rows = [excess_row(t, each) for each in excesses[:_SHOWN]]
    more = len(excesses) - len(rows)
    if more > 0:
        rows.append(t.plural("and {n} more item", "and {n} more items", more))
    return join(
        [
            bold(t("⚠️ More than the goods list needs ({clause})", clause=fmt.clause(t, "344-3"))),
            *rows,
            t("You can order it all the same. When you publish, this stays on record."),
        ]
    )
