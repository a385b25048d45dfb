"""The words of a message as HTML that Telegram takes back."""

from __future__ import annotations

import html
from typing import Any

from aiogram.types import Message
from aiogram.utils.text_decorations import HtmlDecoration


class _Decoration(HtmlDecoration):
    """aiogram's, with attributes escaped and a language of code as Telegram reads it."""

    def _tag(
        self,
        tag: str,
        content: str,
        *,
        attrs: dict[str, str] | None = None,
        flags: list[str] | None = None,
    ) -> str:
        if attrs and "language" in attrs:
            attrs = {"class": attrs["language"]}
        safe = {name: html.escape(str(value)) for name, value in (attrs or {}).items()}
        return super()._tag(tag, content, attrs=safe or None, flags=flags)

    def apply_entity(self, entity: Any, text: str) -> str:
        # People's own names for each other stay words: the link would show an account.
        return text if entity.type == "text_mention" else super().apply_entity(entity, text)


_HTML = _Decoration()


def html_of(message: Message) -> str:
    """Text or caption with its formatting; empty when there is neither."""
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities
    return _HTML.unparse(text, entities) if text else ""
