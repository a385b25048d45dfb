from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.matching import line_keys, matches, registry_keys


@dataclass(frozen=True)
class Codes:
    code: str = ""
    agsk3: str = ""


# What the registry states, what the order states, whether the supplier is asked.
TABLE = [
    # full codes: equal or not
    (Codes("331312.100.000000"), Codes("331312.100.000000"), True),
    (Codes("331312.100.000000"), Codes("331312.100.000001"), False),
    (Codes("331312.100.000000"), Codes("331312.200.000000"), False),
    # the order states a level
    (Codes("331312.100.000000"), Codes("331312"), True),
    (Codes("331312.100.000000"), Codes("331312.100"), True),
    (Codes("331312.100.000000"), Codes("331312.200"), False),
    (Codes("331312.100.000000"), Codes("331313"), False),
    # the registry states a level
    (Codes("331312"), Codes("331312.100.000000"), True),
    (Codes("331312.100"), Codes("331312.100.000000"), True),
    (Codes("331312.200"), Codes("331312.100.000000"), False),
    (Codes("331312"), Codes("331313.100.000000"), False),
    # both state levels
    (Codes("331312"), Codes("331312"), True),
    (Codes("331312.100"), Codes("331312"), True),
    (Codes("331312"), Codes("331312.100"), True),
    (Codes("331312.100"), Codes("331312.200"), False),
    # AGSK-3
    (Codes(agsk3="241-105-0101"), Codes(agsk3="241-105-0101"), True),
    (Codes(agsk3="241-105-0101"), Codes(agsk3="241-105-0102"), False),
    (Codes(agsk3="241-105-0101"), Codes(agsk3="241-105"), True),
    (Codes(agsk3="241-105"), Codes(agsk3="241-105-0101-0001"), True),
    (Codes(agsk3="241-105"), Codes(agsk3="241-105"), True),
    (Codes(agsk3="241-105"), Codes(agsk3="241-106-0101"), False),
    # a shorter code is not a level: the raw string is a prefix, the code is not
    (Codes(agsk3="241-105-0101"), Codes(agsk3="241-105-0101-0001"), False),
    # classifiers do not mix, and one that agrees is enough
    (Codes("241105"), Codes(agsk3="241-105"), False),
    (Codes("331312", "241-105"), Codes(agsk3="241-105-0101"), True),
    (Codes("331312.100.000000", "241-105-0101"), Codes("331312.100.000000", "999-999-9999"), True),
    (Codes("331312.100.000000", "241-105-0101"), Codes("999999.100.000000", "241-105-0102"), False),
    # nothing stated, nothing matched
    (Codes(), Codes(), False),
    (Codes(), Codes("331312"), False),
    (Codes("331312"), Codes(), False),
]


@pytest.mark.clause("344-13.2b")
@pytest.mark.parametrize(("good", "line", "asked"), TABLE)
def test_matching_table(good: Codes, line: Codes, asked: bool) -> None:
    assert matches(good, line) is asked
    assert bool(registry_keys(good) & line_keys(line)) is asked


# Few distinct digits, so that levels coincide often.
ens_tru = st.builds(
    lambda six, three, last, depth: ".".join((six, three, last)[:depth]),
    st.sampled_from(["331312", "331313", "241105"]),
    st.sampled_from(["100", "200"]),
    st.sampled_from(["000000", "000001"]),
    st.integers(1, 3),
)
agsk3 = st.builds(
    lambda group, item, kind, depth: "-".join((group, item, kind)[:depth]),
    st.sampled_from(["241-105", "241-106"]),
    st.sampled_from(["0101", "0102"]),
    st.sampled_from(["0001", "0002"]),
    st.integers(1, 3),
)
codes = st.builds(Codes, st.just("") | ens_tru, st.just("") | agsk3)


def slow_match(good: Codes, line: Codes) -> bool:
    """The table said once more, by cutting both codes to the level of the shorter one."""
    if good.code and line.code:
        levels = min(len(good.code.split(".")), len(line.code.split(".")))
        if good.code.split(".")[:levels] == line.code.split(".")[:levels]:
            return True
    if good.agsk3 and line.agsk3:
        if len(good.agsk3) == 7 or len(line.agsk3) == 7:
            return good.agsk3.split("-")[:2] == line.agsk3.split("-")[:2]
        return good.agsk3 == line.agsk3
    return False


@pytest.mark.clause("344-13.2b")
@given(codes, codes)
def test_a_common_key_is_a_match_and_nothing_else_is(good: Codes, line: Codes) -> None:
    expected = slow_match(good, line)
    assert matches(good, line) is expected
    assert bool(registry_keys(good) & line_keys(line)) is expected


@given(codes)
def test_keys_are_few_and_fit_the_index(thing: Codes) -> None:
    assert len(registry_keys(thing)) <= 5
    assert len(line_keys(thing)) <= 7
    assert all(len(key) <= 64 for key in registry_keys(thing) | line_keys(thing))
