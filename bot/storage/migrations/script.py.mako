"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - as many statements as there are tables
    """Go to this revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:  # noqa: PLR0915 - as many statements as there are tables
    """Go back to the revision before."""
    ${downgrades if downgrades else "pass"}
