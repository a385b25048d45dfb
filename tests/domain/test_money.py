from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import RuleBroken
from domain.money import (
    cents,
    from_cents,
    from_mills,
    mills,
    parse_days,
    parse_money,
    parse_quantity,
    proportional_price,
    unit_price,
)

SPACES = [" ", "\u00a0", "\u2009", "\u202f", "\u2007"]
CURRENCIES = ["", " ₸", "₸", " тг", "тг.", " тенге", " ТЕҢГЕ", " теңге", " KZT"]

amounts = st.integers(1, 10**18 - 1).map(from_cents)
quantities = st.integers(1, 10**12 - 1).map(from_mills)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 250 000,50", "1250000.50"),
        ("1250000.5", "1250000.50"),
        ("1250000", "1250000.00"),
        ("1\u00a0250\u202f000 ₸", "1250000.00"),
        ("0,01", "0.01"),
        (" 15 тг ", "15.00"),
        ("9999999999999999,99", "9999999999999999.99"),
    ],
)
def test_sums_people_write(text: str, amount: str) -> None:
    assert str(parse_money(text)) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.25 млн", "money_format"),
        ("1e9", "money_format"),
        ("1E+9", "money_format"),
        ("", "money_format"),
        ("₸", "money_format"),
        ("сто", "money_format"),
        ("NaN", "money_format"),
        ("Infinity", "money_format"),
        ("1_000", "money_format"),
        ("007", "money_format"),
        (",5", "money_format"),
        ("5,", "money_format"),
        ("+5", "money_format"),
        ("5 $", "money_format"),
        ("١٢٣", "money_format"),
        ("१२३", "money_format"),
        ("１２３", "money_format"),
        ("1" * 10_000, "money_format"),
        ("1,250.00", "money_ambiguous"),
        ("1.250,00", "money_ambiguous"),
        ("1.250", "money_ambiguous"),
        ("1,250", "money_ambiguous"),
        ("1.250.000", "money_ambiguous"),
        ("12 50", "money_ambiguous"),
        ("1 25 000", "money_ambiguous"),
        ("1250,505", "money_decimals"),
        ("0,005", "money_decimals"),
        ("1 250,505", "money_decimals"),
        ("10000000000000000", "money_too_large"),
        ("0", "not_positive"),
        ("0,00 ₸", "not_positive"),
        ("-5", "not_positive"),
        ("−1 250,50", "not_positive"),
    ],
)
def test_sums_refused(text: str, code: str) -> None:
    assert refusal(parse_money, text) == code


def refusal(parse: Callable[[str], object], text: str) -> str:
    with pytest.raises(RuleBroken) as caught:
        parse(text)
    return caught.value.code


@given(
    amounts,
    st.sampled_from(SPACES),
    st.sampled_from(".,"),
    st.booleans(),
    st.sampled_from(CURRENCIES),
)
def test_every_usual_spelling_reads_the_same(
    amount: Decimal, space: str, mark: str, grouped: bool, currency: str
) -> None:
    whole, _, fraction = str(amount).partition(".")
    if grouped:
        whole = f"{int(whole):,}".replace(",", space)
    assert parse_money(f"{whole}{mark}{fraction}{currency}") == amount


@given(st.text(alphabet="0123456789 ,.\u00a0-−eE+₸тгмлн٣", max_size=24))
def test_what_is_read_is_a_sum_of_the_digits_typed(text: str) -> None:
    for parse, places in ((parse_money, 2), (parse_quantity, 3)):
        try:
            value = parse(text)
        except RuleBroken:
            continue
        assert value > 0
        assert cents(value) if places == 2 else mills(value)
        typed = "".join(c for c in text if c in "0123456789,.").replace(",", ".")
        assert value == Decimal(typed)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("12", "12"), ("1 000", "1000"), ("12,5", "12.5"), ("1,125", "1.125"), ("0.001", "0.001"),
     ("12.500", "12.5"), ("999 999 999,999", "999999999.999")],
)  # fmt: skip
def test_quantities(text: str, quantity: str) -> None:
    assert parse_quantity(text) == Decimal(quantity)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [("1000 м", "1000"), ("1 000,5м", "1000.5"), ("12 м.", "12"), ("7\u00a0м", "7")],
)
def test_the_unit_asked_for_may_stand_beside_the_quantity(text: str, quantity: str) -> None:
    assert parse_quantity(text, lambda word: word.rstrip(".") == "м") == Decimal(quantity)


@pytest.mark.parametrize("text", ["1000 м", "1,5 млн", "1,5 тыс. м", "3 м2", "4 м²", "5 кв. м"])
def test_any_other_word_is_refused(text: str) -> None:
    """A thousand or another unit would change what was meant."""
    with pytest.raises(RuleBroken, match="quantity_with_unit"):
        parse_quantity(text, lambda word: word == "шт")
    with pytest.raises(RuleBroken, match="quantity_with_unit"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "quantity_format"), ("5 т", "quantity_with_unit"), ("1e9", "quantity_format"),
     ("1,000,000", "quantity_ambiguous"), ("1.000,5", "quantity_ambiguous"),
     ("0,0001", "quantity_decimals"), ("1000000000", "quantity_too_large"),
     ("9" * 17, "quantity_too_large"), ("0", "not_positive"), ("0,000", "not_positive"),
     ("-1", "not_positive")],
)  # fmt: skip
def test_quantities_refused(text: str, code: str) -> None:
    assert refusal(parse_quantity, text) == code


@pytest.mark.parametrize(
    ("text", "days"),
    [("60", 60), (" 1 ", 1), ("3650", 3650), ("60 дней", 60), ("61 день", 61), ("62 дня", 62),
     ("60 күн", 60), ("60 days", 60), ("60дн.", 60)],
)  # fmt: skip
def test_days(text: str, days: int) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "days_format"), ("дней", "days_format"), ("1.5", "days_format"), ("2 мес", "days_format"),
     ("060", "days_format"), ("6e1", "days_format"), ("٦٠", "days_format"),
     ("0", "not_positive"), ("-60", "not_positive"), ("3651", "days_too_many"),
     ("9" * 40, "days_too_many"), ("9" * 10_000, "days_format")],
)  # fmt: skip
def test_days_refused(text: str, code: str) -> None:
    assert refusal(parse_days, text) == code


@pytest.mark.parametrize(
    ("price", "quantity", "expected"),
    [("100", "3", "33.33"), ("200", "3", "66.67"), ("0.01", "2", "0.01"), ("0.01", "3", "0.00"),
     ("1", "0.001", "1000.00"), ("2.01", "2", "1.01")],
)  # fmt: skip
def test_unit_price_rounds_half_up(price: str, quantity: str, expected: str) -> None:
    assert str(unit_price(Decimal(price), Decimal(quantity))) == expected


@given(amounts, quantities, quantities)
def test_proportional_price_is_exact_then_rounded(
    price: Decimal, part: Decimal, whole: Decimal
) -> None:
    part, whole = min(part, whole), max(part, whole)
    with localcontext(prec=80):
        expected = (price * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert proportional_price(price, part, whole) == expected
    assert proportional_price(price, whole, whole) == price


@given(amounts, quantities)
def test_scaling_there_and_back(amount: Decimal, quantity: Decimal) -> None:
    assert from_cents(cents(amount)) == amount
    assert from_mills(mills(quantity)) == quantity


def test_scaling_refuses_what_it_would_lose() -> None:
    with pytest.raises(ValueError, match="2 decimal places"):
        cents(Decimal("0.001"))
    with pytest.raises(ValueError, match="3 decimal places"):
        mills(Decimal("0.0001"))
