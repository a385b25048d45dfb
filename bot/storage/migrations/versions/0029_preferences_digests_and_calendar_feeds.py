"""Preferences, digests and calendar feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "preference",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("quiet_days", sa.Integer(), nullable=False),
        sa.Column("digest_at", sa.Integer(), nullable=True),
        sa.Column("muted", postgresql.ARRAY(sa.String(length=32)), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "reminder_rhythm",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("names", postgresql.ARRAY(sa.String(length=48)), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_reminder_rhythm_company_id")
        ),
        sa.PrimaryKeyConstraint("company_id", "role", name=op.f("pk_reminder_rhythm")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_calendar_feed_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(
        "uq_calendar_feed_running",
        "calendar_feed",
        ["membership_id"],
        unique=True,
        postgresql_where="revoked_at IS NULL",
    )
    op.add_column("notice", sa.Column("digest_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_notice_digest",
        "notice",
        ["digest_id"],
        unique=False,
        postgresql_where="digest_id IS NOT NULL",
    )
    op.create_index(
        "ix_notice_for_digest",
        "notice",
        ["not_before"],
        unique=False,
        postgresql_where="state = 'digest'",
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_notice_for_digest", table_name="notice", postgresql_where="state = 'digest'")
    op.drop_index("ix_notice_digest", table_name="notice", postgresql_where="digest_id IS NOT NULL")
    op.drop_column("notice", "digest_id")
    op.drop_index(
        "uq_calendar_feed_running",
        table_name="calendar_feed",
        postgresql_where="revoked_at IS NULL",
    )
    op.drop_table("calendar_feed")
    op.drop_table("reminder_rhythm")
    op.drop_table("preference")
