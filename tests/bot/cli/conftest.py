"""The command line as somebody at a terminal has it: what it prints, and how it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli import run_command
from bot.config import Settings


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Terminal:
    """Somebody's terminal: an empty folder, no settings but those that a test gives."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def set(self, **settings: str) -> None:
        """Give settings, by their names without the prefix."""
        for name, value in settings.items():
            self.monkeypatch.setenv(f"TAPSYRYS_{name.upper()}", value)

    def run(self, *arguments: str | Path) -> Ended:
        """Run a command to its end."""
        self.capsys.readouterr()
        code = run_command([str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        return Ended(code, said.out, said.err)

    async def run_beside(self, *arguments: str | Path) -> Ended:
        """Run a command while the test's own loop (a server of the test) goes on."""
        return await asyncio.to_thread(self.run, *arguments)


@pytest.fixture
def bare(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    """A terminal without a database: it must never make one."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TAPSYRYS_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level, configured = root.handlers[:], root.level, structlog.get_config()
    yield Terminal(tmp_path, monkeypatch, capsys)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configured)


@pytest.fixture
async def terminal(bare: Terminal, database_url: str) -> Terminal:
    """A terminal with a migrated database of its own."""
    bare.set(database_url=database_url)
    return bare
