"""What only one process may do at a time: the rows by which replicas agree on an owner."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant


class LeaseRow(Base):
    """Whose turn it is, until when, and the number of that turn (the fence)."""

    __tablename__ = "lease"

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    owner: Mapped[str] = mapped_column(String(64))
    # Grows with each new owner: what an earlier one does late is told by it.
    fence: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[Instant]
