"""Runs of the check and the differences they found; nothing is ever mended by a run."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Json, Key, Ref


class ReconciliationRun(Base):
    """One walk through everything that is open."""

    __tablename__ = "reconciliation_run"
    __table_args__ = (
        Index("ix_reconciliation_run_waiting", "id", postgresql_where="state <> 'done'"),
    )

    id: Mapped[Key]
    # nightly | asked
    ground: Mapped[str] = mapped_column(String(16))
    # wanted -> running -> done
    state: Mapped[str] = mapped_column(String(16))
    started_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    # A run whose process died is begun anew by another after this.
    claimed_until: Mapped[Instant | None]
    # How many deadlines and states were looked at, and how many differences there are.
    checked: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)


class ReconciliationDifference(Base):
    """Something that is not as it must be, at the moment of a run."""

    __tablename__ = "reconciliation_difference"
    __table_args__ = (Index("ix_reconciliation_difference_run", "run_id", "id"),)

    id: Mapped[Key]
    run_id: Mapped[Ref] = mapped_column(ForeignKey("reconciliation_run.id"))
    # One of the codes in ``domain.reconciliation.rules``.
    code: Mapped[str] = mapped_column(String(32))
    # order:12, award:7, ticket:3, incident:1
    subject: Mapped[str] = mapped_column(String(96))
    # The kind of the deadline or notice.
    kind: Mapped[str] = mapped_column(String(64))
    detail: Mapped[Json]
