"""Extensions of deadlines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("deadline", sa.Column("extension", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("deadline", "extension")
