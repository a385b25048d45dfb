"""The step of a chain that goes by e-mail: who can be written to, and writing to them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.copying import addressed, copy_to
from domain.channels.rules import EMAIL
from domain.work import Work


async def mailable(session: AsyncSession, people: Sequence[int]) -> list[int]:
    """Those of these people who have a confirmed address."""
    return await addressed(session, people, EMAIL) if people else []


async def mail_to(work: Work, people: Sequence[int], kind: str, subject: str) -> None:
    """Write the notice that these people have to their confirmed addresses, too."""
    if people:
        await copy_to(work, people, kind, subject, EMAIL)
