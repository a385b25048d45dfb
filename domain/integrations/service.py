"""Trusted integrations: their tokens, and each of their requests worked once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken, Unauthenticated
from domain.identifiers import check_bin_iin
from domain.integrations.model import ApiToken, IdempotentRequest
from domain.integrations.rules import (
    COMPANY,
    PERSON,
    check_name,
    check_scope,
    token_hash,
)
from domain.orders.queries import company_by_bin
from domain.people.looks import actor_of, lock_person, person_select
from domain.people.model import Person
from domain.people.rules import check_not_joined
from domain.roles import Role
from domain.webhooks.owners import end_of_token
from domain.work import Look, Site, Work, query, use_case

_ADMIN = frozenset({Role.ADMIN})
# Writing the time of use at every request would make every reading request a writing one.
_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class TokenView:
    """A token as it is listed: everything but the token."""

    id: int
    name: str
    scope: str
    created_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True)
class TokenActor:
    """Who a token stands for: the token's id, and the actor."""

    token_id: int
    actor: Actor


class Integrations:
    """Tokens and the answers to requests that bear an idempotency key."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def create_token(
        self, actor: Actor, name: str, scope: str, company_bin: str | None = None
    ) -> str:
        """A new bearer token, shown this once; only its hash is kept.

        ``company_bin``: whose webhooks a token of the scope ``webhooks`` looks after. Raises
        Conflict ``token_name_taken``, also for the same cause again: what is not kept cannot be
        repeated. ``scope_unknown``, ``token_company``, ``text_missing``, ``company_unknown``.
        """
        token = secrets.token_urlsafe(32)
        fresh = token_hash(token)
        if await self._create(actor, name, scope, fresh, company_bin) != fresh:
            raise Conflict("token_name_taken", None, name=name)
        return token

    async def create_person_token(self, actor: Actor, name: str, person_id: int) -> str:
        """A token by which somebody without a chat acts by the API, with their rights alone.

        Raises NotFound ``person_unknown``, Conflict ``person_has_chat`` and what
        ``create_token`` raises.
        """
        token = secrets.token_urlsafe(32)
        fresh = token_hash(token)
        if await self._create_for(actor, name, person_id, fresh) != fresh:
            raise Conflict("token_name_taken", None, name=name)
        return token

    @use_case("integrations.create_person_token", by=_ADMIN)
    async def _create_for(self, work: Work, name: str, person_id: int, fresh: str) -> str:
        _check_not_integration(work.actor)
        person = await lock_person(work.session, person_id)
        if person.telegram_id is not None:
            raise Conflict("person_has_chat")
        check_not_joined(person.state)
        stated = await _insert(work, name, fresh, PERSON, person.id)
        work.record(f"token:{stated}", scope=PERSON, person=person.id)
        return fresh

    @use_case("integrations.create_token", by=_ADMIN)
    async def _create(
        self, work: Work, name: str, scope: str, fresh: str, company_bin: str | None
    ) -> str:
        _check_not_integration(work.actor)
        if (check_scope(scope) == COMPANY) is (company_bin is None):
            raise RuleBroken("token_company")
        company = None
        if company_bin is not None:
            company = (await company_by_bin(work.session, check_bin_iin(company_bin))).id
        stated = await _insert(work, name, fresh, scope, company_id=company)
        work.record(f"token:{stated}", scope=scope, company=company)
        return fresh

    @use_case("integrations.revoke_token", by=_ADMIN)
    async def revoke_token(self, work: Work, name: str) -> TokenView:
        """End a token at once, and disable the webhooks that it made.

        Raises NotFound ``token_unknown``, Conflict ``token_revoked``.
        """
        _check_not_integration(work.actor)
        row = await work.session.scalar(
            select(ApiToken).where(ApiToken.name == name.strip()).with_for_update()
        )
        if row is None:
            raise NotFound("token_unknown", None, name=name)
        if row.revoked_at is not None:
            raise Conflict("token_revoked", None, name=name)
        row.revoked_at = work.now
        webhooks = await end_of_token(work, row.name)
        work.record(f"token:{row.name}", revoked=True, webhooks=webhooks)
        return _view(row)

    @query(by=_ADMIN)
    async def tokens(self, look: Look) -> list[TokenView]:
        """All tokens, the newest first."""
        rows = await look.session.scalars(select(ApiToken).order_by(ApiToken.id.desc()))
        return [_view(row) for row in rows]

    async def actor_for_token(self, raw: str, cause: str) -> TokenActor:
        """Who shows this token; raises Unauthenticated ``token_invalid``."""
        now = self.site.clock.now()
        async with self.site.sessions() as session:
            row = await session.scalar(
                select(ApiToken).where(ApiToken.token_hash == token_hash(raw))
            )
            if row is None or row.revoked_at is not None:
                raise Unauthenticated("token_invalid")
            if row.used_at is None or abs(now - row.used_at) >= _USED_EVERY:
                await session.execute(
                    update(ApiToken).where(ApiToken.id == row.id).values(used_at=now)
                )
                await session.commit()
            if row.person_id is not None:
                return TokenActor(row.id, await _person(session, row.person_id, row.name, cause))
            actor = Actor(
                kind="integration",
                source="api",
                cause=cause,
                company_id=row.company_id,
                label=row.name,
                read_only=row.scope == "read",
            )
            return TokenActor(row.id, actor)

    async def forget_answers(self, older_than: timedelta) -> int:
        """Drop stored answers nobody will ask for any more; returns how many."""
        before = self.site.clock.now() - older_than
        async with self.site.sessions.begin() as session:
            gone = await session.scalars(
                delete(IdempotentRequest)
                .where(IdempotentRequest.created_at < before)
                .returning(IdempotentRequest.key)
            )
            return len(gone.all())


async def _insert(
    work: Work,
    name: str,
    fresh: str,
    scope: str,
    person_id: int | None = None,
    company_id: int | None = None,
) -> str:
    """Keep a token by its hash; returns its name. Raises Conflict ``token_name_taken``."""
    stated = check_name(name)
    made = await work.session.scalar(
        insert(ApiToken)
        .values(
            name=stated,
            token_hash=fresh,
            scope=scope,
            person_id=person_id,
            company_id=company_id,
            created_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=[ApiToken.name])
        .returning(ApiToken.id)
    )
    if made is None:
        raise Conflict("token_name_taken", None, name=stated)
    return stated


async def _person(session: AsyncSession, person_id: int, label: str, cause: str) -> Actor:
    """The person a token stands for, with the rights that they have now."""
    row = (await session.execute(person_select().where(Person.id == person_id))).one()
    return replace(actor_of(row, cause, None), source="api", label=label)


def _check_not_integration(actor: Actor) -> None:
    """A token makes no tokens: a leaked one must not be able to outlive its revocation."""
    if actor.kind == "integration":
        raise AccessDenied("people_only", "366-8")


def _view(row: ApiToken) -> TokenView:
    return TokenView(
        id=row.id,
        name=row.name,
        scope=row.scope,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
