"""Copies of recordings in chats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "recording_copy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("post_id", sa.BigInteger(), nullable=False),
        sa.Column("goes_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_recording_copy_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_copy")),
        sa.UniqueConstraint(
            "recording_id",
            "chat_id",
            "post_id",
            name=op.f("uq_recording_copy_recording_id_chat_id_post_id"),
        ),
    )
    op.create_index(
        "ix_recording_copy_goes",
        "recording_copy",
        ["goes_at"],
        unique=False,
        postgresql_where="goes_at IS NOT NULL",
    )
    op.drop_index(
        op.f("ix_recording_keep"),
        table_name="recording",
        postgresql_where="((state)::text = 'kept'::text)",
    )
    op.drop_column("recording", "keep_until")


def downgrade() -> None:
    """Go back to the revision before."""
    op.add_column("recording", sa.Column("keep_until", sa.DateTime(timezone=True)))
    op.execute("UPDATE recording SET keep_until = collected_at + interval '1 year'")
    op.alter_column("recording", "keep_until", nullable=False)
    op.create_index(
        op.f("ix_recording_keep"),
        "recording",
        ["keep_until"],
        unique=False,
        postgresql_where="((state)::text = 'kept'::text)",
    )
    op.drop_index(
        "ix_recording_copy_goes",
        table_name="recording_copy",
        postgresql_where="goes_at IS NOT NULL",
    )
    op.drop_table("recording_copy")
