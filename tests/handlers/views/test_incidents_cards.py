"""Cards of incidents: what is on them for whom."""

from __future__ import annotations

import pytest

from domain.roles import Role
from handlers.views import sample_faults, samples
from handlers.views.incidents_cards import incident_card
from handlers.views.translator import translator


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
