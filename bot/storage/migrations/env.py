"""Alembic's environment: it migrates over the connection that the caller holds."""

from __future__ import annotations

from alembic import context
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from bot.storage.models import METADATA


def _add_sequences(
    context_: MigrationContext,
    _revision: object,
    directives: list[ops.MigrationScript],
) -> None:
    """Alembic does not see sequences by itself; tables need theirs to exist first."""
    connection = context_.connection
    if connection is None:
        return
    there = set(inspect(connection).get_sequence_names())
    for directive in directives:
        upgrade, downgrade = directive.upgrade_ops, directive.downgrade_ops
        if upgrade is None or downgrade is None:
            continue
        for name in sorted(set(METADATA._sequences) - there, reverse=True):
            upgrade.ops.insert(0, ops.ExecuteSQLOp(f"CREATE SEQUENCE {name}"))
            downgrade.ops.append(ops.ExecuteSQLOp(f"DROP SEQUENCE {name}"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_server_default=False,
    process_revision_directives=_add_sequences,
)
with context.begin_transaction():
    context.run_migrations()
