"""Chats, their members, topics of forums, and files by id."""

from __future__ import annotations

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.common import Call, Handler, check_rate, known_chat, writable_chat
from bot.sandbox.records import Chat, Json, Topic

_ICON_COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
)


def administrator(user: Json) -> Json:
    """The bot as ``ChatMemberAdministrator``."""
    rights = dict.fromkeys(_RIGHTS, True)
    return {
        "status": "administrator",
        "user": user,
        "can_be_edited": False,
        "is_anonymous": False,
        **rights,
    }


def get_chat(call: Call) -> Json:
    """``getChat``: the fields ``ChatFullInfo`` requires, pins, and what the chat is."""
    chat = known_chat(call)
    if chat.type == "private" and not call.world.people[chat.id].started:
        raise bad_request("chat not found")
    body = call.world.chat_view(chat)
    body.update(
        accent_color_id=0,
        max_reaction_count=11,
        accepted_gift_types={
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    )
    if chat.pinned and (pinned := call.world.message(chat.id, chat.pinned[-1])):
        body["pinned_message"] = pinned.body
    return body


def _member(call: Call, chat: Chat, user_id: int) -> Json:
    world = call.world
    if user_id == world.bot["id"]:
        if chat.type == "private":
            return {"status": "member", "user": world.bot}
        return administrator(world.bot)
    person = world.people.get(user_id)
    if person is None:
        raise bad_request("invalid user_id specified")
    if user_id not in chat.members:
        return {"status": "left", "user": person.user()}
    if chat.type == "supergroup" and chat.members[0] == user_id:
        return {"status": "creator", "user": person.user(), "is_anonymous": False}
    return {"status": "member", "user": person.user()}


def get_member(call: Call) -> Json:
    """``getChatMember``: the first member of a group owns it."""
    return _member(call, known_chat(call), call.params["user_id"])


def get_administrators(call: Call) -> list[Json]:
    """``getChatAdministrators``."""
    chat = known_chat(call)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    return [_member(call, chat, each) for each in (*chat.members[:1], call.world.bot["id"])]


def member_count(call: Call) -> int:
    """``getChatMemberCount``."""
    return len(known_chat(call).members) + 1


def _forum(call: Call) -> Chat:
    chat = writable_chat(call)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return chat


def _topic(call: Call, chat: Chat) -> Topic:
    topic = chat.topic(call.params["message_thread_id"])
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def _check_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= 128:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name.strip() else "TOPIC_TITLE_TOO_LONG")
    return name.strip()


def _say(call: Call, chat: Chat, topic: Topic, what: str, body: Json) -> None:
    place = {"message_thread_id": topic.message_thread_id, "is_topic_message": True}
    call.world.post(chat, call.world.bot, "bot", {**place, what: body})


def create_topic(call: Call) -> Json:
    """``createForumTopic``: the topic has the number of the service message that opens it."""
    chat = _forum(call)
    name = _check_name(call.params["name"])
    color = call.params.get("icon_color", _ICON_COLORS[0])
    if color not in _ICON_COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    check_rate(call, chat)
    created: Json = {"name": name, "icon_color": color}
    opening = call.world.post(
        chat, call.world.bot, "bot", {"is_topic_message": True, "forum_topic_created": created}
    )
    opening.body = {**opening.body, "message_thread_id": opening.id}
    call.world.keep_message(chat.id, opening)
    topic = Topic(opening.id, name, color, call.params.get("icon_custom_emoji_id"))
    chat.keep_topic(topic)
    call.world.keep_chat(chat)
    return topic.forum_topic()


def edit_topic(call: Call) -> bool:
    """``editForumTopic``."""
    chat = _forum(call)
    topic = _topic(call, chat)
    name = _check_name(call.params["name"]) if call.params.get("name") else topic.name
    emoji = call.params.get("icon_custom_emoji_id", topic.icon_custom_emoji_id)
    if (name, emoji) == (topic.name, topic.icon_custom_emoji_id):
        raise bad_request("TOPIC_NOT_MODIFIED")
    check_rate(call, chat)
    topic.name, topic.icon_custom_emoji_id = name, emoji
    chat.keep_topic(topic)
    call.world.keep_chat(chat)
    _say(call, chat, topic, "forum_topic_edited", {"name": name})
    return True


def _close(closed: bool) -> Handler:
    def change(call: Call) -> bool:
        chat = _forum(call)
        topic = _topic(call, chat)
        if topic.closed == closed:
            raise bad_request("TOPIC_NOT_MODIFIED")
        check_rate(call, chat)
        topic.closed = closed
        chat.keep_topic(topic)
        call.world.keep_chat(chat)
        _say(call, chat, topic, f"forum_topic_{'closed' if closed else 'reopened'}", {})
        return True

    return change


def delete_topic(call: Call) -> bool:
    """``deleteForumTopic``: with all its messages."""
    chat = _forum(call)
    topic = _topic(call, chat)
    for message in call.world.visible(chat.id):
        if message.body.get("message_thread_id") == topic.message_thread_id:
            call.world.delete(chat, message)
    del chat.topics[str(topic.message_thread_id)]
    call.world.keep_chat(chat)
    return True


def get_file(call: Call) -> Json:
    """``getFile``: the path to download by, for files of at most 20 MB."""
    found = call.world.files.get(call.params["file_id"])
    if found is None:
        raise bad_request("invalid file_id")
    if found.size > call.world.file_limits.download:
        raise bad_request("file is too big")
    return {
        "file_id": found.id,
        "file_unique_id": found.unique_id,
        "file_size": found.size,
        "file_path": found.path,
    }


HANDLERS: dict[str, Handler] = {
    "getChat": get_chat,
    "getChatMember": get_member,
    "getChatAdministrators": get_administrators,
    "getChatMemberCount": member_count,
    "createForumTopic": create_topic,
    "editForumTopic": edit_topic,
    "closeForumTopic": _close(True),
    "reopenForumTopic": _close(False),
    "deleteForumTopic": delete_topic,
    "getFile": get_file,
}
