"""Notices in channels with their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "lease",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_lease")),
    )
    op.create_table(
        "notice_hold",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_notice_hold")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_delivery_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index("ix_delivery_notice", "delivery", ["notice_id", "id"], unique=False)
    op.add_column(
        "notice",
        sa.Column("channel", sa.String(length=16), server_default="telegram", nullable=False),
    )
    op.add_column("notice", sa.Column("origin_id", sa.BigInteger(), nullable=True))
    op.add_column("notice", sa.Column("fence", sa.BigInteger(), nullable=True))
    op.add_column("notice", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notice", sa.Column("acked_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index(
        op.f("ix_notice_queue"),
        table_name="notice",
        postgresql_where="((state)::text = 'queued'::text)",
    )
    op.drop_constraint(op.f("uq_notice_person_id_dedup"), "notice", type_="unique")
    op.drop_index(
        op.f("ix_notice_claimed"),
        table_name="notice",
        postgresql_where="((state)::text = 'sending'::text)",
    )
    op.create_index(
        "ix_notice_claimed",
        "notice",
        ["channel", "claimed_until"],
        unique=False,
        postgresql_where="state = 'sending'",
    )
    op.create_index(
        "ix_notice_dead", "notice", ["id"], unique=False, postgresql_where="state = 'dead'"
    )
    op.create_index(
        "ix_notice_message",
        "notice",
        ["person_id", "message_id"],
        unique=False,
        postgresql_where="message_id IS NOT NULL",
    )
    op.create_index(
        "ix_notice_origin",
        "notice",
        ["origin_id"],
        unique=False,
        postgresql_where="origin_id IS NOT NULL",
    )
    op.create_index("ix_notice_subject", "notice", ["subject", "id"], unique=False)
    op.create_index(
        "ix_notice_waiting",
        "notice",
        ["channel", "lane", "not_before", "id"],
        unique=False,
        postgresql_where="state = 'queued'",
    )
    op.create_unique_constraint(
        op.f("uq_notice_person_id_channel_dedup"), "notice", ["person_id", "channel", "dedup"]
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_constraint(op.f("uq_notice_person_id_channel_dedup"), "notice", type_="unique")
    op.drop_index("ix_notice_waiting", table_name="notice", postgresql_where="state = 'queued'")
    op.drop_index("ix_notice_subject", table_name="notice")
    op.drop_index("ix_notice_origin", table_name="notice", postgresql_where="origin_id IS NOT NULL")
    op.drop_index(
        "ix_notice_message", table_name="notice", postgresql_where="message_id IS NOT NULL"
    )
    op.drop_index("ix_notice_dead", table_name="notice", postgresql_where="state = 'dead'")
    op.drop_index("ix_notice_claimed", table_name="notice", postgresql_where="state = 'sending'")
    op.create_index(
        op.f("ix_notice_claimed"),
        "notice",
        ["claimed_until"],
        unique=False,
        postgresql_where="((state)::text = 'sending'::text)",
    )
    op.create_unique_constraint(
        op.f("uq_notice_person_id_dedup"),
        "notice",
        ["person_id", "dedup"],
        postgresql_nulls_not_distinct=False,
    )
    op.create_index(
        op.f("ix_notice_queue"),
        "notice",
        ["lane", "not_before"],
        unique=False,
        postgresql_where="((state)::text = 'queued'::text)",
    )
    op.drop_column("notice", "acked_at")
    op.drop_column("notice", "opened_at")
    op.drop_column("notice", "fence")
    op.drop_column("notice", "origin_id")
    op.drop_column("notice", "channel")
    op.drop_index("ix_delivery_notice", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("notice_hold")
    op.drop_table("lease")
