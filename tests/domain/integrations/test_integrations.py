"""Tokens of integrations, and requests worked once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.clock import ManualClock
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken, Unauthenticated
from domain.integrations.model import ApiToken
from domain.integrations.rules import WORKED_AT_MOST, StoredAnswer
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

ANSWER = StoredAnswer(201, "application/json", b'{"number": 1}')


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


async def test_a_request_with_the_same_key_gets_the_stored_answer(
    integrations: Integrations,
) -> None:
    token = await integrations.create_token(console(), "platform", "integration")
    other = await integrations.create_token(console(), "other", "integration")
    id_ = (await integrations.actor_for_token(token, "api:1")).token_id
    other_id = (await integrations.actor_for_token(other, "api:1")).token_id
    assert await integrations.begin(id_, "k1", "body") is None
    with pytest.raises(Conflict, match="request_in_work"):
        await integrations.begin(id_, "k1", "body")
    await integrations.finish(id_, "k1", ANSWER)
    assert await integrations.begin(id_, "k1", "body") == ANSWER
    with pytest.raises(Conflict, match="idempotency_key_reused"):
        await integrations.begin(id_, "k1", "another body")
    assert await integrations.begin(other_id, "k1", "another body") is None
    for key in ("", "x" * 129, "with space", "ключ"):
        with pytest.raises(RuleBroken, match="idempotency_key_format"):
            await integrations.begin(id_, key, "body")


async def test_a_request_whose_process_died_is_taken_up_again(
    integrations: Integrations, clock: ManualClock
) -> None:
    token = await integrations.create_token(console(), "platform", "integration")
    id_ = (await integrations.actor_for_token(token, "api:1")).token_id
    await integrations.begin(id_, "k1", "body")
    clock.advance(WORKED_AT_MOST - timedelta(microseconds=1))
    with pytest.raises(Conflict, match="request_in_work"):
        await integrations.begin(id_, "k1", "body")
    clock.advance(timedelta(microseconds=1))
    assert await integrations.begin(id_, "k1", "body") is None
    with pytest.raises(Conflict, match="request_in_work"):
        await integrations.begin(id_, "k1", "body")
    await integrations.give_up(id_, "k1")
    assert await integrations.begin(id_, "k1", "body") is None
    await integrations.finish(id_, "k1", ANSWER)
    await integrations.give_up(id_, "k1")
    assert await integrations.begin(id_, "k1", "body") == ANSWER
    clock.advance(timedelta(days=2))
    assert await integrations.forget_answers(timedelta(days=1)) == 1


async def test_of_two_requests_at_once_one_is_worked(integrations: Integrations) -> None:
    token = await integrations.create_token(console(), "platform", "integration")
    id_ = (await integrations.actor_for_token(token, "api:1")).token_id
    outcomes = await asyncio.gather(
        *(integrations.begin(id_, "k1", "body") for _ in range(8)), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
