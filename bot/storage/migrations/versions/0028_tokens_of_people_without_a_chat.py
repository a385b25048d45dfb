"""Tokens of people without a chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("api_token", sa.Column("person_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_api_token_person_id"), "api_token", "person", ["person_id"], ["id"]
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_constraint(op.f("fk_api_token_person_id"), "api_token", type_="foreignkey")
    op.drop_column("api_token", "person_id")
