"""Incidents joined to others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("incident", sa.Column("joined_into", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("incident", "joined_into")
