"""People, what they are to companies, and the register of role changes."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, Sequence, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref

registration_number = Sequence("registration_number", metadata=Base.metadata)


class Person(Base):
    """One human being who talks to the bot. Never deleted (act 366, clause 9)."""

    __tablename__ = "person"

    id: Mapped[Key]
    telegram_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    language: Mapped[str] = mapped_column(String(2))
    # Telegram only guesses the language; a choice of the person's own decides.
    language_chosen: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str]
    # The name as it is searched for: see ``domain.registry.rules.fold``.
    folded: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None]
    # active | suspended
    state: Mapped[str] = mapped_column(String(16))
    state_reason: Mapped[str | None]
    unreachable_since: Mapped[Instant | None]
    current_membership_id: Mapped[Ref | None]
    created_at: Mapped[Instant]


class Consent(Base):
    """What a person agreed to, in which wording and when (act 366, clause 6)."""

    __tablename__ = "consent"

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    # data: collection and processing (6.1); truth: obligation to give true data (6.2);
    # recording: voice messages are recorded (20)
    kind: Mapped[str] = mapped_column(String(16))
    version: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[Instant]


class Registration(Base):
    """An application to act for a company, with its number (act 366, clause 15)."""

    __tablename__ = "registration"
    __table_args__ = (
        # One application at a time: a double press cannot make two.
        Index(
            "uq_registration_pending",
            "person_id",
            "role",
            "company_id",
            unique=True,
            postgresql_where="state = 'pending'",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_registration_pending", "number", postgresql_where="state = 'pending'"),
    )

    id: Mapped[Key]
    number: Mapped[int] = mapped_column(
        BigInteger,
        registration_number,
        server_default=registration_number.next_value(),
        unique=True,
    )
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"), index=True)
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32))
    full_name: Mapped[str]
    # head | contact
    position: Mapped[str] = mapped_column(String(16))
    phone: Mapped[str] = mapped_column(String(20))
    email: Mapped[str]
    # pending | approved | refused
    state: Mapped[str] = mapped_column(String(16))
    ground: Mapped[str]
    invitation_id: Mapped[Ref | None]
    decided_by: Mapped[Ref | None]
    decided_at: Mapped[Instant | None]
    created_at: Mapped[Instant]


class Membership(Base):
    """A role of a person, for a company where the role is of a company."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_role",
            "person_id",
            "role",
            "company_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_membership_company", "company_id", "role"),
    )

    id: Mapped[Key]
    person_id: Mapped[Ref] = mapped_column(ForeignKey("person.id"))
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32))
    position: Mapped[str] = mapped_column(String(16))
    # active | revoked
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[Instant]


class RoleChange(Base):
    """A line of the register of changes of roles and rights (act 366, clause 34).

    Kept at least 3 years; the platform never deletes a line.
    """

    __tablename__ = "role_change"

    id: Mapped[Key]
    at: Mapped[Instant]
    person_id: Mapped[Ref] = mapped_column(index=True)
    company_id: Mapped[Ref | None]
    # Empty where the whole account is suspended or resumed.
    role: Mapped[str] = mapped_column(String(32))
    # granted | revoked | suspended | resumed
    change: Mapped[str] = mapped_column(String(16))
    ground: Mapped[str]
    executor_id: Mapped[Ref | None]
    executor_label: Mapped[str]


class Invitation(Base):
    """A single-use, expiring deep link that lets a person act for a company or in a role."""

    __tablename__ = "invitation"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    role: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[Instant]
    created_by: Mapped[Ref | None]
    created_label: Mapped[str]
    expires_at: Mapped[Instant]
    used_at: Mapped[Instant | None]
    used_by: Mapped[Ref | None]
