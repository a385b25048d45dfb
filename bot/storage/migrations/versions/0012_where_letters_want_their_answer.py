"""Where letters want their answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column(
        "incoming_mail",
        sa.Column("answer_to", sa.String(length=254), server_default="", nullable=False),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("incoming_mail", "answer_to")
