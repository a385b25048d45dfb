"""Notices, the attempts to send them, and those that were given up (act 366, clauses 11 and 13)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.web.api.answers import Answer
from bot.web.api.fields import Moment, MomentOut
from bot.web.api.models import Asked, PageQuery
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from domain.notices.dead import DeadLetter

routes = Group("notices")

State = Literal[
    "queued",
    "sending",
    "sent",
    "unreachable",
    "dead",
    "dropped",
    "useless",
    "held",
    "muted",
    "listed",
    "digest",
    "digested",
]
Ended = Literal["sent", "retry", "unknown", "unreachable", "dead"]


class NoticesQuery(PageQuery):
    """Which notices."""

    subject: str | None = Field(None, examples=["order:15"])
    kind: str | None = Field(None, examples=["order.invited"])
    state: State | None = Field(None, examples=["sent"])


class AttemptsQuery(PageQuery):
    """Which attempts."""

    outcome: Ended | None = None
    since: Moment | None = Field(None, description="Only those that ended then or later.")


class ReplayIn(Asked):
    """Which dead letters are sent again."""

    numbers: list[int] | None = Field(None, max_length=1000, description="All when left out.")


class DropIn(Asked):
    """Which dead letters are given up, and why."""

    numbers: list[int] = Field(min_length=1, max_length=1000)
    reason: str


class NoticeAttemptOut(Answer):
    """One attempt to send a notice."""

    id: int
    notice: int
    channel: str
    number: int = Field(description="Which attempt it was, from 1.")
    began_at: MomentOut
    ended_at: MomentOut
    outcome: str = Field(
        description="sent, retry, unknown (it may have arrived), unreachable or dead."
    )
    retry_at: MomentOut | None
    message_id: int | None = Field(description="Telegram's number of the message.")
    error: str | None


class NoticeReceiptOut(Answer):
    """A notice in one channel, and how far it came."""

    number: int
    shown_number: int = Field(description="The number in its text, the same in every channel.")
    person_id: int
    kind: str
    subject: str
    channel: str
    state: str
    queued_at: MomentOut
    sent_at: MomentOut | None = Field(description="The channel took it. Nobody tells who reads.")
    opened_at: MomentOut | None = Field(description="A button of it was pressed.")
    acked_at: MomentOut | None = Field(description="The person said so, or acted.")


class NoticeReceiptPageOut(Answer):
    """A page of notices."""

    items: list[NoticeReceiptOut]
    next: str | None


class NoticeChannelOut(NoticeReceiptOut):
    """A notice in one channel with all attempts."""

    attempts: list[NoticeAttemptOut]


class NoticeOut(Answer):
    """An event for one person, in each channel."""

    items: list[NoticeChannelOut]


class NoticeAttemptPageOut(Answer):
    """A page of attempts."""

    items: list[NoticeAttemptOut]
    next: str | None


class ElsewhereOut(Answer):
    """The same event by another channel."""

    channel: str
    sent_at: MomentOut | None = Field(description="Null while it is on its way.")


class DeadLetterOut(Answer):
    """A notice that was given up."""

    number: int
    person_id: int
    kind: str
    subject: str
    channel: str
    attempts: int
    reason: str
    queued_at: MomentOut
    died_at: MomentOut
    useful: bool = Field(description="Whether its deadline still lies ahead.")
    elsewhere: list[ElsewhereOut] = Field(
        description="By which other channels the person knows of it, or is about to."
    )


class DeadLetterPageOut(Answer):
    """A page of dead letters."""

    items: list[DeadLetterOut]
    total: int
    next: str | None


class ReplayedOut(Answer):
    """What became of dead letters that were to be sent again."""

    queued: int
    delivered: int = Field(description="They are known by another channel, and are not sent again.")
    useless: int = Field(description="Their deadline has passed.")


class DroppedOut(Answer):
    """How many were given up for good."""

    dropped: int


@routes.get("/notices", NoticesQuery, NoticeReceiptPageOut)
async def list_notices(call: Call, query: NoticesQuery) -> NoticeReceiptPageOut:
    """Notices of everybody, newest first: all, or of a subject, a kind, a state."""
    page = await call.services.receipts.page(
        call.actor,
        subject=query.subject,
        kind=query.kind,
        state=query.state,
        before=read_cursor("notice", query.cursor),
        size=query.size,
    )
    return NoticeReceiptPageOut(
        items=[NoticeReceiptOut.model_validate(each) for each in page.receipts],
        next=None if page.older is None else cursor_of("notice", page.older),
    )


@routes.get("/notices/{number}", Nothing, NoticeOut)
async def show_notice(call: Call, _: Nothing) -> NoticeOut:
    """A notice by the number in its text: in each channel, with every attempt."""
    number = call.number("number", "notice_unknown")
    found = await call.services.receipts.one(call.actor, number)
    return NoticeOut(items=[NoticeChannelOut.model_validate(each) for each in found])


@routes.get("/deliveries", AttemptsQuery, NoticeAttemptPageOut)
async def list_deliveries(call: Call, query: AttemptsQuery) -> NoticeAttemptPageOut:
    """Attempts to send notices, newest first."""
    page = await call.services.receipts.attempts(
        call.actor,
        outcome=query.outcome,
        since=query.since,
        before=read_cursor("delivery", query.cursor),
        size=query.size,
    )
    return NoticeAttemptPageOut(
        items=[NoticeAttemptOut.model_validate(each) for each in page.attempts],
        next=None if page.older is None else cursor_of("delivery", page.older),
    )


def _dead(letter: DeadLetter) -> DeadLetterOut:
    notice = letter.notice
    return DeadLetterOut(
        number=notice.number,
        person_id=notice.person_id,
        kind=notice.kind,
        subject=notice.subject,
        channel=notice.channel,
        attempts=notice.attempts,
        reason=letter.reason,
        queued_at=notice.created_at,
        died_at=letter.died_at,
        useful=letter.useful,
        elsewhere=[ElsewhereOut.model_validate(each) for each in letter.elsewhere],
    )


@routes.get("/dead-letters", PageQuery, DeadLetterPageOut)
async def list_dead_letters(call: Call, query: PageQuery) -> DeadLetterPageOut:
    """Notices that were given up, newest first, with the reasons."""
    before = read_cursor("dead", query.cursor)
    page = await call.services.dead_letters.page(call.actor, before, query.size)
    return DeadLetterPageOut(
        items=[_dead(each) for each in page.letters],
        total=page.total,
        next=None if page.older is None else cursor_of("dead", page.older),
    )


@routes.post("/dead-letters/replay", ReplayIn, ReplayedOut)
async def replay_dead_letters(call: Call, body: ReplayIn) -> ReplayedOut:
    """Send them again, at most a thousand at once; nobody is told twice what had arrived."""
    found = await call.services.dead_letters.replay(call.actor, body.numbers)
    return ReplayedOut.model_validate(found)


@routes.post("/dead-letters/drop", DropIn, DroppedOut)
async def drop_dead_letters(call: Call, body: DropIn) -> DroppedOut:
    """Give them up for good, with the reason."""
    dropped = await call.services.dead_letters.drop(call.actor, body.numbers, body.reason)
    return DroppedOut(dropped=dropped)
