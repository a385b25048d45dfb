"""Escalations: what waits for somebody, who was woken for it and when; companies' own chains."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref

#: The kind of the deadline of a step; its subject is ``escalation:<id>``.
ESCALATE = "escalate"


class Escalation(Base):
    """One chain that runs, or ran, for one company, or for the desk, about one subject."""

    __tablename__ = "escalation"
    __table_args__ = (
        # Two chains about one thing would wake everybody twice.
        Index(
            "uq_escalation_running",
            "subject",
            "category",
            "company_id",
            unique=True,
            postgresql_where="state = 'running'",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_escalation_subject", "subject", "id"),
        Index("ix_escalation_order", "order_number", postgresql_where="order_number IS NOT NULL"),
    )

    id: Mapped[Key]
    category: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    # The company that has to act, and in which role; None at the desk.
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32), default="")
    # The other side, which learns at last that nobody answers.
    other_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    other_role: Mapped[str] = mapped_column(String(32), default="")
    order_number: Mapped[Ref | None]
    # The notice that the people of the chain get, and when it was written.
    notice: Mapped[str] = mapped_column(String(64), default="")
    notice_subject: Mapped[str] = mapped_column(String(64), default="")
    about: Mapped[Json]
    # The term that waits: kind of its deadline and the subject of that. Empty: no term of its own.
    term_kind: Mapped[str] = mapped_column(String(48), default="")
    term_subject: Mapped[str] = mapped_column(String(96), default="")
    # The chain as it was when it began: a change of the company's is for those after it.
    steps: Mapped[list[Json]] = mapped_column(JSONB)
    # Whose working hours its minutes run in: the act, see ``Term``.
    hours: Mapped[str] = mapped_column(String(8), default="366")
    # The step that was taken last; -1 before the first.
    step: Mapped[int]
    started_at: Mapped[Instant]
    # running | acked | acted | over (nothing waits any more)
    state: Mapped[str] = mapped_column(String(16))
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[Ref | None]


class EscalationWake(Base):
    """Somebody woken by a step."""

    __tablename__ = "escalation_wake"
    __table_args__ = (Index("ix_escalation_wake_escalation", "escalation_id", "id"),)

    id: Mapped[Key]
    escalation_id: Mapped[Ref] = mapped_column(ForeignKey("escalation.id"))
    step: Mapped[int]
    person_id: Mapped[Ref]
    # telegram | email
    channel: Mapped[str] = mapped_column(String(16))
    # own | other | admin: as whom
    side: Mapped[str] = mapped_column(String(8))
    at: Mapped[Instant]


class EscalationChain(Base):
    """A company's own chain for a category, in place of the one in code."""

    __tablename__ = "escalation_chain"
    __table_args__ = (UniqueConstraint("company_id", "role", "category"),)

    id: Mapped[Key]
    company_id: Mapped[Ref] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32))
    category: Mapped[str] = mapped_column(String(32))
    steps: Mapped[list[Json]] = mapped_column(JSONB)
    changed_at: Mapped[Instant]
    changed_by: Mapped[Ref | None]
