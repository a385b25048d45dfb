"""The demo's story as the page is told it, and what it plans ahead."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.sandbox import acts
from bot.sandbox.demo.story import AUTHORITY, OPERATOR, PEOPLE, SECOND_OPERATOR, story_view
from bot.sandbox.demo.support import READY_ANSWERS, desk_of, saturday_night
from bot.sandbox.records import Person
from bot.sandbox.world import World
from domain.clock import ASTANA
from domain.roles import Role


def view(*, story: bool, world: World) -> dict[str, Any]:
    """What the page is told."""
    return dict(story_view(story=story, desk=desk_of(world)))


def test_without_the_story_only_the_status_page_is_offered(world: World) -> None:
    told = view(story=False, world=world)
    assert [each["name"] for each in told.pop("links")] == ["status"]
    assert told == {"people": [], "default": [], "tasks": []}


def test_the_desk_is_shown_as_its_operator_once_it_is_there(world: World) -> None:
    before = view(story=True, world=world)["default"]
    acts.add_person(world, Person(id=OPERATOR, first_name="Айдана"))
    desk = acts.add_group(world, "Desk", [OPERATOR], is_forum=True)
    shown = view(story=True, world=world)["default"]
    assert [each for each in shown if each not in before] == [f"{desk.id}:{OPERATOR}"]
    people = {str(person.id) for person in PEOPLE}
    assert set(before) <= people


def test_operators_and_the_authority_are_among_the_people() -> None:
    roles = {person.id: person.role for person in PEOPLE}
    assert {roles[OPERATOR], roles[SECOND_OPERATOR]} == {Role.SUPPORT}
    assert roles[AUTHORITY] is Role.AUTHORITY
    assert next(each for each in PEOPLE if each.id == OPERATOR).language == "kk"


def test_every_task_is_told_in_three_languages(world: World) -> None:
    for task in view(story=True, world=world)["tasks"]:
        assert set(task) == {"kk", "ru", "en"}
        assert not re.search("[Ѐ-ӿ]", task["en"])


def test_ready_answers_of_the_desk_stand_in_both_languages() -> None:
    assert len(READY_ANSWERS) == 3
    for title, kk, ru in READY_ANSWERS:
        assert len(title) <= 24  # what a button shows of it
        assert re.search("[әіңғүұқөһ]", kk.lower())
        assert not re.search("[әіңғүұқөһ]", ru.lower())


@pytest.mark.parametrize("day", range(14))
def test_works_are_planned_for_a_saturday_night_ahead(day: int) -> None:
    after = datetime(2026, 11, 16, 9, 55, tzinfo=ASTANA) + timedelta(days=day)
    starts = saturday_night(after)
    assert (starts.isoweekday(), starts.hour, starts.minute) == (6, 22, 0)
    assert timedelta() < starts - after < timedelta(days=7)
