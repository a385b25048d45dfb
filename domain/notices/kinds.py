"""The one table of what people are told: category, urgency, whether it may be muted, what chain.

The settings page, the documents and the tests read this table; a kind that does not stand here
cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.notices.model import Lane


@dataclass(frozen=True, slots=True)
class Category:
    """What a person thinks of as one sort of notices.

    ``mutable``: whether its notices of the lanes of work and news may be muted; statutory ones
    never may.
    """

    name: str
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice.

    ``ack``: the reader is asked to say that they have seen it. ``chain``: the escalation that
    wakes others while nobody has acted, and that ends when one of those woken has seen it
    (``domain.escalations``).
    """

    name: str
    category: Category
    lane: Lane
    ack: bool = False
    chain: str | None = None

    @property
    def mutable(self) -> bool:
        """Whether a person may mute it."""
        return self.category.mutable and self.lane is not Lane.STATUTORY


TERMS = Category("terms")
"""What must be done, and until when."""
COURSE = Category("course", mutable=True)
"""How an order goes on: nothing is asked of the reader."""
CONFIRMATIONS_OF_ACTS = Category("confirmations")
"""What confirms an act (act 366, clause 15)."""
ACCOUNT = Category("account")
COMPANY = Category("company", mutable=True)
SUPPORT = Category("support")
"""Answers of support to whoever asked."""
DESK = Category("desk")
"""The work of operators."""
FAULTS = Category("faults")
WORKS = Category("works")
ADMINISTRATION = Category("administration")
NEWS = Category("news", mutable=True)
NEWS_OF_A_DAY = Category("digest")
"""What the reader wants as one message."""

CATEGORIES = (
    TERMS,
    COURSE,
    CONFIRMATIONS_OF_ACTS,
    ACCOUNT,
    COMPANY,
    SUPPORT,
    DESK,
    FAULTS,
    WORKS,
    ADMINISTRATION,
    NEWS,
    NEWS_OF_A_DAY,
)

_S, _W, _N = Lane.STATUTORY, Lane.WORK, Lane.NEWS

_TABLE = (
    # Orders.
    Kind("order.invited", TERMS, _S, ack=True, chain="offer_window"),
    Kind("order.published", COURSE, _W),
    Kind("order.failed", TERMS, _S),
    Kind("order.summary", TERMS, _S, ack=True, chain="selection"),
    Kind("order.choose_again", TERMS, _S, ack=True, chain="selection"),
    Kind("order.done", COURSE, _W),
    Kind("order.window_closed", COURSE, _N),
    Kind("offer.submitted", CONFIRMATIONS_OF_ACTS, _W),
    Kind("offer.withdrawn", CONFIRMATIONS_OF_ACTS, _W),
    Kind("offer.judged", COURSE, _W),
    Kind("protocol.formed", COURSE, _W),
    # Awards and contracts.
    Kind("award.selected", TERMS, _S, ack=True, chain="confirmation"),
    Kind("award.confirmed", TERMS, _S),
    Kind("award.refused", TERMS, _S),
    Kind("award.lapsed", TERMS, _S),
    Kind("selection.overdue", TERMS, _S, ack=True, chain="selection"),
    Kind("contract.proposed", TERMS, _S, ack=True, chain="contract"),
    Kind("contract.concluded", TERMS, _S),
    Kind("contract.disputed", TERMS, _S, ack=True, chain="contract"),
    Kind("contract.overdue", TERMS, _S, ack=True, chain="contract"),
    # Reminders of terms.
    Kind("remind.offer_window", TERMS, _S, ack=True, chain="offer_window"),
    Kind("remind.selection", TERMS, _S, ack=True, chain="selection"),
    Kind("remind.confirmation", TERMS, _S, ack=True, chain="confirmation"),
    Kind("remind.contract", TERMS, _S, ack=True, chain="contract"),
    Kind("remind.me", TERMS, _W),
    Kind("remind.dropped", TERMS, _W),
    Kind("deadline.moved", TERMS, _S),
    # Chains: nobody of a company answers; somebody has.
    Kind("escalation.silent", TERMS, _S),
    Kind("escalation.done", TERMS, _W),
    Kind("duty.given", COMPANY, _W),
    # People.
    Kind("registration.received", CONFIRMATIONS_OF_ACTS, _W),
    Kind("registration.pending", ADMINISTRATION, _W),
    Kind("registration.approved", ACCOUNT, _W),
    Kind("registration.refused", ACCOUNT, _W),
    Kind("role.granted", ACCOUNT, _W),
    Kind("role.revoked", ACCOUNT, _W),
    Kind("account.suspended", ACCOUNT, _S),
    Kind("account.resumed", ACCOUNT, _S),
    Kind("channel.test", ACCOUNT, _N),
    Kind("colleague.joined", COMPANY, _W),
    # Support: to whoever asked.
    Kind("ticket.received", SUPPORT, _S),
    Kind("ticket.reopened", SUPPORT, _S),
    Kind("ticket.answered", SUPPORT, _S),
    Kind("ticket.documents", SUPPORT, _S),
    Kind("ticket.called_back", SUPPORT, _S),
    Kind("ticket.not_reached", SUPPORT, _W),
    Kind("ticket.closed", SUPPORT, _S),
    Kind("ticket.merged", SUPPORT, _W),
    Kind("ticket.promise_moved", SUPPORT, _S),
    Kind("ticket.file_lost", SUPPORT, _W),
    Kind("ticket.file_too_big", SUPPORT, _W),
    Kind("support.muted", SUPPORT, _S),
    Kind("support.unmuted", SUPPORT, _W),
    # Support: to operators.
    Kind("ticket.new", DESK, _S),
    Kind("ticket.user_wrote", DESK, _S),
    Kind("ticket.assigned", DESK, _S),
    Kind("ticket.unanswered", DESK, _S, chain="ticket"),
    Kind("ticket.red", DESK, _S),
    Kind("ticket.overdue", DESK, _S),
    Kind("ticket.undecided", DESK, _S),
    Kind("ticket.number_unsent", DESK, _S),
    Kind("ticket.mail_failed", DESK, _S),
    Kind("ticket.mail_waits", DESK, _S),
    Kind("ticket.escalation_asked", DESK, _S),
    Kind("ticket.file_failed", DESK, _S),
    Kind("desk.morning", DESK, _S),
    Kind("desk.digest", DESK, _S),
    Kind("desk.lost", DESK, _S),
    # Faults and works.
    Kind("incident.received", FAULTS, _S),
    Kind("incident.reported", FAULTS, _S),
    Kind("incident.witnessed", FAULTS, _S),
    Kind("incident.confirmed", FAULTS, _S),
    Kind("incident.began", FAULTS, _W),
    Kind("incident.planned", FAULTS, _W),
    Kind("incident.changed", FAULTS, _W),
    Kind("incident.tonight", FAULTS, _S),
    Kind("incident.mended", FAULTS, _W),
    Kind("incident.refuted", FAULTS, _S),
    Kind("incident.untold", FAULTS, _S),
    Kind("incident.reopened", FAULTS, _S),
    Kind("incident.joined", FAULTS, _S),
    Kind("incident.level_asked", FAULTS, _S),
    Kind("incident.informed", FAULTS, _S),
    Kind("incident.level_agreed", FAULTS, _S),
    Kind("incident.level_returned", FAULTS, _S),
    Kind("incident.overdue", FAULTS, _S),
    Kind("incident.reminder", FAULTS, _S, ack=True, chain="incident"),
    Kind("incident.moved", FAULTS, _S),
    Kind("maintenance.announced", WORKS, _W),
    Kind("maintenance.tomorrow", WORKS, _W),
    Kind("maintenance.started", WORKS, _W),
    Kind("maintenance.finished", WORKS, _W),
    Kind("maintenance.cancelled", WORKS, _W),
    Kind("maintenance.prolonged", WORKS, _W),
    # Recordings.
    Kind("recording.act_finished", ADMINISTRATION, _W),
    Kind("recording.ahead", ADMINISTRATION, _W),
    Kind("recording.released", ADMINISTRATION, _W),
    Kind("recording.restored", ADMINISTRATION, _W),
    # The service itself.
    # Whether notices go at all: as urgent as most of them.
    Kind("service.canary", ADMINISTRATION, _W),
    Kind("restore.held", ADMINISTRATION, _W),
    Kind("reconciliation.found", ADMINISTRATION, _W),
    # Webhooks.
    Kind("webhook.disabled", ADMINISTRATION, _W),
    # News and work of a day, for whoever wants them so.
    Kind("news.digest", NEWS_OF_A_DAY, _W),
    # Broadcasts.
    Kind("broadcast.news", NEWS, _N),
    Kind("broadcast.test", ADMINISTRATION, _W),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _TABLE})

CONFIRMATIONS = frozenset(
    {
        "offer.submitted",
        "offer.withdrawn",
        "award.confirmed",
        "award.refused",
        "incident.received",
        "registration.received",
        "registration.approved",
        "ticket.received",
        "ticket.reopened",
    }
)
"""Kinds that confirm an act (act 366, clause 15). Whoever acted in the chat is answered there, so
for them the notice stands in their list, told and read, and no second message comes."""
