"""Classifier codes of goods: ENS TRU, AGSK-3 and TN VED, in one canonical form each.

A code is compared on whole levels of its classifier, never on raw string prefixes. Spaces and
look-alike dashes from copied text are forgiven; what a spreadsheet has turned into a number
(``331312.1``, ``3.31312E+14``, a lost leading zero) is refused, for it cannot be restored.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from domain.errors import RuleBroken
from domain.identifiers import bare

_ENS_TRU = re.compile(r"[0-9]{6}(\.[0-9]{3}(\.[0-9]{6})?)?")
_AGSK3 = re.compile(r"[0-9]{3}-[0-9]{3}(-[0-9]{4}(-[0-9]{4})?)?")
_TN_VED = re.compile(r"[0-9]{10}")
_AGSK3_GROUP = 7
_MAX_TYPED = 64

# Hyphen, non-breaking hyphen, figure dash, en, em and bar dashes, minus, small and full-width.
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_DOTS = re.compile("[\u2024\uff0e]")  # one dot leader, full-width full stop


class EnsTruLevels(NamedTuple):
    """The levels of an ENS TRU code: its first 2, 4 and 6 digits and the code as stated."""

    two: str
    four: str
    six: str
    full: str


def _tidy(text: str) -> str:
    if len(text) > _MAX_TYPED:
        return ""
    return _DOTS.sub(".", _DASHES.sub("-", "".join(bare(text).split())))


def parse_ens_tru(text: str) -> str:
    """An ENS TRU code ``NNNNNN.NNN.NNNNNN``, or a whole level of it: ``NNNNNN[.NNN]``.

    Raises ``RuleBroken``: ``ens_tru_format``.
    """
    code = _tidy(text)
    if not _ENS_TRU.fullmatch(code):
        raise RuleBroken("ens_tru_format")
    return code


def parse_agsk3(text: str) -> str:
    """An AGSK-3 code ``NNN-NNN-NNNN[-NNNN]``, or its group alone: ``NNN-NNN``.

    Raises ``RuleBroken``: ``agsk3_format``.
    """
    code = _tidy(text)
    if not _AGSK3.fullmatch(code):
        raise RuleBroken("agsk3_format")
    return code


def parse_tn_ved(text: str) -> str:
    """The 10 digits of a TN VED code; the usual grouping ``7304 11 000 0`` is accepted.

    Raises ``RuleBroken``: ``tn_ved_format``.
    """
    code = _tidy(text)
    if not _TN_VED.fullmatch(code):
        raise RuleBroken("tn_ved_format")
    return code


def ens_tru_levels(code: str) -> EnsTruLevels:
    """The levels of a canonical ENS TRU code."""
    return EnsTruLevels(code[:2], code[:4], code[:6], code)


def ens_tru_ancestors(code: str) -> tuple[str, ...]:
    """The levels above a canonical ENS TRU code that can stand as a code, the widest first."""
    parts = code.split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts)))


def agsk3_group(code: str) -> str:
    """The group of a canonical AGSK-3 code: its first 7 characters, ``NNN-NNN``."""
    return code[:_AGSK3_GROUP]


def agsk3_ancestors(code: str) -> tuple[str, ...]:
    """The levels above a canonical AGSK-3 code that can stand for it: its group, if any."""
    group = agsk3_group(code)
    return () if group == code else (group,)


def group_of(code: str) -> str:
    """The homogeneity group of a canonical ENS TRU or AGSK-3 code (act 344, clause 13.1)."""
    return agsk3_group(code) if "-" in code else ens_tru_levels(code).six


def same_group(a: str, b: str) -> bool:
    """Whether two canonical codes are of one classifier and of one group of it.

    The group is the first 6 digits of an ENS TRU code, or the group of an AGSK-3 code.
    """
    return group_of(a) == group_of(b)
