"""Files of integrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for files of integrations; forget the links that stored answers held."""
    op.create_table(
        "uploaded_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mime", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "owner", name=op.f("pk_uploaded_file")),
    )
    op.create_index(
        op.f("ix_uploaded_file_touched_at"), "uploaded_file", ["touched_at"], unique=False
    )
    op.create_index(op.f("ix_attachment_sha256"), "attachment", ["sha256"], unique=False)
    # A link of an invitation stood in the stored answer; whoever asked can have it made again.
    op.execute(
        """
        UPDATE idempotent_request SET body = NULL
        WHERE status = 201 AND position(convert_to('{"link":', 'UTF8') IN body) = 1
        """
    )


def downgrade() -> None:
    """Drop the list of files; what they were attached to stays."""
    op.drop_index(op.f("ix_attachment_sha256"), table_name="attachment")
    op.drop_index(op.f("ix_uploaded_file_touched_at"), table_name="uploaded_file")
    op.drop_table("uploaded_file")
