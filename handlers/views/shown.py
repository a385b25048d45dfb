"""What a person is shown: a text, buttons, and files that the sender looks up later.

Views only build values; sending, splitting and uploading are for the edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.views.translator import Html

Style = Literal["primary", "success", "danger"]
AttachmentKind = Literal[
    "summary_picture", "summary_sheet", "protocol", "order_file", "offer_photo"
]


@dataclass(frozen=True)
class Attachment:
    """A file to go with a text, by what it belongs to; its bytes are found when it is sent.

    ``number`` is the order's, or the offer's for a photo. ``part`` is the protocol's version (0:
    the newest), the file's number within the order, the photo's within the offer, or the page of
    a long summary, from 0.
    """

    kind: AttachmentKind
    number: int
    part: int = 0


@dataclass(frozen=True)
class Shown:
    """One message: its text, the buttons under it, the files with it."""

    text: Html
    keyboard: InlineKeyboardMarkup | None = None
    attachments: tuple[Attachment, ...] = ()


def button(text: str, data: str, style: Style | None = None) -> InlineKeyboardButton:
    """A button that reports ``data`` (see ``press``) when pressed."""
    return InlineKeyboardButton(text=text, callback_data=data, style=style)


def link(text: str, url: str) -> InlineKeyboardButton:
    """A button that opens an address."""
    return InlineKeyboardButton(text=text, url=url)


def keyboard(*rows: Sequence[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Rows of buttons, top to bottom; empty rows are left out."""
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows if row])


def bold(text: Html) -> Html:
    """``text`` as a headline."""
    return Html(f"<b>{text}</b>")


def italic(text: Html) -> Html:
    """``text`` as a remark."""
    return Html(f"<i>{text}</i>")
