"""The tail of an answer that repeats our own letter.

It is cut only where there is no doubt: it stands at the end, it is marked as a quotation, and it
bears the sign of our letters (``[#12]``). Whatever is quoted of others, forwarded, or answered
line by line stays.
"""

from __future__ import annotations

import re

_OURS = re.compile(r"\[#[0-9]{1,15}\]")
_RULE = re.compile(r"\s*(?:-{3,}[^-].*-{3,}|_{10,}|-{10,})\s*")
# "From: ...", in whatever language.
_FIELD = re.compile(r"\s*\*?[^\W\d_][^:\n]{0,30}:\*?\s+\S.*")
_FIELDS, _NEAR = 3, 9
_INTRODUCTION = 200


def without_quote(text: str) -> str:
    """``text`` without the quotation of our letter at its end; all of it in doubt."""
    lines = text.rstrip().splitlines()
    start = _marked(lines)
    if start is None:
        start = _below_fields(lines)
    if start is None:
        return text
    head, tail = "\n".join(lines[:start]).rstrip(), "\n".join(lines[start:])
    return head if head.strip() and _OURS.search(tail) else text


def _marked(lines: list[str]) -> int | None:
    """Where lines that begin with ``>`` start, if they go on to the end."""
    start = len(lines)
    while start and (lines[start - 1].lstrip().startswith(">") or not lines[start - 1].strip()):
        start -= 1
    if start == len(lines) or any(line.lstrip().startswith(">") for line in lines[:start]):
        return None
    return _introduction(lines, start)


def _introduction(lines: list[str], start: int) -> int:
    """Before a quotation programs say in one line or two who wrote it, and when."""
    for count, marks in ((1, "0123456789"), (2, "0123456789"), (1, "@<")):
        said = " ".join(lines[max(0, start - count) : start]).strip()
        telling = any(mark in said for mark in marks)
        if said.endswith(":") and telling and len(said) <= _INTRODUCTION:
            return max(0, start - count)
    return start


def _below_fields(lines: list[str]) -> int | None:
    """Where a rule or the fields of a letter start, below which all is the letter quoted."""
    for number in range(len(lines)):
        rule = bool(_RULE.fullmatch(lines[number][:_INTRODUCTION]))
        below = lines[number + rule : number + _NEAR]
        near = [line for line in below if line.strip()]
        fields = near[:_FIELDS]
        if len(fields) == _FIELDS and all(_FIELD.fullmatch(line) for line in fields):
            # The sign stands in the field of the subject: it is our letter, not one passed on.
            return number if any(_OURS.search(line) for line in near) else None
    return None
