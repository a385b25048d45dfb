"""The list of orders that wait for an answer: labels that fit, pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.views import samples
from handlers.views.awards import award_list
from handlers.views.press import press
from handlers.views.translator import LOCALES, Locale, translator


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("number", [7, 100_002, 1_000_000_002])
def test_a_label_fits_and_names_order_and_line(locale: Locale, number: int) -> None:
    award = replace(samples.award(None), order_number=number, line=5)
    card = replace(samples.order_card("confirming"), number=number)
    shown = award_list(translator(locale), [[award]], {number: card})
    assert shown.keyboard is not None
    ((label,),) = shown.keyboard.inline_keyboard
    assert len(label.text) <= 24
    assert str(number) in label.text
    assert str(award.line) in label.text


def test_a_page_in_the_middle_leads_both_ways() -> None:
    award, card = samples.award(None), samples.order_card("confirming")
    shown = award_list(translator("ru"), [[award]], {card.number: card}, 1, 3)
    assert shown.keyboard is not None
    turn = [each.callback_data for each in shown.keyboard.inline_keyboard[-1]]
    assert turn == [press("awards", 0), press("awards", 2)]
