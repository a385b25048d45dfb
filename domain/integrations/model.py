"""Tokens of trusted integrations and their answered requests."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Instant, Key, Ref


class ApiToken(Base):
    """A bearer token: stored hashed, shown once, revocable."""

    __tablename__ = "api_token"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # integration | read | webhooks | person
    scope: Mapped[str] = mapped_column(String(16))
    # Whom it stands for, where it is one person's: they act with their own rights, and no more.
    person_id: Mapped[Ref | None] = mapped_column(ForeignKey("person.id"))
    # Whose webhooks it looks after, and nothing else, where its scope is webhooks.
    company_id: Mapped[Ref | None] = mapped_column(ForeignKey("company.id"))
    created_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    used_at: Mapped[Instant | None]


class IdempotentRequest(Base):
    """The stored answer to a POST that carried an ``Idempotency-Key``."""

    __tablename__ = "idempotent_request"

    token_id: Mapped[Ref] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Instant]
    # Empty while the request is being worked.
    status: Mapped[int | None] = mapped_column(Integer)
    content_type: Mapped[str | None]
    # Empty with a status: the answer holds a secret, and only who asked can make it again.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class UploadedFile(Base):
    """A file that an integration has sent, to be named in what it does next."""

    __tablename__ = "uploaded_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    # The name of the token: what one has sent, no other may use before it is attached.
    owner: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    mime: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(BigInteger)
    # When it was sent or named last.
    touched_at: Mapped[Instant] = mapped_column(index=True)
