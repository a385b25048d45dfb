"""A lease in the database: one owner among replicas, taken over when the owner dies."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant


class Lease(Base):
    """Who may do what only one process may do, and until when (the database's own clock)."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    until: Mapped[Instant]
