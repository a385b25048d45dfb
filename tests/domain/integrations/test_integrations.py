"""Tokens of integrations, and the answers kept for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken, Unauthenticated
from domain.integrations.model import ApiToken, IdempotentRequest
from domain.integrations.service import Integrations
from domain.roles import Role
from domain.work import Site
from tests.support.factories import (
    admin_actor,
    again,
    integration_actor,
    make_person,
    next_cause,
)


@pytest.fixture
def integrations(site: Site) -> Integrations:
    return Integrations(site)


def console() -> Actor:
    return Actor.system(next_cause(), "cli")


async def test_a_token_is_shown_once_and_stored_hashed(
    site: Site, integrations: Integrations
) -> None:
    token = await integrations.create_token(console(), "platform", "integration")
    found = await integrations.actor_for_token(token, "api:1")
    assert (found.actor.kind, found.actor.label, found.actor.cause, found.actor.read_only) == (
        "integration",
        "platform",
        "api:1",
        False,
    )
    async with site.sessions() as session:
        row = (await session.scalars(select(ApiToken))).one()
        assert (row.id, row.used_at) == (found.token_id, site.clock.now())
        assert len(row.token_hash) == 64
        assert token not in row.token_hash
        entries = await session.scalars(select(AuditEntry))
        assert not [each for each in entries if token in f"{each.data}{each.result}"]
    reader = await integrations.create_token(console(), "reader", "read")
    assert (await integrations.actor_for_token(reader, "api:2")).actor.read_only


async def test_a_revoked_or_unknown_token_opens_nothing(integrations: Integrations) -> None:
    token = await integrations.create_token(console(), "platform", "integration")
    await integrations.revoke_token(console(), "platform")
    for raw in (token, token + "x", ""):
        with pytest.raises(Unauthenticated) as refused:
            await integrations.actor_for_token(raw, "api:1")
        assert (refused.value.kind, refused.value.code) == ("unauthenticated", "token_invalid")
    with pytest.raises(Conflict, match="token_revoked"):
        await integrations.revoke_token(console(), "platform")
    with pytest.raises(NotFound, match="token_unknown"):
        await integrations.revoke_token(console(), "nobody")
    # A name is never given twice: the record must say who it was.
    with pytest.raises(Conflict, match="token_name_taken"):
        await integrations.create_token(console(), "platform", "read")


async def test_the_same_cause_does_not_show_a_token_again(integrations: Integrations) -> None:
    actor = console()
    token = await integrations.create_token(actor, "platform", "integration")
    with pytest.raises(Conflict, match="token_name_taken"):
        await integrations.create_token(actor, "platform", "integration")
    assert (await integrations.actor_for_token(token, "api:1")).actor.label == "platform"


@pytest.mark.clause("366-8")
async def test_tokens_are_made_by_administrators_and_never_by_tokens(
    site: Site, integrations: Integrations
) -> None:
    support = await make_person(site, None, Role.SUPPORT)
    for actor in (support, integration_actor()):
        for act in (
            integrations.create_token(again(actor), "x", "read"),
            integrations.revoke_token(again(actor), "x"),
        ):
            with pytest.raises(AccessDenied):
                await act
    admin = await admin_actor(site)
    await integrations.create_token(again(admin), "mine", "read")
    assert [(row.name, row.scope) for row in await integrations.tokens(again(admin))] == [
        ("mine", "read")
    ]
    for name, scope, code in (("x", "all", "scope_unknown"), (" ", "read", "text_missing")):
        with pytest.raises(RuleBroken, match=code):
            await integrations.create_token(again(admin), name, scope)


async def test_old_answers_are_forgotten_and_fresh_ones_kept(
    site: Site, integrations: Integrations
) -> None:
    token = await integrations.create_token(await admin_actor(site), "platform", "integration")
    known = await integrations.actor_for_token(token, "api:1")
    now = site.clock.now()
    async with site.sessions.begin() as session:
        for key, age in (("old", 31), ("fresh", 29)):
            session.add(
                IdempotentRequest(
                    token_id=known.token_id,
                    key=key,
                    body_hash="0" * 64,
                    created_at=now - timedelta(days=age),
                )
            )
    assert await integrations.forget_answers(timedelta(days=30)) == 1
    async with site.sessions() as session:
        assert list(await session.scalars(select(IdempotentRequest.key))) == ["fresh"]
