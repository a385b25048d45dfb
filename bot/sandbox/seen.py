"""What a person sees in a chat: messages, buttons, answers to presses."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.records import Json


class NothingCame(AssertionError):
    """What a test waited for did not come in time; the message tells what did."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button; ``data`` is set for inline ones that call back."""

    text: str
    data: str | None = None
    url: str | None = None
    contact: bool = False


@dataclass(frozen=True)
class Message:
    """A message as a person sees it."""

    raw: Json

    @property
    def id(self) -> int:
        """Number in the chat."""
        return int(self.raw["message_id"])

    @property
    def chat_id(self) -> int:
        """The chat it stands in."""
        return int(self.raw["chat"]["id"])

    @property
    def text(self) -> str:
        """Text or caption, empty when there is neither."""
        return str(self.raw.get("text") or self.raw.get("caption") or "")

    @property
    def entities(self) -> list[Json]:
        """Formatting of the text or caption."""
        found: list[Json] = self.raw.get("entities") or self.raw.get("caption_entities") or []
        return found

    @property
    def by_bot(self) -> bool:
        """Whether the bot sent it."""
        return bool(self.raw["_by"] == "bot")

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return bool(self.raw["_deleted"])

    @property
    def edited(self) -> bool:
        """Whether it was ever edited."""
        return "edit_date" in self.raw

    @property
    def buttons(self) -> list[Button]:
        """Inline buttons, row by row."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [
            Button(each["text"], each.get("callback_data"), each.get("url"))
            for row in rows
            for each in row
        ]

    @property
    def kind(self) -> str:
        """``text``, ``photo``, ``document``, ``contact`` and so on."""
        kinds = ("text", "photo", "document", "voice", "video", "video_note", "audio", "contact")
        return next((each for each in kinds if each in self.raw), "service")

    @property
    def file_id(self) -> str | None:
        """The file in it, or ``None``."""
        body = self.raw.get(self.kind)
        if isinstance(body, list):
            body = body[-1]
        return body.get("file_id") if isinstance(body, dict) else None

    def has(self, part: str) -> bool:
        """Whether the text or a button's label contains ``part``."""
        return part in self.text or any(part in each.text for each in self.buttons)

    def button(self, label: str) -> Button:
        """The button whose label is, or else contains, ``label``. Raises ``NothingCame``."""
        exact = [each for each in self.buttons if each.text == label]
        found = exact or [each for each in self.buttons if label in each.text]
        if not found:
            raise NothingCame(f"no button {label!r} among {[each.text for each in self.buttons]}")
        return found[0]


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What popped up after a press."""

    id: str
    text: str
    show_alert: bool
