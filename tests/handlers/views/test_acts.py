"""Every act and every moment has a name that a person reads."""

from __future__ import annotations

import ast
from pathlib import Path

import domain
import domain.services  # registers every use case
from domain.webhooks.catalogue import EVENTS, PING
from domain.work import USE_CASES
from handlers.views.acts import ACTS, MOMENTS, act, deadline_name
from handlers.views.translator import translator
from handlers.views.webhook_events import NAMES, event_name


def _entries_beside_use_cases() -> set[str]:
    """Names given to ``work.also`` and to drafts made by hand, anywhere in the domain."""
    found = set()
    for path in Path(domain.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.args else None
                if node.func.attr == "also" and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_every_use_case_has_a_name_and_no_name_is_left_over() -> None:
    acted = {name for name in USE_CASES if not name.startswith("test")}
    assert acted | _entries_beside_use_cases() | {"people.first_contact"} == set(ACTS)


def test_names_are_in_the_language_of_the_reader() -> None:
    ru = translator("ru")
    for action in (*ACTS, *(f"due.{kind}" for kind in MOMENTS), "due.remind.selection"):
        assert act(ru, action) != action
    assert deadline_name(ru, "remind.contract") != "remind.contract"
    assert act(ru, "something.else") == "something.else"


def test_events_of_webhooks_have_names_for_people_in_both_languages() -> None:
    assert set(NAMES) == {*EVENTS, PING.name}
    for t in (translator("kk"), translator("ru")):
        named = {name: str(event_name(t, name)) for name in NAMES}
        assert all(str(event_name(translator("en"), name)) != each for name, each in named.items())
        assert not [each for each in named.values() if "." in each]
    assert event_name(translator("ru"), "order.<b>") == "order.&lt;b&gt;"
