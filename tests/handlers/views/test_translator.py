"""The translator: safe texts, right forms, faults that are seen in tests and survived by people."""

from __future__ import annotations

import warnings
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.views.terms import (
    COMPANY_STATUSES,
    DAY_CODES,
    DEADLINE_KINDS,
    HOLIDAYS,
    ORDER_STATES,
    ROLES,
)
from handlers.views.translator import (
    LOCALES,
    BadMessage,
    Html,
    Lazy,
    escape,
    join,
    plain,
    translator,
)
from tests.support.language import assert_catalogued, listening

en, kk, ru = translator("en"), translator("kk"), translator("ru")


def test_parameters_are_escaped_unless_they_are_html() -> None:
    t = en
    said = t("{date}, {time} (Astana)", date="<b>&", time=Html("<i>15:00</i>"))
    assert said == "&lt;b&gt;&amp;, <i>15:00</i> (Astana)"
    assert isinstance(said, Html)
    assert plain(said) == "<b>&, 15:00 (Astana)"


def test_a_value_that_looks_like_a_placeholder_is_left_alone() -> None:
    t = en
    assert t("{date}, {time} (Astana)", date="{time}", time="5") == "{time}, 5 (Astana)"


@given(st.text())
def test_whatever_comes_from_outside_makes_no_markup(text: str) -> None:
    safe = escape(text)
    assert not set(safe) & set("<>\"'")
    kept = plain(safe)
    assert kept in text or len(kept) < len(text)


def test_direction_overrides_and_controls_are_dropped_emoji_stay() -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"
    assert escape(f"a\u202eb\u2066c\x00d\n{family}") == f"abcd\n{family}"


def test_html_stays_html_when_added_and_joined() -> None:
    both = Html("<b>") + "<"
    assert both == "<b>&lt;"
    assert isinstance(both, Html)
    assert "<" + Html("</b>") == "&lt;</b>"
    assert join(["<", Html("<b>"), "", "x"], " ") == "&lt; <b> x"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "given"),
        ({"time": "1", "other": "2"}, "is not in the text"),
        ({"time": Decimal(5)}, "Decimal"),
        ({"time": None}, "NoneType"),
        ({"time": True}, "bool"),
    ],
)
def test_what_does_not_fit_is_an_error_here_and_a_text_for_people(
    params: dict[str, str], said: str
) -> None:
    t = ru
    with pytest.raises(BadMessage, match=said):
        t("{time} left", **params)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        text = t("{time} left", **params)
    assert text.startswith("Осталось: ")
    assert "{" not in text
    assert caught


@pytest.mark.parametrize(
    ("n", "russian", "kazakh", "english"),
    [
        (0, "0 дней", "0 күн", "0 days"),
        (1, "1 день", "1 күн", "1 day"),
        (3, "3 дня", "3 күн", "3 days"),
        (5, "5 дней", "5 күн", "5 days"),
        (11, "11 дней", "11 күн", "11 days"),
        (21, "21 день", "21 күн", "21 days"),
        (112, "112 дней", "112 күн", "112 days"),
        (1250, "1\u00a0250 дней", "1\u00a0250 күн", "1,250 days"),
    ],
)
def test_plural_forms(n: int, russian: str, kazakh: str, english: str) -> None:
    told = [t.plural("{n} day", "{n} days", n) for t in (ru, kk, en)]
    assert told == [russian, kazakh, english]


def test_context_lazy_and_buttons() -> None:
    draft = ORDER_STATES["draft"]
    assert draft == Lazy("Draft", "order state")
    assert [t(draft) for t in (kk, ru, en)] == ["Қаралама", "Черновик", "Draft"]
    assert ru.context("role", "Head") == "Head"
    assert ru("{date}, {time} (Astana)", date=draft, time="1") == "Черновик, 1 (Астана)"
    label = ru.button(Lazy("International Women's Day", "holiday"))
    assert label == "Международный женский день"
    assert type(en.button(Lazy("International Women's Day", "holiday"))) is str


def test_the_empty_text_is_not_the_header_of_the_catalogue() -> None:
    assert kk("") == ""


def test_one_translator_a_language() -> None:
    assert translator("kk") is kk
    assert [translator(locale).locale for locale in LOCALES] == list(LOCALES)


def test_every_code_of_the_domain_has_a_name() -> None:
    from domain.calendar import holiday_keys
    from domain.law import PERIODS
    from domain.orders.model import ORDER_STATES as STATES
    from domain.roles import Role
    from domain.terms import DayCode

    assert holiday_keys() <= HOLIDAYS.keys()
    assert {period.name for period in PERIODS} <= DEADLINE_KINDS.keys()
    assert set(STATES) == ORDER_STATES.keys()
    assert set(Role) == {Role(code) for code in ROLES}
    assert set(DayCode) == DAY_CODES.keys()
    assert "unfair" in COMPANY_STATUSES


def test_a_text_not_from_the_catalogue_is_found() -> None:
    t = ru
    with listening() as heard:
        message = join([t("The time is over"), t("{time} left", time="<Труба>"), escape("ТОО Б")])
    shown = plain(message)
    assert_catalogued(shown, heard)
    assert_catalogued(shown + "\n15, 20 (25) /start t.pdf", heard, data=["t.pdf"])
    assert heard.strays(shown + "\nПишите нам") == ["Пишите", "нам"]
    with pytest.raises(AssertionError, match="Пишите"):
        assert_catalogued("Пишите", heard)
    assert_catalogued("Время вышло", heard)
    t("Less than a minute left")
    assert heard.strays("Осталось меньше минуты"), "nothing is noted after the block"
