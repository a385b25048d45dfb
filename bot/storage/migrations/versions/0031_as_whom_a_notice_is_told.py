"""As whom a notice is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


# For which company a notice was written stood last in what tells it from others.
_COMPANY = r"""
    UPDATE notice SET company_id = membership.company_id
    FROM membership
    WHERE membership.person_id = notice.person_id
      AND notice.kind <> 'news.digest'
      AND notice.dedup ~ '\|[0-9]{1,18}(/[a-z_]+)?$'
      AND membership.company_id
          = CAST(substring(notice.dedup FROM '\|([0-9]{1,18})(?:/[a-z_]+)?$') AS bigint)
"""
# What has gone is on record; only what waits has still to find its reader.
_ROLES = """
    UPDATE notice SET roles = CAST(:roles AS varchar[])
    WHERE kind = ANY(CAST(:kinds AS text[])) AND state IN ('queued', 'sending', 'held', 'digest')
"""
_OF_ADMINS = [
    "desk.digest",
    "desk.lost",
    "recording.act_finished",
    "recording.ahead",
    "recording.released",
    "recording.restored",
    "reconciliation.found",
    "registration.pending",
    "restore.held",
]
_OF_THE_DESK = [
    "desk.morning",
    "ticket.assigned",
    "ticket.escalation_asked",
    "ticket.file_failed",
    "ticket.mail_failed",
    "ticket.mail_waits",
    "ticket.new",
    "ticket.number_unsent",
    "ticket.overdue",
    "ticket.red",
    "ticket.unanswered",
    "ticket.undecided",
    "ticket.user_wrote",
]


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("notice", sa.Column("company_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "notice", sa.Column("roles", postgresql.ARRAY(sa.String(length=32)), nullable=True)
    )
    op.create_index("ix_notice_kind", "notice", ["kind", "id"], unique=False)
    connection = op.get_bind()
    connection.execute(sa.text(_COMPANY))
    connection.execute(sa.text(_ROLES), {"roles": ["admin"], "kinds": _OF_ADMINS})
    connection.execute(sa.text(_ROLES), {"roles": ["admin", "support"], "kinds": _OF_THE_DESK})


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_notice_kind", table_name="notice")
    op.drop_column("notice", "roles")
    op.drop_column("notice", "company_id")
