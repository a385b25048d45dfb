"""Filling the support desk: operators on shift, voice messages that a night has left."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime

import asyncpg

from bench._frame import START, Bench
from domain.actor import Actor
from domain.roles import Role

_OPERATORS = 10

_VOICES = """
WITH made AS (
    INSERT INTO ticket (
        regime, channel, person_id, address, name, role, language, subject, state, priority,
        revision, opened_at, registered_at, asked_at, promised_at, in_hours, escalation,
        result_text, rating_text
    )
    SELECT
        '366', 'voice', who[1 + n % cardinality(who)], '', 'Айгүл', '', 'kk', '', 'open', 'normal',
        2, $3, $3, $3, $4, false, 0, '', ''
    FROM generate_series(1, $2::int) AS n, LATERAL (SELECT $1::bigint[] AS who) AS given
    RETURNING id
), said AS (
    INSERT INTO ticket_message (ticket_id, position, author, at, text, kind)
    SELECT id, 1, 'user', $3, '', '' FROM made
    RETURNING id
)
INSERT INTO ticket_file (
    message_id, position, kind, name, mime, size, duration, telegram_file_id, sha256, state,
    attempts
)
SELECT id, 1, 'voice', '', 'audio/ogg', 40000, 12, $5, '', 'stored', 0 FROM said
"""


async def operators(made: Bench, connection: asyncpg.Connection) -> list[Actor]:
    """Ten operators, who have begun their shifts."""
    ids = await connection.fetch(
        """
        WITH made AS (
            INSERT INTO person (
                telegram_id, language, language_chosen, name, folded, state, created_at
            )
            SELECT 900000000 + n, 'ru', true, 'Оператор ' || n, 'оператор', 'active', $2
            FROM generate_series(1, $1::int) AS n
            RETURNING id
        ), role AS (
            INSERT INTO membership (person_id, role, position, state, created_at)
            SELECT id, 'support', 'contact', 'active', $2 FROM made
            RETURNING id, person_id
        )
        SELECT person_id AS id, id AS membership_id FROM role ORDER BY person_id
        """,
        _OPERATORS,
        START,
    )
    await connection.executemany(
        "UPDATE person SET current_membership_id = $1 WHERE id = $2",
        [(row["membership_id"], row["id"]) for row in ids],
    )
    causes = itertools.count(1)
    actors = [
        Actor(
            kind="person",
            source="telegram",
            cause=f"bench:{next(causes)}",
            person_id=row["id"],
            role=Role.SUPPORT,
        )
        for row in ids
    ]
    for actor in actors:
        await made.services.support.begin_shift(actor)
    return actors


async def voices(
    connection: asyncpg.Connection,
    people: Sequence[int],
    count: int,
    asked_at: datetime,
    promised_at: datetime,
    file_id: str = "x",
) -> None:
    """Tickets of one voice message each, as the use case leaves them."""
    await connection.execute(_VOICES, people, count, asked_at, promised_at, file_id)
