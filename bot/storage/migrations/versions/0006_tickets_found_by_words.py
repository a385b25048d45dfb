"""Tickets found by words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("ticket", sa.Column("role", sa.String(length=32), nullable=False))
    op.add_column("ticket", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False))
    op.add_column("ticket", sa.Column("promise_clause", sa.String(length=32), nullable=True))
    op.add_column("ticket", sa.Column("in_hours", sa.Boolean(), nullable=False))
    op.add_column("ticket", sa.Column("words", postgresql.TSVECTOR(), nullable=True))
    op.create_index("ix_ticket_opened", "ticket", ["opened_at"], unique=False)
    op.create_index("ix_ticket_words", "ticket", ["words"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_ticket_message_origin",
        "ticket_message",
        ["chat_id", "message_id"],
        unique=False,
        postgresql_where="chat_id IS NOT NULL",
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(
        "ix_ticket_message_origin",
        table_name="ticket_message",
        postgresql_where="chat_id IS NOT NULL",
    )
    op.drop_index("ix_ticket_words", table_name="ticket", postgresql_using="gin")
    op.drop_index("ix_ticket_opened", table_name="ticket")
    op.drop_column("ticket", "words")
    op.drop_column("ticket", "in_hours")
    op.drop_column("ticket", "promise_clause")
    op.drop_column("ticket", "asked_at")
    op.drop_column("ticket", "role")
