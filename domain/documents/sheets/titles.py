"""Titles of columns in Kazakh and Russian, and how a title somebody typed is recognised."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from domain.documents.labels import Language

Kind: TypeAlias = Literal["order", "order_fields", "producers", "goods_list", "status", "example"]

_LATIN = "aceopxyi\u0259hk"
_CYRILLIC = "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u04d9\u04bb\u043a"
_LOOK_ALIKES = str.maketrans(_LATIN, _CYRILLIC)


@cache
def _table() -> dict[str, dict[str, dict[str, str | list[str]]]]:
    source = files(__package__).joinpath("columns.json").read_text("utf-8")
    table: dict[str, dict[str, dict[str, str | list[str]]]] = json.loads(source)
    return table


@cache
def titles(kind: Kind, language: Language) -> dict[str, str]:
    """The title of each column of a sheet in one language, by key. Do not change the answer."""
    return {key: str(entry[language]) for key, entry in _table()[kind].items()}


@cache
def _by_title(kind: Kind) -> dict[str, str]:
    return {
        _bare(title): key
        for key, entry in _table()[kind].items()
        for title in (key, str(entry["kk"]), str(entry["ru"]), *entry["also"])
    }


def key_of(kind: Kind, typed: str) -> str | None:
    """The key whose title in any language was typed, or None.

    Case, spaces, punctuation and Latin look-alikes of Cyrillic letters make no difference.
    """
    return _by_title(kind).get(_bare(typed)) if typed.strip() else None


def _bare(text: str) -> str:
    letters = "".join(
        character
        for character in unicodedata.normalize("NFKC", text).casefold()
        if character.isalnum() or character in "№%"
    )
    cyrillic = any("\u0400" <= character <= "\u04ff" for character in letters)
    return letters.translate(_LOOK_ALIKES) if cyrillic else letters
