"""What the sandbox remembers: people, chats, messages, files, pressed buttons."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object of the Bot API; its fields are checked against the schema, not by types."""

By = Literal["bot", "person"]

FIRST_GROUP_ID = -1_001_000_000_001


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account; the private chat with the bot has the same id."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    phone: str | None = None
    blocked: bool = False
    started: bool = False

    def user(self) -> Json:
        """As the Bot API's ``User``."""
        body: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                body[name] = value
        return body

    def view(self) -> Json:
        """As the person-side API shows them."""
        return asdict(self)


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is that of the service message which opened it."""

    message_thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False

    def forum_topic(self) -> Json:
        """As the Bot API's ``ForumTopic``."""
        body: Json = {
            "message_thread_id": self.message_thread_id,
            "name": self.name,
            "icon_color": self.icon_color,
        }
        if self.icon_custom_emoji_id:
            body["icon_custom_emoji_id"] = self.icon_custom_emoji_id
        return body


@dataclass(slots=True)
class Chat:
    """A chat the bot is in. ``read`` holds each member's last message read."""

    id: int
    type: Literal["private", "supergroup"]
    title: str
    members: list[int]
    is_forum: bool = False
    reply_keyboard: Json | None = None
    keyboard_message: int | None = None
    keyboard_hidden: bool = False
    menu_button: Json | None = None
    pinned: list[int] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    topics: dict[str, Json] = field(default_factory=dict)

    def topic(self, thread_id: int) -> Topic | None:
        """The topic of this thread, or ``None``."""
        raw = self.topics.get(str(thread_id))
        return Topic(**raw) if raw else None

    def keep_topic(self, topic: Topic) -> None:
        """Remember a topic or its changes."""
        self.topics[str(topic.message_thread_id)] = asdict(topic)


@dataclass(slots=True)
class Message:
    """A message: ``body`` is the Bot API's ``Message`` as the bot sees it.

    ``body`` is replaced, never changed in place, so that events keep what they showed.
    ``offered`` is every callback_data the message ever had: people press what they still see.
    ``locked`` marks a message sent with a keyboard that is not inline; Telegram refuses to
    edit those.
    """

    body: Json
    by: By
    deleted: bool = False
    locked: bool = False
    offered: list[str] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)

    @property
    def id(self) -> int:
        """Number in the chat."""
        return int(self.body["message_id"])

    def view(self) -> Json:
        """As the person-side API shows it."""
        body = {**self.body, "_by": self.by, "_deleted": self.deleted}
        if self.reactions:
            body["_reactions"] = self.reactions
        return body


@dataclass(slots=True)
class FileRecord:
    """A file on the sandbox's servers; the bytes are in the journal under ``id``."""

    id: str
    unique_id: str
    kind: str
    path: str
    size: int
    mime_type: str
    name: str | None = None
    width: int = 0
    height: int = 0
    duration: int = 0
    performer: str | None = None
    title: str | None = None


@dataclass(slots=True)
class Callback:
    """A pressed button that waits for ``answerCallbackQuery``; ``at`` is Unix time."""

    id: str
    chat_id: int
    message_id: int
    person_id: int
    at: float
