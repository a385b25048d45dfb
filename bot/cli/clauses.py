"""Which code names a duty of the acts and which tests prove it, read from the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from domain.law import Duty, citation

_CODE = ("domain", "handlers", "bot", "scheduler")
_CITATION = re.compile(r"\bact (\d+),? (?:clauses? )?((?:[\d.-]+(?:,| and| or)? ?)+)")
_CLAUSE = re.compile(r"\d+(?:[.-]\d+)*")


@dataclass
class Proof:
    """Where a duty is named in code, and the tests that bear its mark."""

    code: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)


def _strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _cited(text: str) -> Iterator[tuple[str, str]]:
    """Acts and clauses a docstring speaks of: "act 366, clauses 32, 33" is (366, 32), (366, 33)."""
    for act, clauses in _CITATION.findall(text):
        for clause in _CLAUSE.findall(clauses):
            yield act, clause


def _marks(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Test functions and the duties of their ``clause`` marks."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if node.name.startswith("test"):
            for decorator in node.decorator_list:
                yield from ((node.name, duty) for duty in _duties_of(decorator))


def _duties_of(decorator: ast.expr) -> Iterator[str]:
    if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
        return
    if decorator.func.attr == "clause":
        for argument in decorator.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def _sources(root: Path, folders: Iterable[str]) -> Iterator[tuple[Path, ast.AST]]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))


def proof_of(root: Path, found: Sequence[Duty]) -> dict[str, Proof]:
    """Proof by duty id, from the sources below ``root``: names of duties, and clauses cited."""
    proof = {duty.id: Proof() for duty in found}
    by_clause: dict[tuple[str, str], list[str]] = {}
    for each in found:
        by_clause.setdefault(citation(each.id), []).append(each.id)
    for path, tree in _sources(root, _CODE):
        for line, text in _strings(tree):
            named = [text] if text in proof else []
            cited = [duty for pair in _cited(text) for duty in by_clause.get(pair, [])]
            for duty_id in dict.fromkeys([*named, *cited]):
                proof[duty_id].code.append(f"{path}:{line}")
    for path, tree in _sources(root, ["tests"]):
        for name, marked in _marks(tree):
            if marked in proof:
                proof[marked].tests.append(f"{path}::{name}")
    return proof


def table(found: Sequence[Duty], proof: dict[str, Proof]) -> str:
    """The list for reading: duty, first places in code, tests."""
    lines = []
    for duty in found:
        own = proof[duty.id]
        lines.append(f"{duty.id}  {duty.text}")
        lines.append(f"    code: {', '.join(own.code[:3]) or '-'}")
        more = f" and {len(own.tests) - 3} more" if len(own.tests) > 3 else ""
        lines.append(f"    tests: {', '.join(own.tests[:3]) or 'NONE'}{more}")
    return "\n".join(lines)
