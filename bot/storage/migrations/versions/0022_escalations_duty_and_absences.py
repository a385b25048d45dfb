"""Escalations, duty and absences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "absence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("deputy_id", sa.BigInteger(), nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_absence_company_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_absence_deputy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_company", "absence", ["company_id", "role", "last"], unique=False)
    op.create_table(
        "duty_dates",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_duty_dates_company_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_dates_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_dates")),
    )
    op.create_index(
        "ix_duty_dates_company", "duty_dates", ["company_id", "role", "last"], unique=False
    )
    op.create_table(
        "duty_roster",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("turns", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_duty_roster_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_roster")),
        sa.UniqueConstraint("company_id", "role", name=op.f("uq_duty_roster_company_id_role")),
    )
    op.create_table(
        "escalation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=True),
        sa.Column("other_role", sa.String(length=32), nullable=False),
        sa.Column("order_number", sa.BigInteger(), nullable=True),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.Column("notice_subject", sa.String(length=64), nullable=False),
        sa.Column("about", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("term_kind", sa.String(length=48), nullable=False),
        sa.Column("term_subject", sa.String(length=96), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hours", sa.String(length=8), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_escalation_company_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["company.id"], name=op.f("fk_escalation_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
    )
    op.create_index(
        "ix_escalation_order",
        "escalation",
        ["order_number"],
        unique=False,
        postgresql_where="order_number IS NOT NULL",
    )
    op.create_index("ix_escalation_subject", "escalation", ["subject", "id"], unique=False)
    op.create_index(
        "uq_escalation_running",
        "escalation",
        ["subject", "category", "company_id"],
        unique=True,
        postgresql_where="state = 'running'",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "escalation_chain",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_escalation_chain_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_chain")),
        sa.UniqueConstraint(
            "company_id",
            "role",
            "category",
            name=op.f("uq_escalation_chain_company_id_role_category"),
        ),
    )
    op.create_table(
        "escalation_wake",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("escalation_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalation.id"], name=op.f("fk_escalation_wake_escalation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_wake")),
    )
    op.create_index(
        "ix_escalation_wake_escalation", "escalation_wake", ["escalation_id", "id"], unique=False
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_escalation_wake_escalation", table_name="escalation_wake")
    op.drop_table("escalation_wake")
    op.drop_table("escalation_chain")
    op.drop_index(
        "uq_escalation_running",
        table_name="escalation",
        postgresql_where="state = 'running'",
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index("ix_escalation_subject", table_name="escalation")
    op.drop_index(
        "ix_escalation_order", table_name="escalation", postgresql_where="order_number IS NOT NULL"
    )
    op.drop_table("escalation")
    op.drop_table("duty_roster")
    op.drop_index("ix_duty_dates_company", table_name="duty_dates")
    op.drop_table("duty_dates")
    op.drop_index("ix_absence_company", table_name="absence")
    op.drop_table("absence")
