"""Texts of people as trees: nothing of what they write can become anything that runs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.desk.tree import Node, tree
from handlers.views.translator import escape

KNOWN = {"b", "i", "u", "s", "code", "pre", "blockquote", "spoiler", "a"}


def words(nodes: list[Node]) -> str:
    """All words of a tree."""
    found = ""
    for node in nodes:
        if isinstance(node, str):
            found += node
        else:
            inside = node["of"]
            assert isinstance(inside, list)
            found += words(inside)
    return found


def tags(nodes: list[Node]) -> list[dict[str, object]]:
    """All tags of a tree."""
    found: list[dict[str, object]] = []
    for node in nodes:
        if not isinstance(node, str):
            inside = node["of"]
            assert isinstance(inside, list)
            found += [node, *tags(inside)]
    return found


def test_what_telegram_formats_is_kept() -> None:
    link = '<a href="https://a.kz/?x=1&amp;y=2">здесь</a>'
    said = f"Заказ <b>№ 15 <i>не</i></b> виден: {link} &lt;тут&gt;"
    assert tree(said) == [
        "Заказ ",
        {"tag": "b", "of": ["№ 15 ", {"tag": "i", "of": ["не"]}]},
        " виден: ",
        {"tag": "a", "of": ["здесь"], "href": "https://a.kz/?x=1&y=2"},
        " <тут>",
    ]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<script>alert(1)</script>да", "да"),
        ("<style>*{}</style>да", "да"),
        ('<img src=x onerror="alert(1)">да', "да"),
        ("<svg/onload=alert(1)>да</svg>", "да"),
        ('<a href="javascript:alert(1)">да</a>', "да"),
        ('<a href=" JaVaScRiPt:alert(1)">да</a>', "да"),
        ('<a href="java\tscript:alert(1)">да</a>', "да"),
        ('<a href="data:text/html,x">да</a>', "да"),
        ('<a href="//evil.example">да</a>', "да"),
        ('<iframe srcdoc="x"></iframe>да', "да"),
        ("&lt;script&gt;", "<script>"),
        ("<b>не закрыто", "не закрыто"),
        ("не открыто</b></i>", "не открыто"),
        ("<!-- тайна -->да", "да"),
        ("", ""),
    ],
)
def test_what_could_run_leaves_only_words(said: str, shown: str) -> None:
    found = tree(said)
    assert words(found) == shown
    assert {str(each["tag"]) for each in tags(found)} <= {"b"}


@given(st.text())
def test_an_escaped_text_is_shown_as_it_was_written(text: str) -> None:
    kept = escape(text)
    assert not tags(tree(kept))


PIECES = [*"<>/&;\"'= :!-\t\n", "script", "<a href=", "javascript", "b>", "x", "&lt", "<tg-spoiler"]


@given(st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
def test_whatever_is_fed_in_only_known_tags_come_out(text: str) -> None:
    for each in tags(tree(text)):
        assert each["tag"] in KNOWN
        assert set(each) <= {"tag", "of", "href"}
        href = str(each.get("href", "https:"))
        assert href.partition(":")[0].lower() in {"http", "https", "mailto", "tel", "tg"}


def test_deep_nests_stay_shallow() -> None:
    found = tree("<b>" * 5_000 + "да" + "</b>" * 5_000)
    assert words(found) == "да"
    assert len(tags(found)) < 40
    json.dumps(found)
