from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import RuleBroken
from domain.identifiers import (
    check_bin_iin,
    is_bin,
    is_kazakhstani_phone,
    parse_email,
    parse_phone,
    shown_email,
)

REAL_BINS = ["940140000385", "971240001315", "020240000555", "081140000436", "950341000052"]


def refused(parse: Callable[[str], object], text: str) -> str:
    with pytest.raises(RuleBroken) as caught:
        parse(text)
    return caught.value.code


@pytest.mark.parametrize("number", REAL_BINS)
def test_real_bins_pass(number: str) -> None:
    assert check_bin_iin(number) == number
    assert is_bin(number)


@pytest.mark.parametrize("number", REAL_BINS)
@pytest.mark.parametrize("place", range(10))  # the eleventh weighs 11: nothing modulo 11
def test_one_wrong_digit_is_noticed(number: str, place: int) -> None:
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
    assert refused(check_bin_iin, wrong) == "bin_check_digit"


def slow_check_digit(digits: str) -> int | None:
    weights = [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]]
    first, second = (sum(int(d) * w for d, w in zip(digits, row, strict=True)) for row in weights)
    if first % 11 < 10:
        return first % 11
    return second % 11 if second % 11 < 10 else None


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_exactly_the_right_check_digit_passes(first_eleven: str) -> None:
    right = slow_check_digit(first_eleven)
    for digit in range(10):
        number = f"{first_eleven}{digit}"
        if digit == right and number != "0" * 12:
            assert check_bin_iin(number) == number
        else:
            assert refused(check_bin_iin, number) in ("bin_check_digit", "bin_format")


def test_second_round_of_weights_and_a_number_with_no_check_digit() -> None:
    second_round = next(
        text
        for text in (f"9001403{n:04d}" for n in range(10_000))
        if sum(int(d) * w for d, w in zip(text, range(1, 12), strict=True)) % 11 == 10
        and slow_check_digit(text) is not None
    )
    assert check_bin_iin(f"{second_round}{slow_check_digit(second_round)}")
    none_at_all = next(
        text for text in (f"90014{n:06d}" for n in range(10**6)) if slow_check_digit(text) is None
    )
    assert all(
        refused(check_bin_iin, f"{none_at_all}{digit}") == "bin_check_digit" for digit in range(10)
    )


@pytest.mark.parametrize(
    "text",
    ["", "94014000038", "9401400003850", "BIN940140000385", "9401-4000-0385", "94014000038O",
     "٩٤٠١٤٠٠٠٠٣٨٥", "９４０１４００００３８５", "000000000000", "9" * 10_000],
)  # fmt: skip
def test_not_twelve_digits(text: str) -> None:
    assert refused(check_bin_iin, text) == "bin_format"


@pytest.mark.parametrize("text", [" 940140000385\n", "940 140 000 385", "\ufeff940140000385\u200b"])
def test_spaces_and_invisible_characters_are_forgiven(text: str) -> None:
    assert check_bin_iin(text) == "940140000385"


def test_a_persons_iin_is_not_a_bin() -> None:
    birthday = "90010135001"
    iin = f"{birthday}{slow_check_digit(birthday)}"
    assert check_bin_iin(iin) == iin
    assert not is_bin(iin)


@pytest.mark.clause("344-6.1")
@pytest.mark.parametrize(
    ("text", "e164", "home"),
    [
        ("+7 701 1234567", "+77011234567", True),
        ("8 701 1234567", "+77011234567", True),
        ("8 (701) 123-45-67", "+77011234567", True),
        ("7011234567", "+77011234567", True),
        ("77011234567", "+77011234567", True),
        ("+7 7172 123456", "+77172123456", True),
        ("+79161234567", "+79161234567", False),
        ("79161234567", "+79161234567", False),
        ("998901234567", "+998901234567", False),
        ("+49 1511 2345678", "+4915112345678", False),
    ],
)
def test_phones(text: str, e164: str, home: bool) -> None:
    assert parse_phone(text) == e164
    assert is_kazakhstani_phone(e164) is home


@pytest.mark.clause("344-6.1")
@pytest.mark.parametrize(
    "text", ["", "123", "+7", "abc", "8 701 12345", "+77011234567890", "1" * 999]
)
def test_not_phones(text: str) -> None:
    assert refused(parse_phone, text) == "phone_invalid"


@pytest.mark.clause("344-6.1")
@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("director@zavod.kz", "director@zavod.kz"),
        ("  A.B+sales@Zavod.KZ ", "A.B+sales@zavod.kz"),
        ("info@почта.рф", "info@xn--80a1acny.xn--p1ai"),
        ("info@ҚАЗ.қаз", "info@xn--80ao21a.xn--80ao21a"),
    ],
)
def test_emails(text: str, address: str) -> None:
    assert parse_email(text) == address
    assert parse_email(address) == address


def test_an_idn_address_is_shown_in_letters() -> None:
    assert shown_email("info@xn--80ao21a.xn--80ao21a") == "info@қаз.қаз"
    assert shown_email("a@b.kz") == "a@b.kz"


@pytest.mark.clause("344-6.1")
@pytest.mark.parametrize(
    "text",
    ["", "zavod.kz", "@zavod.kz", "a@", "a@zavod", "a@@zavod.kz", "a b@zavod.kz", "a@zavod..kz",
     "a@-zavod.kz", "a@zavod.k", "a@127.0.0.1", ".a@zavod.kz", "a.@zavod.kz", "а@zavod.kz",
     "a@za_vod.kz", "a\n@zavod.kz", "<a@zavod.kz>", "x" * 65 + "@zavod.kz",
     "a@" + "z" * 64 + ".kz", "a@" + "zavod." * 60 + "kz", "a@" + "ж" * 5000 + ".kz"],
)  # fmt: skip
def test_not_emails(text: str) -> None:
    assert refused(parse_email, text) == "email_invalid"


@given(st.text(max_size=60))
def test_anything_typed_is_answered_or_refused(text: str) -> None:
    for parse in (check_bin_iin, parse_phone, parse_email):
        try:
            canonical = parse(text)
        except RuleBroken:
            continue
        assert canonical.isascii()
        assert parse(canonical) == canonical


@pytest.mark.parametrize("written", ["БИН 940140000385", "бсн: 940140000385", "IIN № 940140000385"])
def test_the_word_before_the_number_is_forgiven(written: str) -> None:
    assert check_bin_iin(written) == "940140000385"
