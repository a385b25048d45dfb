"""How faults are named where nobody has named them yet."""

from __future__ import annotations

import pytest

from domain.incidents.said import Said
from handlers.views import faults_words as words
from handlers.views.incidents_form import module_button
from handlers.views.terms import MODULES, PARTS
from handlers.views.translator import LOCALES, Locale, plain, translator


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("part", PARTS)
def test_an_outage_of_our_own_is_named_in_the_readers_language(locale: Locale, part: str) -> None:
    t = translator(locale)
    shown = words.title(t, Said(ru=part))
    assert shown != part
    assert shown == words.silent(t, part)
    assert words.typed(Said(ru=part)) == Said()


def test_a_title_that_people_gave_stays_as_it_is() -> None:
    given = Said("Telegram ашылмайды", "Не открывается Telegram")
    assert words.title(translator("kk"), given) == given.kk
    assert words.typed(given) == given
    assert "spare disk" in words.silent(translator("ru"), "spare disk")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_modules_are_chosen_by_the_names_that_the_status_shows(language: Locale) -> None:
    t = translator(language)
    for module, name in MODULES.items():
        assert module_button(t, module, []).lower() == plain(t(name))
