"""edit…, delete…, pins, reactions and answers to pressed buttons."""

from __future__ import annotations

from bot.sandbox.entities import read_caption, read_text
from bot.sandbox.errors import bad_request
from bot.sandbox.markup import check_inline
from bot.sandbox.media import KINDS
from bot.sandbox.methods.common import (
    Call,
    Handler,
    check_rate,
    known_chat,
    named_message,
    writable_chat,
)
from bot.sandbox.methods.sending import input_media
from bot.sandbox.records import Chat, Json, Message

#: A bot may delete a message in a private chat for this long (Bot API, deleteMessage).
DELETE_SECONDS = 48 * 3600
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_MEDIA = (*KINDS, *_CAPTION, "has_media_spoiler")


def _editable(call: Call) -> tuple[Chat, Message]:
    if "inline_message_id" in call.params:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in call.params:
        raise bad_request("chat_id is empty")
    if "message_id" not in call.params:
        raise bad_request("message identifier is not specified")
    chat = writable_chat(call)
    message = named_message(call, chat, "message to edit")
    if message.by != "bot" or message.locked or "forward_origin" in message.body:
        raise bad_request("message can't be edited")
    return chat, message


def _replace(
    call: Call, chat: Chat, message: Message, parts: tuple[str, ...], content: Json
) -> Json:
    """Put ``content`` in place of ``parts``; without ``reply_markup`` the buttons go."""
    markup = call.params.get("reply_markup")
    markup = check_inline(markup) if markup else None
    old = message.body
    body = {
        name: value
        for name, value in old.items()
        if name not in parts and name not in {"reply_markup", "edit_date"}
    }
    body.update(content)
    if markup:
        body["reply_markup"] = markup
    if body == {name: value for name, value in old.items() if name != "edit_date"}:
        raise bad_request(_NOT_MODIFIED)
    limits = call.world.limiter.limits
    if limits and limits.edits:
        check_rate(call, chat)
    body["edit_date"] = call.world.unix()
    call.world.edit(chat.id, message, body)
    return body


def edit_text(call: Call) -> Json:
    """``editMessageText``."""
    chat, message = _editable(call)
    if "rich_message" in call.params:
        raise bad_request("sandbox: rich messages are not implemented")
    content = read_text(call.params)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    if options := call.params.get("link_preview_options"):
        content["link_preview_options"] = options
    return _replace(call, chat, message, _TEXT, content)


def edit_caption(call: Call) -> Json:
    """``editMessageCaption``."""
    chat, message = _editable(call)
    if not any(kind in message.body for kind in KINDS if kind != "video_note"):
        raise bad_request("there is no caption in the message to edit")
    content = read_caption(call.params)
    if call.params.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return _replace(call, chat, message, _CAPTION, content)


def edit_markup(call: Call) -> Json:
    """``editMessageReplyMarkup``."""
    chat, message = _editable(call)
    return _replace(call, chat, message, (), {})


def edit_media(call: Call) -> Json:
    """``editMessageMedia``: the file and the caption are replaced."""
    chat, message = _editable(call)
    if not any(kind in message.body for kind in KINDS) and "text" not in message.body:
        raise bad_request("message can't be edited")
    kind, content = input_media(call, call.params["media"])
    if "media_group_id" in message.body and kind not in message.body:
        raise bad_request("can't use the media of the specified type in the album")
    return _replace(call, chat, message, (*_TEXT, *_MEDIA), content)


def _deletable(call: Call, chat: Chat, message: Message) -> bool:
    # The bot is an administrator of every group here and may delete anything there.
    return chat.type != "private" or call.world.unix() - message.body["date"] <= DELETE_SECONDS


def delete_message(call: Call) -> bool:
    """``deleteMessage``."""
    chat = known_chat(call)
    message = named_message(call, chat, "message to delete")
    if not _deletable(call, chat, message):
        raise bad_request("message can't be deleted for everyone")
    call.world.delete(chat, message)
    return True


def delete_messages(call: Call) -> bool:
    """``deleteMessages``: those not found are skipped."""
    chat = known_chat(call)
    numbers = call.params["message_ids"]
    if not numbers:
        raise bad_request("message identifiers are not specified")
    if len(numbers) > 100:
        raise bad_request("too many message identifiers specified")
    for number in numbers:
        message = call.world.message(chat.id, number)
        if message is not None and _deletable(call, chat, message):
            call.world.delete(chat, message)
    return True


def answer_callback(call: Call) -> bool:
    """``answerCallbackQuery``: once, and not too late by the sandbox's clock."""
    world = call.world
    callback = world.callbacks.get(call.params["callback_query_id"])
    if callback is None:
        raise bad_request(_TOO_OLD)
    if world.clock.now().timestamp() - callback.at > world.callback_age.total_seconds():
        world.drop_callback(callback.id)
        raise bad_request(_TOO_OLD)
    text = call.params.get("text", "")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    world.drop_callback(callback.id)
    answer: Json = {
        "id": callback.id,
        "text": text,
        "show_alert": call.params.get("show_alert", False),
        "from": callback.person_id,
    }
    if url := call.params.get("url"):
        answer["url"] = url
    world.feed.add("callback_answer", callback.chat_id, callback=answer)
    return True


def pin(call: Call) -> bool:
    """``pinChatMessage``."""
    chat = writable_chat(call)
    message = named_message(call, chat, "message to pin")
    if message.id not in chat.pinned:
        check_rate(call, chat)
        chat.pinned.append(message.id)
        call.world.keep_chat(chat)
        call.world.feed.add("edit", chat.id, message=message.view())
    return True


def unpin(call: Call) -> bool:
    """``unpinChatMessage``: the named one, or the newest."""
    chat = writable_chat(call)
    number = call.params.get("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    call.world.keep_chat(chat)
    return True


def unpin_all(call: Call) -> bool:
    """``unpinAllChatMessages``."""
    chat = writable_chat(call)
    chat.pinned.clear()
    call.world.keep_chat(chat)
    return True


def set_reaction(call: Call) -> bool:
    """``setMessageReaction``: shown to people as ``_reactions`` of the message."""
    chat = writable_chat(call)
    message = named_message(call, chat, "message to react")
    reactions = call.params.get("reaction", [])
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(each["type"] == "emoji" and each["emoji"].isascii() for each in reactions):
        raise bad_request("REACTION_INVALID")
    message.reactions = reactions
    call.world.edit(chat.id, message, message.body)
    return True


HANDLERS: dict[str, Handler] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "editMessageMedia": edit_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
    "unpinAllChatMessages": unpin_all,
    "setMessageReaction": set_reaction,
}
