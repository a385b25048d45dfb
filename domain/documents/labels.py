"""The fixed wording of documents, in Kazakh and Russian, from ``labels.json``."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["kk", "ru"]
Section: TypeAlias = Literal[
    "protocol",
    "summary",
    "order_form",
    "destruction",
    "units",
    "desk",
    "desk_report",
    "journal",
    "owner_report",
    "evidence",
]

LANGUAGES: tuple[Language, ...] = ("kk", "ru")


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    source = files(__package__).joinpath("labels.json").read_text("utf-8")
    table: dict[str, dict[str, dict[str, str]]] = json.loads(source)
    return table


@cache
def labels(section: Section, language: Language) -> dict[str, str]:
    """Every label of a document in one language, by key. Do not change the answer."""
    return {key: texts[language] for key, texts in _table()[section].items()}


def unit_text(unit: str, language: Language) -> str:
    """A unit as readers know it: ``m2`` is ``м²``; one that somebody typed stays as it is."""
    return labels("units", language).get(unit, unit)
