"""Somebody of several companies sees for which of them a notice is, and gets there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.orders.views import Elsewhere, Mine, Party
from domain.roles import Role
from handlers.views import samples
from handlers.views.notices import render
from handlers.views.orders import order_card
from handlers.views.press import press
from handlers.views.shown import Shown
from handlers.views.translator import Translator, translator

kk, ru = translator("kk"), translator("ru")


def first_button(shown: Shown) -> tuple[str, str | None]:
    assert shown.keyboard is not None
    button = shown.keyboard.inline_keyboard[0][0]
    return button.text, button.callback_data


@pytest.mark.parametrize(
    ("t", "name"), [(ru, "ТОО &lt;Второй&gt;"), (kk, "&lt;Екінші&gt; ЖШС")], ids=str
)
def test_a_notice_for_one_of_several_companies_names_it(t: Translator, name: str) -> None:
    notice = dict(samples.notices())["order.invited"]
    params = {"for_membership": 7, "for_ru": "ТОО <Второй>", "for_kk": "<Екінші> ЖШС"}
    shown = render(t, replace(notice, params={**notice.params, **params}), samples.NOW)
    assert f"\n\n{name}\n\n" in shown.text
    label, data = first_button(shown)
    assert data == press("switch", 7)
    assert len(label) <= 24
    plain = render(t, notice, samples.NOW)
    assert first_button(plain)[1] != press("switch", 7)


def test_a_card_leads_to_the_other_companies_it_came_to() -> None:
    card = samples.order_card("collecting")
    other = Elsewhere(9, Party("900140000017", "ТОО «Очень длинное название второе»", "Екінші"))
    mine = Mine(False, (), False, None, None, None, (other,))
    shown = order_card(ru, replace(card, mine=mine), Role.SUPPLIER)
    assert shown.keyboard is not None
    last = shown.keyboard.inline_keyboard[-2][0]
    assert (last.callback_data, len(last.text)) == (press("switch", 9), 24)
