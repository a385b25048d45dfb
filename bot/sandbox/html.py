"""Telegram's HTML: text with tags in, plain text with entities out, errors as Telegram's.

Offsets of entities count UTF-16 code units; offsets in errors count UTF-8 bytes.
See "HTML style" and "Date-time entity formatting" in the Bot API's documentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.records import Json

_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset({*_STYLES, "a", "code", "pre", "blockquote", "tg-emoji", "tg-time"})
_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_SPECIAL = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(
    r"""\s*([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]+)(?=[\s>])))?"""
)
_SPACE = re.compile(r"\s*")
_DATE_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_LINK = re.compile(r"(?:https?|tg|ton|tonsite)://\S+|mailto:\S+|tel:\S+", re.IGNORECASE)
_BARE_LINK = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?")
_MENTION = re.compile(r"tg://user\?id=(\d+)")


def utf16_length(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class _Open:
    """A tag waiting for its end."""

    tag: str
    attributes: dict[str, str]
    offset: int
    text_at: int


@dataclass(slots=True)
class _Parser:
    html: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def run(self) -> tuple[str, list[Json]]:
        at = 0
        while found := _SPECIAL.search(self.html, at):
            self._add(self.html[at : found.start()])
            at = self._reference(found.start()) if found[0] == "&" else self._tag(found.start())
        self._add(self.html[at:])
        if self.open:
            raise _error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        text = "".join(self.pieces)
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise _error(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text, self.entities

    def _add(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.length += utf16_length(text)

    def _reference(self, at: int) -> int:
        found = _REFERENCE.match(self.html, at)
        char = _character(found) if found else None
        if found is None or char is None:
            self._add("&")
            return at + 1
        self._add(char)
        return found.end()

    def _tag(self, at: int) -> int:
        if self.html.startswith("</", at):
            return self._end(at)
        name = _NAME.match(self.html, at + 1)
        if name is None or name.end() == len(self.html):
            raise self._at("Unclosed start tag", at)
        tag = name[0].lower()
        if tag not in _TAGS:
            raise self._at(f'Unsupported start tag "{tag}"', at)
        attributes, end = self._attributes(tag, at, name.end())
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._at('Tag "span" must have class "tg-spoiler"', at)
        self.open.append(_Open(tag, attributes, self.length, len(self.pieces)))
        return end

    def _attributes(self, tag: str, start: int, at: int) -> tuple[dict[str, str], int]:
        attributes: dict[str, str] = {}
        while True:
            space = _SPACE.match(self.html, at)
            at = space.end() if space else at
            if at == len(self.html):
                raise self._at(f'Unclosed start tag "{tag}"', start)
            if self.html[at] == ">":
                return attributes, at + 1
            found = _ATTRIBUTE.match(self.html, at)
            if found is None:
                raise self._at(f'Empty attribute name in the tag "{tag}"', start)
            if self.html[found.end() : found.end() + 1] == "=":
                # The name was read but not the value: an unquoted token with odd characters,
                # or a quote that never ends.
                raise self._bad_value(tag, start, found.end() + 1)
            quoted = found[2] if found[2] is not None else found[3]
            plain = (found[4] or "").lower()
            attributes[found[1]] = plain if quoted is None else unescape(quoted)
            at = found.end()

    def _bad_value(self, tag: str, start: int, at: int) -> ApiError:
        rest = self.html[at:].lstrip()
        if not rest or rest[0] in "\"'":
            return self._at(
                f'Unclosed start tag "{tag}"' if not rest else "Unclosed start tag", start
            )
        return self._at("Unexpected end of name token", len(self.html) - len(rest))

    def _end(self, at: int) -> int:
        if not self.open:
            raise self._at("Unexpected end tag", at)
        name = _NAME.match(self.html, at + 2)
        space = _SPACE.match(self.html, name.end() if name else at + 2)
        end = space.end() if space else at + 2
        if self.html[end : end + 1] != ">":
            raise self._at("Unclosed end tag", at)
        tag = name[0].lower() if name else ""
        expected = self.open[-1]
        if tag and tag != expected.tag:
            found = f'expected "</{expected.tag}>", found "</{tag}>"'
            raise self._at("Unmatched end tag", at, f", {found}")
        self.open.pop()
        if self.length > expected.offset:
            self._close(expected)
        return end + 1

    def _close(self, opened: _Open) -> None:
        entity: Json = {
            "type": _STYLES.get(opened.tag, opened.tag),
            "offset": opened.offset,
            "length": self.length - opened.offset,
        }
        if opened.tag in {"pre", "code"}:
            self._close_code(opened, entity)
            return
        if opened.tag == "a" and not self._link(opened, entity):
            return
        if opened.tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        if opened.tag == "tg-emoji":
            _custom_emoji(opened, entity)
        if opened.tag == "tg-time" and not _date_time(opened, entity):
            return
        self.entities.append(entity)

    def _link(self, opened: _Open, entity: Json) -> bool:
        text = "".join(self.pieces[opened.text_at :])
        url = opened.attributes.get("href") or text
        if mention := _MENTION.fullmatch(url):
            # The name is whatever the text says: the parser knows no people.
            user = {"id": int(mention[1]), "is_bot": False, "first_name": text}
            entity.update(type="text_mention", user=user)
            return True
        if not _LINK.fullmatch(url):
            if not _BARE_LINK.fullmatch(url):
                return False
            url = f"http://{url}"
        entity.update(type="text_link", url=url)
        return True

    def _close_code(self, opened: _Open, entity: Json) -> None:
        language = opened.attributes.get("class", "")
        if opened.tag == "code" and language.startswith("language-"):
            entity["language"] = language.removeprefix("language-")
        inner = self.entities[-1] if self.entities else None
        same = inner is not None and all(inner[key] == entity[key] for key in ("offset", "length"))
        if inner is not None and same and {inner["type"], opened.tag} == {"pre", "code"}:
            chosen = entity.get("language") or inner.get("language")
            if chosen:
                inner.update(type="pre", language=chosen)
                return
        self.entities.append(entity)

    def _at(self, what: str, at: int, more: str = "") -> ApiError:
        offset = len(self.html[:at].encode("utf-8", "surrogatepass"))
        return _error(f"{what} at byte offset {offset}{more}")


def _error(text: str) -> ApiError:
    return bad_request(f"can't parse entities: {text}")


def _character(found: re.Match[str]) -> str | None:
    if found[3] is not None:
        return _CHARACTERS.get(found[3])
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if 0 < code < 0x10FFFF else None


def unescape(text: str) -> str:
    """Character references replaced; the unknown ones stay as they are."""
    return _REFERENCE.sub(lambda found: _character(found) or found[0], text)


def _custom_emoji(opened: _Open, entity: Json) -> None:
    emoji = opened.attributes.get("emoji-id", "")
    if not emoji.isdigit() or int(emoji) == 0:
        raise _error("Invalid custom emoji identifier specified")
    entity.update(type="custom_emoji", custom_emoji_id=emoji)


def _date_time(opened: _Open, entity: Json) -> bool:
    unix = opened.attributes.get("unix", "")
    date_format = opened.attributes.get("format", "")
    if not _DATE_FORMAT.fullmatch(date_format):
        raise _error("Invalid date-time format specified")
    if not unix.isdigit() or int(unix) == 0:
        return False
    entity.update(type="date_time", unix_time=int(unix))
    if date_format:
        entity["date_time_format"] = date_format
    return True


def parse_html(html: str) -> tuple[str, list[Json]]:
    """Plain text and entities, sorted, nothing inside code. Raises ``ApiError`` 400."""
    text, entities = _Parser(html).run()
    return text, tidy(entities)


def tidy(entities: list[Json]) -> list[Json]:
    """Outer before inner; drops what Telegram drops: anything in code, a quote in a quote."""
    # Of two that cover the same text code comes first, and so the other is dropped.
    ordered = sorted(
        entities,
        key=lambda each: (each["offset"], -each["length"], each["type"] not in {"code", "pre"}),
    )
    kept: list[Json] = []
    code_end = quote_end = -1
    for entity in ordered:
        end = entity["offset"] + entity["length"]
        if end <= code_end:
            continue
        if entity["type"] in {"code", "pre"}:
            code_end = end
        elif "blockquote" in entity["type"]:
            if end <= quote_end:
                continue
            quote_end = end
        kept.append(entity)
    return kept


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without the white space at both ends, entities moved and cut with it."""
    left = text.lstrip()
    shift = utf16_length(text) - utf16_length(left)
    stripped = left.rstrip()
    if stripped == text:
        return text, entities
    length = utf16_length(stripped)
    moved: list[Json] = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        end = min(length, entity["offset"] + entity["length"] - shift)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return stripped, moved
