"""The command ``tapsyrys``."""

from __future__ import annotations

import sys

from bot.cli import run_command


def main() -> None:
    """Run a command of the command line and exit with its code."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
