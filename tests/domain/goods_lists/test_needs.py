"""What of an order goes beyond the uncovered need: warned of, recorded, never refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.goods_lists.needs import Excess, Need, excesses
from domain.goods_lists.rules import ItemData
from tests.domain.stage import Side, Stage, new_line
from tests.support.factories import PIPE, integration_actor


def need(item: int, uncovered: str) -> Need:
    """An item that needs so much."""
    return Need(item, f"2.{item}", "m", Decimal(uncovered))


@pytest.mark.clause("344-3")
def test_lines_of_one_item_count_together() -> None:
    needs = {1: need(1, "100"), 2: need(2, "5")}
    asked = [
        (1, 1, Decimal(60)),
        (2, None, Decimal(900)),
        (3, 1, Decimal(50)),
        (4, 2, Decimal(5)),
        (5, 77, Decimal(5)),
    ]
    (found,) = excesses(asked, needs)
    assert found == Excess("2.1", "m", (1, 3), Decimal(110), Decimal(100))
    assert found.by == 10
    assert excesses(asked[1:], needs) == []


async def listed(stage: Stage, customer: Side, quantity: str) -> int:
    """The id of an item of the customer's list."""
    item = ItemData("7", Decimal(quantity), "м", "Труба", "", PIPE)
    report = await stage.services.goods_lists.put_list(
        integration_actor(), customer.bin, "P-1", "Школа", [item]
    )
    page = await stage.services.goods_lists.items(customer.me, report.id)
    return page.items[0].id


@pytest.mark.clause("344-3")
async def test_more_than_the_need_is_published_and_on_record(stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    item = await listed(stage, customer, "150")
    line = replace(new_line("100"), goods_list_item_id=item)
    first = await stage.order(customer, line)
    assert "beyond_need" not in (await stage.record(f"order:{first}"))[-1].data
    second = await stage.order(customer, line, publish=False)
    (excess,) = (await stage.orders.preview(customer.me, second)).excesses
    assert (excess.asked, excess.uncovered) == (Decimal(100), Decimal(50))
    assert excess.by == Decimal(50)
    assert (await stage.orders.publish(customer.me, second)).state == "collecting"
    assert (await stage.record(f"order:{second}"))[-1].data["beyond_need"] == [
        {
            "item": "7",
            "lines": [1],
            "asked": "100.000",
            "uncovered": "50.000",
            "beyond": "50.000",
        }
    ]


async def test_needs_are_the_customers_own(stage: Stage) -> None:
    customer, other = await stage.customer(), await stage.customer("ТОО «Чужой»")
    item = await listed(stage, customer, "150")
    found = await stage.services.goods_lists.needs(customer.me, [item, 10**6])
    assert [each.uncovered for each in found.values()] == [150]
    assert await stage.services.goods_lists.needs(other.me, [item]) == {}
