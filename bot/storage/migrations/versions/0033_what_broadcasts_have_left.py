"""What broadcasts have left."""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_LEFT = "kind = 'broadcast.news' AND state IN ('queued', 'sending', 'held', 'digest')"


def upgrade() -> None:
    """Go to this revision."""
    op.create_index(
        "ix_notice_broadcast",
        "notice",
        ["subject", "state", "id"],
        unique=False,
        postgresql_where=_LEFT,
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(
        "ix_notice_broadcast",
        table_name="notice",
        postgresql_where=_LEFT,
    )
