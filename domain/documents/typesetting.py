"""The one door to Typst: a template beside the code, data as JSON, bytes out.

Data never becomes part of the source, so no name can act as markup. System fonts are left out:
the same data gives the same bytes on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import cast

import typst

_PNG_PPI = 144.0


@cache
def _template(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _sources(template: str, data: Mapping[str, object]) -> bytes:
    content = json.dumps(data, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    # The package takes a dict of files held in memory; only its type stub has forgotten that.
    return cast("bytes", {"main.typ": _template(template), "data.json": content})


def to_pdf(template: str, data: Mapping[str, object], *, created_at: datetime) -> bytes:
    """One PDF, its inner timestamp fixed at ``created_at`` (aware)."""
    return typst.compile(
        _sources(template, data),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        timestamp=int(created_at.timestamp()),
    )


def to_pngs(template: str, data: Mapping[str, object]) -> list[bytes]:
    """One PNG for each page of the template; 2 pixels for each point."""
    pages: bytes | list[bytes] = typst.compile(
        _sources(template, data),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="png",
        ppi=_PNG_PPI,
    )
    return [pages] if isinstance(pages, bytes) else pages
