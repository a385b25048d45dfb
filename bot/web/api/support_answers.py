"""What answers say of requests to support, recordings and the desk's work."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from bot.web.api.answers import Answer, ReceiptDayOut
from bot.web.api.fields import ClauseOut, MomentOut
from domain.support.texts import plain

#: Texts of requests are HTML inside; programs get the words.
Words: TypeAlias = Annotated[str, BeforeValidator(plain)]


class PromiseOut(Answer):
    """What whoever asks then is promised; ``due_at`` is exclusive."""

    at: MomentOut
    regime: str
    open: bool = Field(description="Operators are there and answer now.")
    due_at: MomentOut
    days: list[ReceiptDayOut] = Field(description="How the days were counted.")
    clause: ClauseOut
    calendar: str


class TicketPromiseOut(Answer):
    """The promise of a request, kept up when the calendar changes; ``due_at`` is exclusive."""

    open: bool = Field(description="Operators were there when the request came.")
    due_at: MomentOut
    clause: ClauseOut


class TicketRowOut(Answer):
    """A request in a list."""

    number: int
    state: str = Field(description="open, working, waiting, answered, closed or merged.")
    channel: str
    regime: str
    subject: str
    name: str
    company_ru: str
    company_kk: str
    order: int | None = Field(validation_alias="order_number")
    opened_at: MomentOut
    due_at: MomentOut = Field(validation_alias="promised_at")
    red: bool = Field(description="No answer half an hour before the promise ends.")
    overdue: bool


class TicketPageOut(Answer):
    """A page of requests, newest first."""

    items: list[TicketRowOut]
    next: str | None


class TicketFileOut(Answer):
    """A file of a message; `GET /tickets/{number}/files/{id}` gives its content."""

    id: int
    kind: str = Field(description="voice, audio, video_note, photo, document or call.")
    name: str
    mime: str
    size: int
    duration: int | None = Field(description="Seconds.")
    state: str = Field(description="stored, waiting, failed, too_big or destroyed.")
    recording: int | None = Field(description="The id of the recording it is kept as.")
    transcript: str | None = Field(
        description="A draft made by a machine, never instead of the recording."
    )


class TicketMessageOut(Answer):
    """One thing said; what the system says has a ``kind`` and ``params`` instead of a text."""

    position: int
    author: str = Field(description="user, operator or system.")
    name: str
    at: MomentOut
    text: Words
    kind: str
    params: dict[str, object]
    edited_at: MomentOut | None
    files: list[TicketFileOut]


class TicketOut(Answer):
    """A request as its user sees it: without internal notes and names of operators."""

    number: int
    state: str = Field(description="open, working, waiting, answered, closed or merged.")
    channel: str
    regime: str
    subject: str
    name: str
    company_ru: str
    company_kk: str
    order: int | None
    incident: int | None = Field(description="The incident it has become a report of.")
    opened_at: MomentOut
    registered_at: MomentOut = Field(description="When the journal has it (act 627, clause 16).")
    promise: TicketPromiseOut
    overdue: bool
    first_answer_at: MomentOut | None
    answered_at: MomentOut | None
    closed_at: MomentOut | None
    result: str | None
    result_text: Words
    reopen_until: MomentOut | None
    merged_into: int | None
    rating: int | None
    rating_text: str
    messages: list[TicketMessageOut]


class RecordingOut(Answer):
    """A recording; ``until`` is when its term is over, null while a dispute holds it."""

    id: int
    ticket: int
    kind: str
    size: int
    duration: int | None = Field(description="Seconds.")
    sha256: str
    collected_at: MomentOut
    until: MomentOut | None
    state: str = Field(description="kept or destroying.")
    stored: bool
    dispute: str | None = Field(description="The ground of the dispute mark, if any.")
    dispute_at: MomentOut | None = Field(description="When the dispute was marked.")
    dispute_by: str = Field(description="Who marked the dispute; empty where there is none.")


class RecordingRowOut(RecordingOut):
    """A recording in a list."""

    state: str = Field(description="kept, destroying or destroyed.")
    act: int | None = Field(description="The number of the act of destruction.")


class RecordingsOut(Answer):
    """Recordings, oldest first; of one that was destroyed there is ``act``."""

    items: list[RecordingRowOut]
    next: str | None = None


class HeldRecordingOut(Answer):
    """A recording that would go but for a dispute."""

    recording: RecordingRowOut
    ground: str
    set_at: MomentOut
    set_by: str


class GoingOut(Answer):
    """What goes in a month, and what disputes keep: counted whole, named up to 500 of each."""

    month: date = Field(description="Its first day.")
    going: list[RecordingRowOut]
    going_total: int
    going_bytes: int
    held: list[HeldRecordingOut]
    held_total: int


class StepOut(Answer):
    """A step in the life of a recording; without a name it was the platform itself."""

    step: str = Field(
        description="collected, stored, listened, transferred, held, released or destroyed."
    )
    at: MomentOut
    name: str
    detail: str


class StepsOut(Answer):
    """All steps, oldest first (act 366, clause 21.1)."""

    items: list[StepOut]
    next: str | None = None


class DestructionRowOut(Answer):
    """An act of destruction in a list."""

    number: int
    ground: str = Field(description="term_over or restored.")
    begun_at: MomentOut
    finished_at: MomentOut | None
    recordings: int = Field(validation_alias="items")


class DestructionPageOut(Answer):
    """A page of acts, newest first."""

    items: list[DestructionRowOut]
    next: str | None


class DestroyedOut(Answer):
    """A recording as it was; ``kept``: a dispute was marked before it went."""

    position: int
    recording: int | None
    ticket: int | None
    kind: str
    size: int | None
    duration: int | None
    sha256: str
    transcribed: bool
    collected_at: MomentOut | None
    state: str = Field(description="chosen, going, destroyed or kept.")
    destroyed_at: MomentOut | None
    shared: bool = Field(description="The same bytes are part of something that is kept.")
    copies_deleted: int
    copies_left: int


class DestructionOut(Answer):
    """An act of destruction (act 366, clause 21.3); unfinished without ``finished_at``."""

    number: int
    ground: str = Field(description="term_over or restored.")
    begun_at: MomentOut
    finished_at: MomentOut | None
    executor: str = Field(description="A name; empty: the platform itself; cli: command line.")
    items: list[DestroyedOut]


class MinutesOut(Answer):
    """Working minutes: how many times were measured, the middle one, nine of ten."""

    count: int
    median: float | None
    p90: float | None


class OperatorReportOut(Answer):
    """What an operator did."""

    name: str
    answers: int
    closed: int
    first_answer: MinutesOut
    ratings: int
    rating: float | None


class SupportReportOut(Answer):
    """The requests opened in the period, as they stand now; ``until`` is exclusive."""

    since: MomentOut
    until: MomentOut
    opened: int
    by_channel: dict[str, int]
    by_state: dict[str, int]
    by_result: dict[str, int]
    first_answer: MinutesOut
    decision: MinutesOut
    kept: int = Field(description="Promises kept.")
    broken: int = Field(description="Promises broken.")
    ratings: dict[int, int] = Field(description="How many answers got 1 to 5.")
    rating: float | None
    operators: list[OperatorReportOut]
