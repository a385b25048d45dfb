"""HTML of tickets as a tree of plain values: the page builds it anew, tag by known tag.

What people write never becomes HTML of the page, so that nothing of it can run there.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

#: A text, or ``{"tag": ..., "of": [...]}``, a link with ``href`` beside.
Node = str | dict[str, object]

# Tags that Telegram takes, by what the page makes of them; all others leave their words only.
_TAGS = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "a": "a",
}
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "tg"})
# Their content is no text of a person.
_DUMB = frozenset({"script", "style"})
_DEEPEST = 30


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: list[Node] = []
        self._open: list[tuple[str, list[Node]]] = [("", self.root)]
        self._dumb = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DUMB:
            self._dumb += 1
            return
        if tag == "br":
            self.handle_data("\n")
            return
        known = _TAGS.get(tag)
        if known is None or len(self._open) > _DEEPEST:
            return
        inside: list[Node] = []
        node: dict[str, object] = {"tag": known, "of": inside}
        if known == "a":
            href = _address(dict(attrs).get("href"))
            if href is None:
                return
            node["href"] = href
        self._open[-1][1].append(node)
        self._open.append((tag, inside))

    def handle_endtag(self, tag: str) -> None:
        if tag in _DUMB:
            self._dumb = max(0, self._dumb - 1)
            return
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if self._dumb or not data:
            return
        inside = self._open[-1][1]
        if inside and isinstance(inside[-1], str):
            inside[-1] += data
        else:
            inside.append(data)


def _address(href: str | None) -> str | None:
    """An address that may be followed; None for anything that could run."""
    given = (href or "").strip()
    try:
        scheme = urlsplit(given).scheme.lower()
    except ValueError:
        return None
    return given if scheme in _SCHEMES else None


def tree(text: str) -> list[Node]:
    """The text of a message, HTML that Telegram takes, as a tree; whatever else it holds is words.

    Tags that are not known, and links that do not lead to a web address, leave their words.
    """
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root
