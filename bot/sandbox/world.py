"""The state of the sandbox: who there is, what was said, what the bot has set up.

Everything is in memory; with a path it is also in a journal and survives a kill. The methods
here change state and tell the feed; the rules of who may do what are with the callers
(``methods/`` for the bot, ``acts.py`` for people).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feed, Signal
from bot.sandbox.journal import Journal
from bot.sandbox.limits import FileLimits, Limits, RateLimiter
from bot.sandbox.markup import callback_data
from bot.sandbox.records import (
    FIRST_GROUP_ID,
    By,
    Callback,
    Chat,
    FileRecord,
    Json,
    Message,
    Person,
)
from bot.sandbox.updates import UpdateQueue
from domain.clock import Clock, SystemClock

#: Made up, like everything here: it opens nothing.
SANDBOX_TOKEN = "7000000001:sandbox"  # noqa: S105  # not a secret: opens only the sandbox
KEPT_CALLS = 50_000


class World:
    """One bot and the people around it.

    ``clock`` dates messages and ages callback queries; ``monotonic`` (real time) counts the
    limits. ``limits=None`` switches rate limits off.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        clock: Clock | None = None,
        limits: Limits | None = Limits(),  # noqa: B008  # frozen
        files: FileLimits = FileLimits(),  # noqa: B008  # frozen
        callback_age: timedelta = timedelta(seconds=10),
        webhook_retry: float = 1.0,
        token: str = SANDBOX_TOKEN,
        name: str = "Tapsyrys",
        username: str = "tapsyrys_bot",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.token = token
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        self.file_limits = files
        self.callback_age = callback_age
        self.webhook_retry = webhook_retry
        self.limiter = RateLimiter(limits, monotonic)
        self.faults = Faults()
        self.calls: deque[Json] = deque(maxlen=KEPT_CALLS)
        self.closing = False
        self.closed = Signal()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.messages: dict[int, dict[int, Message]] = {}
        self.files: dict[str, FileRecord] = {}
        self.file_paths: dict[str, str] = {}
        self.callbacks: dict[str, Callback] = {}
        self.settings: dict[str, Json] = {}
        self._unread: dict[tuple[int, int], int] = {}
        self._call_number = 0
        self._next_private = 1
        self._saved_version = 0
        self.journal = Journal(path)
        self.updates = UpdateQueue(self.journal)
        self.feed = Feed()
        self._load()

    def _load(self) -> None:
        for key, body in self.journal.load("person"):
            self.people[int(key)] = Person(**body)
        for key, body in self.journal.load("chat"):
            self.chats[int(key)] = Chat(**body)
        for key, body in self.journal.load("message"):
            chat_key, _, message_id = key.rpartition("/")
            self.messages.setdefault(int(chat_key), {})[int(message_id)] = Message(**body)
        for number, kept in self.messages.items():
            self.messages[number] = dict(sorted(kept.items()))
            if number > 0 and kept:
                self._next_private = max(self._next_private, max(kept) + 1)
        for key, body in self.journal.load("file"):
            self.files[key] = FileRecord(**body)
            self.file_paths[self.files[key].path] = key
        for key, body in self.journal.load("callback"):
            self.callbacks[key] = Callback(**body)
        for key, body in self.journal.load("setting"):
            self.settings[key] = body
        for _, body in self.journal.load("feed"):
            self.feed.version = self._saved_version = body["version"]

    # Time and keeping

    def unix(self) -> int:
        """The sandbox's time as Telegram writes it."""
        return int(self.clock.now().timestamp())

    def flush(self) -> None:
        """Write what the act changed; called before its answer leaves."""
        if self.feed.version != self._saved_version:
            self._saved_version = self.feed.version
            self.journal.put("feed", "0", {"version": self.feed.version})
        self.journal.flush()

    def close(self) -> None:
        """Answer those who wait, write everything, let go of the file."""
        self.closing = True
        for signal in (self.closed, self.feed.signal, self.updates.signal):
            signal.notify()
        self.flush()
        self.journal.close()

    def record_call(self, method: str, params: Json, answer: Json, fault: str | None) -> None:
        """Put a Bot API call on the list the tests read."""
        self._call_number += 1
        self.calls.append(
            {
                "n": self._call_number,
                "method": method,
                "params": params,
                "ok": answer["ok"],
                "error_code": answer.get("error_code"),
                "description": answer.get("description"),
                "at": self.clock.now().isoformat(),
                "fault": fault,
            }
        )

    # People and chats

    def keep_person(self, person: Person) -> None:
        """Add a person or keep their changes; the private chat comes with them."""
        known = person.id in self.people
        self.people[person.id] = person
        self.journal.put("person", person.id, asdict(person))
        if not known:
            title = f"{person.first_name} {person.last_name or ''}".strip()
            self.keep_chat(Chat(person.id, "private", title, [person.id]))
        self.feed.add("person", person.id)

    def keep_chat(self, chat: Chat) -> None:
        """Add a chat or keep its changes."""
        self.chats[chat.id] = chat
        self.messages.setdefault(chat.id, {})
        self.journal.put("chat", chat.id, asdict(chat))

    def new_group_id(self) -> int:
        """An id for a supergroup, as Telegram's look."""
        return min((FIRST_GROUP_ID, *(each - 1 for each in self.chats if each < 0)))

    def chat_view(self, chat: Chat) -> Json:
        """As the Bot API's ``Chat``."""
        if chat.type == "private":
            user = self.people[chat.id].user()
            return {
                "type": "private",
                **{
                    name: user[name]
                    for name in ("id", "first_name", "last_name", "username")
                    if name in user
                },
            }
        body: Json = {"id": chat.id, "type": chat.type, "title": chat.title}
        if chat.is_forum:
            body["is_forum"] = True
        return body

    # Messages

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """A message that has not been deleted."""
        found = self.messages.get(chat_id, {}).get(message_id)
        return None if found is None or found.deleted else found

    def visible(self, chat_id: int) -> list[Message]:
        """The messages of a chat that are still there, oldest first."""
        return [each for each in self.messages.get(chat_id, {}).values() if not each.deleted]

    def newest(self, chat_id: int) -> int:
        """The number of a chat's newest message, 0 in an empty one."""
        return next(reversed(self.messages[chat_id]), 0)

    def _message_id(self, chat_id: int) -> int:
        if chat_id > 0:
            # One counter for all private chats of a bot, as with Telegram.
            number = self._next_private
            self._next_private += 1
            return number
        return self.newest(chat_id) + 1

    def post(self, chat: Chat, sender: Json, by: By, content: Json) -> Message:
        """Put a new message into a chat and tell whoever watches."""
        body: Json = {
            "message_id": self._message_id(chat.id),
            "from": sender,
            "chat": self.chat_view(chat),
            "date": self.unix(),
            **content,
        }
        message = Message(body, by)
        self.messages[chat.id][message.id] = message
        self.keep_message(chat.id, message)
        self.feed.add("message", chat.id, message=message.view())
        for member in chat.members:
            if by == "bot" or member != sender["id"]:
                self._unread[chat.id, member] = self.unread(chat, member) + 1
        return message

    def keep_message(self, chat_id: int, message: Message) -> None:
        """Keep a message's changes."""
        for data in callback_data(message.body.get("reply_markup")):
            if data not in message.offered:
                message.offered.append(data)
        self.journal.put(
            "message",
            f"{chat_id}/{message.id}",
            {
                "body": message.body,
                "by": message.by,
                "deleted": message.deleted,
                "locked": message.locked,
                "offered": message.offered,
                "reactions": message.reactions,
            },
        )

    def edit(self, chat_id: int, message: Message, body: Json) -> None:
        """Replace a message's body and tell whoever watches."""
        message.body = body
        self.keep_message(chat_id, message)
        self.feed.add("edit", chat_id, message=message.view())

    def delete(self, chat: Chat, message: Message) -> None:
        """Take a message away, and the keyboard it brought."""
        message.deleted = True
        for member in chat.members:
            self._unread.pop((chat.id, member), None)
        self.keep_message(chat.id, message)
        if chat.keyboard_message == message.id:
            self.set_keyboard(chat, None, None)
        if message.id in chat.pinned:
            chat.pinned.remove(message.id)
            self.keep_chat(chat)
        self.feed.add("delete", chat.id, message=message.view())

    def set_keyboard(self, chat: Chat, markup: Json | None, message_id: int | None) -> None:
        """The keyboard under the input field from now on."""
        chat.reply_keyboard = markup
        chat.keyboard_message = message_id
        chat.keyboard_hidden = False
        self.keep_chat(chat)

    # Reading

    def unread(self, chat: Chat, person_id: int) -> int:
        """Messages of others which the person has not read."""
        key = (chat.id, person_id)
        if key not in self._unread:
            since = chat.read.get(str(person_id), 0)
            self._unread[key] = sum(
                each.id > since and each.body["from"]["id"] != person_id
                for each in self.visible(chat.id)
            )
        return self._unread[key]

    def mark_read(self, chat: Chat, person_id: int) -> None:
        """The person has seen everything in the chat."""
        newest = self.newest(chat.id)
        if chat.read.get(str(person_id)) == newest:
            return
        chat.read[str(person_id)] = newest
        self._unread[chat.id, person_id] = 0
        self.keep_chat(chat)
        self.feed.add("unread", chat.id)

    # Files, callbacks, settings

    def keep_file(self, kind: str, content: bytes, **known: object) -> FileRecord:
        """Store a file's bytes; ``known`` are further fields of the record."""
        unique = base64.urlsafe_b64encode(hashlib.sha256(content).digest()[:12]).decode()
        file_id = f"{kind[:2].upper()}{unique}{secrets.token_urlsafe(9)}"
        name = str(known.get("name") or "")
        suffix = Path(name).suffix or {"photo": ".jpg", "voice": ".oga", "video": ".mp4"}.get(
            kind, ""
        )
        path = f"{kind}s/file_{len(self.files)}{suffix}"
        fields: Json = {"mime_type": "application/octet-stream", **known}
        record = FileRecord(
            id=file_id, unique_id=unique, kind=kind, path=path, size=len(content), **fields
        )
        self.files[file_id] = record
        self.file_paths[path] = file_id
        self.journal.put_content(file_id, content)
        self.journal.put("file", file_id, asdict(record))
        return record

    def keep_callback(self, callback: Callback) -> None:
        """A button was pressed."""
        self.callbacks[callback.id] = callback
        self.journal.put("callback", callback.id, asdict(callback))

    def drop_callback(self, callback_id: str) -> None:
        """A press was answered."""
        self.callbacks.pop(callback_id, None)
        self.journal.drop("callback", callback_id)

    def keep_setting(self, key: str, body: Json | None) -> None:
        """Something the bot set about itself; ``None`` takes it back."""
        if body is None:
            self.settings.pop(key, None)
            self.journal.drop("setting", key)
        else:
            self.settings[key] = body
            self.journal.put("setting", key, body)
