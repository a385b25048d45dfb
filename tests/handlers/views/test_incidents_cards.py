"""Cards of incidents: what is on them for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.incidents.views import IncidentPage, IncidentView, Scope
from domain.roles import Role
from handlers.views import sample_faults, samples
from handlers.views.faults import ask_similar
from handlers.views.incidents_cards import incident_card, incident_list
from handlers.views.incidents_effects import effect
from handlers.views.incidents_form import into_question
from handlers.views.translator import plain, translator


@pytest.mark.clause("344-11b")
@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.SUPPORT, True),
        (Role.AUTHORITY, True),
        (Role.OBSERVER, False),
        (Role.TECHNICAL_OPERATOR, False),
    ],
)
def test_watchers_are_led_to_nothing_that_users_have_said(role: Role, shown: bool) -> None:
    card = incident_card(translator("en"), sample_faults.incident(), role, samples.NOW)
    assert card.keyboard is not None
    data = [each.callback_data or "" for row in card.keyboard.inline_keyboard for each in row]
    led = [name for name in ("incident.reports", "incident.papers") if name in " ".join(data)]
    assert led == (["incident.reports", "incident.papers"] if shown else [])
    assert "faults:open" in " ".join(data)


def test_lists_say_what_is_mended() -> None:
    t = translator("en")
    row = replace(sample_faults.row(), state="confirmed", mended_at=samples.NOW)
    shown = [
        incident_list(t, IncidentPage([row], None), "open", Role.SUPPORT).text,
        into_question(t, {"number": 1, "act": "join"}, [row]),
        ask_similar(t, [row]),
    ]
    assert all("Mended: " in plain(each) for each in shown)


def labels(view: IncidentView) -> list[str]:
    """The buttons of an operator's card, in their order."""
    card = incident_card(translator("en"), view, Role.SUPPORT, samples.NOW)
    assert card.keyboard is not None
    return [each.text for row in card.keyboard.inline_keyboard for each in row]


@pytest.mark.parametrize("state", ["refuted", "closed"])
def test_a_refuted_incident_has_neither_a_time_nor_a_reach(state: str) -> None:
    refuted = replace(
        sample_faults.incident("refuted"), state=state, level=None, mended_at=None, scope=Scope()
    )
    card = incident_card(translator("en"), refuted, Role.SUPPORT, samples.NOW)
    assert "Began" not in card.text
    assert "ended" not in card.text
    assert "Touches" not in card.text


def test_the_mending_is_corrected_last_once_it_is_told() -> None:
    lasting = sample_faults.incident("confirmed")
    assert "It is mended" in labels(lasting)
    mended = labels(replace(lasting, mended_at=samples.NOW - timedelta(minutes=1)))
    assert "It is mended" not in mended
    acts = ["Propose a level", "Close", "Analyse again", "Correct the mending"]
    assert mended[: len(acts)] == acts


def test_an_effect_on_an_award_names_its_supplier() -> None:
    one = replace(sample_faults.effects()[0], company_kk="«Екінші» ЖШС", company_ru="ТОО «Второй»")
    assert one.company_kk in plain(effect(translator("kk"), one))
    assert one.company_ru in plain(effect(translator("ru"), one))
