"""Filling a database in bulk with companies, people, goods, orders and offers: set-based SQL."""

from __future__ import annotations

import asyncpg

from bench._frame import START

#: The code under which the invited suppliers' goods stand; everything else has another.
CODE = "242013.100.000000"

_COMPANIES = """
INSERT INTO company (
    bin, name_ru, name_kk, is_producer, is_customer, status, registry_number, folded, updated_at
)
SELECT
    lpad((100000000000 + n)::text, 12, '0'), 'ТОО «Завод ' || n || '»', '«Зауыт ' || n || '» ЖШС',
    NOT $3, $3, 'active', 'KZ-' || n, 'завод ' || n, $4
FROM generate_series($1::bigint, $1::bigint + $2::bigint - 1) AS n
RETURNING id
"""

_PEOPLE = """
WITH made AS (
    INSERT INTO person (telegram_id, language, language_chosen, name, folded, state, created_at)
    SELECT 500000000 + c, CASE WHEN c % 2 = 0 THEN 'kk' ELSE 'ru' END, true, 'Айгүл', 'айгүл',
        'active', $3
    FROM unnest($1::bigint[]) AS c
    RETURNING id, telegram_id - 500000000 AS company_id
), role AS (
    INSERT INTO membership (person_id, company_id, role, position, state, created_at)
    SELECT id, company_id, $2, 'head', 'active', $3 FROM made
    RETURNING id, person_id
)
SELECT id, person_id FROM role
"""

_GOODS = """
WITH made AS (
    INSERT INTO good (
        company_id, name_ru, name_kk, code, agsk3, tnved, kpved, oked, kato, capacity, unit,
        localisation_level
    )
    SELECT c, 'Труба', 'Құбыр',
        coalesce($3, (200000 + n % 600000)::text || '.' || (100 + n % 900)::text || '.000000'),
        '', '', '', '', '', '', 'm', ''
    FROM unnest($1::bigint[]) AS c, generate_series(1, $2::int) AS i,
        LATERAL (SELECT (c * 7919 + i * 104729) % 550000 AS n) AS mix
    RETURNING id, company_id, code
)
INSERT INTO good_key (good_id, key, company_id)
SELECT id, key, company_id FROM made, unnest(ARRAY[
    '=' || code, '<' || left(code, 10), '<' || left(code, 6)
]) AS key
"""

_ANALYZE = "VACUUM ANALYZE"


def telegram_id(company_id: int) -> int:
    """The Telegram id of the one person of a company."""
    return 500_000_000 + company_id


async def companies(
    connection: asyncpg.Connection, first: int, count: int, *, customers: bool = False
) -> list[int]:
    """Companies numbered from ``first``; their ids."""
    rows = await connection.fetch(_COMPANIES, first, count, customers, START)
    return [row["id"] for row in rows]


async def people(connection: asyncpg.Connection, company_ids: list[int], role: str) -> None:
    """One active person for each company, Telegram id 500000000 + company id."""
    rows = await connection.fetch(_PEOPLE, company_ids, role, START)
    await connection.executemany(
        "UPDATE person SET current_membership_id = $1 WHERE id = $2",
        [(row["id"], row["person_id"]) for row in rows],
    )


async def goods(
    connection: asyncpg.Connection, company_ids: list[int], each: int, code: str | None = None
) -> None:
    """Goods of each company, with their keys; under ``code`` or under codes all over."""
    await connection.execute(_GOODS, company_ids, each, code)


async def settle(connection: asyncpg.Connection) -> None:
    """Bring statistics up to date, as autovacuum would have done in a database that grew."""
    await connection.execute(_ANALYZE)
