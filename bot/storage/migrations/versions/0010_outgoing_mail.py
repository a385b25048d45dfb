"""Outgoing mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(length=250), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_incoming_mail_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint(
            "ticket_id", "message_id", name=op.f("uq_incoming_mail_ticket_id_message_id")
        ),
    )
    op.create_table(
        "outgoing_mail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delay_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["ticket_message.id"], name=op.f("fk_outgoing_mail_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_outgoing_mail_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
        sa.UniqueConstraint("token", name=op.f("uq_outgoing_mail_token")),
    )
    op.create_index(
        "ix_outgoing_mail_address",
        "outgoing_mail",
        ["address", "created_at"],
        unique=False,
        postgresql_where="automatic",
    )
    op.create_index(
        "ix_outgoing_mail_queue",
        "outgoing_mail",
        ["not_before"],
        unique=False,
        postgresql_where="state IN ('queued','sending')",
    )
    op.create_index(
        op.f("ix_outgoing_mail_ticket_id"), "outgoing_mail", ["ticket_id"], unique=False
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_outgoing_mail_ticket_id"), table_name="outgoing_mail")
    op.drop_index(
        "ix_outgoing_mail_queue",
        table_name="outgoing_mail",
        postgresql_where="state IN ('queued','sending')",
    )
    op.drop_index(
        "ix_outgoing_mail_address", table_name="outgoing_mail", postgresql_where="automatic"
    )
    op.drop_table("outgoing_mail")
    op.drop_table("incoming_mail")
