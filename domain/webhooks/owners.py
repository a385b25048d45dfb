"""Whose endpoints are whose: of the platform, of a company, and of the token that made them.

Administrators look after all of them, the head of a company after the company's. A token bound to
a company looks after those of that company; a token that may act for every company only after
those that it has made itself, and makes none of the platform's own, which get every event.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import AccessDenied, NotFound
from domain.notices.writing import tell
from domain.people.model import Membership, Person
from domain.people.queries import active_admins
from domain.registry.model import Company
from domain.roles import Role
from domain.webhooks import rows
from domain.webhooks.model import WebhookEndpoint
from domain.webhooks.rules import host_of
from domain.work import Work


def owned(actor: Actor) -> ColumnElement[bool]:
    """The endpoints that an actor may see and change."""
    if actor.kind == "system" or (actor.kind == "person" and actor.role is Role.ADMIN):
        return true()
    if actor.kind == "integration":
        if actor.company_id is not None:
            return WebhookEndpoint.company_id == actor.company_id
        return WebhookEndpoint.made_by == actor.label
    if actor.kind != "person":
        return false()
    return WebhookEndpoint.company_id.in_(
        select(Membership.company_id).where(
            Membership.person_id == actor.person_id,
            Membership.position == "head",
            Membership.state == "active",
        )
    )


async def check_owner(session: AsyncSession, actor: Actor, row: WebhookEndpoint) -> None:
    """Refuse an endpoint that is not the actor's: a token does not learn that there is one.

    Raises AccessDenied ``not_your_company`` (act 366, clause 8), NotFound ``webhook_unknown``.
    """
    mine = select(WebhookEndpoint.id).where(WebhookEndpoint.id == row.id, owned(actor))
    if await session.scalar(mine) is not None:
        return
    if actor.kind == "integration":
        raise NotFound("webhook_unknown", None, webhook=row.id)
    raise AccessDenied("not_your_company", "366-8")


def check_company(actor: Actor, company: int | None) -> int | None:
    """For whom the actor makes an endpoint: ``company``, or what its token is bound to.

    None is the platform itself. Raises AccessDenied ``not_your_company`` for another company than
    the token's, ``webhook_of_platform`` for a token that names none.
    """
    if actor.kind != "integration":
        return company
    if actor.company_id is not None and company not in (None, actor.company_id):
        raise AccessDenied("not_your_company", "366-8")
    wanted = actor.company_id or company
    if wanted is None:
        raise AccessDenied("webhook_of_platform", "366-8")
    return wanted


async def disable(work: Work, endpoint: WebhookEndpoint, why: str) -> None:
    """Let an endpoint take nothing more for a reason that is not its owner's; they are told."""
    endpoint.state, endpoint.disabled_why, endpoint.disabled_at = "disabled", why, work.now
    skipped = await rows.skip_open(work.session, endpoint.id, work.now)
    about: dict[str, object] = {
        "endpoint": endpoint.id,
        "host": host_of(endpoint.url),
        "why": why,
        "since": endpoint.failing_since,
        "skipped": skipped,
    }
    subject = f"webhook:{endpoint.id}"
    admins = await active_admins(work.session)
    if endpoint.company_id is not None:
        company = await work.session.get_one(Company, endpoint.company_id)
        about |= {"name_ru": company.name_ru, "name_kk": company.name_kk}
        heads = set(await heads_of(work.session, company.id)) - set(admins)
        await tell(work, heads, "webhook.disabled", subject, about=about, as_company=company.id)
    await tell(work, admins, "webhook.disabled", subject, about=about, as_roles=(Role.ADMIN,))


async def end_of_token(work: Work, name: str) -> int:
    """Disable what a token has made, as it is revoked: its holder may have been anybody.

    Returns how many endpoints. Their owners may enable them again.
    """
    ids = await work.session.scalars(
        select(WebhookEndpoint.id).where(
            WebhookEndpoint.made_by == name, WebhookEndpoint.state == "enabled"
        )
    )
    made = await rows.hold(work.session, ids.all())
    ended = [row for row in made if row.state == "enabled"]
    for row in ended:
        await disable(work, row, "token")
    return len(ended)


async def heads_of(session: AsyncSession, company: int) -> list[int]:
    """Ids of the active people who are heads of a company."""
    found = await session.scalars(
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.company_id == company,
            Membership.position == "head",
            Membership.state == "active",
            Person.state == "active",
        )
        .distinct()
    )
    return list(found)
