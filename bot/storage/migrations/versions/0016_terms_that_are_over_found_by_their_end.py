"""Terms that are over found by their end."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_index(
        "ix_deadline_fired",
        "deadline",
        ["due_at"],
        unique=False,
        postgresql_where="state = 'fired' AND term <> ''",
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(
        "ix_deadline_fired",
        table_name="deadline",
        postgresql_where="state = 'fired' AND term <> ''",
    )
