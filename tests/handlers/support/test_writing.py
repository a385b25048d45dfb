"""Formatting survives the way to the user: what Telegram reads back is what was written."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.html import parse_html, utf16_length
from handlers.support.writing import html_of

STYLES = (
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "blockquote",
)
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1
)


def message(text: str, entities: list[dict[str, Any]], caption: bool = False) -> Message:
    body: dict[str, Any] = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": -1, "type": "supergroup", "title": "D"},
    }
    names = ("caption", "caption_entities") if caption else ("text", "entities")
    return Message.model_validate(body | {names[0]: text, names[1]: entities})


@given(words, words, words, st.sampled_from(STYLES), st.booleans())
def test_any_text_in_any_style_comes_back(
    before: str, styled: str, after: str, style: str, caption: bool
) -> None:
    entity = {"type": style, "offset": utf16_length(before), "length": utf16_length(styled)}
    text = before + styled + after
    read, entities = parse_html(html_of(message(text, [entity], caption)))
    assert read == text
    assert entities == [entity]


@pytest.mark.parametrize("url", ['https://example.kz/?a="b"&c=<d>', "https://example.kz/'x'"])
def test_a_link_with_odd_letters_comes_back(url: str) -> None:
    entity = {"type": "text_link", "offset": 0, "length": 4, "url": url}
    read, [found] = parse_html(html_of(message("here", [entity])))
    assert (read, found["url"]) == ("here", url)


def test_code_keeps_its_language() -> None:
    entity = {"type": "pre", "offset": 0, "length": 5, "language": "python"}
    read, [found] = parse_html(html_of(message("x < 1", [entity])))
    assert (read, found["type"], found["language"]) == ("x < 1", "pre", "python")


def test_the_name_of_a_person_is_no_link_to_their_account() -> None:
    user = {"id": 5, "is_bot": False, "first_name": "Мұрат"}
    entity = {"type": "text_mention", "offset": 0, "length": 5, "user": user}
    assert html_of(message("Мұрат <b>", [entity])) == "Мұрат &lt;b&gt;"


def test_nothing_is_nothing() -> None:
    body = {"message_id": 1, "date": 1, "chat": {"id": -1, "type": "supergroup", "title": "D"}}
    assert html_of(Message.model_validate(body)) == ""
