"""The newest revision is known without Alembic, which most starts then need not load."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from bot.storage.migrations import config, newest


def test_the_newest_revision_is_the_one_alembic_would_end_at() -> None:
    assert newest() == ScriptDirectory.from_config(config()).get_current_head()
