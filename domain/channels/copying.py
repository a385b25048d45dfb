"""Copies of notices in other channels: each a row of its own, with the number of the first.

A copy bears the dedup of its origin, so whatever writes it twice writes it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.model import ContactAddress
from domain.channels.rules import EMAIL, ORDER
from domain.notices.doubt import DOUBT
from domain.notices.ended import BACK
from domain.notices.model import TELEGRAM, Lane, Notice
from domain.work import Work

SERVING = ("verified", "failing")
_ENDED = ("unreachable", "dead")
#: They try one channel: elsewhere they say nothing.
STAY = frozenset({"broadcast.test", "channel.test", "service.canary"})

# Where one of them has another copy that goes or has gone, nothing more is written. A channel
# whose address fails is the last resort. A copy of what may have arrived says so.
_FALL = text(
    """
    INSERT INTO notice (person_id, company_id, roles, kind, subject, params, lane, channel,
                        origin_id, state, dedup, created_at, not_before, useless_after, attempts,
                        error)
    SELECT lost.person_id, lost.company_id, lost.roles, lost.kind, lost.subject, lost.params,
           lost.lane, next.channel,
           coalesce(lost.origin_id, lost.id), 'queued', lost.dedup, lost.created_at, :now,
           lost.useless_after, 0,
           CASE WHEN EXISTS (
               SELECT FROM delivery AS attempt
               WHERE attempt.notice_id IN (lost.id, lost.origin_id) AND attempt.outcome = 'unknown'
           ) THEN :doubt END
    FROM notice AS lost
    CROSS JOIN LATERAL (
        SELECT address.channel
        FROM contact_address AS address
        WHERE address.person_id = lost.person_id AND address.state IN ('verified', 'failing')
          AND array_position(CAST(:way AS text[]), CAST(address.channel AS text))
              > array_position(CAST(:way AS text[]), CAST(lost.channel AS text))
          AND NOT EXISTS (
              SELECT FROM notice AS tried
              WHERE tried.person_id = lost.person_id AND tried.dedup = lost.dedup
                AND tried.channel = address.channel
          )
        ORDER BY address.state <> 'verified',
                 array_position(CAST(:way AS text[]), CAST(address.channel AS text))
        LIMIT 1
    ) AS next
    WHERE lost.id = ANY(CAST(:ids AS bigint[])) AND lost.lane < :news
      AND lost.kind <> ALL(CAST(:stay AS text[]))
      AND (lost.useless_after IS NULL OR lost.useless_after > :now)
      AND NOT EXISTS (
          SELECT FROM notice AS other
          WHERE other.person_id = lost.person_id AND other.dedup = lost.dedup
            AND other.id <> lost.id AND other.state IN ('queued', 'sending', 'sent')
      )
    ORDER BY lost.id
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)

# A copy that was on its way when its reader came back, and is put off, goes no further.
_GIVE_WAY = text(
    """
    UPDATE notice AS copy
    SET state = 'dropped', error = :back
    FROM notice AS first, person
    WHERE copy.id = ANY(CAST(:ids AS bigint[])) AND copy.state = 'queued'
      AND first.id = copy.origin_id
      AND first.channel = 'telegram' AND first.state = 'unreachable'
      AND (first.useless_after IS NULL OR first.useless_after > :now)
      AND person.id = first.person_id AND person.telegram_id IS NOT NULL
      AND person.unreachable_since IS NULL
    RETURNING copy.id
    """
)

# Whoever is back while their copy failed elsewhere gets the first row after all.
_BACK_TO_CHAT = text(
    """
    UPDATE notice AS first
    SET state = 'queued', not_before = :now, attempts = 0,
        error = CASE WHEN EXISTS (
            SELECT FROM delivery AS attempt
            JOIN notice AS tried ON tried.id = attempt.notice_id
            WHERE (tried.id = first.id OR tried.origin_id = first.id)
              AND attempt.outcome = 'unknown'
        ) THEN :doubt END
    FROM notice AS lost, person
    WHERE lost.id = ANY(CAST(:ids AS bigint[])) AND first.id = lost.origin_id
      AND first.channel = 'telegram' AND first.state = 'unreachable'
      AND (first.useless_after IS NULL OR first.useless_after > :now)
      AND person.id = first.person_id AND person.telegram_id IS NOT NULL
      AND person.unreachable_since IS NULL
      AND NOT EXISTS (
          SELECT FROM notice AS other
          WHERE other.person_id = first.person_id AND other.dedup = first.dedup
            AND other.id <> first.id AND other.state IN ('queued', 'sending', 'sent')
      )
    """
)

# The newest notice of each person on the matter, as it stands in their list.
_COPY = text(
    """
    INSERT INTO notice (person_id, company_id, roles, kind, subject, params, lane, channel,
                        origin_id, state, dedup, created_at, not_before, useless_after, attempts)
    SELECT DISTINCT ON (first.person_id)
           first.person_id, first.company_id, first.roles, first.kind, first.subject,
           first.params, first.lane, address.channel,
           first.id, 'queued', first.dedup, first.created_at, :now, first.useless_after, 0
    FROM notice AS first
    JOIN contact_address AS address
      ON address.person_id = first.person_id AND address.channel = :channel
     AND address.state IN ('verified', 'failing')
    WHERE first.person_id = ANY(CAST(:people AS bigint[])) AND first.kind = :kind
      AND first.subject = :subject AND first.origin_id IS NULL AND first.channel <> :channel
      AND (first.useless_after IS NULL OR first.useless_after > :now)
    ORDER BY first.person_id, first.id DESC
    ON CONFLICT DO NOTHING
    RETURNING person_id
    """
)


async def fall_through(session: AsyncSession, numbers: Sequence[int], now: datetime) -> list[int]:
    """Copy statutory and work notices that ended without a reader to the next channel.

    In the order ``ORDER``, into what the person has confirmed; returns the rows written. News
    are not copied.
    """
    if not numbers:
        return []
    values = {"ids": sorted(numbers), "now": now, "doubt": DOUBT}
    given = {"way": list(ORDER), "news": int(Lane.NEWS), "stay": sorted(STAY)}
    written = await session.scalars(_FALL, {**values, **given})
    rows = list(written)
    await session.execute(_BACK_TO_CHAT, values)
    return rows


async def follow(
    session: AsyncSession, channel: str, ended: Mapping[int, str], now: datetime
) -> None:
    """What follows from attempts of one channel that were settled: ``ended``, number -> state.

    Lost notices fall through; an address that takes nothing fails, one that takes it serves. What
    is put off gives way to the chat where its reader is back there.
    """
    lost = sorted(number for number, state in ended.items() if state in _ENDED)
    late = sorted(number for number, state in ended.items() if state == "queued")
    if channel != TELEGRAM:
        sent = sorted(number for number, state in ended.items() if state == "sent")
        await _mark(session, channel, sent, "verified", "failing", now)
        await _mark(session, channel, lost, "failing", "verified", now)
        await _give_way(session, late, now)
    await fall_through(session, lost, now)


async def _give_way(session: AsyncSession, numbers: Sequence[int], now: datetime) -> None:
    if not numbers:
        return
    dropped = await session.scalars(_GIVE_WAY, {"ids": numbers, "now": now, "back": BACK})
    values = {"ids": sorted(dropped), "now": now, "doubt": DOUBT}
    await session.execute(_BACK_TO_CHAT, values)


async def _mark(
    session: AsyncSession, channel: str, numbers: Sequence[int], state: str, was: str, now: datetime
) -> None:
    if not numbers:
        return
    failed = state == "failing"
    await session.execute(
        update(ContactAddress)
        .where(
            ContactAddress.channel == channel,
            ContactAddress.state == was,
            ContactAddress.person_id == Notice.person_id,
            Notice.id.in_(numbers),
        )
        .values(
            state=state,
            failed_at=now if failed else None,
            last_failure=Notice.error if failed else None,
        )
    )


async def addressed(
    session: AsyncSession, people: Sequence[int], channel: str = EMAIL
) -> list[int]:
    """Those of these people who have a confirmed address in a channel."""
    found = await session.scalars(
        select(ContactAddress.person_id)
        .where(
            ContactAddress.person_id.in_(people),
            ContactAddress.channel == channel,
            ContactAddress.state.in_(SERVING),
        )
        .order_by(ContactAddress.person_id)
    )
    return list(found)


async def copy_to(
    work: Work, people: Sequence[int], kind: str, subject: str, channel: str = EMAIL
) -> list[int]:
    """Send these people the notice that they have of a matter in a channel, too.

    Returns whom it goes to: those with a confirmed address and no copy there yet.
    """
    values = {"people": sorted(set(people)), "kind": kind, "subject": subject}
    found = await work.session.scalars(_COPY, {**values, "channel": channel, "now": work.now})
    return sorted(found)
