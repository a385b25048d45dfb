"""Rows of addresses inside an act: held, read, a code asked for. The use cases call these."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.model import ContactAddress
from domain.channels.rules import (
    ADDRESSED,
    CODES_TO_ADDRESS,
    ORDER,
    check_may_ask,
    recent,
)
from domain.channels.views import AddressView, address_view
from domain.errors import NotFound, RuleBroken
from domain.work import Recall, Work


async def _read(session: AsyncSession, number: int, _now: datetime) -> AddressView:
    return address_view(await session.get_one(ContactAddress, number))


ADDRESS = Recall(lambda view: view.id, _read)
"""An address is personal data: the record says that there is one, never which."""


async def lock_address(work: Work, person_id: int, channel: str) -> ContactAddress:
    """The row of a person and channel, held; raises ``channel_not_served`` for no channel."""
    if channel not in ADDRESSED:
        raise RuleBroken("channel_not_served")
    await work.session.execute(
        insert(ContactAddress)
        .values(
            person_id=person_id,
            channel=channel,
            state="removed",
            codes=[],
            attempts=0,
            tries=0,
            created_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["person_id", "channel"])
    )
    row = await work.session.scalar(
        select(ContactAddress)
        .where(ContactAddress.person_id == person_id, ContactAddress.channel == channel)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("person_unknown")
    return row


async def addresses_of(session: AsyncSession, person_id: int) -> list[AddressView]:
    """A person's addresses, in the order in which they serve."""
    rows = await session.scalars(
        select(ContactAddress).where(
            ContactAddress.person_id == person_id, ContactAddress.state != "removed"
        )
    )
    return sorted(map(address_view, rows), key=lambda view: ORDER.index(view.channel))


def ask_code(row: ContactAddress, now: datetime) -> None:
    """Have a code sent; raises Conflict ``address_codes_spent``."""
    check_may_ask(row.codes, now)
    forget_code(row)
    row.codes = [*recent(row.codes, now), now]
    row.asked_at = now


async def check_not_filled(work: Work, row: ContactAddress, address: str) -> None:
    """Raises Conflict ``address_codes_spent`` where others have had enough sent there."""
    asked = await work.session.scalars(
        select(ContactAddress.codes).where(
            ContactAddress.wanted == address, ContactAddress.id != row.id
        )
    )
    check_may_ask([at for codes in asked for at in codes], work.now, CODES_TO_ADDRESS)


def forget_code(row: ContactAddress) -> None:
    """No code waits any more."""
    row.asked_at = row.claimed_until = row.code_hash = row.expires_at = None
    row.tries = row.attempts = 0


def remove_address(row: ContactAddress) -> None:
    """Nothing goes there any more, and nothing waits for a code."""
    row.address = row.wanted = row.verified_at = row.failed_at = row.last_failure = None
    row.state = "removed"
    forget_code(row)
