"""Texts of messages: parse mode, limits of length, and the entities Telegram finds by itself."""

from __future__ import annotations

import re

from bot.sandbox.errors import bad_request
from bot.sandbox.html import parse_html, tidy, trim, utf16_length
from bot.sandbox.records import Json

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_RAW_LIMIT = 1 << 15

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)\]])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d_]\w*)"
)


def find_entities(text: str, entities: list[Json]) -> list[Json]:
    """Entities given plus links, commands, mentions and hashtags found outside code and links."""
    if not any(mark in text for mark in ("/", "@", "#")):
        return entities
    closed = [
        (each["offset"], each["offset"] + each["length"])
        for each in entities
        if each["type"] in {"code", "pre", "text_link", "text_mention", "date_time"}
    ]
    found: list[Json] = []
    for match in _FOUND.finditer(text):
        offset = utf16_length(text[: match.start()])
        length = utf16_length(match[0])
        if any(start < offset + length and offset < end for start, end in closed):
            continue
        found.append({"type": match.lastgroup, "offset": offset, "length": length})
    return tidy(entities + found) if found else entities


def formatted(
    text: str, parse_mode: str | None, given: list[Json] | None
) -> tuple[str, list[Json]]:
    """Text and entities as Telegram would keep them. Raises ``ApiError`` 400."""
    if len(text.encode("utf-8")) > _RAW_LIMIT:
        raise bad_request("text is too long")
    mode = (parse_mode or "none").lower()
    if mode == "html":
        plain, entities = parse_html(text)
    elif mode == "none":
        plain, entities = text, _checked(text, given or [])
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request(f"sandbox: parse_mode {parse_mode} is not implemented, use HTML")
    else:
        raise bad_request("unsupported parse_mode")
    plain, entities = trim(plain, entities)
    return plain, find_entities(plain, entities)


def _checked(text: str, entities: list[Json]) -> list[Json]:
    length = utf16_length(text)
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or entity["length"] <= 0 or end > length:
            raise bad_request(
                f"entity begins in {start} or ends in {end} outside of the text's {length} units"
            )
    return tidy(entities)


def read_text(params: Json) -> Json:
    """``text`` and ``entities`` of a message from a call's parameters. Raises ``ApiError`` 400."""
    if not params.get("text"):
        raise bad_request("message text is empty")
    text, entities = formatted(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def read_caption(params: Json) -> Json:
    """``caption`` and ``caption_entities``, or nothing. Raises ``ApiError`` 400."""
    if not params.get("caption"):
        return {}
    text, entities = formatted(
        params["caption"], params.get("parse_mode"), params.get("caption_entities")
    )
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    body: Json = {"caption": text}
    if entities:
        body["caption_entities"] = entities
    return body
