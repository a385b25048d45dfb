"""Titles, facts and measures of faults in two languages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TEXTS = ("title", "facts", "measures")
_INCIDENT = sa.table(
    "incident",
    *(sa.column(name + end, sa.String()) for name in _TEXTS for end in ("", "_kk", "_ru")),
)
# What was written before is in Kazakh where it has a letter that Russian does not have.
_KAZAKH = (
    "[\u04d9\u0493\u049b\u04a3\u04e9\u04b1\u04af\u04bb\u0456"
    "\u04d8\u0492\u049a\u04a2\u04e8\u04b0\u04ae\u04ba\u0406]"
)


def upgrade() -> None:
    """Go to this revision."""
    for name in _TEXTS:
        for language in ("kk", "ru"):
            column = sa.Column(f"{name}_{language}", sa.String(), server_default="", nullable=False)
            op.add_column("incident", column)
        old, kazakh = _INCIDENT.c[name], _INCIDENT.c[name].regexp_match(_KAZAKH)
        op.execute(sa.update(_INCIDENT).where(kazakh).values({f"{name}_kk": old}))
        op.execute(sa.update(_INCIDENT).where(~kazakh).values({f"{name}_ru": old}))
        for language in ("kk", "ru"):
            op.alter_column("incident", f"{name}_{language}", server_default=None)
        op.drop_column("incident", name)


def downgrade() -> None:
    """Go back to the revision before."""
    for name in _TEXTS:
        op.add_column("incident", sa.Column(name, sa.String(), server_default="", nullable=False))
        kk, ru = _INCIDENT.c[f"{name}_kk"], _INCIDENT.c[f"{name}_ru"]
        op.execute(
            sa.update(_INCIDENT).values({name: sa.func.coalesce(sa.func.nullif(ru, ""), kk)})
        )
        op.alter_column("incident", name, server_default=None)
        for language in ("ru", "kk"):
            op.drop_column("incident", f"{name}_{language}")
