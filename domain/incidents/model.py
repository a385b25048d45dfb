"""Incidents (technical faults), the users' reports of them, maintenance, and our own health."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Sequence,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref
from domain.incidents.said import Said

incident_number = Sequence("incident_number", metadata=Base.metadata)
maintenance_number = Sequence("maintenance_number", metadata=Base.metadata)

# analysing -> confirmed | refuted; confirmed -> closed. A closed one may be reopened: analysing.
INCIDENT_STATES = ("analysing", "confirmed", "refuted", "closed")
LEVELS = ("low", "medium", "high")
# none -> proposed -> agreed, or returned -> proposed; informed: the owner was told (act 627)
LEVEL_STATES = ("none", "proposed", "agreed", "returned", "informed")
SCOPES = ("all", "module", "orders")
MODULES = ("offers", "awards", "contracts")


class Incident(Base):
    """A technical fault (act 366, clauses 23-29; act 627, clauses 14-26)."""

    __tablename__ = "incident"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, incident_number, server_default=incident_number.next_value(), unique=True
    )
    regime: Mapped[str] = mapped_column(String(8))
    # What everybody reads of it; a language in which nobody has written it is empty.
    title_kk: Mapped[str] = mapped_column(default="")
    title_ru: Mapped[str] = mapped_column(default="")
    # user | operator | health
    source: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    level: Mapped[str | None] = mapped_column(String(8))
    level_state: Mapped[str] = mapped_column(String(16))
    level_note: Mapped[str] = mapped_column(default="")
    # Another one that waits for the authorised body while the agreed one stays in force.
    proposed_level: Mapped[str | None] = mapped_column(String(8))
    # Who proposed the level last: somebody else agrees (act 366, clause 24).
    level_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[Instant]
    # The interval of the fault; not mended while ``mended_at`` is empty.
    began_at: Mapped[Instant]
    mended_at: Mapped[Instant | None]
    planned_mending_at: Mapped[Instant | None]
    # all | module | orders, with {"modules": [...]} or {"orders": [numbers]}
    scope: Mapped[str] = mapped_column(String(8))
    scope_of: Mapped[Json]
    # Whose windows wait while it is analysed: {"all": true} or {"orders": [numbers]}.
    stake: Mapped[Json] = mapped_column(server_default=text("'{}'"), default=dict)
    decided_at: Mapped[Instant | None]
    # What confirms or refutes it, as the users are told.
    facts_kk: Mapped[str] = mapped_column(default="")
    facts_ru: Mapped[str] = mapped_column(default="")
    measures_kk: Mapped[str] = mapped_column(default="")
    measures_ru: Mapped[str] = mapped_column(default="")
    applied_at: Mapped[Instant | None]
    # The approved act on the fault, without which no entry is cancelled (act 366, clause 29.6).
    act_number: Mapped[str] = mapped_column(String(64), default="", server_default="")
    act_date: Mapped[date | None]
    closed_at: Mapped[Instant | None]
    # The number of the incident that took its reports: both were one fault.
    joined_into: Mapped[int | None] = mapped_column(BigInteger)

    @property
    def title(self) -> Said:
        """What it is called."""
        return Said(self.title_kk, self.title_ru)

    @title.setter
    def title(self, said: Said) -> None:
        self.title_kk, self.title_ru = said.kk, said.ru

    @property
    def facts(self) -> Said:
        """What confirms or refutes it."""
        return Said(self.facts_kk, self.facts_ru)

    @facts.setter
    def facts(self, said: Said) -> None:
        self.facts_kk, self.facts_ru = said.kk, said.ru

    @property
    def measures(self) -> Said:
        """What was done about it."""
        return Said(self.measures_kk, self.measures_ru)

    @measures.setter
    def measures(self, said: Said) -> None:
        self.measures_kk, self.measures_ru = said.kk, said.ru


class IncidentReport(Base):
    """A user's report of a fault (act 366, clause 25; act 627, clause 15.1)."""

    __tablename__ = "incident_report"
    __table_args__ = (Index("ix_incident_report_incident", "incident_id", "id"),)

    id: Mapped[Key]
    incident_id: Mapped[Ref] = mapped_column(ForeignKey("incident.id"))
    ticket_id: Mapped[Ref | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"), index=True)
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    text: Mapped[str]
    found_at: Mapped[Instant]
    # When the user told of it: a request's message, whenever an operator takes it as a report.
    reported_at: Mapped[Instant]
    # When the journal has that: the term of the decision runs from then (act 627, clause 19).
    registered_at: Mapped[Instant]
    # Who phoned and has no account (act 366, clause 26).
    name: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(String(32), default="", server_default="")
    # The report came after the term of the regime had ended.
    late: Mapped[bool]
    contacts: Mapped[str]
    # Screenshots and documents: attachments of the subject "report:<id>".


class IncidentEffect(Base):
    """What an incident or maintenance did to one deadline."""

    __tablename__ = "incident_effect"
    __table_args__ = (UniqueConstraint("cause", "subject", "kind", "round"),)

    id: Mapped[Key]
    # "incident:7" or "maintenance:2", as in the deadline's extension
    cause: Mapped[str] = mapped_column(String(32), index=True)
    subject: Mapped[str] = mapped_column(String(96))
    kind: Mapped[str] = mapped_column(String(48))
    # 1 for the first application; a reopened incident is applied again.
    round: Mapped[int]
    clause: Mapped[str] = mapped_column(String(32))
    # moved | annulled | rerun | cancelled | kept
    what: Mapped[str] = mapped_column(String(16))
    # Why it was kept: nothing could be undone and people have to decide, or an operator found
    # that the fault did not influence this procedure, and gave the ground.
    reason: Mapped[str] = mapped_column(String(32), default="", server_default="")
    ground: Mapped[str] = mapped_column(default="", server_default="")
    old: Mapped[Instant | None]
    new: Mapped[Instant | None]
    at: Mapped[Instant]
    order_id: Mapped[Ref | None] = mapped_column(ForeignKey("purchase_order.id"), index=True)


class Maintenance(Base):
    """Planned works (act 366, clause 22; act 627, clauses 30 and 31)."""

    __tablename__ = "maintenance"

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger, maintenance_number, server_default=maintenance_number.next_value(), unique=True
    )
    regime: Mapped[str] = mapped_column(String(8))
    text_kk: Mapped[str]
    text_ru: Mapped[str]
    # An announcement later than the regime's term needs a ground.
    emergency: Mapped[str] = mapped_column(default="")
    announced_at: Mapped[Instant]
    announced_by: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    # planned -> running -> finished, or cancelled
    state: Mapped[str] = mapped_column(String(16), index=True)
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]


class Heartbeat(Base):
    """When a part of ours was last seen alive; a gap is a fault of our own."""

    __tablename__ = "heartbeat"

    part: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[Instant]


class HealthGap(Base):
    """A time in which a part of ours was not alive or Telegram did not answer."""

    __tablename__ = "health_gap"

    id: Mapped[Key]
    part: Mapped[str] = mapped_column(String(32))
    began_at: Mapped[Instant] = mapped_column(index=True)
    ended_at: Mapped[Instant | None]
    incident_id: Mapped[Ref | None] = mapped_column(ForeignKey("incident.id"))
