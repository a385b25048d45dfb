"""The table of kinds of notices in ``docs/notices.md``, made from the one in the code.

``python -m bot.notices_page`` writes it anew; a test compares the page with it.
"""

from __future__ import annotations

from pathlib import Path

from domain.notices.kinds import CATEGORIES, KINDS, Kind
from domain.notices.model import Lane

PAGE = Path(__file__).parents[1] / "docs" / "notices.md"
BEGIN, END = "<!-- made from the code: begin -->", "<!-- made from the code: end -->"
_URGENCY = {Lane.STATUTORY: "statutory", Lane.WORK: "work", Lane.NEWS: "news"}


def _row(kind: Kind) -> str:
    muted = "may be muted" if kind.mutable else ""
    seen = "asked" if kind.ack else ""
    return f"| `{kind.name}` | {_URGENCY[kind.lane]} | {muted} | {seen} | {kind.chain or ''} |"


def tables() -> str:
    """One table for each category, in the order of the settings page."""
    lines: list[str] = []
    for category in CATEGORIES:
        kinds = [kind for kind in KINDS.values() if kind.category is category]
        lines += [
            f"### {category.name}",
            "",
            '| kind | urgency | muting | "I have seen it" | chain |',
            "|---|---|---|---|---|",
            *map(_row, kinds),
            "",
        ]
    return "\n".join(lines)


def renewed(text: str) -> str:
    """The page with the tables as the code has them now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
