"""Acts of destruction with items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "destruction_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_number", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("transcribed", sa.Boolean(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("copies_deleted", sa.Integer(), nullable=False),
        sa.Column("copies_left", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["act_id"], ["destruction_act.id"], name=op.f("fk_destruction_item_act_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_destruction_item_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_item")),
        sa.UniqueConstraint("act_id", "position", name=op.f("uq_destruction_item_act_id_position")),
    )
    op.create_index(
        op.f("ix_destruction_item_content_hash"), "destruction_item", ["content_hash"], unique=False
    )
    op.create_index(
        op.f("ix_destruction_item_recording_id"), "destruction_item", ["recording_id"], unique=False
    )
    op.create_index(
        "ix_recording_collected",
        "recording",
        ["collected_at", "id"],
        unique=False,
        postgresql_where="state = 'kept'",
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(
        "ix_recording_collected", table_name="recording", postgresql_where="state = 'kept'"
    )
    op.drop_index(op.f("ix_destruction_item_recording_id"), table_name="destruction_item")
    op.drop_index(op.f("ix_destruction_item_content_hash"), table_name="destruction_item")
    op.drop_table("destruction_item")
