"""Keyboards under messages and under the input field, checked as Telegram checks them."""

from __future__ import annotations

import ipaddress
import json
from urllib.parse import urlsplit

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.records import Json

CALLBACK_BYTES = 64
MOST_BUTTONS = 100
MARKUP_BYTES = 10 * 1024
_STYLES = {"danger", "success", "primary"}
#: The one field that says what an inline button does.
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
_REQUESTS = ("request_contact", "request_location", "request_users", "request_chat", "request_poll")


def check_markup(markup: Json, *, private: bool) -> Json | None:
    """The keyboard, or ``None`` when it is empty. Raises ``ApiError`` 400."""
    if "inline_keyboard" in markup:
        return check_inline(markup)
    if "keyboard" in markup:
        return _check_reply(markup, private)
    _check_placeholder(markup)
    return markup


def check_inline(markup: Json) -> Json | None:
    """An inline keyboard without empty rows, or ``None``. Raises ``ApiError`` 400."""
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    rows = [[_inline_button(button) for button in row] for row in markup["inline_keyboard"] if row]
    if not rows:
        return None
    _check_size(rows)
    return {**markup, "inline_keyboard": rows}


def callback_data(markup: Json | None) -> list[str]:
    """Every callback_data of an inline keyboard."""
    rows = (markup or {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def _inline_button(button: Json) -> Json:
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    _check_style(button, "inline keyboard button")
    # An empty query is a value of its own; an empty callback_data or address is none.
    actions = [
        name
        for name in _ACTIONS
        if name in button
        and (button[name] or name.startswith(("switch", "disabled", "callback_g")))
    ]
    if not actions:
        raise _no_button("inline keyboard", "Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _no_button("inline keyboard", f"sandbox: one action expected, got {actions}")
    if "callback_data" in button and len(button["callback_data"].encode()) > CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not _valid_url(button["url"]):
        raise bad_request(
            f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL specified"
        )
    return button


def _valid_url(url: str) -> bool:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme == "tg":
        return bool(parts.netloc)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or " " in url:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".")
    return True


def _check_reply(markup: Json, private: bool) -> Json | None:
    _check_placeholder(markup)
    rows = [row for row in markup["keyboard"] if row]
    for row in rows:
        for button in row:
            if not button["text"].strip():
                raise bad_request("keyboard button text must be non-empty")
            _check_style(button, "keyboard button")
            requests = [name for name in _REQUESTS if button.get(name)]
            if len(requests) > 1:
                raise _no_button("keyboard", f"sandbox: one request expected, got {requests}")
            if "request_contact" in requests and not private:
                raise bad_request("phone number can be requested in private chats only")
            if "request_location" in requests and not private:
                raise bad_request("location can be requested in private chats only")
    if not rows:
        return None
    _check_size(rows)
    return {**markup, "keyboard": rows}


def _check_placeholder(markup: Json) -> None:
    if len(markup.get("input_field_placeholder", "")) > 64:
        raise bad_request("sandbox: input_field_placeholder is longer than 64 characters")


def _check_style(button: Json, what: str) -> None:
    if "style" in button and button["style"] not in _STYLES:
        raise bad_request(f"can't parse {what}: invalid button style specified")


def _check_size(rows: list[list[Json]]) -> None:
    text = json.dumps(rows, ensure_ascii=False)
    if sum(map(len, rows)) > MOST_BUTTONS or len(text.encode()) > MARKUP_BYTES:
        raise bad_request("reply markup is too long")


def _no_button(what: str, why: str) -> ApiError:
    return bad_request(f"can't parse {what} button: {why}")
