"""Those who watch: every button of their menus answers, orders are there to be read only."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Message, Person
from domain.roles import WATCHERS, Role
from handlers.views.escalations import CATEGORIES
from handlers.views.menus import ACTIONS, LAYOUTS
from handlers.views.translator import plain
from tests.handlers.customer.window import Window
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import integration_actor

T = t_of("ru")
ROLES = (Role.AUTHORITY, Role.OBSERVER, Role.TECHNICAL_OPERATOR, Role.SUPPORT)
#: Only these presses stand under the order of somebody who watches; anybody may ask support.
LOOKING = {
    "order.goods",
    "order.files",
    "order.summary",
    "order.protocol",
    "receipt",
    "chains",
    "support",
}


async def pressed(person: Person, label: str) -> Message:
    """The first answer to a button of the menu."""
    await person.catch_up()
    await person.say(label)
    return await person.wait_for(lambda each: bool(each.text))


@pytest.mark.parametrize("role", ROLES)
async def test_every_button_of_the_menu_answers(town: Town, role: Role) -> None:
    person = await town.person("Бақылаушы", role=role)
    unknown = said(T, "I did not understand.")
    for row in LAYOUTS[role]:
        for action in row:
            answer = await pressed(person, T.button(ACTIONS[action]))
            assert unknown not in answer.text, action


async def test_a_watcher_reads_orders_and_protocols_and_can_do_nothing(town: Town) -> None:
    window = await Window.closed(town)
    board = await town.services.awards.board(integration_actor(), window.number)
    assert board.order_number == window.number
    person = await town.person("Бақылаушы", role=Role.OBSERVER)
    listed = await pressed(person, T.button(ACTIONS["orders"]))
    assert str(window.number) in listed.text
    await tap(person, "order.card", window.number)
    card = await person.eventually(lambda each: "Труба" in each.text and each.id != listed.id)
    names = {(each.data or "").split(":")[1] for each in card.buttons}
    assert names <= LOOKING
    assert {"order.goods", "order.summary", "chains"} <= names
    await tap(person, "order.summary", window.number)
    await person.eventually(lambda each: each.kind == "document")
    await tap(person, "chains", "o", window.number)
    title = plain(T("Order No. {number}: who was told", number=window.number))
    page = await person.eventually(lambda each: title in each.text)
    assert plain(T(CATEGORIES["selection"])) in page.text
    assert "Айгүл" not in page.text, "names are for their company and the desk"
    assert {(each.data or "").split(":")[1] for each in page.buttons} == {"chains", "order.card"}


def test_all_who_watch_have_the_list_of_orders() -> None:
    for role in WATCHERS:
        assert any("orders" in row for row in LAYOUTS[role])
