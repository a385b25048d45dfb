"""The way to the web desk from a private chat: for operators, once, and closed at a press."""

from __future__ import annotations

import re

import pytest

from bot.sandbox.client import Message, Person
from domain.errors import NotFound, Unauthenticated
from domain.roles import Role
from handlers.views.support_web import END, OPEN
from tests.support.chat import Town, said, t_of, tap

ADDRESS = "https://desk.example.kz/desk"


@pytest.fixture(autouse=True)
def address(town: Town) -> None:
    """What the process tells the handlers of its own address."""
    town.dispatcher["desk_url"] = ADDRESS


async def link_of(person: Person) -> tuple[Message, str]:
    """What the bot answers to the command, and the token in it."""
    await person.say("/desk")
    message = await person.wait_for(lambda each: "#enter=" in each.text)
    found = re.search(re.escape(ADDRESS) + r"#enter=([\w-]{40,})", message.text)
    assert found is not None
    return message, found[1]


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMIN])
async def test_an_operator_gets_a_link_that_works_once(
    town: Town, role: Role, language: str
) -> None:
    person = await town.person("Мұрат", language, role=role)
    await person.start()
    message, token = await link_of(person)
    assert said(t_of(language), "Your way to the web desk") in message.text
    assert "10:10" in message.text
    support = town.services.support
    entry = await support.desk_sign_in(token)
    assert (await support.desk_user(entry.token, "test:read")).name == "Мұрат"
    with pytest.raises(NotFound):
        await support.desk_sign_in(token)


@pytest.mark.parametrize("command", ["/queue", "/shift"])
async def test_the_queue_and_the_shift_lead_there(town: Town, command: str) -> None:
    person = await town.person("Мұрат", role=Role.SUPPORT)
    await person.start()
    await person.say(command)
    await tap(person, OPEN)
    message = await person.wait_for(lambda each: "#enter=" in each.text)
    assert ADDRESS in message.text


async def test_the_page_of_support_tells_an_operator_for_whom_it_is(town: Town) -> None:
    own = said(
        t_of("ru"),
        "Here you ask a question of your own, as a user. To answer others, open the queue "
        "or the shift from the menu.",
    )
    for role, told in ((Role.SUPPORT, True), (None, False)):
        person = await town.person(f"{role}", "ru", role=role)
        await person.start()
        await person.say("/support")
        page = await person.eventually(lambda each: "366" in each.text)
        assert (own in page.text) is told


async def test_nobody_else_gets_one(town: Town) -> None:
    for role in (None, Role.AUTHORITY, Role.OBSERVER):
        person = await town.person(f"{role}", role=role)
        await person.start()
        await town.settled()
        before = len(await person.messages())
        await person.say("/desk")
        await town.settled()
        assert len(await person.messages()) > before + 1
        assert not any("#enter=" in each.text for each in await person.messages())


async def test_a_press_ends_all_sessions(town: Town) -> None:
    person = await town.person("Мұрат", role=Role.SUPPORT)
    await person.start()
    _, token = await link_of(person)
    support = town.services.support
    entry = await support.desk_sign_in(token)
    answer = await person.wait_answer(await tap(person, END))
    assert "1" in answer.text
    with pytest.raises(Unauthenticated):
        await support.desk_user(entry.token, "test:read")
