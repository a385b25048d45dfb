"""Telegram's HTML is parsed, and refused, as Telegram does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import read_caption, read_text
from bot.sandbox.errors import ApiError
from bot.sandbox.html import parse_html, utf16_length


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("plain &amp; &lt;b&gt; &quot;x&quot; &#1178;&#x49B;", 'plain & <b> "x" Ққ', []),
        ("a & b &nbsp; &copy;", "a & b &nbsp; &copy;", []),
        ("<b>bold</b>", "bold", [("bold", 0, 4)]),
        ("<B>x</B>", "x", [("bold", 0, 1)]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<ins>a</ins><del>b</del>", "ab", [("underline", 0, 1), ("strikethrough", 1, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("😀<b>қ</b>", "😀қ", [("bold", 2, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<code>a &lt; b</code>", "a < b", [("code", 0, 5)]),
        ("<b></b>x", "x", []),
        ("<code><b>x</b></code>", "x", [("code", 0, 1)]),
        ("<b>x</>", "x", [("bold", 0, 1)]),
    ],
)
def test_text_and_entities(html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    plain, found = parse_html(html)
    assert plain == text
    assert [(each["type"], each["offset"], each["length"]) for each in found] == entities


@pytest.mark.parametrize(
    ("html", "fields"),
    [
        ('<a href="https://example.kz/?a=1&amp;b=2">x</a>', {"url": "https://example.kz/?a=1&b=2"}),
        (
            "<a href='tg://user?id=42'>x</a>",
            {
                "type": "text_mention",
                "user": {"id": 42, "is_bot": False, "first_name": "x"},
            },
        ),
        (
            '<pre><code class="language-python">x</code></pre>',
            {"type": "pre", "language": "python"},
        ),
        ('<tg-time unix="1795000000" format="wDT">x</tg-time>', {"type": "date_time"}),
        ('<tg-time unix="1795000000" format="wDT">x</tg-time>', {"date_time_format": "wDT"}),
        ('<tg-time unix="1795000000" format="r">x</tg-time>', {"unix_time": 1795000000}),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', {"type": "custom_emoji"}),
    ],
)
def test_attributes(html: str, fields: dict[str, Any]) -> None:
    (entity,) = parse_html(html)[1]
    assert entity | fields == entity


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("қ</b>", "Unexpected end tag at byte offset 2"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-time unix="1" format="x">y</tg-time>', "Invalid date-time format specified"),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_refusals(html: str, error: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {error}"


@given(st.text(alphabet="<>&;/ab =\"'қ😀#x1-", max_size=40))
def test_any_text_is_parsed_or_refused(html: str) -> None:
    """Nothing else than a verdict, and entities always lie within the text."""
    try:
        text, entities = parse_html(html)
    except ApiError:
        return
    for entity in entities:
        assert entity["offset"] >= 0
        assert entity["length"] > 0
        assert entity["offset"] + entity["length"] <= utf16_length(text)


def test_space_at_the_ends_goes_and_entities_move() -> None:
    read = read_text({"text": "\n <b> x</b>y \n", "parse_mode": "HTML"})
    assert read == {"text": "xy", "entities": [{"type": "bold", "offset": 0, "length": 1}]}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "message text is empty"),
        ("  \n", "text must be non-empty"),
        ("<b></b>", "text must be non-empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("қ" * 20_000, "text is too long"),
    ],
)
def test_limits_of_text(text: str, error: str) -> None:
    with pytest.raises(ApiError, match=error):
        read_text({"text": text, "parse_mode": "HTML"})


def test_length_counts_after_parsing() -> None:
    assert len(read_text({"text": f"<b>{'x' * 4096}</b>", "parse_mode": "HTML"})["text"]) == 4096
    assert len(read_caption({"caption": "x" * 1024})["caption"]) == 1024
    with pytest.raises(ApiError, match="message caption is too long"):
        read_caption({"caption": "x" * 1025})


def test_found_entities_stay_out_of_code() -> None:
    read = read_text(
        {"text": "/start@tapsyrys_bot https://a.kz/x. <code>/no</code> #тег", "parse_mode": "HTML"}
    )
    assert [each["type"] for each in read["entities"]] == ["bot_command", "url", "code", "hashtag"]


def test_entities_given_must_lie_in_the_text() -> None:
    entity = {"type": "bold", "offset": 0, "length": 3}
    assert read_text({"text": "abc", "entities": [entity]})["entities"] == [entity]
    with pytest.raises(ApiError, match="outside of the text"):
        read_text({"text": "ab", "entities": [entity]})
