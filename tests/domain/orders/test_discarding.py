"""A draft is thrown away: its customer alone may, a published order never goes."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.files import FileInfo
from tests.domain.stage import Stage, new_line


async def test_a_draft_is_discarded_and_the_record_says_so(stage: Stage) -> None:
    customer, stranger = await stage.customer(), await stage.customer("ТОО «Чужой»")
    number = await stage.order(customer, new_line(), publish=False)
    file = FileInfo("чертёж.pdf", "application/pdf", 10, "b" * 64)
    await stage.orders.attach(customer.me, number, file)
    with pytest.raises((AccessDenied, NotFound)):
        await stage.orders.discard(stranger.me, number)
    act = customer.me
    await stage.orders.discard(act, number)
    await stage.orders.discard(act, number)  # the same update again changes nothing
    with pytest.raises(NotFound, match="order_unknown"):
        await stage.card(customer, number)
    with pytest.raises(NotFound, match="order_unknown"):
        await stage.orders.discard(customer.me, number)
    assert (await stage.orders.page(customer.me)).orders == []
    entry = (await stage.record(f"order:{number}"))[-1]
    assert (entry.action, entry.person_id) == ("order.discard", customer.person.person_id)
    assert entry.data["files"] == ["b" * 64]
    assert "Труба стальная" in str(entry.data["goods"])
    later = await stage.order(customer, publish=False)
    assert later > number


async def test_a_published_order_is_never_discarded(stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer)
    with pytest.raises(Conflict, match="order_not_draft"):
        await stage.orders.discard(customer.me, number)
    assert (await stage.card(customer, number)).state == "collecting"


async def test_publishing_and_discarding_at_once_leaves_one_of_them(stage: Stage) -> None:
    customer, _ = await stage.customer(), await stage.supplier()
    number = await stage.order(customer, publish=False)
    outcomes = await asyncio.gather(
        stage.orders.publish(customer.me, number),
        stage.orders.discard(customer.me, number),
        return_exceptions=True,
    )
    (late,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(late, RuleBroken)
