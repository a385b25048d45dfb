"""What leaves the use cases of recordings: plain values. Instants are UTC, sizes bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

#: A message in a chat: (chat, message).
Copy = tuple[int, int]
Ground = Literal["term_over", "restored"]
ItemState = Literal["chosen", "going", "destroyed", "kept"]


class Deleter(Protocol):
    """Takes copies out of Telegram; given by the edge."""

    async def delete(self, copies: Sequence[Copy]) -> Mapping[Copy, str]:
        """Delete messages; the answer holds those that stay, each with the reason.

        A message that is gone already is deleted. Raises where Telegram cannot be asked now:
        the same copies come again later.
        """
        ...


@dataclass(frozen=True)
class RecordingView:
    """A recording. ``until``: when its term is over; None while ``dispute`` holds it.

    ``dispute`` is the ground of the mark, set at ``dispute_at`` by ``dispute_by``. ``state``:
    kept | destroying | destroyed; ``act`` is the number of the act of destruction.
    """

    id: int
    ticket: int
    kind: str
    size: int
    duration: int | None
    sha256: str
    collected_at: datetime
    until: datetime | None
    state: str
    stored: bool
    dispute: str | None
    act: int | None
    dispute_at: datetime | None = None
    dispute_by: str = ""


@dataclass(frozen=True)
class StepView:
    """A step in the life of a recording (act 366, clause 21.1); no name: the platform itself."""

    step: str
    at: datetime
    person_id: int | None
    name: str
    detail: str


@dataclass(frozen=True)
class HeldView:
    """A recording that would go but for a dispute: on what ground, since when and by whom."""

    recording: RecordingView
    ground: str
    set_at: datetime
    set_by: str


@dataclass(frozen=True)
class Preview:
    """What goes in a month and what a dispute keeps; at most 500 of each, beside the counts."""

    month: date
    going: tuple[RecordingView, ...]
    going_total: int
    going_bytes: int
    held: tuple[HeldView, ...]
    held_total: int


@dataclass(frozen=True)
class ItemView:
    """A recording in an act of destruction, as it was. ``state`` kept: a dispute was marked."""

    position: int
    recording: int | None
    ticket: int | None
    kind: str
    size: int | None
    duration: int | None
    sha256: str
    transcribed: bool
    collected_at: datetime | None
    state: ItemState
    destroyed_at: datetime | None
    shared: bool
    copies_deleted: int
    copies_left: int


@dataclass(frozen=True)
class ActView:
    """An act of destruction; ``executor`` as in the row. Unfinished without ``finished_at``."""

    number: int
    ground: Ground
    begun_at: datetime
    finished_at: datetime | None
    executor: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class ActLine:
    """An act of destruction as a line of a list."""

    number: int
    ground: Ground
    begun_at: datetime
    finished_at: datetime | None
    items: int


@dataclass(frozen=True)
class DestroyedNow:
    """What an order to destroy brought: acts begun by it, and those finished."""

    acts: tuple[int, ...]
    finished: tuple[int, ...]
    recordings: int


@dataclass(frozen=True)
class RestoredCheck:
    """What came back with a backup: destroyed again by ``act``; ``held`` is under dispute."""

    act: int | None
    found: int
    held: int


@dataclass(frozen=True)
class OwnRecording:
    """A recording of the person who asks: when it goes; ``until`` None under a dispute.

    ``state`` and ``act`` as of ``RecordingView``; why it is held and by whom is not told.
    """

    id: int
    ticket: int
    collected_at: datetime
    until: datetime | None
    kind: str = "voice"
    duration: int | None = None
    state: str = "kept"
    act: int | None = None


@dataclass(frozen=True)
class DeletionAnswer:
    """What the law lets be deleted on a person's request, and what it keeps.

    The account is never deleted (act 366, clause 9); recordings go when their term ends (21.2
    and 21.3); changes of roles stay in the register for ``register_years`` (34).
    """

    recordings: tuple[OwnRecording, ...]
    tickets: int
    account_kept: bool
    register_years: int
