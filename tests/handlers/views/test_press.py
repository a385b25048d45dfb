"""What a button carries can be read back, and never grows past Telegram's limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.views.press import MOST_BYTES, press, unpress

_PARTS = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=8)


def test_a_button_carries_version_name_and_identifiers() -> None:
    assert press("receipt", "o", 15, "offer_window") == "1:receipt:o:15:offer_window"
    assert press("menu") == "1:menu"


@given(_PARTS.filter(bool), st.lists(_PARTS, max_size=3))
def test_what_is_pressed_is_read_back(name: str, ids: list[str]) -> None:
    data = ":".join(["1", name, *ids])
    if len(data.encode()) > MOST_BYTES:
        with pytest.raises(ValueError, match="at most 64 bytes"):
            press(name, *ids)
    else:
        assert unpress(press(name, *ids)) == (name, ids)


def test_the_limit_is_in_bytes() -> None:
    assert len(press("x" * 62).encode()) == MOST_BYTES
    with pytest.raises(ValueError, match="bytes"):
        press("x" * 63)
    with pytest.raises(ValueError, match="bytes"):
        press("ә" * 32)


@pytest.mark.parametrize(("name", "ids"), [("", ()), ("a:b", ()), ("a", ("1:2",))])
def test_parts_that_could_not_be_read_back_are_refused(name: str, ids: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not the parts"):
        press(name, *ids)


@pytest.mark.parametrize("data", [None, "", "1", "1:", "2:order.card:15", "order.card:15", "::"])
def test_what_is_not_ours_is_no_press(data: str | None) -> None:
    assert unpress(data) is None
