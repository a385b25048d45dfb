"""Presses that nobody was shown, or that carry less than they should."""

from __future__ import annotations

import pytest

from domain.roles import Role
from tests.handlers.faults.reader import reader
from tests.support.chat import Town


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("faults", ()),
        ("incident.card", ("x",)),
        ("incident.ask", ()),
        ("incident.ask", ("agree", "x")),
        ("incident.do", ("burn",)),
        ("incident.form", ()),
        ("incident.form", ("burn", 1)),
        ("incident.apply", (1,)),
        ("incident.apply_yes", ()),
        ("incident.files", (1,)),
        ("works.form", ()),
        ("works.form", ("prolong", 1)),
        ("works.do", ("burn",)),
        ("status.history", ()),
        ("fault.mine", ()),
    ],
)
async def test_it_is_answered_and_changes_nothing(
    town: Town, name: str, ids: tuple[str | int, ...]
) -> None:
    who = await reader(town, Role.SUPPORT)
    assert (await who.alert(name, *ids)).show_alert
    page = await town.services.incidents.page(await town.actor(who.person))
    assert page.incidents == []
