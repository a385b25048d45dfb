"""Cutting a long HTML text into messages that Telegram takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024

_PIECE = re.compile(r"</?[a-zA-Z][^>]*>|&(?:\w+|#\d+|#x[0-9a-fA-F]+);|.", re.DOTALL)
# Something outside all tags that is no space.
_SEEN = re.compile(r"(?:^|>)\s*[^<\s]")
# Joins signs into one; a colour of skin; half of a flag.
_JOINER, _SKINS = "\u200d", range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TAG = re.compile(r"<(/?)([a-zA-Z-]+)")


def _width(piece: str) -> int:
    """What a piece adds to the length: a tag nothing, a written entity one character."""
    if len(piece) > 1:
        return 0 if piece[0] == "<" else 1
    # Counted in UTF-16 units, the strictest of the ways in which Telegram counts.
    return 2 if ord(piece) > 0xFFFF else 1


def visible_length(html: str) -> int:
    """The length as Telegram counts it: after the tags are taken out."""
    return sum(_width(piece) for piece in _PIECE.findall(html))


def _follow(open_tags: list[str], piece: str) -> None:
    if (tag := _TAG.match(piece)) is None:
        return
    if tag[1]:
        if open_tags:
            open_tags.pop()
    else:
        open_tags.append(piece)


def _closing(open_tags: Iterable[str]) -> str:
    names = [tag[2] for opened in open_tags if (tag := _TAG.match(opened))]
    return "".join(f"</{name}>" for name in reversed(names))


def _rank(piece: str, open_tags: list[str]) -> int:
    """How good a place for a cut is after this piece."""
    if piece == "\n":
        return 3 if open_tags else 4
    if piece == " ":
        return 1 if open_tags else 2
    return 0


def _belongs(pieces: Sequence[str], index: int) -> bool:
    """Whether a piece is read as one sign with the one before it."""
    piece = pieces[index]
    if len(piece) > 1 or index == 0:
        return False
    if piece == _JOINER or pieces[index - 1] == _JOINER or ord(piece) in _SKINS:
        return True
    if ord(piece) in _FLAGS:
        first = index
        while first and len(pieces[first - 1]) == 1 and ord(pieces[first - 1]) in _FLAGS:
            first -= 1
        return (index - first) % 2 == 1
    return unicodedata.category(piece) in ("Mn", "Me", "Mc")


def _before_sign(pieces: Sequence[str], index: int) -> int:
    """The last place up to here at which no sign is cut; here, where there is none."""
    place = index
    while place and _belongs(pieces, place):
        place -= 1
    return place or index


def _cut(pieces: list[str], limit: int, opened: list[str]) -> int:
    """How many of the pieces go into one message: up to the best place in its second half."""
    tags = list(opened)
    length, best, best_rank = 0, 0, 0
    for index, piece in enumerate(pieces):
        length += _width(piece)
        if length > limit:
            return best or _before_sign(pieces, index)
        _follow(tags, piece)
        rank = _rank(piece, tags)
        if rank and rank >= (best_rank if length > limit // 2 else 1):
            best, best_rank = index + 1, rank
    return len(pieces)


def split_html(html: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Parts of at most ``limit`` visible characters, cut between lines or words where possible.

    A tag or a written entity is never cut; a tag open at a cut is closed there and opened again.
    """
    if len(html.encode("utf-16-le")) <= 2 * limit:
        # Tags and all it is short enough: most are, and thousands go in a minute.
        whole = html.strip("\n ")
        return [whole] if _SEEN.search(whole) else []
    pieces = _PIECE.findall(html)
    parts: list[str] = []
    opened: list[str] = []
    while pieces:
        count = max(1, _cut(pieces, limit, opened))
        part = "".join(opened) + "".join(pieces[:count])
        for piece in pieces[:count]:
            _follow(opened, piece)
        part = part.strip("\n ") + _closing(opened)
        pieces = pieces[count:]
        if visible_length(part.strip()):
            parts.append(part)
    return parts
