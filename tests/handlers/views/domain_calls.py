"""What ``domain`` raises and tells, and what handlers raise, read from their syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import domain
import handlers

ROOT = Path(domain.__file__).parent.parent
_FOLDERS = (Path(domain.__file__).parent, Path(handlers.__file__).parent)
#: Views make refusals only to show them.
_SHOWING = Path(handlers.__file__).parent / "views"
_RAISED = {"RuleBroken", "Conflict", "AccessDenied", "NotFound", "Unauthenticated"}
#: function -> which of its arguments is a code
_SHEETS = {"refused": 0, "fail": 1, "add": 2}
_PROBLEMS = {"ImportProblem": 2}
_TELLING = ("tell", "remind")


@dataclass(frozen=True)
class Said:
    """One code or kind in a call; ``given`` are the names of its values, None where unknown."""

    where: str
    text: str
    given: frozenset[str] | None


def _calls() -> Iterator[tuple[str, ast.Call, str]]:
    paths = sorted(path for folder in _FOLDERS for path in folder.rglob("*.py"))
    for path in paths:
        if path.is_relative_to(_SHOWING):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                name = node.func.id if isinstance(node.func, ast.Name) else name
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node, name


def _texts(node: ast.expr) -> list[str]:
    """Literals; a formatted text has ``{}`` for each value."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.IfExp(body=body, orelse=orelse):
            return [*_texts(body), *_texts(orelse)]
        case ast.JoinedStr(values=values):
            parts = (str(v.value) if isinstance(v, ast.Constant) else "{}" for v in values)
            return ["".join(parts)]
    return []


@cache
def _constants() -> Mapping[str, frozenset[str]]:
    """The texts that names in capitals stand for, in whatever module."""
    found: dict[str, set[str]] = {}
    for path in sorted(_FOLDERS[0].rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                    found.setdefault(name, set()).add(text)
    return {name: frozenset(texts) for name, texts in found.items() if name.isupper()}


def _named(node: ast.expr) -> list[str]:
    """Literals, or what a constant of ``domain`` is; a name with two meanings is refused."""
    if not isinstance(node, ast.Name) or node.id not in _constants():
        return _texts(node)
    (text,) = _constants()[node.id]
    return [text]


def _given(call: ast.Call) -> frozenset[str] | None:
    if len(call.args) > 2:  # a problem of an import: its values come as a record
        return None
    names = [keyword.arg for keyword in call.keywords]
    return None if None in names else frozenset(filter(None, names))


def _at(places: Mapping[str, int]) -> Iterator[Said]:
    for where, call, name in _calls():
        place = places.get(name)
        if place is not None and len(call.args) > place:
            for text in _texts(call.args[place]):
                if text.replace("_", "").replace("{}", "").isalnum():
                    yield Said(where, text, _given(call))


@cache
def raised() -> tuple[Said, ...]:
    """Every code of RuleBroken and its kind; of imports too."""
    return tuple(_at({**dict.fromkeys(_RAISED, 0), **_PROBLEMS}))


@cache
def of_sheets() -> tuple[Said, ...]:
    """Every code that reading a spreadsheet notes."""
    found = _at(_SHEETS)
    return tuple(each for each in found if each.where.startswith("domain/documents"))


@cache
def told() -> tuple[Said, ...]:
    """Every kind of notice, from the calls of functions that tell or remind."""
    return tuple(
        Said(where, text, None)
        for where, call, name in _calls()
        if any(word in name for word in _TELLING)
        for argument in call.args
        for text in _named(argument)
        if "." in text and " " not in text
    )
