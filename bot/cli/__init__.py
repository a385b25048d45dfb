"""The command line: what there is to say, what does it, and one place that ends it.

Exit codes: 0 done; 1 a rule refused, or a check found something wrong; 2 wrong usage or settings,
or what they name is not there; 70 a part was stuck; 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import pkgutil
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence

from bot.cli.commands import parser
from bot.garbage import loading

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130

Command = Callable[[argparse.Namespace], Awaitable[int]]


def run_command(arguments: Sequence[str]) -> int:
    """Run one command; errors a person can mend are printed without a traceback."""
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        # Loaded before the loop runs: Ctrl+C ends it at once, whatever is still being loaded.
        return asyncio.run(_run(_load(options.does), options))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more can be said to them.
        sys.stderr.close()
        return DONE
    except Exception as error:
        explain: Callable[[BaseException], tuple[str, int] | None]
        explain = pkgutil.resolve_name("bot.cli.failures:explain")
        explained = explain(error)
        if explained is None:
            raise
        text, code = explained
        print(text, file=sys.stderr)
        return code


def _load(name: str) -> Command:
    with loading():
        command: Command = pkgutil.resolve_name(name)
    return command


async def _run(command: Command, options: argparse.Namespace) -> int:
    # Asked to end, a command leaves as if by Ctrl+C: an embedded database is not left running.
    task = asyncio.current_task()
    # Signals reach the main thread only; elsewhere nobody sends us one.
    with contextlib.suppress(ValueError, RuntimeError):
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return await command(options)
    except asyncio.CancelledError:
        return INTERRUPTED
