"""``python -m locales extract|update|compile|check``."""

from __future__ import annotations

import argparse
import sys

from locales import build, checks


def main() -> int:
    """Run one command; the exit code is 1 when a check fails."""
    parser = argparse.ArgumentParser(prog="python -m locales", description="Keep the catalogues.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("extract", "gather the messages of the code into messages.pot"),
        ("update", "extract, then merge into the catalogue of every language"),
        ("compile", "write the binary catalogues"),
        ("check", "say everything that is wrong with the catalogues"),
    ):
        commands.add_parser(name, help=about, description=about)
    command = parser.parse_args().command
    if command == "check":
        return _check()
    if command == "compile":
        for path in build.compile_all():
            _say(f"compiled {path.relative_to(build.ROOT)}")
        return 0
    template = build.extract()
    build.TEMPLATE.write_text(build.as_text(template), encoding="utf-8")
    _say(f"{len(template)} messages")
    if command == "update":
        for locale in build.TRANSLATED:
            for text in build.update(locale, template):
                _say(f"{locale}: dropped {text!r}")
            missing = sum(not checks.is_whole(message) for message in checks.messages(locale))
            _say(f"{locale}: {missing} to translate")
    return 0


def _check() -> int:
    faults = checks.everything()
    for fault in faults:
        _say(fault)
    _say(f"{len(faults)} faults" if faults else "The catalogues are whole.")
    return 1 if faults else 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
