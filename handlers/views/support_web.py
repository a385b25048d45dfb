"""What an operator reads of the web desk in the chat."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import InlineKeyboardButton

from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Translator, escape, join, plain

END = "desk.web.end"
OPEN = "desk.web"


def web_button(t: Translator) -> InlineKeyboardButton:
    """The way to the web desk from what an operator works with in the chat."""
    return button(t.button("Web desk"), press(OPEN))


def desk_link(t: Translator, url: str, until: datetime) -> Shown:
    """The link, until when it works, and how to end what it begins."""
    told = t(
        "It works once, until {time} (Astana), and the session lasts 12 hours. "
        "Show it to nobody: whoever opens it works in your name.",
        time=fmt.clock(t, until),
    )
    address = escape(url)
    # Telegram makes no link of an address of one's own machine; as text it can be copied.
    way = Html(f'<a href="{address}">{address}</a>')
    return Shown(
        join([bold(t("Your way to the web desk")), way, told], "\n\n"),
        keyboard([button(t.button("End all sessions"), press(END), "danger")]),
    )


def sessions_ended(t: Translator, count: int) -> str:
    """Said after all sessions were ended."""
    return plain(
        t.plural("{n} session or link is ended.", "{n} sessions and links are ended.", count)
    )
