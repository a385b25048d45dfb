"""The fixtures give every test a database of its own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.integrations.model import ApiToken
from domain.work import Site


@pytest.mark.parametrize("name", ["first", "second"])
async def test_nothing_is_left_from_another_test(site: Site, name: str) -> None:
    async with site.sessions.begin() as session:
        assert list(await session.scalars(select(ApiToken.name))) == []
        session.add(
            ApiToken(
                name=name,
                token_hash=name,
                scope="read",
                created_at=site.clock.now(),
                revoked_at=None,
                used_at=None,
            )
        )
    async with site.sessions() as session:
        assert list(await session.scalars(select(ApiToken.name))) == [name]
    assert await site.files.get(await site.files.put(b"plan")) == b"plan"
