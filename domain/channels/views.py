"""Addresses as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.channels.model import ContactAddress

Code = Literal["none", "asked", "sent"]


@dataclass(frozen=True)
class AddressView:
    """An address as its owner sees it.

    ``wanted`` waits for its code, which is ``asked`` for or ``sent``; meanwhile ``address`` goes
    on to serve.
    """

    id: int
    person_id: int
    channel: str
    state: str
    address: str | None
    wanted: str | None
    code: Code
    verified_at: datetime | None
    failed_at: datetime | None
    last_failure: str | None

    @property
    def serves(self) -> bool:
        """Whether notices may go there."""
        return self.address is not None


@dataclass(frozen=True)
class CodeLetter:
    """A code on its way to the address that it is to prove."""

    id: int
    person_id: int
    channel: str
    address: str
    language: str
    chat: bool
    code: str
    code_hash: str
    expires_at: datetime
    attempts: int


@dataclass(frozen=True)
class Attempt:
    """What came of a code that somebody gave: on record also when it was wrong."""

    id: int
    confirmed: bool
    left: int


@dataclass(frozen=True)
class Receiver:
    """To whom a notice goes in a channel, and in which language; ``chat``: they have one."""

    address: str | None
    language: str
    chat: bool


def address_view(row: ContactAddress) -> AddressView:
    """The row as a value."""
    code: Code = "none"
    if row.wanted is not None and row.asked_at is not None:
        code = "asked"
    elif row.wanted is not None and row.code_hash is not None:
        code = "sent"
    return AddressView(
        id=row.id,
        person_id=row.person_id,
        channel=row.channel,
        state=row.state,
        address=row.address,
        wanted=row.wanted,
        code=code,
        verified_at=row.verified_at,
        failed_at=row.failed_at,
        last_failure=row.last_failure,
    )
