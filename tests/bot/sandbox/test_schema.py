"""What the Bot API's description does not declare is refused."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.errors import ApiError
from bot.sandbox.methods import HANDLERS
from bot.sandbox.schema import schema


def read(method: str, **params: Any) -> dict[str, Any]:
    found = schema().method(method)
    assert found is not None
    return found.read(params)


def test_every_method_worked_is_described() -> None:
    for name in HANDLERS:
        found = schema().method(name)
        assert found is not None
        assert found.name == name


def test_form_fields_become_what_is_declared() -> None:
    assert read("sendmessage", chat_id="-1001", text="x", disable_notification="true") == {
        "chat_id": -1001,
        "text": "x",
        "disable_notification": True,
    }
    markup = '{"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}'
    assert read("sendMessage", chat_id=1, text="x", reply_markup=markup)["reply_markup"] == {
        "inline_keyboard": [[{"text": "a", "callback_data": "b"}]]
    }


@pytest.mark.parametrize(
    ("method", "params", "error"),
    [
        ("sendMessage", {"chat_id": 1, "text": "x", "colour": 1}, "undeclared parameter 'colour'"),
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": True}, "expected a String"),
        ("sendMessage", {"chat_id": 1, "text": "\ud83d"}, "encoded in UTF-8"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "{"}, "can't parse JSON"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {}}, "of no known kind"),
        (
            "sendMessage",
            {
                "chat_id": 1,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": 1, "x": 2}]]},
            },
            "undeclared field 'x' of InlineKeyboardButton",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"url": "a"}]]}},
            'field "text" of InlineKeyboardButton is required',
        ),
        ("sendMessage", {"chat_id": 1, "text": "x", "entities": "{}"}, "expected an Array"),
        ("deleteMessage", {"chat_id": 1, "message_id": "x"}, "expected an Integer"),
        ("setMyCommands", {"commands": [], "scope": {"type": "moon"}}, "unsupported type 'moon'"),
        ("sendChatAction", {"chat_id": 1}, 'parameter "action" is required'),
        (
            "sendMediaGroup",
            {"chat_id": 1, "media": [{"type": "animation", "media": "x"}]},
            "unsupported type 'animation'",
        ),
    ],
)
def test_refusals(method: str, params: dict[str, Any], error: str) -> None:
    with pytest.raises(ApiError) as refused:
        read(method, **params)
    assert refused.value.code == 400
    assert error in refused.value.description


def test_unions_are_told_apart() -> None:
    scope = {"type": "chat_member", "chat_id": -1, "user_id": 2}
    assert read("setMyCommands", commands=[], scope=scope)["scope"] == scope
    markups: list[dict[str, Any]] = [
        {"keyboard": []},
        {"remove_keyboard": True},
        {"force_reply": True},
    ]
    for markup in markups:
        assert (
            read("sendMessage", chat_id=1, text="x", reply_markup=markup)["reply_markup"] == markup
        )
