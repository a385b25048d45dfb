"""Updates waiting for the bot: numbered, kept until acknowledged, fetched or delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from bot.sandbox.feed import Signal
from bot.sandbox.journal import Journal
from bot.sandbox.records import Json

#: Telegram sends these only when they are asked for by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
FIRST_UPDATE = 700_000_001


@dataclass(slots=True)
class Webhook:
    """Where updates are delivered. An empty ``url`` means they are fetched."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass(slots=True)
class Pending:
    """An update and the chat whose updates must reach the bot in order."""

    id: int
    chat_id: int
    body: Json = field(default_factory=dict)


class UpdateQueue:
    """Updates in order of their ids."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.signal = Signal()
        self.pending: dict[int, Pending] = {}
        #: The same by chat, for those who deliver chat by chat.
        self.by_chat: dict[int, dict[int, Pending]] = {}
        self.allowed: list[str] = []
        self.webhook = Webhook()
        self._next_id = FIRST_UPDATE
        #: Raised by one with each getUpdates call, so that an older one knows it was replaced.
        self.poll = 0
        self._load()

    def _load(self) -> None:
        for key, body in self._journal.load("update"):
            self.pending[int(key)] = Pending(int(key), body["chat_id"], body["body"])
        self.pending = dict(sorted(self.pending.items()))
        for update in self.pending.values():
            self.by_chat.setdefault(update.chat_id, {})[update.id] = update
        for _, body in self._journal.load("queue"):
            self._next_id = body["next_id"]
            self.allowed = body["allowed"]
            self.webhook = Webhook(**body["webhook"])

    def save(self) -> None:
        """Remember the settings and the next id."""
        hook = self.webhook
        self._journal.put(
            "queue",
            "0",
            {
                "next_id": self._next_id,
                "allowed": self.allowed,
                "webhook": {
                    "url": hook.url,
                    "secret_token": hook.secret_token,
                    "max_connections": hook.max_connections,
                },
            },
        )

    def add(self, kind: str, body: Json, chat_id: int) -> None:
        """Queue an update unless the bot did not ask for its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST
        if not wanted:
            return
        update_id = self._next_id
        self._next_id += 1
        update = Pending(update_id, chat_id, {"update_id": update_id, kind: body})
        self.pending[update_id] = update
        self.by_chat.setdefault(chat_id, {})[update_id] = update
        self._journal.put("update", update_id, {"chat_id": chat_id, "body": update.body})
        self.save()
        self.signal.notify()

    def confirm(self, update_id: int) -> None:
        """Forget one update: the bot has it."""
        update = self.pending.pop(update_id, None)
        if update is None:
            return
        same_chat = self.by_chat[update.chat_id]
        del same_chat[update_id]
        if not same_chat:
            del self.by_chat[update.chat_id]
        self._journal.drop("update", update_id)

    def oldest(self, chat_id: int) -> Pending | None:
        """The first update of a chat that waits, or ``None``."""
        return next(iter(self.by_chat.get(chat_id, {}).values()), None)

    def confirm_before(self, offset: int) -> None:
        """Forget everything below ``offset``."""
        for update_id in list(self.pending):
            if update_id >= offset:
                break
            self.confirm(update_id)

    def keep_newest(self, count: int) -> None:
        """Forget all but the newest ``count``."""
        for update_id in list(self.pending)[: max(0, len(self.pending) - count)]:
            self.confirm(update_id)

    def take(self, limit: int) -> list[Json]:
        """The oldest updates; they stay until confirmed."""
        return [update.body for update in islice(self.pending.values(), limit)]
