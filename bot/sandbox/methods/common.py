"""What every method of the Bot API starts with: the call, its chat, its message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.sandbox.errors import bad_request, forbidden, too_many_requests
from bot.sandbox.media import Upload
from bot.sandbox.records import Chat, Json, Message
from bot.sandbox.world import World


@dataclass(slots=True)
class Call:
    """One call: parameters already checked against the schema, and the files that came along."""

    world: World
    method: str
    params: Json
    uploads: dict[str, Upload] = field(default_factory=dict)


Handler: TypeAlias = Callable[[Call], object]


def known_chat(call: Call, name: str = "chat_id") -> Chat:
    """The chat a call names, if the bot may read it. Raises ``ApiError`` 400."""
    chat = call.world.chats.get(_number(call.params[name]))
    if chat is None:
        raise bad_request("chat not found")
    return chat


def _number(value: int | str) -> int:
    # Nobody here has a public username to be found by.
    return value if isinstance(value, int) else 0


def writable_chat(call: Call) -> Chat:
    """The chat a call writes to. Raises ``ApiError`` 400 and 403."""
    chat = known_chat(call)
    if chat.type == "private":
        person = call.world.people[chat.id]
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
    return chat


def named_message(call: Call, chat: Chat, what: str) -> Message:
    """The message a call names; ``what`` is how the refusal calls it. Raises ``ApiError`` 400."""
    message = call.world.message(chat.id, call.params.get("message_id", 0))
    if message is None:
        raise bad_request(f"{what} not found")
    return message


def check_rate(call: Call, chat: Chat, count: int = 1) -> None:
    """Count messages against the limits. Raises ``ApiError`` 429."""
    wait = call.world.limiter.take(chat.id, count)
    if wait:
        raise too_many_requests(wait)


def thread_fields(call: Call, chat: Chat) -> Json:
    """``message_thread_id`` of a message in a forum topic. Raises ``ApiError`` 400."""
    thread_id = call.params.get("message_thread_id")
    if not thread_id or not chat.is_forum:
        return {}
    if chat.topic(thread_id) is None:
        raise bad_request("message thread not found")
    return {"message_thread_id": thread_id, "is_topic_message": True}
