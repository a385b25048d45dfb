"""The desk in groups: language, the morning's digest, how a topic looks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("desk_group", sa.Column("language", sa.String(length=2), nullable=False))
    op.add_column("desk_group", sa.Column("digest_on", sa.Date(), nullable=True))
    op.add_column("desk_topic", sa.Column("title", sa.String(length=128), nullable=False))
    op.add_column("desk_topic", sa.Column("closed", sa.Boolean(), nullable=False))
    op.add_column("desk_topic", sa.Column("alarm", sa.Integer(), nullable=False))
    op.add_column("desk_topic", sa.Column("note_mode", sa.Boolean(), nullable=False))
    op.add_column("desk_topic", sa.Column("failures", sa.Integer(), nullable=False))


def downgrade() -> None:
    """Go back to the revision before."""
    for name in ("failures", "note_mode", "alarm", "closed", "title"):
        op.drop_column("desk_topic", name)
    for name in ("digest_on", "language"):
        op.drop_column("desk_group", name)
