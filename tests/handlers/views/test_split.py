"""Long texts are cut between lines and words, never inside a tag or an entity."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from handlers.views.split import split_html, visible_length

WORDS = st.lists(
    st.one_of(
        st.text(alphabet="абв я\n&<>ңғ\U0001f600", max_size=30).map(html.escape),
        st.text(alphabet="xyz ", max_size=20).map(lambda text: f"<b>{text}</b>"),
        st.text(alphabet="xyz ", max_size=20).map(
            lambda text: f'<a href="https://e.kz">{text}</a>'
        ),
    ),
    max_size=20,
)


def plain(text: str) -> str:
    return html.unescape(re.sub(r"</?[a-z][^>]*>", "", text))


def test_a_short_text_stays_whole() -> None:
    assert split_html("<b>Order 5</b> &amp; more") == ["<b>Order 5</b> &amp; more"]
    assert split_html("") == []


def test_lines_are_kept_whole() -> None:
    lines = [f"{number}. pump" for number in range(20)]
    parts = split_html("\n".join(lines), limit=60)
    assert len(parts) > 1
    assert "\n".join(parts).split("\n") == lines


def test_a_tag_is_closed_at_the_cut_and_opened_again() -> None:
    parts = split_html('<b>one <a href="x">two three</a></b>', limit=8)
    assert parts == ['<b>one <a href="x">two</a></b>', '<b><a href="x">three</a></b>']
    assert "".join(plain(part) for part in parts).replace(" ", "") == "onetwothree"


def test_length_is_counted_as_telegram_does() -> None:
    assert visible_length("<b>a</b>&amp;\U0001f600") == 4


@given(WORDS, st.integers(min_value=8, max_value=60))
def test_nothing_is_lost_and_nothing_is_too_long(pieces: list[str], limit: int) -> None:
    text = "".join(pieces)
    parts = split_html(text, limit)
    assert all(visible_length(part) <= limit for part in parts)
    joined = "".join(plain(part) for part in parts)
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", plain(text))
    for part in parts:
        for tag in ("b", "a"):
            assert len(re.findall(rf"<{tag}[ >]", part)) == part.count(f"</{tag}>")
        assert "&" not in re.sub(r"&(amp|lt|gt|#x27|quot);", "", part)
