"""What holds for the whole project: where texts stand, what is pinned, what papers promise."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.config import PREFIX, Settings
from domain.law import duties

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "handlers", "domain", "scheduler", "locales")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CYRILLIC = re.compile(r"[\u0400-\u04ff]{2,}")

#: Folders and files whose very subject is Kazakh and Russian.
WITH_TEXTS = (
    "bot/sandbox/demo/*",  # names and words of the people in the story
    "bot/sandbox/page/words.js",  # the texts of the demo's page, side by side
    "locales/*",
)
#: Files beyond the limit, and why that is right.
LONG: Mapping[str, str] = {
    "bot/storage/migrations/versions/0001_tables.py": "made by Alembic, read by nobody",
    "bot/storage/migrations/versions/0005_support_desk_and_incidents.py": "made by Alembic",
}
LIMIT = 420


def files(*folders: str, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Paths below the root with their texts."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def strings(source: str) -> Iterator[tuple[int, str]]:
    """Line and spelling of every string but docstrings; a letter spelt \\u0442 is no text."""
    tree, lines = ast.parse(source), source.splitlines()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, "\n".join(lines[node.lineno - 1 : node.end_lineno])


def allowed(path: str) -> bool:
    return any(fnmatch(path, pattern) for pattern in WITH_TEXTS)


def test_texts_stand_in_the_catalogues_not_in_code() -> None:
    found = [
        f"{path}:{line} {value.strip()[:60]}"
        for path, source in files(*PACKAGES, suffixes=(".py",))
        if not allowed(path)
        for line, value in strings(source)
        if CYRILLIC.search(value)
    ]
    assert found == []


def test_pages_and_templates_take_their_texts_from_data() -> None:
    suffixes = (".js", ".html", ".css", ".typ", ".mako")
    found = [
        path
        for path, source in files(*PACKAGES, suffixes=suffixes)
        if not allowed(path) and CYRILLIC.search(source)
    ]
    assert found == []


def test_no_file_grows_beyond_what_is_read_at_one_sitting() -> None:
    sizes = {
        path: len(source.splitlines())
        for path, source in files(*PACKAGES, suffixes=(".py", ".js", ".typ"))
    }
    assert {path: size for path, size in sizes.items() if size > LIMIT and path not in LONG} == {}
    assert [path for path in LONG if sizes.get(path, 0) <= LIMIT] == []


def test_nothing_points_outside_the_project() -> None:
    folders = (*PACKAGES, "tests", "bench", "docs")
    suffixes = (".py", ".js", ".html", ".typ", ".json", ".csv", ".md", ".cfg")
    outside = re.compile(r"(?<![\w.])/(?:work|root|home|Users)/|\bshared" + "/")
    found = [path for path, source in files(*folders, suffixes=suffixes) if outside.search(source)]
    assert found == []


def test_imports_keep_their_directions() -> None:
    program = "from importlinter.cli import lint_imports_command as run; run()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "0 broken" in ended.stdout


def pins() -> dict[str, tuple[str, str]]:
    """Version and the rest of the entry of every pinned package."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^(\S+?)(?:\[\S+\])?==(\S+)([^\n]*\n(?:    [^\n]*\n?)*)", lock, re.M)
    return {canonicalize_name(name): (version, rest) for name, version, rest in entries}


def wanted() -> list[Requirement]:
    """What pyproject asks for, tools of the developers included."""
    project = PROJECT["project"]
    return [
        Requirement(text)
        for text in (*project["dependencies"], *project["optional-dependencies"]["dev"])
    ]


def test_every_version_is_pinned_with_hashes_and_without_an_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    lines = [line for line in lock.splitlines() if line and not line.startswith("    ")]
    pinned = pins()
    assert len(pinned) == len(lines)
    without = [
        name for name, (_, rest) in pinned.items() if not re.search(r"--hash=sha256:\w{64}", rest)
    ]
    assert without == []


def test_what_the_project_needs_is_pinned_and_fits() -> None:
    pinned = pins()
    misfits = [
        str(need)
        for need in wanted()
        if canonicalize_name(need.name) not in pinned
        or not need.specifier.contains(pinned[canonicalize_name(need.name)][0])
    ]
    assert misfits == []


def test_what_the_pinned_packages_need_is_pinned_too() -> None:
    pinned = pins()
    todo = [(need.name, extra) for need in wanted() for extra in ("", *need.extras)]
    seen: set[tuple[str, str]] = set()
    missing = []
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        if canonicalize_name(name) not in pinned:
            missing.append(name)
            continue
        for text in distribution(name).requires or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                todo.extend((need.name, each) for each in ("", *need.extras))
    assert missing == []


def test_the_changelog_names_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+) – \d{4}-\d{2}-\d{2}$", changelog, re.M)
    assert newest is not None
    assert newest[1] == PROJECT["project"]["version"]


def clause_marks() -> Iterator[tuple[str, str]]:
    """Where a mark stands, and the duty that it names."""
    for path, source in files("tests", suffixes=(".py",)):
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Attribute(attr="clause", value=ast.Attribute(attr="mark"))):
                    for argument in node.args:
                        yield f"{path}:{node.lineno}", ast.literal_eval(argument)


def test_marks_name_duties_that_exist() -> None:
    known = {duty.id for duty in duties()}
    marks = list(clause_marks())
    assert len(marks) > 100
    assert [(where, duty) for where, duty in marks if duty not in known] == []


def test_whatever_stands_beside_the_code_is_packed_with_it() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    made = {".py", ".pyc"}
    unpacked = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in made
        if not any(fnmatch(path.name, pattern) for pattern in patterns)
    ]
    assert unpacked == []


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = [PREFIX + name.upper() for name in Settings.model_fields]
    assert [name for name in names if f"`{name}`" not in readme] == []


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CHANGELOG.md",
        *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))),
    ],
)
def test_links_between_the_papers_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    inside = [target for target in targets if "://" not in target]
    assert [name for name in inside if not (ROOT / page).parent.joinpath(name).exists()] == []
