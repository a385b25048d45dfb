from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import RuleBroken
from domain.orders.rules import (
    LineTerms,
    OrderTerms,
    check_delivery_days,
    check_line,
    check_order,
    groups_of,
    is_homogeneous,
    split_by_homogeneity,
)

PIPE = LineTerms(
    name_ru="Труба стальная",
    name_kk="Болат құбыр",
    code="242013.300.000012",
    agsk3="241-105-0101",
    quantity=Decimal("120.5"),
    unit="т",
    allocated_sum=Decimal("96400000.00"),
    characteristics="Ду 219, ГОСТ 10704",
)
TERMS = OrderTerms("г. Караганда, ТЭЦ-3", "DDP, разгрузка поставщиком", 90)


def coded(code: str = "", agsk3: str = "") -> LineTerms:
    return replace(PIPE, code=code, agsk3=agsk3)


def line_refusal(line: LineTerms) -> tuple[str, str | None, object]:
    with pytest.raises(RuleBroken) as caught:
        check_line(line)
    return caught.value.code, caught.value.clause, caught.value.params.get("field")


def order_refusal(terms: OrderTerms, *lines: LineTerms) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        check_order(terms, lines)
    return caught.value


def test_a_whole_order_passes_unchanged() -> None:
    assert check_order(TERMS, [PIPE]) == (TERMS, (PIPE,))


@pytest.mark.clause("344-12.1")
@pytest.mark.parametrize("blank", ["", "   ", "\u200b\n\u00a0", "\x00"])
def test_a_line_needs_a_name_and_characteristics(blank: str) -> None:
    nameless = replace(PIPE, name_ru=blank, name_kk=blank)
    assert line_refusal(nameless) == ("text_missing", "344-12.1", "name")
    bare = replace(PIPE, characteristics=blank)
    assert line_refusal(bare) == ("text_missing", "344-12.1", "characteristics")
    assert check_line(replace(PIPE, name_ru=blank)).name_kk == PIPE.name_kk


@pytest.mark.clause("344-12.2")
@pytest.mark.parametrize("nothing", ["0", "-1", "0.000", "-0"])
def test_quantity_and_allocated_sum_are_above_zero(nothing: str) -> None:
    empty = replace(PIPE, quantity=Decimal(nothing))
    assert line_refusal(empty) == ("not_positive", "344-12.2", "quantity")
    free = replace(PIPE, allocated_sum=Decimal(nothing))
    assert line_refusal(free) == ("not_positive", "344-12.2", "money")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (replace(PIPE, quantity=Decimal("0.0001")), "quantity_decimals"),
        (replace(PIPE, quantity=Decimal("1e9")), "quantity_too_large"),
        (replace(PIPE, quantity=Decimal("Infinity")), "quantity_too_large"),
        (replace(PIPE, quantity=Decimal("NaN")), "quantity_format"),
        (replace(PIPE, allocated_sum=Decimal("0.001")), "money_decimals"),
        (replace(PIPE, allocated_sum=Decimal("1e16")), "money_too_large"),
        (replace(PIPE, allocated_sum=Decimal("sNaN")), "money_format"),
        (replace(PIPE, unit=" "), "text_missing"),
        (replace(PIPE, unit="т" * 33), "text_too_long"),
        (replace(PIPE, name_kk="ә" * 301), "text_too_long"),
        (replace(PIPE, characteristics="x" * 10_000), "text_too_long"),
        (coded(), "code_missing"),
        (coded(code=" ", agsk3=" "), "code_missing"),
        (coded(code="242013.3"), "ens_tru_format"),
        (coded(agsk3="241-105-01"), "agsk3_format"),
    ],
)
def test_lines_refused(line: LineTerms, code: str) -> None:
    assert line_refusal(line)[0] == code


def test_texts_and_codes_come_out_tidy() -> None:
    typed = replace(
        PIPE,
        name_ru="  Труба <b>№ 1</b> 🙂 ",
        characteristics="Ду 219\r\nГОСТ\x0010704\t ",
        code=" 242013. 300. 000012",
        agsk3="241–105–0101",
    )
    tidy = check_line(typed)
    assert tidy.name_ru == "Труба <b>№ 1</b> 🙂"
    assert tidy.characteristics == "Ду 219\nГОСТ10704"
    assert (tidy.code, tidy.agsk3) == (PIPE.code, PIPE.agsk3)
    assert check_line(tidy) == tidy


@pytest.mark.clause("344-12.3")
@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(TERMS, delivery_place=" "), "delivery_place"),
        (replace(TERMS, delivery_terms="\n"), "delivery_terms"),
    ],
)
def test_an_order_needs_place_and_terms_of_delivery(terms: OrderTerms, field: str) -> None:
    broken = order_refusal(terms, PIPE)
    assert (broken.code, broken.clause, broken.params) == (
        "text_missing",
        "344-12.3",
        {"field": field},
    )


@pytest.mark.clause("344-12.4")
@pytest.mark.parametrize("days", [-1, 0, 1, 59])
def test_delivery_before_60_days_is_refused(days: int) -> None:
    broken = order_refusal(replace(TERMS, delivery_days=days), PIPE)
    assert (broken.code, broken.clause) == ("delivery_too_short", "344-12.4")
    assert broken.params == {"days": days, "minimum": 60}


@pytest.mark.clause("344-12.4")
@pytest.mark.parametrize("days", [60, 61, 3650])
def test_delivery_from_60_days_on_is_accepted(days: int) -> None:
    check_delivery_days(days)


def test_delivery_in_a_lifetime_is_refused() -> None:
    assert order_refusal(replace(TERMS, delivery_days=3651), PIPE).code == "days_too_many"


def test_a_broken_line_is_named_by_its_number() -> None:
    broken = order_refusal(TERMS, PIPE, replace(PIPE, quantity=Decimal(0)))
    assert (broken.code, broken.clause) == ("not_positive", "344-12.2")
    assert broken.params == {"field": "quantity", "line": 2}


def test_an_order_has_lines_but_not_too_many() -> None:
    assert order_refusal(TERMS).code == "order_empty"
    assert order_refusal(TERMS, *[PIPE] * 501).code == "order_too_many_lines"


# Baskets as (ENS TRU, AGSK-3) of their lines; the answer as numbers of lines, order by order.
HOMOGENEITY = {
    "nothing": ([], []),
    "one line": ([("331312.100.000000", "")], [[1]]),
    "the same code": ([("331312.100.000000", "")] * 2, [[1, 2]]),
    "6 digits are the same": (
        [("331312.100.000000", ""), ("331312.200.000005", "")],
        [[1, 2]],
    ),
    "a level of 6 digits and a code under it": (
        [("331312", ""), ("331312.200.000005", "")],
        [[1, 2]],
    ),
    "only 5 digits are the same": (
        [("331312.100.000000", ""), ("331313.100.000000", "")],
        [[1], [2]],
    ),
    "the same AGSK-3 group": ([("", "241-105-0101"), ("", "241-105-0999-0001")], [[1, 2]]),
    "another AGSK-3 group": ([("", "241-105-0101"), ("", "241-106-0101")], [[1], [2]]),
    "AGSK-3 joins what ENS TRU parts": (
        [("331312.100.000000", "241-105-0101"), ("331313.100.000000", "241-105-0102")],
        [[1, 2]],
    ),
    "different classifiers have nothing in common": (
        [("241105.100.000000", ""), ("", "241-105-0101")],
        [[1], [2]],
    ),
    "a chain is not a group": (
        [("331312.100.000000", ""), ("331312.100.000000", "241-105-0101"), ("", "241-105-0101")],
        [[1, 2], [3]],
    ),
    "interleaved": (
        [("331312.100.000000", ""), ("", "241-105-0101"), ("331312.200.000000", ""),
         ("", "241-105-0102")],
        [[1, 3], [2, 4]],
    ),
    "the larger group takes a line that fits two": (
        [("331312.100.000000", "241-105-0101"), ("331312.100.000000", ""), ("", "241-105-0102"),
         ("", "241-105-0103")],
        [[1, 3, 4], [2]],
    ),
}  # fmt: skip


@pytest.mark.clause("344-13.1b")
@pytest.mark.parametrize(("codes", "baskets"), HOMOGENEITY.values(), ids=HOMOGENEITY)
def test_homogeneity(codes: list[tuple[str, str]], baskets: list[list[int]]) -> None:
    lines = [replace(coded(*pair), name_ru=str(n)) for n, pair in enumerate(codes, start=1)]
    split = split_by_homogeneity(lines)
    assert [[int(line.name_ru) for line in basket] for basket in split] == baskets
    assert is_homogeneous(lines) is (len(baskets) <= 1)


@pytest.mark.clause("344-13.1b")
def test_a_mixed_order_is_refused_with_the_number_of_its_groups() -> None:
    broken = order_refusal(
        TERMS, coded("331312.100.000000"), coded("331313.100.000000"), coded("271141.500.000001")
    )
    assert (broken.code, broken.clause) == ("order_mixed", "344-13.1b")
    assert broken.params == {"groups": 3}


some_codes = st.tuples(
    st.sampled_from(["", "331312", "331312.100.000000", "331313.100.000000", "271141.500.000001"]),
    st.sampled_from(["", "241-105", "241-105-0101", "241-106-0101"]),
)


@pytest.mark.clause("344-13.1b")
@given(st.lists(some_codes, max_size=8))
def test_a_split_keeps_every_line_once_in_homogeneous_baskets(codes: list[tuple[str, str]]) -> None:
    lines = [replace(coded(*pair), name_ru=str(n)) for n, pair in enumerate(codes)]
    split = split_by_homogeneity(lines)
    assert sorted(int(line.name_ru) for basket in split for line in basket) == list(
        range(len(codes))
    )
    assert split == split_by_homogeneity(lines)
    for basket in split:
        common = set.intersection(*(set(groups_of(line)) for line in basket))
        assert common or len(basket) == 1
    assert (len(split) <= 1) is is_homogeneous(lines)
