"""Guards: what is on record stays on record (act 366, clauses 9, 32, 33, 34)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UNCHANGEABLE = ("audit_entry",)
_UNDELETABLE = ("role_change", "person", "deadline", "audit_head")


def upgrade() -> None:
    """Place the head of the audit chain and refuse to rewrite what is on record."""
    head = sa.table(
        "audit_head", sa.column("id"), sa.column("position"), sa.column("hash", sa.String)
    )
    op.execute(sa.insert(head).values(id=1, position=0, hash="0" * 64))
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are kept: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    # By statement, not by row: it refuses also where no row would be touched, and costs nothing.
    for table in _UNCHANGEABLE:
        op.execute(
            f"CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in _UNDELETABLE:
        op.execute(
            f"CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Lift the guards."""
    for table in (*_UNCHANGEABLE, *_UNDELETABLE):
        op.execute(f"DROP TRIGGER keep ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DELETE FROM audit_head")
