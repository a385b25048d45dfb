"""What a broadcast may say, to whom and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.broadcasts.rules import (
    FARTHEST,
    TEXT_LIMIT,
    Audience,
    Button,
    Content,
    check_audience,
    check_code,
    check_content,
    check_label,
    check_link,
    check_region,
    check_start,
    check_text,
)
from domain.errors import RuleBroken
from domain.roles import Role

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)


def refused(code: str) -> pytest.RaisesExc[RuleBroken]:
    """A refusal with this code."""
    return pytest.RaisesExc(RuleBroken, check=lambda error: error.code == code)


@pytest.mark.parametrize(
    "text",
    ["x", "a" * TEXT_LIMIT, "<b>" + "ә" * TEXT_LIMIT + "</b>", "&lt;" * TEXT_LIMIT],
    ids=["short", "longest", "formatting does not count", "an entity is one letter"],
)
def test_a_text_is_measured_as_telegram_measures_it(text: str) -> None:
    assert check_text(f"  {text}\n", "text_kk") == text


def test_a_text_that_says_nothing_or_too_much_is_refused() -> None:
    for empty in ("", "  \n", "<b> </b>", "\u200b"):
        with refused("text_missing"):
            check_text(empty, "text_kk")
    with refused("text_too_long"):
        check_text("a" * (TEXT_LIMIT + 1), "text_kk")
    with refused("text_too_long"):
        check_text("\N{GRINNING FACE}" * (TEXT_LIMIT // 2 + 1), "text_ru")


def test_both_languages_are_needed() -> None:
    with pytest.RaisesExc(RuleBroken, check=lambda error: error.params["field"] == "text_kk"):
        check_content(Content("", "Новость"))
    with pytest.RaisesExc(RuleBroken, check=lambda error: error.params["field"] == "text_ru"):
        check_content(Content("Жаңалық", " "))


@pytest.mark.parametrize("text", ["https://example.kz", "https://example.kz:8443/a?b=c#d"])
def test_links_that_are_taken(text: str) -> None:
    assert check_link(f" {text}\u200b ") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.kz",
        "http://example.kz",
        "https://",
        "https://localhost/",
        "https://example.kz/a b",
        "https://user:word@example.kz",
        "https://127.0.0.1/",
        "https://[::1/",
        "https://example.kz:port/",
        "https://-a.kz",
        'https://example.kz/"onclick',
        "tg://user?id=1",
        "https://example.kz/" + "a" * 1000,
    ],
)
def test_links_that_are_refused(text: str) -> None:
    with refused("link_format"):
        check_link(text)


def test_words_on_a_button_stand_on_one_line() -> None:
    assert check_label(" Read\n more ", "label_ru") == "Read more"
    with refused("text_missing"):
        check_label(" ", "label_ru")
    with refused("text_too_long"):
        check_label("a" * 25, "label_ru")


def test_a_button_leads_to_a_screen_or_to_an_address() -> None:
    screen = check_content(Content("a", "b", button=Button(screen="menu", url="x"))).button
    assert screen == Button(screen="menu")
    with refused("link_format"):
        check_content(Content("a", "b", button=Button(screen="nowhere")))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("71", "71"),
        (" 7110 ", "7110"),
        ("710000000", "71"),
        ("711010000", "711010"),
        ("711210001", "711210001"),
    ],
)
def test_a_region_is_a_whole_level_of_kato(text: str, code: str) -> None:
    assert check_region(text) == code


@pytest.mark.parametrize("text", ["", "7", "711", "71101", "7101010000", "Astana", "٧١"])
def test_regions_that_are_refused(text: str) -> None:
    with refused("kato_format"):
        check_region(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("24", "24"),
        ("2420", "2420"),
        ("242013", "242013"),
        ("242013.100", "242013.100"),
        ("242013.100.000000", "242013.100.000000"),
        ("241-101", "241-101"),
        ("241\N{EN DASH}101", "241-101"),
    ],
)
def test_goods_are_named_by_whole_levels(text: str, code: str) -> None:
    assert check_code(text) == code


@pytest.mark.parametrize("text", ["", "2", "242", "24201", "242013.1", "pipe", "24%", "24_"])
def test_codes_of_goods_that_are_refused(text: str) -> None:
    with refused("goods_code_format"):
        check_code(text)


def test_an_audience_in_its_canonical_form() -> None:
    given = Audience(("customer", "supplier", "customer"), "kk", "710000000", "24")
    assert check_audience(given) == Audience(("supplier", "customer"), "kk", "71", "24")
    assert check_audience(Audience(tuple(Role))).roles == ()
    for strange in (Audience(("king",)), Audience(language="en")):
        with refused("audience_unknown"):
            check_audience(strange)


def test_a_start_lies_ahead_but_not_beyond_a_year() -> None:
    assert check_start(NOW + timedelta(seconds=1), NOW) == NOW + timedelta(seconds=1)
    for past in (NOW, NOW - timedelta(days=1)):
        with refused("broadcast_past"):
            check_start(past, NOW)
    with refused("broadcast_far"):
        check_start(NOW + FARTHEST + timedelta(seconds=1), NOW)
