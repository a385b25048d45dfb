"""The page of notices says what the table in the code says, and every kind has a category."""

from __future__ import annotations

from bot.notices_page import PAGE, renewed
from domain.notices.kinds import CATEGORIES, KINDS

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_made_of_the_code() -> None:
    assert renewed(TEXT) == TEXT, "run: python -m bot.notices_page"


def test_every_kind_stands_in_it_once() -> None:
    assert all(TEXT.count(f"| `{name}` |") == 1 for name in KINDS)
    assert {kind.category for kind in KINDS.values()} == set(CATEGORIES)
