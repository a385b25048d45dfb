"""The use cases of the support desk (act 366, clauses 18-21 and 26; act 627, clauses 7-8, 15-18).

``text`` is HTML that Telegram takes, everywhere: whoever has plain text escapes it first
(``domain.support.texts.escaped``). Files come as ``NewFile``: with a Telegram id, to be fetched
(``files_waiting``), or with the hash of bytes that the file store holds already.

What is told goes out as notices of the act: whoever calls says nothing of it a second time.
Actors of kind ``integration`` and ``system`` may do what users do on any ticket.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from domain.actor import Actor
from domain.support.promise import Channel, Promise
from domain.support.views import (
    CannedView,
    Digest,
    Edited,
    EmailTaken,
    Found,
    MuteView,
    NewFile,
    Origin,
    QueueFilter,
    Report,
    ShiftView,
    TicketPage,
    TicketView,
    WaitingFile,
)
from domain.work import Site


class Support:
    """Tickets, the operators who work them, and what is known of both."""

    def __init__(self, site: Site) -> None:
        self.site = site

    # ---- whoever asks for help (guests and suspended accounts, too)

    async def promise(
        self, actor: Actor, channel: Channel = "chat", regime: str | None = None
    ) -> Promise:
        """What somebody who asks now is promised; the installation's regime unless told."""
        raise NotImplementedError

    async def open(
        self,
        actor: Actor,
        channel: Channel,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        regime: str | None = None,
        order_number: int | None = None,
        subject: str = "",
        origin: Origin | None = None,
        bin: str = "",  # noqa: A002 - the registry's own word
    ) -> TicketView:
        """Open a ticket; number and promise go to the person as notice ``ticket.received``.

        ``bin``: for which company an integration asks. Raises ``message_empty``,
        ``file_too_big`` (627-8), ``support_muted``, ``support_flood``, ``regime_unknown``,
        ``channel_unknown``, NotFound ``order_unknown``, ``text_too_long``, ``too_many_files``.
        """
        raise NotImplementedError

    async def add(
        self,
        actor: Actor,
        number: int,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
    ) -> TicketView:
        """Go on in an own ticket; in an answered or waiting one a new promise begins.

        A merged ticket goes on in the one it was merged into. Raises NotFound
        ``ticket_unknown``, Conflict ``ticket_closed``, and those of ``open``.
        """
        raise NotImplementedError

    async def write(
        self,
        actor: Actor,
        channel: Channel,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
    ) -> TicketView:
        """Go on in the person's newest ticket that is not closed, or open one."""
        raise NotImplementedError

    async def mine(self, actor: Actor, page: int = 0) -> TicketPage:
        """The actor's own tickets, newest first."""
        raise NotImplementedError

    async def ticket(self, actor: Actor, number: int) -> TicketView:
        """A ticket: whole to operators, without notes to the one whose it is.

        Raises NotFound ``ticket_unknown``, also for a ticket of somebody else.
        """
        raise NotImplementedError

    async def reopen(self, actor: Actor, number: int, text: str = "") -> TicketView:
        """Object to an answer or a closing, within 10 days of it; by its user or an operator.

        Raises Conflict ``ticket_open``, ``reopen_late``.
        """
        raise NotImplementedError

    async def rate(self, actor: Actor, number: int, rating: int, word: str = "") -> TicketView:
        """Say how good the answer was, 1 to 5; may be said again.

        Raises ``rating_range``, Conflict ``ticket_unanswered``.
        """
        raise NotImplementedError

    async def ask_escalation(self, actor: Actor, number: int) -> TicketView:
        """Call the lead to a ticket; Conflict ``escalation_asked`` within an hour of the last."""
        raise NotImplementedError

    async def edited(self, actor: Actor, chat_id: int, message_id: int, text: str) -> Edited | None:
        """Follow an edit of what the actor wrote in a chat; None where it is of no ticket.

        The caller brings the copies up to date that the answer names.
        """
        raise NotImplementedError

    # ---- operators

    async def queue(
        self, actor: Actor, wanted: QueueFilter | None = None, page: int = 0, size: int = 20
    ) -> TicketPage:
        """Tickets not closed, by the end of their promise; the answered come last."""
        raise NotImplementedError

    async def digest(self, actor: Actor) -> Digest:
        """How the desk stands now: for the morning's digest in the group, and the web page."""
        raise NotImplementedError

    async def take(self, actor: Actor, number: int) -> TicketView:
        """Take a ticket in hand; Conflict ``ticket_taken`` (``name``), ``ticket_closed``."""
        raise NotImplementedError

    async def release(self, actor: Actor, number: int) -> TicketView:
        """Give a ticket back; Conflict ``ticket_not_taken``; of another only an admin may."""
        raise NotImplementedError

    async def assign(self, actor: Actor, number: int, person_id: int | None = None) -> TicketView:
        """Give a ticket to an operator, who is told; None: by turn among those on shift.

        Raises NotFound ``operator_unknown``, Conflict ``nobody_on_shift``.
        """
        raise NotImplementedError

    async def answer(
        self,
        actor: Actor,
        number: int,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
    ) -> TicketView:
        """Answer the user (notice ``ticket.answered``); an untaken ticket is taken by it."""
        raise NotImplementedError

    async def note(
        self,
        actor: Actor,
        number: int,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        origin: Origin | None = None,
    ) -> TicketView:
        """Write to the other operators; never shown to the user."""
        raise NotImplementedError

    async def ask_documents(
        self, actor: Actor, number: int, text: str, *, origin: Origin | None = None
    ) -> TicketView:
        """Ask the user for what is missing (act 627, clause 18): the ticket waits for it."""
        raise NotImplementedError

    async def set_priority(
        self, actor: Actor, number: int, priority: Literal["low", "normal", "high"]
    ) -> TicketView:
        """Say how urgent a ticket is; raises ``priority_unknown``."""
        raise NotImplementedError

    async def merge(self, actor: Actor, number: int, into: int) -> TicketView:
        """Put what was said in one ticket into another of the same person; returns the other.

        The earlier promise holds. Raises Conflict ``merge_other_person``, ``merge_itself``.
        """
        raise NotImplementedError

    async def close(self, actor: Actor, number: int, result: str, text: str = "") -> TicketView:
        """Close with a result: answered | called_back | not_reached | refused | duplicate |
        no_reply; ``text`` goes to the user. Raises ``result_unknown``, Conflict
        ``ticket_closed``, and ``close_unanswered`` for answered without an answer and text.
        """
        raise NotImplementedError

    async def mark_dispute(self, actor: Actor, number: int, ground: str) -> TicketView:
        """Keep the recordings of a ticket until a dispute is settled (act 366, clause 21.2).

        Raises Conflict ``dispute_marked``.
        """
        raise NotImplementedError

    async def settle_dispute(self, actor: Actor, number: int) -> TicketView:
        """A dispute is settled: the term of keeping resumes; Conflict ``dispute_not_marked``."""
        raise NotImplementedError

    async def follow_up(
        self,
        actor: Actor,
        number: int,
        way: Literal["call", "written"],
        result: Literal["answered", "not_reached"],
        text: str,
        *,
        recording: NewFile | None = None,
    ) -> TicketView:
        """Record how a voice request was followed up: called back, or answered in writing.

        An answer counts as one. Raises ``follow_up_unknown``, and those of ``answer``.
        """
        raise NotImplementedError

    async def register_call(
        self,
        actor: Actor,
        name: str,
        phone: str,
        at: datetime,
        text: str,
        recording: NewFile | None = None,
        *,
        person_id: int | None = None,
        language: Literal["kk", "ru"] = "ru",
        order_number: int | None = None,
        regime: str | None = None,
    ) -> TicketView:
        """Register a request by phone (act 366, clauses 20 and 26), from the time of the call.

        ``person_id``: the person of the bot who called, if one did; without it they are found
        by the phone. Raises ``call_future``, ``call_too_old`` (10 days), ``phone_invalid``.
        """
        raise NotImplementedError

    async def search(self, actor: Actor, text: str, size: int = 20) -> Found:
        """Tickets in which every word of the text stands, newest first; by number, too."""
        raise NotImplementedError

    async def begin_shift(self, actor: Actor) -> ShiftView:
        """Begin the actor's shift; one that runs goes on."""
        raise NotImplementedError

    async def end_shift(self, actor: Actor) -> int:
        """End the actor's shift; returns how many unanswered tickets stay in hand.

        Raises Conflict ``not_on_shift``.
        """
        raise NotImplementedError

    async def on_shift(self, actor: Actor) -> list[ShiftView]:
        """The operators on shift, the one whose turn is next first."""
        raise NotImplementedError

    async def canned(self, actor: Actor) -> list[CannedView]:
        """The ready answers, by title."""
        raise NotImplementedError

    async def add_canned(self, actor: Actor, title: str, text_kk: str, text_ru: str) -> CannedView:
        """Add a ready answer in both languages; by an admin."""
        raise NotImplementedError

    async def remove_canned(self, actor: Actor, canned_id: int) -> None:
        """Take a ready answer away; by an admin. Raises NotFound ``canned_unknown``."""
        raise NotImplementedError

    async def mute(self, actor: Actor, person_id: int, reason: str, until: datetime) -> MuteView:
        """Let a person not write to support for a time, who is told why and until when.

        Raises ``mute_range`` (at most 30 days), NotFound ``person_unknown``, Conflict
        ``mute_staff``.
        """
        raise NotImplementedError

    async def unmute(self, actor: Actor, person_id: int) -> None:
        """Let a person write again, who is told; Conflict ``not_muted``."""
        raise NotImplementedError

    async def muted(self, actor: Actor) -> list[MuteView]:
        """Who may not write now."""
        raise NotImplementedError

    async def report(
        self, actor: Actor, since: datetime, until: datetime, regime: str | None = None
    ) -> Report:
        """The desk in a period; raises ``period_range``."""
        raise NotImplementedError

    # ---- e-mail, files and the start: the edge acts, for nobody in particular

    async def email_in(
        self,
        address: str,
        name: str,
        subject: str,
        text: str,
        files: Sequence[NewFile] = (),
        *,
        message_id: str,
        references: Sequence[str] = (),
        at: datetime | None = None,
    ) -> EmailTaken:
        """Take an e-mail in (act 366, clauses 19.3 and 19.4; act 627, clause 16).

        ``text`` is plain. It goes on in the ticket that the subject names as ``[#12]``, or a
        reference as ``<ticket.12.…>``, if that is of the same address and not closed; else it
        opens one. Files over the limit are noted, not kept. The same ``message_id`` again
        answers what it did first. Raises ``email_invalid``, ``support_flood``.
        """
        raise NotImplementedError

    async def number_sent(self, number: int) -> None:
        """The number has reached the user by e-mail (act 627, clause 17)."""
        raise NotImplementedError

    async def files_waiting(self, limit: int = 10) -> list[WaitingFile]:
        """Claim files to be fetched, for five minutes; two who ask never get the same."""
        raise NotImplementedError

    async def file_stored(self, file_id: int, sha256: str, size: int) -> None:
        """The bytes of a file are in the store; a voice or a call is a recording from now on."""
        raise NotImplementedError

    async def file_failed(self, file_id: int, error: str, *, final: bool = False) -> None:
        """A file could not be fetched: tried again, later each time; given up after 8 tries.

        ``error="too_big"`` gives it up at once (act 627, clause 8).
        """
        raise NotImplementedError

    async def transcribed(self, file_id: int, text: str) -> None:
        """A machine's draft of what is said in a file; never instead of the recording."""
        raise NotImplementedError

    async def start(self) -> None:
        """Set the desk's next morning, where none is set; called when the service starts."""
        raise NotImplementedError
