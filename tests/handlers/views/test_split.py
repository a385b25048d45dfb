"""Long texts are cut between lines and words, never inside a tag or an entity."""

from __future__ import annotations

import html
import re

import pytest
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


def test_words_within_a_tag_stay_whole() -> None:
    parts = split_html("<blockquote>" + "тапсырыс " * 50 + "</blockquote>", limit=60)
    assert {word for part in parts for word in plain(part).split()} == {"тапсырыс"}


@pytest.mark.parametrize(
    "sign", ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1f0\U0001f1ff", "\u0438\u0306",
             "\u2764\ufe0f", "\U0001f44d\U0001f3fd"]
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "x"])
@pytest.mark.parametrize("tag", ["", "b"])
def test_what_is_read_as_one_sign_is_not_cut(sign: str, before: str, tag: str) -> None:
    text = before + sign * 40
    parts = split_html(f"<{tag}>{text}</{tag}>" if tag else text, limit=21)
    assert len(parts) > 1
    assert "".join(plain(part) for part in parts) == text
    for part in parts:
        assert plain(part).removeprefix(before).replace(sign, "") == "", part


def test_one_sign_longer_than_a_message_is_cut_all_the_same() -> None:
    text = "e" + "\u0301" * 50
    parts = split_html(text, limit=20)
    assert ("".join(parts), max(map(len, parts))) == (text, 20)


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
