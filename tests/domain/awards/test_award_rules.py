from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.awards.rules import (
    AwardOutcome,
    Choice,
    FailureGround,
    LineState,
    ListedOffer,
    Selected,
    Uncovered,
    UncoveredReason,
    award_price,
    check_choices,
    check_decision,
    check_refusal,
    check_selection,
    failure_ground,
    uncovered,
)
from domain.errors import Conflict, RuleBroken

ALMA, BAUR, DANA = "940140000385", "971240001315", "020240000555"
LINE = LineState(needed=Decimal(100), allocated=Decimal("1000.00"))
DUE = datetime(2026, 11, 26, 19, tzinfo=UTC)


def listed(
    supplier: str, quantity: int, price: int, *, accepted: bool = True, gave_up: bool = False
) -> ListedOffer:
    return ListedOffer(
        offer_id=int(supplier[:2]),
        supplier=supplier,
        quantity=Decimal(quantity),
        price=Decimal(price),
        delivery_days=70,
        accepted=accepted,
        gave_up=gave_up,
    )


OFFERS = (listed(ALMA, 60, 540), listed(BAUR, 100, 1000), listed(DANA, 100, 700, accepted=False))


def choose(supplier: str, quantity: str | int, line: int = 1) -> Choice:
    return Choice(line, supplier, Decimal(quantity))


def refusal(
    *choices: Choice, state: LineState = LINE, offers: Sequence[ListedOffer] = OFFERS
) -> tuple[str, str | None]:
    with pytest.raises(RuleBroken) as caught:
        check_selection(state, offers, choices)
    assert caught.value.params["line"] == 1
    return caught.value.code, caught.value.clause


@pytest.mark.clause("344-13.6b")
def test_the_rest_of_the_volume_goes_to_another_from_the_list() -> None:
    assert check_selection(LINE, OFFERS, [choose(ALMA, 60), choose(BAUR, 40)]) == (
        Selected(1, ALMA, 94, Decimal(60), Decimal("540.00")),
        Selected(1, BAUR, 97, Decimal(40), Decimal("400.00")),
    )


@pytest.mark.clause("344-13.6b")
@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ([choose(ALMA, "60.001")], "award_above_offer"),
        ([choose(ALMA, 60), choose(BAUR, "40.001")], "award_above_need"),
        ([choose(DANA, 10)], "award_not_in_list"),  # rejected when the window closed
        ([choose("081140000436", 10)], "award_not_in_list"),  # offered nothing
    ],
)
def test_limits_of_volume_and_list(choices: list[Choice], code: str) -> None:
    assert refusal(*choices) == (code, "344-13.6b")


@pytest.mark.clause("344-13.6b")
def test_what_stands_already_counts_against_the_need_and_the_offer() -> None:
    state = replace(LINE, taken_quantity=Decimal(70), taken_sum=Decimal(630))
    assert refusal(choose(BAUR, 31), state=state) == ("award_above_need", "344-13.6b")
    used = (replace(OFFERS[0], taken=Decimal(50)),)
    assert refusal(choose(ALMA, 11), offers=used) == ("award_above_offer", "344-13.6b")
    assert check_selection(state, used, [choose(ALMA, 10)])[0].price == Decimal("90.00")


@pytest.mark.clause("344-13.6c")
def test_the_sum_of_awards_stays_within_the_allocated_sum() -> None:
    state = replace(LINE, allocated=Decimal("939.99"))
    both = [choose(ALMA, 60), choose(BAUR, 40)]
    assert refusal(*both, state=state) == ("award_above_allocated", "344-13.6c")
    held = replace(LINE, taken_quantity=Decimal(10), taken_sum=Decimal("600.01"))
    assert refusal(choose(BAUR, 40), state=held) == ("award_above_allocated", "344-13.6c")
    assert check_selection(replace(LINE, allocated=Decimal("940.00")), OFFERS, both)


@pytest.mark.clause("344-13.10")
def test_who_refused_or_lapsed_is_not_chosen_again_but_others_are() -> None:
    after = (replace(OFFERS[0], gave_up=True), OFFERS[1])
    assert refusal(choose(ALMA, 10), offers=after) == ("award_gave_up", "344-13.10")
    assert check_selection(LINE, after, [choose(BAUR, 100)])[0].supplier == BAUR


@pytest.mark.parametrize(
    ("choice", "code"),
    [(choose(ALMA, 0), "not_positive"), (choose(ALMA, -1), "not_positive"),
     (choose(ALMA, "0.0001"), "quantity_decimals"), (choose(ALMA, "1e9"), "quantity_too_large")],
)  # fmt: skip
def test_bad_volumes(choice: Choice, code: str) -> None:
    assert refusal(choice)[0] == code


def test_a_supplier_is_chosen_once_per_line() -> None:
    assert refusal(choose(ALMA, 10), choose(ALMA, 10))[0] == "award_twice"


def test_a_volume_that_would_cost_nothing_is_no_award() -> None:
    crumbs = (replace(OFFERS[0], quantity=Decimal(100), price=Decimal("0.01")),)
    assert refusal(choose(ALMA, 10), offers=crumbs)[0] == "award_too_small"


def test_a_selection_over_lines_keeps_its_order() -> None:
    lines = {1: LINE, 2: LINE}
    picked = [choose(BAUR, 10, 2), choose(ALMA, 20, 1), choose(ALMA, 30, 2)]
    selected = check_choices(lines, {1: OFFERS, 2: OFFERS}, picked)
    assert [(each.line, each.supplier, each.quantity) for each in selected] == [
        (each.line, each.supplier, each.quantity) for each in picked
    ]


@pytest.mark.parametrize(
    ("choices", "code"),
    [([], "selection_empty"), ([choose(ALMA, 1, 9)], "line_unknown"),
     ([choose(ALMA, 1, 2)], "award_not_in_list")],
)  # fmt: skip
def test_selections_refused_as_a_whole(choices: list[Choice], code: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        check_choices({1: LINE, 2: LINE}, {1: OFFERS}, choices)
    assert caught.value.code == code


volumes = st.integers(1, 200_000).map(lambda mills: Decimal(mills).scaleb(-3))


@pytest.mark.clause("344-13.6c")
@given(st.lists(st.tuples(st.sampled_from([ALMA, BAUR, DANA]), volumes), max_size=4), volumes)
def test_no_selection_that_passes_breaks_a_limit(
    picked: list[tuple[str, Decimal]], allocated: Decimal
) -> None:
    state = replace(LINE, allocated=(allocated * 10).quantize(Decimal("0.01")))
    choices = [Choice(1, supplier, quantity) for supplier, quantity in picked]
    try:
        selected = check_selection(state, OFFERS, choices)
    except RuleBroken:
        return
    assert sum(each.quantity for each in selected) <= state.needed
    assert sum(each.price for each in selected) <= state.allocated
    by_supplier = {each.supplier: each for each in OFFERS}
    for each in selected:
        source = by_supplier[each.supplier]
        assert source.accepted
        assert each.quantity <= source.quantity
        assert each.price == award_price(source.price, source.quantity, each.quantity)


@pytest.mark.clause("344-13.7a")
def test_a_decision_is_taken_once_and_before_the_term_ends() -> None:
    check_decision(None, DUE, DUE - timedelta.resolution)
    for outcome, now, code in [
        (None, DUE, "award_lapsed"),
        (None, DUE + timedelta(days=1), "award_lapsed"),
        (AwardOutcome.LAPSED, DUE - timedelta(days=1), "award_lapsed"),
        (AwardOutcome.CONFIRMED, DUE - timedelta(days=1), "award_decided"),
        (AwardOutcome.REFUSED, DUE + timedelta(days=1), "award_decided"),
    ]:
        with pytest.raises(Conflict) as caught:
            check_decision(outcome, DUE, now)
        assert (caught.value.code, caught.value.clause) == (code, "344-13.7a")


@pytest.mark.clause("344-15.2")
def test_a_refusal_states_its_reason() -> None:
    assert check_refusal(" нет сырья ") == "нет сырья"
    for reason in ("", "  ", "\u200b"):
        with pytest.raises(RuleBroken) as caught:
            check_refusal(reason)
        assert (caught.value.code, caught.value.clause) == ("text_missing", "344-15.2")


@pytest.mark.clause("344-13.6c")
@pytest.mark.parametrize(
    ("state", "offers", "expected"),
    [
        pytest.param(LINE, OFFERS, None, id="all can be covered"),
        pytest.param(
            LINE, OFFERS[:1], Uncovered(Decimal(40), UncoveredReason.NOBODY_LEFT), id="too little"
        ),
        pytest.param(
            LINE, (), Uncovered(Decimal(100), UncoveredReason.NOBODY_LEFT), id="nobody"
        ),
        pytest.param(
            LINE, OFFERS[2:], Uncovered(Decimal(100), UncoveredReason.NOBODY_LEFT), id="rejected"
        ),
        pytest.param(
            LINE,
            (replace(OFFERS[1], gave_up=True), OFFERS[0]),
            Uncovered(Decimal(40), UncoveredReason.NOBODY_LEFT),
            id="one gave up",
        ),
        pytest.param(
            replace(LINE, allocated=Decimal(840)),
            OFFERS,
            Uncovered(Decimal(10), UncoveredReason.ALLOCATED_SUM),
            id="the sum ends first",
        ),
        pytest.param(
            replace(LINE, taken_quantity=Decimal(100), taken_sum=Decimal(1000)),
            (),
            None,
            id="nothing is open",
        ),
    ],
)  # fmt: skip
def test_uncovered(
    state: LineState, offers: Sequence[ListedOffer], expected: Uncovered | None
) -> None:
    assert uncovered(state, offers) == expected


CONFIRMED, REFUSED, LAPSED, ANNULLED = AwardOutcome


@pytest.mark.clause("344-15.1")
@pytest.mark.parametrize("outcomes", [[LAPSED], [LAPSED, LAPSED]])
def test_failed_because_nobody_confirmed(outcomes: list[AwardOutcome]) -> None:
    ground = failure_ground(2, outcomes, anyone_left=False)
    assert ground is FailureGround.NOT_CONFIRMED
    assert (ground.value, ground.clause) == ("15.1", "344-15.1")


@pytest.mark.clause("344-15.2")
@pytest.mark.parametrize("outcomes", [[REFUSED], [REFUSED, LAPSED], [LAPSED, REFUSED]])
def test_failed_because_suppliers_refused(outcomes: list[AwardOutcome]) -> None:
    ground = failure_ground(2, outcomes, anyone_left=False)
    assert ground is FailureGround.REFUSED
    assert (ground.value, ground.clause) == ("15.2", "344-15.2")


@pytest.mark.clause("344-15.3")
@pytest.mark.parametrize("anyone_left", [True, False])
def test_failed_because_there_are_no_suppliers(anyone_left: bool) -> None:
    ground = failure_ground(0, [], anyone_left=anyone_left)
    assert ground is FailureGround.NO_SUPPLIERS
    assert (ground.value, ground.clause) == ("15.3", "344-15.3")


@pytest.mark.parametrize(
    ("outcomes", "anyone_left"),
    [([], True), ([], False), ([LAPSED], True), ([REFUSED], True), ([None], False),
     ([REFUSED, None], False), ([CONFIRMED], False), ([REFUSED, LAPSED, CONFIRMED], False)],
)  # fmt: skip
def test_not_failed(outcomes: list[AwardOutcome | None], anyone_left: bool) -> None:
    assert failure_ground(1, outcomes, anyone_left=anyone_left) is None
