"""The command line: one module a group of commands, one place that turns errors into exit codes.

Exit codes: 0 done; 1 a rule refused, or a check found something wrong; 2 wrong usage or settings;
130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from bot.cli import checks, data, people, serve, time
from bot.cli.frame import Failed, Parsers
from bot.config import SettingsError
from bot.storage.embedded import EmbeddedError
from bot.storage.engine import DatabaseUnreachable
from bot.storage.migrations import NotMigrated
from domain.errors import RuleBroken
from handlers.views.errors import describe
from handlers.views.translator import plain, translator

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130


def parser() -> argparse.ArgumentParser:
    """All commands with their help."""
    top = argparse.ArgumentParser(
        prog="tapsyrys",
        description="Purchases from Kazakhstani producers in Telegram, in Kazakh and Russian.",
        epilog="Settings come from TAPSYRYS_* variables or a .env file; see README.md.",
    )
    commands: Parsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for group in (serve, time, people, data, checks):
        group.add_commands(commands)
    return top


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; errors a person can mend are printed without a traceback."""
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        code: int = asyncio.run(options.run(options))
    except KeyboardInterrupt:
        return INTERRUPTED
    except RuleBroken as error:
        return _complain(plain(describe(translator("en"), error)), REFUSED)
    except Failed as error:
        return _complain(str(error), REFUSED)
    except (SettingsError, DatabaseUnreachable, EmbeddedError, NotMigrated) as error:
        return _complain(str(error), USAGE)
    return code


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr)
    return code
