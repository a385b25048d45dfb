from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Conflict, RuleBroken
from domain.offers.rules import (
    AskedLine,
    OfferedLine,
    RejectionGround,
    check_offer,
    check_window,
    grounds,
    judge,
)

DUE = datetime(2026, 11, 24, 19, tzinfo=UTC)  # 25 November 00:00 in Astana
ASKED = AskedLine(quantity=Decimal(100), allocated_sum=Decimal("50000000.00"), delivery_days=90)
OFFER = OfferedLine(
    line=1,
    quantity=Decimal(100),
    price=Decimal("48000000.00"),
    delivery_days=75,
    characteristics="Ду 219, ГОСТ 10704",
    warranty="24 месяца",
    photos=1,
)
TIYN = Decimal("0.01")


@pytest.mark.clause("344-13.3a")
@pytest.mark.parametrize("before", [timedelta(days=2), timedelta(seconds=1), timedelta.resolution])
def test_offers_are_taken_until_the_window_ends(before: timedelta) -> None:
    check_window("collecting", DUE, DUE - before)


@pytest.mark.clause("344-13.3a")
@pytest.mark.parametrize("after", [timedelta(0), timedelta.resolution, timedelta(days=400)])
def test_offers_are_late_from_the_very_instant_on(after: timedelta) -> None:
    with pytest.raises(Conflict) as caught:
        check_window("collecting", DUE, DUE + after)  # no sweep has closed the window yet
    assert (caught.value.code, caught.value.clause) == ("window_closed", "344-13.3a")
    assert caught.value.params == {"due_at": DUE}


@pytest.mark.clause("344-13.3a")
@pytest.mark.parametrize("state", ["choosing", "confirming", "contracting", "done"])
def test_offers_are_late_once_the_order_has_gone_on(state: str) -> None:
    with pytest.raises(Conflict) as caught:
        check_window(state, DUE, DUE - timedelta(hours=1))
    assert caught.value.code == "window_closed"


@pytest.mark.parametrize(("state", "due_at"), [("draft", None), ("failed", None), ("failed", DUE)])
def test_no_offers_without_a_published_order(state: str, due_at: datetime | None) -> None:
    with pytest.raises(Conflict) as caught:
        check_window(state, due_at, DUE - timedelta(hours=1))
    assert (caught.value.code, caught.value.params) == ("order_not_collecting", {"state": state})


def refusal(*lines: OfferedLine, photos_required: bool = True) -> RuleBroken:
    asked: Mapping[int, AskedLine] = {1: ASKED, 2: ASKED}
    with pytest.raises(RuleBroken) as caught:
        check_offer(asked, lines, photos_required=photos_required)
    return caught.value


def test_a_whole_offer_and_a_part_of_one_pass() -> None:
    part = replace(OFFER, line=2, quantity=Decimal("0.001"), price=TIYN, delivery_days=1)
    checked = check_offer({1: ASKED, 2: ASKED}, [OFFER, part], photos_required=True)
    assert checked == (OFFER, part)


@pytest.mark.clause("344-13.3b")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (replace(OFFER, characteristics=" \u200b"), "text_missing"),
        (replace(OFFER, photos=0), "photo_missing"),
        (replace(OFFER, price=Decimal(0)), "not_positive"),
        (replace(OFFER, price=Decimal("-1")), "not_positive"),
        (replace(OFFER, quantity=Decimal(0)), "not_positive"),
        (replace(OFFER, quantity=Decimal("100.001")), "offer_above_need"),
        (replace(OFFER, delivery_days=0), "not_positive"),
        (replace(OFFER, delivery_days=3651), "days_too_many"),
    ],
)
def test_what_an_offer_must_state(line: OfferedLine, code: str) -> None:
    broken = refusal(line)
    assert (broken.code, broken.clause, broken.params["line"]) == (code, "344-13.3b", 1)


@pytest.mark.clause("344-13.3b")
def test_warranty_is_stated_only_when_there_is_any() -> None:
    silent = replace(OFFER, warranty="  ")
    assert check_offer({1: ASKED}, [silent], photos_required=True)[0].warranty == ""


def test_an_integration_may_offer_without_photos() -> None:
    bare = replace(OFFER, photos=0)
    assert check_offer({1: ASKED}, [bare], photos_required=False) == (bare,)


def test_offers_refused_as_a_whole() -> None:
    assert refusal().code == "offer_empty"
    assert refusal(replace(OFFER, line=3)).code == "line_unknown"
    assert refusal(OFFER, OFFER).code == "line_twice"
    assert refusal(replace(OFFER, price=Decimal("0.001"))).code == "money_decimals"
    assert refusal(replace(OFFER, quantity=Decimal("0.0001"))).code == "quantity_decimals"
    assert refusal(replace(OFFER, characteristics="x" * 10_000)).code == "text_too_long"


@pytest.mark.clause("344-13.4b")
def test_a_price_above_the_allocated_sum_is_rejected() -> None:
    at = ASKED.allocated_sum
    assert judge(ASKED, at, 75) is None
    assert judge(ASKED, at + TIYN, 75) is RejectionGround.PRICE_ABOVE_ALLOCATED


@pytest.mark.clause("344-13.4c")
def test_a_delivery_beyond_the_limit_is_rejected() -> None:
    assert judge(ASKED, OFFER.price, 90) is None
    assert judge(ASKED, OFFER.price, 91) is RejectionGround.DELIVERY_BEYOND_LIMIT


def test_both_grounds_are_warned_of_and_price_is_the_reason() -> None:
    dear = ASKED.allocated_sum * 2
    assert grounds(ASKED, dear, 91) == tuple(RejectionGround)
    assert judge(ASKED, dear, 91) is RejectionGround.PRICE_ABOVE_ALLOCATED
    assert [ground.clause for ground in RejectionGround] == ["344-13.4b", "344-13.4c"]


def test_an_offer_that_will_be_rejected_is_taken_all_the_same() -> None:
    doomed = replace(OFFER, price=ASKED.allocated_sum * 2, delivery_days=3650)
    assert check_offer({1: ASKED}, [doomed], photos_required=True) == (doomed,)


@pytest.mark.clause("344-13.4d")
def test_there_are_two_grounds() -> None:
    assert {ground.value for ground in RejectionGround} == {
        "price_above_allocated",
        "delivery_beyond_limit",
    }


prices = st.integers(1, 10**10).map(lambda tiyn: Decimal(tiyn).scaleb(-2))


@pytest.mark.clause("344-13.4d")
@given(prices, prices, st.integers(1, 200), st.integers(60, 200), st.integers(1, 10**6))
def test_within_sum_and_limit_nothing_rejects(
    price: Decimal, allocated: Decimal, days: int, limit: int, quantity: int
) -> None:
    asked = AskedLine(Decimal(quantity), allocated, limit)
    verdict = judge(asked, price, days)
    assert (verdict is None) is (price <= allocated and days <= limit)
    assert bool(grounds(asked, price, days)) is (verdict is not None)
