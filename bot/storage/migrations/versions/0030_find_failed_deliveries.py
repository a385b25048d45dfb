"""Find failed deliveries."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_index("ix_delivery_ended", "delivery", ["ended_at"], unique=False)
    op.create_index(
        "ix_delivery_failed",
        "delivery",
        ["outcome", "id"],
        unique=False,
        postgresql_where="outcome <> 'sent'",
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_delivery_failed", table_name="delivery", postgresql_where="outcome <> 'sent'")
    op.drop_index("ix_delivery_ended", table_name="delivery")
