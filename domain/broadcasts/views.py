"""What leaves the transaction of a broadcast: values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.base import Json
from domain.broadcasts.model import Broadcast
from domain.broadcasts.rules import Audience, Button, Content, File

#: States of a notice that may still go out by itself, and with those within a digest.
WAITING = ("queued", "held", "sending")
OPEN = (*WAITING, "digest")


@dataclass(frozen=True)
class Reach:
    """How many people an audience has, and what is known of them now.

    ``telegram``: will get it; ``unreachable``: blocked the bot or never wrote to it; ``muted``:
    want no news. Each person counts once.
    """

    total: int
    telegram: int
    unreachable: int
    muted: int


@dataclass(frozen=True)
class Progress:
    """How far a broadcast has come: its people by what became of their notice."""

    total: int = 0
    sent: int = 0
    waiting: int = 0
    unreachable: int = 0
    muted: int = 0
    dead: int = 0
    # Not sent when it was stopped.
    dropped: int = 0
    # Will come with all other news of the day, as their readers want it; have come so.
    digest: int = 0
    digested: int = 0

    @property
    def settled(self) -> int:
        """For how many it is decided otherwise than by stopping it."""
        return self.total - self.waiting - self.digest - self.dropped

    @property
    def percent(self) -> int:
        """Whole per cent that are settled; 100 only when nothing waits or was stopped."""
        return 100 * self.settled // self.total if self.total else 100


@dataclass(frozen=True)
class BroadcastView:
    """A broadcast as administrators see it; ``state`` may be ``done``, too."""

    number: int
    content: Content
    audience: Audience
    state: str
    created_at: datetime
    created_by: str
    starts_at: datetime | None
    started_at: datetime | None
    over_at: datetime | None
    progress: Progress


@dataclass(frozen=True)
class BroadcastPage:
    """A page, newest first; ``older`` is the number that the next page begins below."""

    broadcasts: list[BroadcastView]
    older: int | None
    first: bool


@dataclass(frozen=True)
class CardToShow:
    """A message that shows a broadcast and may be out of date."""

    number: int
    chat_id: int
    message_id: int
    language: str
    shown: str


def file_json(file: File) -> dict[str, object]:
    """A file as the row and the notice keep it."""
    return dict(vars(file))


def file_of(stored: Json | None) -> File | None:
    """The file of a row."""
    if stored is None:
        return None
    size = stored.get("size")
    texts = {name: str(stored.get(name) or "") for name in ("name", "mime", "file_id", "sha256")}
    return File(
        "photo" if stored.get("kind") == "photo" else "document",
        size=size if isinstance(size, int) else 0,
        **texts,
    )


def content_json(content: Content) -> dict[str, object]:
    """What people read, as notices keep it: ``text_kk``, ``text_ru``, ``file``, ``button``."""
    found: dict[str, object] = {"text_kk": content.text_kk, "text_ru": content.text_ru}
    if content.file is not None:
        found["file"] = file_json(content.file)
    if content.button is not None:
        found["button"] = button_json(content.button)
    return found


def button_json(button: Button) -> dict[str, str]:
    """A button as the row and the notice keep it."""
    return {name: value for name, value in vars(button).items() if value}


def button_of(stored: Json | None) -> Button | None:
    """The button of a row."""
    if stored is None:
        return None
    return Button(**{name: str(stored.get(name) or "") for name in Button.__dataclass_fields__})


def audience_of(stored: Json) -> Audience:
    """The conditions of a row."""
    roles = stored.get("roles")
    return Audience(
        tuple(map(str, roles)) if isinstance(roles, list | tuple) else (),
        *(str(stored.get(name) or "") for name in ("language", "region", "code")),
    )


def broadcast_view(row: Broadcast, author: str, counts: Mapping[str, int]) -> BroadcastView:
    """A broadcast with its notices counted by their state."""
    progress = progress_of(row, counts)
    over = row.state in ("running", "paused") and not progress.waiting + progress.digest
    return BroadcastView(
        number=row.number,
        content=Content(row.text_kk, row.text_ru, file_of(row.file), button_of(row.button)),
        audience=audience_of(row.audience),
        state="done" if over else row.state,
        created_at=row.created_at,
        created_by=author,
        starts_at=row.starts_at,
        started_at=row.started_at,
        over_at=row.over_at,
        progress=progress,
    )


def progress_of(row: Broadcast, counts: Mapping[str, int]) -> Progress:
    """What became of the people of a broadcast, by the states of their notices."""
    states = ("sent", "unreachable", "dropped", "muted", "digest", "digested")
    known = {state: counts.get(state, 0) for state in states}
    waiting = sum(counts.get(state, 0) for state in WAITING)
    return Progress(
        total=row.total,
        sent=known["sent"],
        waiting=waiting,
        unreachable=known["unreachable"],
        muted=row.muted + known["muted"],
        # Whatever else it is, it will not be sent by itself any more.
        dead=sum(counts.values()) - waiting - sum(known.values()),
        dropped=known["dropped"],
        digest=known["digest"],
        digested=known["digested"],
    )
