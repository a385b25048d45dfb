"""Running escalations of tickets become chains."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

#: As the chain of the desk was when its rows were moved.
_STEPS = (
    '[{"who": ["keeper"], "after": 15, "again": false},'
    ' {"who": ["lead"], "after": 60, "again": true},'
    ' {"who": ["lead"], "after": 60, "again": true}]'
)

_MOVE = f"""
    WITH running AS (
        UPDATE deadline SET state = 'moved'
        WHERE kind = 'ticket.escalate' AND state = 'open'
        RETURNING *
    ), chain AS (
        INSERT INTO escalation (
            category, subject, role, other_role, notice, notice_subject, about, term_kind,
            term_subject, steps, hours, step, started_at, state
        )
        SELECT
            'ticket', subject, '', '', 'ticket.unanswered', subject,
            jsonb_build_object('ticket', split_part(subject, ':', 2)::bigint), '', '',
            CAST('{_STEPS}' AS jsonb),
            CASE WHEN term LIKE '%/627' THEN '627' ELSE '366' END,
            coalesce((params ->> 'step')::int, 0) - 1, started_at, 'running'
        FROM running
        RETURNING id, subject
    )
    INSERT INTO deadline (
        kind, subject, generation, started_at, due_at, term, clause, calendar_version, state,
        params, receipt, extension, attempts
    )
    SELECT
        'escalate', 'escalation:' || chain.id, 1, running.started_at, running.due_at, running.term,
        running.clause, running.calendar_version, 'open', running.params, running.receipt,
        running.extension, 0
    FROM running JOIN chain ON chain.subject = running.subject
"""  # noqa: S608 - made of a constant

_BACK = """
    WITH ended AS (
        UPDATE escalation SET state = 'over'
        WHERE category = 'ticket' AND state = 'running'
        RETURNING id, subject
    ), running AS (
        UPDATE deadline SET state = 'moved'
        FROM ended
        WHERE deadline.kind = 'escalate' AND deadline.state = 'open'
            AND deadline.subject = 'escalation:' || ended.id
        RETURNING deadline.*, ended.subject AS about
    )
    INSERT INTO deadline (
        kind, subject, generation, started_at, due_at, term, clause, calendar_version, state,
        params, receipt, extension, attempts
    )
    SELECT
        'ticket.escalate', about, coalesce(
            (SELECT max(earlier.generation) FROM deadline AS earlier
             WHERE earlier.subject = running.about AND earlier.kind = 'ticket.escalate'), 0
        ) + 1,
        started_at, due_at, term, clause, calendar_version, 'open', params, receipt, extension, 0
    FROM running
"""


def upgrade() -> None:
    """Go to this revision."""
    op.execute(_MOVE.replace(":", "\\:"))


def downgrade() -> None:
    """Go back to the revision before."""
    op.execute(_BACK.replace(":", "\\:"))
