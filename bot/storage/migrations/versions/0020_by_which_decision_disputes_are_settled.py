"""By which decision disputes are settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column(
        "dispute_mark", sa.Column("settled_ground", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "dispute_mark", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("dispute_mark", "released_at")
    op.drop_column("dispute_mark", "settled_ground")
