"""What people do in their Telegram apps, and what the bot hears of it."""

from __future__ import annotations

import random

from bot.sandbox.entities import CAPTION_LIMIT, TEXT_LIMIT, find_entities
from bot.sandbox.errors import ActError
from bot.sandbox.html import trim, utf16_length
from bot.sandbox.media import MediaKind, Upload, show, store
from bot.sandbox.methods.chats import administrator
from bot.sandbox.methods.sending import copied, origin, quoted
from bot.sandbox.records import Callback, Chat, Json, Message, Person
from bot.sandbox.world import World

FIRST_PERSON = 500_000_001


def find_person(world: World, person_id: int) -> Person:
    """A person by id. Raises ``ActError`` 404."""
    person = world.people.get(person_id)
    if person is None:
        raise ActError(f"no person {person_id}", 404)
    return person


def find_chat(world: World, chat_id: int) -> Chat:
    """A chat by id. Raises ``ActError`` 404."""
    chat = world.chats.get(chat_id)
    if chat is None:
        raise ActError(f"no chat {chat_id}", 404)
    return chat


def find_message(world: World, chat: Chat, message_id: int) -> Message:
    """A message still there. Raises ``ActError`` 404."""
    message = world.message(chat.id, message_id)
    if message is None:
        raise ActError(f"no message {message_id} in chat {chat.id}", 404)
    return message


def add_person(world: World, person: Person) -> Person:
    """Let somebody open an account; an id of 0 picks one."""
    if person.id == 0:
        person.id = max((FIRST_PERSON - 1, *(each for each in world.people))) + 1
    if person.id < 0 or person.id in world.people or person.id == world.bot["id"]:
        raise ActError(f"the id {person.id} is taken or not a person's", 409)
    if not person.first_name.strip():
        raise ActError("first_name must be non-empty")
    world.keep_person(person)
    return person


def add_group(world: World, title: str, members: list[int], *, is_forum: bool) -> Chat:
    """Make a supergroup owned by its first member, with the bot as an administrator."""
    people = [find_person(world, member) for member in members]
    if not people or not title.strip():
        raise ActError("a group has a title and at least one member")
    chat = Chat(world.new_group_id(), "supergroup", title, members, is_forum)
    world.keep_chat(chat)
    left: Json = {"status": "left", "user": world.bot}
    _membership(world, chat, people[0], left, administrator(world.bot))
    world.feed.add("person", chat.id)
    return chat


def _membership(world: World, chat: Chat, by: Person, old: Json, new: Json) -> None:
    body: Json = {
        "chat": world.chat_view(chat),
        "from": by.user(),
        "date": world.unix(),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    world.updates.add("my_chat_member", body, chat.id)


def set_blocked(world: World, person: Person, blocked: bool) -> None:
    """Block or unblock the bot; it hears ``my_chat_member``. Nothing when it is so already."""
    if person.blocked == blocked:
        return
    person.blocked = blocked
    member: Json = {"status": "member", "user": world.bot}
    banned: Json = {"status": "kicked", "user": world.bot, "until_date": 0}
    old, new = (member, banned) if blocked else (banned, member)
    world.keep_person(person)
    _membership(world, world.chats[person.id], person, old, new)


def start(world: World, person: Person, payload: str = "") -> Message:
    """Press Start (or a deep link); somebody who had blocked the bot unblocks it so."""
    if len(payload) > 64:
        raise ActError("a start parameter has at most 64 characters")
    set_blocked(world, person, False)
    return say(world, world.chats[person.id], person, f"/start {payload}".strip())


def say(
    world: World,
    chat: Chat,
    person: Person,
    text: str,
    *,
    reply_to: int | None = None,
    thread_id: int | None = None,
) -> Message:
    """Send a text. An app cuts one that is too long; here it is refused."""
    text, _ = trim(text, [])
    if not text:
        raise ActError("the text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise ActError(f"the text is longer than {TEXT_LIMIT} characters", 413)
    content: Json = {"text": text}
    if entities := find_entities(text, []):
        content["entities"] = entities
    return _post(world, chat, person, content, reply_to=reply_to, thread_id=thread_id)


def split_text(text: str) -> list[str]:
    """A long text as the app would send it: in messages of at most 4096 units."""
    parts: list[str] = []
    part = ""
    length = 0
    for char in text:
        width = 2 if char > "\uffff" else 1
        if length + width > TEXT_LIMIT:
            parts.append(part)
            part, length = "", 0
        part += char
        length += width
    return [*parts, part]


def send_file(
    world: World, chat: Chat, person: Person, *, kind: MediaKind, upload: Upload, options: Json
) -> Message:
    """Send a file; ``options``: caption, media_group_id, duration, reply_to, message_thread_id."""
    if not upload.content:
        raise ActError("the file is empty")
    content = show(kind, store(world, kind, upload, options))
    if caption := str(options.get("caption") or "").strip():
        if utf16_length(caption) > CAPTION_LIMIT:
            raise ActError(f"the caption is longer than {CAPTION_LIMIT} characters", 413)
        content["caption"] = caption
        if entities := find_entities(caption, []):
            content["caption_entities"] = entities
    if group := options.get("media_group_id"):
        content["media_group_id"] = str(group)
    thread_id = options.get("message_thread_id")
    reply_to = options.get("reply_to")
    return _post(world, chat, person, content, reply_to=reply_to, thread_id=thread_id)


def share_contact(
    world: World, chat: Chat, person: Person, phone: str | None, user_id: int | None
) -> Message:
    """Share a contact: by default one's own, as the contact button does."""
    own = user_id in {None, person.id} and phone in {None, person.phone}
    whose = person if own or user_id == person.id else world.people.get(user_id or 0)
    number = phone or (whose.phone if whose else None)
    if not number:
        raise ActError("no phone number to share")
    contact: Json = {
        "phone_number": number,
        "first_name": whose.first_name if whose else "Contact",
    }
    if whose and whose.last_name:
        contact["last_name"] = whose.last_name
    if own or user_id:
        contact["user_id"] = person.id if own else user_id
    content: Json = {"contact": contact}
    return _post(world, chat, person, content, reply_to=chat.keyboard_message if own else None)


def forward(world: World, chat: Chat, person: Person, source: Chat, message_id: int) -> Message:
    """Forward a message the person can see; buttons stay behind."""
    if person.id not in source.members:
        raise ActError("not a member of that chat", 403)
    original = find_message(world, source, message_id)
    if original.body.get("has_protected_content"):
        raise ActError("the message is protected", 403)
    content = {"forward_origin": origin(original), **copied(original)}
    return _post(world, chat, person, content)


def _post(
    world: World,
    chat: Chat,
    person: Person,
    content: Json,
    *,
    reply_to: int | None = None,
    thread_id: int | None = None,
) -> Message:
    _check_member(chat, person)
    if chat.type == "private":
        if person.blocked:
            raise ActError("the person has blocked the bot", 409)
        if not person.started:
            person.started = True
            world.keep_person(person)
    if reply_to and (original := world.message(chat.id, reply_to)):
        content = {"reply_to_message": quoted(original), **content}
    if thread_id:
        topic = chat.topic(thread_id)
        if topic is None:
            raise ActError(f"no topic {thread_id}", 404)
        if topic.closed:
            raise ActError("the topic is closed", 409)
        content = {"message_thread_id": thread_id, "is_topic_message": True, **content}
    message = world.post(chat, person.user(), "person", content)
    _use_keyboard(world, chat, content)
    world.mark_read(chat, person.id)
    world.updates.add("message", message.body, chat.id)
    return message


def _check_member(chat: Chat, person: Person) -> None:
    if person.id not in chat.members:
        raise ActError("not a member of this chat", 403)


def _use_keyboard(world: World, chat: Chat, content: Json) -> None:
    """A one-time keyboard goes away when used, a forced reply when anything is sent."""
    markup = chat.reply_keyboard
    if markup is None or chat.keyboard_hidden:
        return
    if markup.get("force_reply") and "keyboard" not in markup:
        world.set_keyboard(chat, None, None)
    elif markup.get("one_time_keyboard"):
        labels = {button["text"] for row in markup["keyboard"] for button in row}
        if content.get("text") in labels or "contact" in content:
            chat.keyboard_hidden = True
            world.keep_chat(chat)


def press(
    world: World, chat: Chat, person: Person, message_id: int, data: str, *, forged: bool = False
) -> str:
    """Press an inline button; the id of the callback query.

    A button may have changed since it was drawn: any data the message ever offered is taken.
    ``forged`` lets through what it never did, as a tampered app could.
    """
    _check_member(chat, person)
    if chat.type == "private" and person.blocked:
        raise ActError("the person has blocked the bot", 409)
    message = find_message(world, chat, message_id)
    if not forged and data not in message.offered:
        raise ActError(f"message {message_id} has no button {data!r}")
    now = world.clock.now().timestamp()
    callback = Callback(
        str(random.getrandbits(62)), chat.id, message_id, person.id, now
    )  # an id, not a secret
    world.keep_callback(callback)
    body: Json = {
        "id": callback.id,
        "from": person.user(),
        "message": message.body,
        "chat_instance": str(chat.id * 7919),
        "data": data,
    }
    world.updates.add("callback_query", body, chat.id)
    return callback.id


def edit(world: World, chat: Chat, person: Person, message_id: int, text: str) -> Message:
    """Change one's own text or caption; the bot hears ``edited_message``."""
    message = _own(world, chat, person, message_id)
    what = "text" if "text" in message.body else "caption"
    text, _ = trim(text, [])
    if not text and what == "text":
        raise ActError("the text is empty")
    marks = "entities" if what == "text" else "caption_entities"
    body = {name: value for name, value in message.body.items() if name != marks}
    body.update({what: text, "edit_date": world.unix()})
    if entities := find_entities(text, []):
        body[marks] = entities
    world.edit(chat.id, message, body)
    world.updates.add("edited_message", body, chat.id)
    return message


def delete(world: World, chat: Chat, person: Person, message_id: int) -> None:
    """Delete a message for everyone; Telegram tells bots nothing of it."""
    _check_member(chat, person)
    message = find_message(world, chat, message_id)
    if chat.type != "private":
        message = _own(world, chat, person, message_id)
    world.delete(chat, message)


def _own(world: World, chat: Chat, person: Person, message_id: int) -> Message:
    message = find_message(world, chat, message_id)
    if message.by != "person" or message.body["from"]["id"] != person.id:
        raise ActError("not this person's message", 403)
    return message
