"""The words of a letter written in HTML."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    ("p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr")
)
_UNSEEN = frozenset(("style", "script", "head", "title", "template"))
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_QUOTED = "> "
_MOST_DEPTH = 10
#: Characters that are read: what is longer goes along as a file.
MOST_HTML = 300_000


def text_of_html(source: str) -> str:
    """Plain text; quotations begin their lines with ``>``, links show where they lead."""
    reader = _Reader()
    try:
        reader.feed(source[:MOST_HTML])
        reader.close()
        text = reader.text()
    # The parser gives up at some broken declarations: the words are there all the same.
    except Exception:
        text = html.unescape(_TAG.sub(" ", source[:MOST_HTML]))
    return _BLANKS.sub("\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        # Each line: how deep it is quoted, and its pieces.
        self._lines: list[tuple[int, list[str]]] = [(0, [])]
        self._unseen = 0
        self._depth = 0
        self._link = ""
        self._linked: list[str] = []

    def text(self) -> str:
        return "\n".join(
            _QUOTED * min(depth, _MOST_DEPTH) + "".join(pieces).strip()
            for depth, pieces in self._lines
        )

    def _add(self, text: str) -> None:
        depth, pieces = self._lines[-1]
        if not pieces and depth != self._depth:
            self._lines[-1] = (self._depth, pieces)
        pieces.append(text)

    def _break(self, *, always: bool = False) -> None:
        if always or self._lines[-1][1]:
            self._lines.append((self._depth, []))

    def _quote(self, change: int) -> None:
        self._break()
        self._depth = max(0, self._depth + change)
        self._lines[-1] = (self._depth, self._lines[-1][1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._break(always=True)
        elif tag == "blockquote":
            self._quote(1)
        elif tag == "li":
            self._break()
            self._add("• ")
        elif tag == "td":
            self._add(" ")
        elif tag in _BLOCKS:
            self._break()
        elif tag == "a":
            self._link, self._linked = dict(attrs).get("href") or "", []

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "blockquote":
            self._quote(-1)
        elif tag == "p":
            self._break()
            self._break(always=True)
        elif tag in _BLOCKS:
            self._break()
        elif tag == "a":
            shown = "".join(self._linked)
            if self._link.startswith(("http://", "https://")) and self._link not in shown:
                self._add(f" ({self._link})")
            self._link = ""

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        words = re.sub(r"\s+", " ", data)
        if words != " " or self._lines[-1][1]:
            if self._link:
                self._linked.append(words)
            self._add(words)
