"""What still waits, and for which instant: when nothing does, a town has come to rest."""

from __future__ import annotations

#: Columns of ``WAITING`` of which each must be 0.
BUSY = ("updates", "notices", "deadlines", "told", "hooks", "topics", "homeless")

WAITING = """
SELECT
    (SELECT count(*) FROM inbox_update WHERE state IN ('queued', 'working')) AS updates,
    (SELECT count(*) FROM notice WHERE state = 'sending'
        OR state = 'queued' AND not_before <= $1 AND NOT EXISTS (
            SELECT FROM notice_hold AS hold
            WHERE hold.person_id = notice.person_id AND hold.until > $1)) AS notices,
    (SELECT count(*) FROM deadline WHERE state = 'open' AND due_at <= $1
        AND (retry_at IS NULL OR retry_at <= $1)
        AND subject NOT LIKE 'order:900%') AS deadlines,
    -- Acts of which no events have been made yet.
    (SELECT head.position - cursor.position FROM audit_head AS head, webhook_cursor AS cursor
        WHERE head.id = 1 AND cursor.id = 1) AS told,
    (SELECT count(*) FROM webhook_delivery AS one JOIN webhook_endpoint AS there
            ON there.id = endpoint_id
        WHERE there.state = 'enabled' AND (there.held_until IS NULL OR there.held_until <= $1)
            AND (one.state = 'sending' OR one.state = 'queued' AND not_before <= $1)) AS hooks,
    (SELECT count(*) FROM webhook_endpoint WHERE state = 'disabled') AS disabled,
    (SELECT count(*) FROM desk_topic JOIN desk_group USING (chat_id)
        WHERE state = 'active' AND behind_since IS NOT NULL
            AND (claimed_until IS NULL OR claimed_until <= $1)) AS topics,
    (SELECT count(*) FROM ticket WHERE state NOT IN ('closed', 'merged')
        AND EXISTS (SELECT FROM desk_group WHERE desk_group.state = 'active')
        AND NOT EXISTS (
            SELECT FROM desk_topic WHERE desk_topic.ticket_id = ticket.id)) AS homeless,
    LEAST(
        (SELECT min(not_before) FROM notice WHERE state = 'queued' AND not_before > $1),
        (SELECT min(retry_at) FROM deadline WHERE state = 'open' AND due_at <= $1
            AND retry_at > $1 AND subject NOT LIKE 'order:900%'),
        (SELECT min(until) FROM notice_hold AS hold JOIN notice USING (person_id)
            WHERE until > $1 AND state = 'queued' AND not_before <= $1),
        (SELECT min(claimed_until) FROM notice WHERE state = 'sending' AND claimed_until > $1),
        (SELECT min(greatest(not_before, there.held_until)) FROM webhook_delivery AS one
            JOIN webhook_endpoint AS there ON there.id = endpoint_id
            WHERE one.state = 'queued' AND there.state = 'enabled'
                AND greatest(not_before, there.held_until) > $1),
        (SELECT min(claimed_until) FROM webhook_delivery
            WHERE state = 'sending' AND claimed_until > $1),
        (SELECT min(claimed_until) FROM desk_topic JOIN desk_group USING (chat_id)
            WHERE state = 'active' AND behind_since IS NOT NULL AND claimed_until > $1)
    ) AS next
"""
