"""Finding the messages in code, by syntax tree rather than by tokens.

The translator is always called ``t``, or is the attribute ``t`` of something (``ctx.t``); these
calls make messages::

    t("Order {number}", number=15)
    t.plural("{n} day", "{n} days", n)
    t.context("order state", "Draft")
    t.button("Offer")                       # context "button"
    lazy("Draft", context="order state")

A comment right above a call that begins with ``Translators:`` goes into the catalogue.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple

COMMENT = "Translators:"
BUTTON = "button"

#: Babel's keywords for the functions that ``extract_texts`` reports.
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}

#: method of the translator -> how many of its first arguments are texts
_METHODS = {"plural": 2, "context": 2, "button": 1}


class Found(NamedTuple):
    """One message in code; ``texts`` is None where an argument is not a literal."""

    line: int
    function: str
    texts: tuple[str, ...] | None


def find(source: str) -> Iterator[Found]:
    """Every call in ``source`` that makes a message, in the order of lines."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        match call.func:
            case ast.Name(id="t") | ast.Attribute(attr="t"):
                # A name or a look-up there holds a lazy message, marked where it was written.
                if not call.args or not isinstance(call.args[0], _READY):
                    yield Found(call.lineno, "gettext", _literals(call.args[:1]))
            case ast.Attribute(value=ast.Name(id="t") | ast.Attribute(attr="t"), attr=name) if (
                name in _METHODS
            ):
                texts = _literals(call.args[: _METHODS[name]])
                if name == "button":
                    if call.args and isinstance(call.args[0], _READY):
                        continue
                    texts = (BUTTON, *texts) if texts else texts
                yield Found(call.lineno, "ngettext" if name == "plural" else "pgettext", texts)
            case ast.Name(id="lazy"):
                context = [word.value for word in call.keywords if word.arg == "context"]
                texts = _literals([*context, *call.args[:1]])
                yield Found(call.lineno, "pgettext" if context else "gettext", texts)


_READY = (ast.Name, ast.Attribute, ast.Subscript)


def _literals(nodes: Sequence[ast.expr]) -> tuple[str, ...] | None:
    texts = []
    for node in nodes:
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            return None
        texts.append(node.value)
    return tuple(texts) or None


def extract_texts(
    fileobj: IO[bytes],
    keywords: Mapping[str, object],
    comment_tags: Sequence[str],
    options: Mapping[str, Any],
) -> Iterator[tuple[int, str, str | tuple[str, ...], list[str]]]:
    """Babel's extraction method: (line, function, texts, comments) of each literal message."""
    source = fileobj.read().decode("utf-8")
    lines = source.splitlines()
    for found in find(source):
        if found.texts:
            texts = found.texts if len(found.texts) > 1 else found.texts[0]
            yield found.line, found.function, texts, _comments(lines, found.line)


def _comments(lines: Sequence[str], line: int) -> list[str]:
    block: list[str] = []
    for text in reversed(lines[: line - 1]):
        if not text.strip().startswith("#"):
            break
        block.insert(0, text.strip().lstrip("# "))
        if block[0].startswith(COMMENT):
            return block
    return []
