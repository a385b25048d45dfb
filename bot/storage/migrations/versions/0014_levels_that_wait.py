"""Levels that wait, callers and acts of faults."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("incident", sa.Column("proposed_level", sa.String(length=8), nullable=True))
    op.add_column("incident", sa.Column("level_by", sa.BigInteger(), nullable=True))
    op.add_column(
        "incident", sa.Column("act_number", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column("incident", sa.Column("act_date", sa.Date(), nullable=True))
    op.create_foreign_key(op.f("fk_incident_level_by"), "incident", "person", ["level_by"], ["id"])
    op.add_column(
        "incident_report", sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True)
    )
    # As the journal had it until now: when the report was taken.
    op.execute("UPDATE incident_report SET registered_at = reported_at")
    op.alter_column("incident_report", "registered_at", nullable=False)
    op.add_column(
        "incident_report", sa.Column("name", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "incident_report",
        sa.Column("phone", sa.String(length=32), server_default="", nullable=False),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("incident_report", "phone")
    op.drop_column("incident_report", "name")
    op.drop_column("incident_report", "registered_at")
    op.drop_constraint(op.f("fk_incident_level_by"), "incident", type_="foreignkey")
    op.drop_column("incident", "act_date")
    op.drop_column("incident", "act_number")
    op.drop_column("incident", "level_by")
    op.drop_column("incident", "proposed_level")
