"""send…, copy… and forward…: everything that puts a new message into a chat."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from bot.sandbox.entities import read_caption, read_text
from bot.sandbox.errors import bad_request
from bot.sandbox.markup import check_markup
from bot.sandbox.media import KINDS, MediaKind, read_media, show
from bot.sandbox.methods.common import (
    Call,
    Handler,
    check_rate,
    known_chat,
    thread_fields,
    writable_chat,
)
from bot.sandbox.records import Chat, Json, Message

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
        "cancel",
    }
)
#: Parts of a message which a copy takes along.
_COPIED = (
    "text",
    "entities",
    *KINDS,
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "contact",
    "link_preview_options",
)
#: Which kinds may stand in one album together.
_ALBUMS = ({"photo", "video"}, {"document"}, {"audio"})


def _reply_fields(call: Call, chat: Chat) -> Json:
    wanted = call.params.get("reply_parameters")
    if not wanted or "message_id" not in wanted:
        return {}
    if wanted.get("chat_id", chat.id) != chat.id:
        raise bad_request("sandbox: replies into another chat are not implemented")
    original = call.world.message(chat.id, wanted["message_id"])
    if original is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    fields: Json = {"reply_to_message": quoted(original)}
    quote: str = wanted.get("quote", "")
    if quote:
        quotable: str = original.body.get("text") or original.body.get("caption") or ""
        if quote not in quotable:
            raise bad_request("QUOTE_TEXT_INVALID")
        fields["quote"] = {"text": quote, "position": 0, "is_manual": True}
    return fields


def quoted(message: Message) -> Json:
    """A message as it stands inside its answer: without the one it answers itself."""
    return {name: value for name, value in message.body.items() if name != "reply_to_message"}


def _markup(call: Call, chat: Chat) -> Json | None:
    markup = call.params.get("reply_markup")
    return check_markup(markup, private=chat.type == "private") if markup else None


def _put(call: Call, chat: Chat, content: Json, markup: Json | None) -> Message:
    """Post the bot's message and set the keyboard it brings."""
    if inline := "inline_keyboard" in (markup or {}):
        content = {**content, "reply_markup": markup}
    if call.params.get("protect_content"):
        content = {**content, "has_protected_content": True}
    message = call.world.post(chat, call.world.bot, "bot", content)
    if markup and not inline:
        message.locked = True
        call.world.keep_message(chat.id, message)
        kept = None if markup.get("remove_keyboard") else markup
        call.world.set_keyboard(chat, kept, message.id if kept else None)
    return message


def _send(call: Call, read: Callable[[Call], Json]) -> Json:
    """The common way of one message: access, place, content, limits, posting."""
    chat = writable_chat(call)
    place = {**thread_fields(call, chat), **_reply_fields(call, chat)}
    markup = _markup(call, chat)
    content = read(call)
    check_rate(call, chat)
    return _put(call, chat, {**place, **content}, markup).body


def _text(call: Call) -> Json:
    content = read_text(call.params)
    if options := call.params.get("link_preview_options"):
        content["link_preview_options"] = options
    return content


def send_message(call: Call) -> Json:
    """``sendMessage``."""
    return _send(call, _text)


def _media_content(call: Call, kind: MediaKind, params: Json, value: str) -> Json:
    content = {} if kind == "video_note" else read_caption(params)
    content = {**show(kind, read_media(call.world, kind, value, call.uploads, params)), **content}
    if params.get("show_caption_above_media"):
        content["show_caption_above_media"] = True
    if params.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def _sender(kind: MediaKind) -> Handler:
    def send(call: Call) -> Json:
        return _send(call, lambda each: _media_content(each, kind, each.params, each.params[kind]))

    return send


def input_media(call: Call, media: Json) -> tuple[MediaKind, Json]:
    """An ``InputMedia`` of a call as message content. Raises ``ApiError`` 400."""
    kind = media["type"]
    if kind not in KINDS:
        raise bad_request(f"sandbox: media of type {kind} is not implemented")
    return kind, _media_content(call, kind, media, media["media"])


def send_media_group(call: Call) -> list[Json]:
    """``sendMediaGroup``: 2 to 10 files which belong together."""
    chat = writable_chat(call)
    place = {**thread_fields(call, chat), **_reply_fields(call, chat)}
    media = call.params["media"]
    if not 2 <= len(media) <= 10:
        raise bad_request(f"sandbox: an album has 2 to 10 items, got {len(media)}")
    kinds = {item["type"] for item in media}
    if not any(kinds <= album for album in _ALBUMS):
        raise bad_request("can't use the media of the specified type in the album")
    contents = [input_media(call, item)[1] for item in media]
    check_rate(call, chat, len(contents))
    group = {"media_group_id": str(secrets.randbits(53))}
    return [_put(call, chat, {**place, **group, **each}, None).body for each in contents]


def _originals(call: Call, what: str) -> list[Message]:
    source = known_chat(call, "from_chat_id")
    numbers = call.params.get("message_ids") or [call.params["message_id"]]
    if len(numbers) > 100:
        raise bad_request("too many message identifiers specified")
    if numbers != sorted(set(numbers)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    found = [call.world.message(source.id, number) for number in numbers]
    kept = [each for each in found if each is not None]
    if not kept:
        raise bad_request(f"message to {what} not found")
    if any(each.body.get("has_protected_content") for each in kept):
        raise bad_request(f"the message can't be {'copied' if what == 'copy' else 'forwarded'}")
    return kept


def copied(message: Message) -> Json:
    """What a copy of a message shows. Raises ``ApiError`` 400 for what cannot be copied."""
    content = {name: message.body[name] for name in _COPIED if name in message.body}
    if not content:
        raise bad_request("the message can't be copied")
    return content


def _copies(call: Call) -> list[Json]:
    chat = writable_chat(call)
    place = {**thread_fields(call, chat), **_reply_fields(call, chat)}
    markup = _markup(call, chat)
    contents = [copied(each) for each in _originals(call, "copy")]
    for content in contents:
        if "caption" in call.params or call.params.get("remove_caption"):
            content.pop("caption", None)
            content.pop("caption_entities", None)
            if "text" not in content:
                content.update(read_caption(call.params))
    check_rate(call, chat, len(contents))
    return [{"message_id": _put(call, chat, {**place, **each}, markup).id} for each in contents]


def copy_message(call: Call) -> Json:
    """``copyMessage``."""
    return _copies(call)[0]


def copy_messages(call: Call) -> list[Json]:
    """``copyMessages``."""
    return _copies(call)


def origin(message: Message) -> Json:
    """``forward_origin`` of a forwarded message: where it first came from."""
    return message.body.get("forward_origin") or {
        "type": "user",
        "date": message.body["date"],
        "sender_user": message.body["from"],
    }


def _forwards(call: Call) -> list[Message]:
    chat = writable_chat(call)
    place = thread_fields(call, chat)
    originals = _originals(call, "forward")
    contents = [{"forward_origin": origin(each), **copied(each)} for each in originals]
    check_rate(call, chat, len(contents))
    return [_put(call, chat, {**place, **each}, None) for each in contents]


def forward_message(call: Call) -> Json:
    """``forwardMessage``."""
    return _forwards(call)[0].body


def forward_messages(call: Call) -> list[Json]:
    """``forwardMessages``."""
    return [{"message_id": each.id} for each in _forwards(call)]


def send_chat_action(call: Call) -> bool:
    """``sendChatAction``."""
    chat = writable_chat(call)
    action = call.params["action"]
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.world.feed.add("chat_action", chat.id, action=action)
    return True


HANDLERS: dict[str, Handler] = {
    "sendMessage": send_message,
    "sendPhoto": _sender("photo"),
    "sendDocument": _sender("document"),
    "sendVoice": _sender("voice"),
    "sendVideo": _sender("video"),
    "sendAudio": _sender("audio"),
    "sendVideoNote": _sender("video_note"),
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "sendChatAction": send_chat_action,
}
