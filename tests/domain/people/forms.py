"""Filling in the form of registration, and what came of it."""

from __future__ import annotations

from sqlalchemy import func, select

from domain.actor import Actor
from domain.notices.model import Notice
from domain.people.rules import CONSENT_VERSIONS
from domain.people.service import People
from domain.people.views import RegistrationReceipt
from domain.roles import Role
from domain.work import Site
from tests.support.factories import (
    again,
    next_cause,
)


async def newcomer(people: People, telegram_id: int = 501) -> Actor:
    """A guest who has given both consents and their contact."""
    actor, _ = await people.actor_for(telegram_id, next_cause(), "kk", "Dana")
    for kind, version in CONSENT_VERSIONS.items():
        await people.record_consent(again(actor), kind, version, "kk")
    await people.share_contact(again(actor), telegram_id, f"7701555{telegram_id:04d}")
    return again(actor)


async def apply(
    people: People,
    actor: Actor,
    bin_iin: str | None,
    token: str | None = None,
    role: Role = Role.SUPPLIER,
) -> RegistrationReceipt:
    return await people.register(
        actor,
        company_bin=bin_iin,
        role=role,
        full_name="Дана Ахметова",
        position="head",
        email="dana@example.kz",
        invitation_token=token,
    )


async def notices_of(site: Site, actor: Actor) -> list[tuple[str, dict[str, object]]]:
    async with site.sessions() as session:
        rows = await session.scalars(
            select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id)
        )
        return [(row.kind, dict(row.params)) for row in rows]


async def count(site: Site, what: type) -> int:
    async with site.sessions() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0
