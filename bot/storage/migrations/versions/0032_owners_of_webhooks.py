"""Owners of webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


# Who had made it stood on record only.
_MAKERS = """
    UPDATE webhook_endpoint SET made_by = entry.label
    FROM audit_entry AS entry
    WHERE entry.action = 'webhook.create' AND entry.actor_kind = 'integration'
      AND entry.subject = 'webhook:' || webhook_endpoint.id
      AND EXISTS (SELECT FROM api_token WHERE api_token.name = entry.label)
"""
# Nobody who holds a token that was revoked may go on being told.
_REVOKED = """
    UPDATE webhook_endpoint
    SET state = 'disabled', disabled_why = 'token', disabled_at = now()
    FROM api_token
    WHERE api_token.name = made_by AND api_token.revoked_at IS NOT NULL AND state = 'enabled'
"""
_SKIPPED = """
    UPDATE webhook_delivery SET state = 'skipped', claimed_until = NULL, finished_at = now()
    FROM webhook_endpoint
    WHERE webhook_endpoint.id = endpoint_id AND webhook_endpoint.disabled_why = 'token'
      AND webhook_endpoint.state = 'disabled'
      AND webhook_delivery.state IN ('waiting', 'queued', 'sending')
"""
_OPEN = "ix_webhook_delivery_open"


def _open_index(states: str) -> None:
    op.drop_index(_OPEN, table_name="webhook_delivery")
    op.create_index(
        _OPEN,
        "webhook_delivery",
        ["endpoint_id", "stream", "id"],
        unique=False,
        postgresql_where=f"state IN ({states})",
    )


def upgrade() -> None:
    """Go to this revision."""
    op.add_column("api_token", sa.Column("company_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_api_token_company_id"), "api_token", "company", ["company_id"], ["id"]
    )
    op.add_column("webhook_endpoint", sa.Column("made_by", sa.String(), nullable=True))
    op.create_index(
        op.f("ix_webhook_endpoint_made_by"), "webhook_endpoint", ["made_by"], unique=False
    )
    for statement in (_MAKERS, _REVOKED, _SKIPPED):
        op.execute(statement)
    _open_index("'held', 'waiting', 'queued', 'sending'")


def downgrade() -> None:
    """Go back to the revision before."""
    _open_index("'waiting', 'queued', 'sending'")
    op.drop_index(op.f("ix_webhook_endpoint_made_by"), table_name="webhook_endpoint")
    op.drop_column("webhook_endpoint", "made_by")
    op.drop_constraint(op.f("fk_api_token_company_id"), "api_token", type_="foreignkey")
    op.drop_column("api_token", "company_id")
