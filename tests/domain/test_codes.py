from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.codes import (
    agsk3_ancestors,
    agsk3_group,
    ens_tru_ancestors,
    ens_tru_levels,
    parse_agsk3,
    parse_ens_tru,
    parse_tn_ved,
    same_group,
)
from domain.errors import RuleBroken


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("331312.100.000000", "331312.100.000000"),
        (" 331312.100.000000 ", "331312.100.000000"),
        ("331312. 100. 000000", "331312.100.000000"),
        ("331312\u00a0.100.000000\u200b", "331312.100.000000"),
        ("331312․100．000000", "331312.100.000000"),
        ("011111.100.000001", "011111.100.000001"),
        ("331312.100", "331312.100"),
        ("331312", "331312"),
    ],
)
def test_ens_tru(text: str, code: str) -> None:
    assert parse_ens_tru(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("241-105-0101", "241-105-0101"),
        ("241-105-0101-0002", "241-105-0101-0002"),
        ("241-105", "241-105"),
        ("241–105—0101", "241-105-0101"),
        ("241−105‑0101", "241-105-0101"),
        ("241 - 105 - 0101", "241-105-0101"),
    ],
)
def test_agsk3(text: str, code: str) -> None:
    assert parse_agsk3(text) == code


@pytest.mark.parametrize("text", ["7304110000", "7304 11 000 0", " 7304\u00a0110000"])
def test_tn_ved(text: str) -> None:
    assert parse_tn_ved(text) == "7304110000"


@pytest.mark.parametrize(
    ("parse", "text", "refusal"),
    [
        (parse_ens_tru, "", "ens_tru_format"),
        (parse_ens_tru, "33", "ens_tru_format"),
        (parse_ens_tru, "3313", "ens_tru_format"),
        (parse_ens_tru, "331312.1", "ens_tru_format"),  # read as a number by a spreadsheet
        (parse_ens_tru, "3.31312E+14", "ens_tru_format"),
        (parse_ens_tru, "331312100000000", "ens_tru_format"),
        (parse_ens_tru, "11111.100.000001", "ens_tru_format"),  # a leading zero lost
        (parse_ens_tru, "331312,100,000000", "ens_tru_format"),
        (parse_ens_tru, "331312.100.", "ens_tru_format"),
        (parse_ens_tru, "33131О.100.000000", "ens_tru_format"),  # a Cyrillic letter
        (parse_ens_tru, "٣٣١٣١٢", "ens_tru_format"),
        (parse_ens_tru, "1" * 10_000, "ens_tru_format"),
        (parse_agsk3, "241", "agsk3_format"),
        (parse_agsk3, "2411050101", "agsk3_format"),
        (parse_agsk3, "241-105-101", "agsk3_format"),
        (parse_agsk3, "241-105-0101-02", "agsk3_format"),
        (parse_agsk3, "241.105.0101", "agsk3_format"),
        (parse_tn_ved, "730411000", "tn_ved_format"),
        (parse_tn_ved, "7304110000.0", "tn_ved_format"),
        (parse_tn_ved, "7.30411E+09", "tn_ved_format"),
    ],
)
def test_corrupt_codes_are_refused(parse: Callable[[str], str], text: str, refusal: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        parse(text)
    assert caught.value.code == refusal


@given(st.text(alphabet="0123456789.- –E+,О", max_size=24))
def test_what_is_accepted_is_canonical(text: str) -> None:
    for parse in (parse_ens_tru, parse_agsk3, parse_tn_ved):
        try:
            code = parse(text)
        except RuleBroken:
            continue
        assert parse(code) == code
        assert [c for c in code if c.isdigit()] == [c for c in text if c.isdigit()]


def test_levels() -> None:
    assert ens_tru_levels("331312.100.000000") == ("33", "3313", "331312", "331312.100.000000")
    assert ens_tru_ancestors("331312.100.000000") == ("331312", "331312.100")
    assert ens_tru_ancestors("331312.100") == ("331312",)
    assert ens_tru_ancestors("331312") == ()
    assert agsk3_group("241-105-0101-0002") == "241-105"
    assert agsk3_ancestors("241-105-0101") == ("241-105",)
    assert agsk3_ancestors("241-105") == ()


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("331312.100.000000", "331312.100.000000", True),
        ("331312.100.000000", "331312.200.000007", True),
        ("331312.100.000000", "331312", True),
        ("331312.100.000000", "331313.100.000000", False),
        ("331312.100.000000", "331322.100.000000", False),
        ("241-105-0101", "241-105-0999-0001", True),
        ("241-105-0101", "241-105", True),
        ("241-105-0101", "241-106-0101", False),
        ("241-105-0101", "241105.100.000000", False),
    ],
)
def test_same_group(a: str, b: str, same: bool) -> None:
    assert same_group(a, b) is same
    assert same_group(b, a) is same
