"""Reasons why effects of faults are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column(
        "incident_effect",
        sa.Column("reason", sa.String(length=32), server_default="", nullable=False),
    )
    op.add_column(
        "incident_effect", sa.Column("ground", sa.String(), server_default="", nullable=False)
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("incident_effect", "ground")
    op.drop_column("incident_effect", "reason")
