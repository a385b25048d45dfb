"""The statements of the queue: taking the next notices, and recording what became of them.

Each is one turn to the database for as many notices as there are: a thousand go in a second.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from domain.notices.ended import why

# Each lane is read along its index by itself: what waits for its moment is never looked at, nor
# is what was sent. Work and news share their room, so news never pass work that waits. What its
# deadline has made useless is not sent any more, nor what is told to somebody as one of a company
# or as the holder of a role that they are no more (``why``), nor anything but what is ``own`` to
# somebody suspended. The reader comes along: who they are now.
TAKE = text(
    """
    WITH picked AS (
        SELECT id, lane, not_before, person_id, company_id, roles, kind FROM (
            SELECT waiting.*, wanted.lane, wanted.most, row_number() OVER (
                PARTITION BY wanted.lane > 0
                ORDER BY wanted.lane, waiting.not_before, waiting.id
            ) AS place, row_number() OVER (
                PARTITION BY waiting.person_id, wanted.lane > 0
                ORDER BY wanted.lane, waiting.not_before, waiting.id
            ) AS of_one
            FROM unnest(CAST(:lanes AS int[]), CAST(:most AS int[])) AS wanted(lane, most)
            CROSS JOIN LATERAL (
                SELECT notice.id, notice.person_id, notice.not_before, notice.company_id,
                       notice.roles, notice.kind
                FROM notice
                WHERE notice.state = 'queued' AND notice.channel = :channel
                  AND notice.lane = wanted.lane AND notice.not_before <= :now
                  AND NOT EXISTS (
                      SELECT FROM notice_hold AS hold
                      WHERE hold.person_id = notice.person_id
                        AND hold.channel = notice.channel AND hold.until > :now
                  )
                  AND (wanted.lane = 0 OR notice.person_id <> ALL(CAST(:full AS bigint[])))
                ORDER BY notice.not_before, notice.id
                LIMIT wanted.most
                FOR UPDATE OF notice SKIP LOCKED
            ) AS waiting
        ) AS ordered
        WHERE place <= most AND (lane = 0 OR of_one <= coalesce(:each, of_one))
        ORDER BY lane, not_before, id
        LIMIT :limit
    ), judged AS (
        SELECT picked.id, picked.not_before, person.telegram_id, person.language, membership.role,
               {why} AS why
        FROM picked
        LEFT JOIN person ON person.id = picked.person_id
        LEFT JOIN membership
          ON membership.id = person.current_membership_id AND membership.state = 'active'
    ), taken AS (
        UPDATE notice SET
            state = CASE
                WHEN judged.why IS NOT NULL OR notice.useless_after <= :now THEN 'useless'
                ELSE 'sending' END,
            error = coalesce(judged.why, notice.error),
            claimed_until = :until,
            attempts = notice.attempts + 1,
            fence = :fence
        FROM judged
        WHERE notice.id = judged.id
        RETURNING notice.*, judged.not_before AS place, judged.telegram_id, judged.language,
                  judged.role
    )
    SELECT taken.id, taken.person_id, taken.kind, taken.subject, taken.params, taken.lane,
           taken.channel, taken.origin_id, taken.state, taken.created_at, taken.sent_at,
           taken.read_at, taken.opened_at, taken.acked_at, taken.attempts, taken.fence,
           taken.error, taken.dedup, taken.telegram_id, taken.language, taken.role
    FROM taken
    ORDER BY taken.lane, taken.place, taken.id
    """.replace("{why}", why("picked"))
).columns(params=JSONB)

RECORD = text(
    """
    WITH given AS (
        SELECT row.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row(
            id bigint, state text, until timestamptz, counted bool, message_id bigint,
            error text, fence bigint, channel text, attempt int, began_at timestamptz,
            outcome text, retry_at timestamptz, why text, tried bool
        )
    ), changed AS (
        UPDATE notice SET
            state = given.state,
            claimed_until = NULL,
            error = CASE
                WHEN given.state = 'queued' AND notice.error LIKE 'unknown%' THEN notice.error
                ELSE given.error END,
            sent_at = CASE WHEN given.state = 'sent' THEN :now ELSE notice.sent_at END,
            message_id = coalesce(given.message_id, notice.message_id),
            not_before = coalesce(given.until, notice.not_before),
            attempts = notice.attempts - CASE WHEN given.counted THEN 0 ELSE 1 END
        FROM given
        WHERE notice.id = given.id AND (
            (notice.state = 'sending' AND notice.fence IS NOT DISTINCT FROM given.fence)
            OR (given.state = 'sent' AND notice.state <> 'sent')
        )
        RETURNING notice.id
    ), noted AS (
        INSERT INTO delivery (
            notice_id, channel, attempt, began_at, ended_at, outcome, retry_at, message_id, error
        )
        SELECT id, channel, attempt, began_at, :now, outcome, retry_at, message_id, why
        FROM given
        WHERE tried AND EXISTS (SELECT FROM notice WHERE notice.id = given.id)
    )
    SELECT id FROM changed
    """
)
