"""What can be said on the command line: names, arguments, help and an example of each.

What a command does is named, not imported: the libraries of the whole bot take seconds to load,
and ``tapsyrys due`` needs hardly any of them.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.channel_parsers import add_channels
from bot.cli.webhook_parsers import add_webhooks
from domain.roles import Role

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Parsers = object


def parser() -> argparse.ArgumentParser:
    """All commands with their help; ``options.does`` names what was chosen, as module:function."""
    top = argparse.ArgumentParser(
        prog="tapsyrys",
        description="Purchases from Kazakhstani producers in Telegram, in Kazakh and Russian.",
        epilog="Settings come from TAPSYRYS_* variables or a .env file; see README.md. "
        "Exit codes: 0 done, 1 refused or found wrong, 2 wrong usage or settings.",
    )
    commands: Parsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_servers(commands)
    _add_due(commands)
    _add_promise(commands)
    _add_people(commands)
    _add_data(commands)
    _add_recordings(commands)
    add_webhooks(_group(commands, "webhooks", "Events sent to programs.", "ACTION"), _add)
    add_channels(_group(commands, "channels", "E-mail, SMS and others.", "ACTION"), _add)
    _add_dead_letters(commands)
    _add_checks(commands)
    _add_saving(commands)
    _add_health(commands)
    return top


def _add(
    commands: Parsers, name: str, does: str, help_: str, example: str
) -> argparse.ArgumentParser:
    made = commands.add_parser(
        name,
        help=help_,
        description=help_,
        epilog=f"example:\n  tapsyrys {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(does=f"bot.cli.{does}")
    return made


def _group(commands: Parsers, name: str, help_: str, metavar: str) -> Parsers:
    made = commands.add_parser(name, help=help_, description=help_)
    return made.add_subparsers(dest="action", metavar=metavar, required=True)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 1 to 65535")
    return port


def _add_servers(commands: Parsers) -> None:
    demo = _add(
        commands,
        "demo",
        "serve:demo",
        "The whole system on this machine, without Telegram.",
        "demo --port 9000 --data /tmp/demo --empty",
    )
    demo.add_argument("--port", type=_port, default=8080, help="default 8080")
    demo.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1")
    demo.add_argument(
        "--data", type=Path, default=Path("var/demo"), help="folder of the demo; default var/demo"
    )
    demo.add_argument("--empty", action="store_true", help="without the story")
    _add(
        commands,
        "run",
        "serve:serve",
        "Serve Telegram: by webhook when TAPSYRYS_PUBLIC_URL is set, else by polling.",
        "run",
    )


def _add_due(commands: Parsers) -> None:
    due = _add(
        commands,
        "due",
        "time:due",
        "Compute when a term ends, by the calendar in force, and how each day was counted.",
        "due 2026-11-20T15:00+05:00 2wd --json",
    )
    due.add_argument(
        "start", metavar="FROM", help="an instant; without an offset it is the time of Astana"
    )
    due.add_argument(
        "term",
        metavar="TERM",
        help="2wd working days, 30d calendar days, 1h hours, 90wm working minutes",
    )
    due.add_argument("--json", action="store_true", help="print the receipt as JSON")
    due.add_argument("--language", choices=("kk", "ru", "en"), default="en", help="default en")


def _add_promise(commands: Parsers) -> None:
    made = _add(
        commands,
        "promise",
        "time:promise",
        "Compute what support promises to whoever asks at a moment, and how it was counted.",
        "promise 2026-11-20T18:31+05:00 --kind voice --json",
    )
    made.add_argument(
        "at", metavar="AT", help="an instant; without an offset it is the time of Astana"
    )
    made.add_argument(
        "--regime", choices=("366", "627"), help="the act; default the one of TAPSYRYS_REGIME"
    )
    made.add_argument(
        "--kind", choices=("chat", "voice", "email"), default="chat", help="default chat"
    )
    made.add_argument("--json", action="store_true", help="print it as JSON")
    made.add_argument("--language", choices=("kk", "ru", "en"), default="en", help="default en")


def _add_people(commands: Parsers) -> None:
    invite = _add(
        commands,
        "invite",
        "people:invite",
        "Make a single-use link for a person.",
        "invite customer --bin 050140000017",
    )
    invite.add_argument(
        "role", metavar="ROLE", choices=[str(role) for role in Role], help=", ".join(Role)
    )
    invite.add_argument("--bin", help="BIN or IIN of the company, for suppliers and customers")

    kinds = _group(commands, "token", "Tokens of integrations with the HTTP API.", "ACTION")
    create = _add(
        kinds,
        "create",
        "people:create_token",
        "Make a token; it is shown this once.",
        "token create platform --scope integration",
    )
    create.add_argument("name", metavar="NAME", help="who will use it")
    create.add_argument(
        "--scope",
        choices=("integration", "read", "webhooks"),
        default="read",
        help="integration may act for companies, read may only look, webhooks looks after the "
        "webhooks of one company; default read",
    )
    create.add_argument("--bin", help="BIN or IIN of the company, for the scope webhooks")
    revoke = _add(
        kinds,
        "revoke",
        "people:revoke_token",
        "Make a token worthless from now on.",
        "token revoke platform",
    )
    revoke.add_argument("name", metavar="NAME", help="as in the list of tokens")
    _add(
        kinds, "list", "people:list_tokens", "Names, scopes and state of all tokens.", "token list"
    )


def _add_data(commands: Parsers) -> None:
    _add(
        commands,
        "migrate",
        "data:bring_up_to_date",
        "Bring the database to the newest version.",
        "migrate",
    )
    kinds = _group(commands, "import", "Take in a spreadsheet.", "WHAT")
    for name, does, help_ in (
        (
            "producers",
            "data:import_producers",
            "Producers and their goods, in the columns of order 327, all or nothing.",
        ),
        (
            "goods-list",
            "data:import_goods_lists",
            "Goods lists of projects, each project whole or not at all.",
        ),
    ):
        made = _add(kinds, name, does, help_, f"import {name} {name}.xlsx")
        made.add_argument("file", type=Path, metavar="FILE.xlsx")


def _add_recordings(commands: Parsers) -> None:
    kinds = _group(commands, "recordings", "Recordings of support: keeping them ends.", "ACTION")
    preview = _add(
        kinds,
        "preview",
        "recordings:preview",
        "What is destroyed in a month, and what disputes keep.",
        "recordings preview --month 2026-12",
    )
    preview.add_argument("--month", metavar="YYYY-MM", help="default: the next month")
    preview.add_argument("--json", action="store_true", help="print it as JSON")
    for name, help_ in (
        ("destroy", "Destroy now what is due, with an act."),
        ("check", "After a restore: destroy again what a backup brought back."),
        ("acts", "The last acts of destruction, the newest first."),
    ):
        _add(kinds, name, f"recordings:{name}", help_, f"recordings {name}")
    act = _add(
        kinds,
        "act",
        "recordings:act",
        "Write an act of destruction as a PDF.",
        "recordings act 3 act-3.pdf",
    )
    act.add_argument("number", type=int, metavar="NUMBER", help="as in the list of acts")
    act.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=Path("act.pdf"),
        metavar="FILE.pdf",
        help="default act.pdf",
    )


def _add_dead_letters(commands: Parsers) -> None:
    kinds = _group(commands, "dead-letters", "Notices that could not be sent.", "ACTION")
    shown = _add(
        kinds,
        "list",
        "dead_letters:list_",
        "Which, to whom and why, newest first.",
        "dead-letters list",
    )
    shown.add_argument("--before", type=int, metavar="NUMBER", help="only older ones")
    shown.add_argument("--json", action="store_true", help="print it as JSON")
    again = _add(
        kinds,
        "replay",
        "dead_letters:replay",
        "Send them again; what had arrived by another channel is not.",
        "dead-letters replay 1024 1025",
    )
    again.add_argument("numbers", type=int, nargs="*", metavar="NUMBER", help="default: all")
    gone = _add(
        kinds,
        "drop",
        "dead_letters:drop",
        "Give them up for good.",
        'dead-letters drop 1024 --reason "told by phone"',
    )
    gone.add_argument("numbers", type=int, nargs="+", metavar="NUMBER")
    gone.add_argument("--reason", required=True, help="kept on record")


def _add_checks(commands: Parsers) -> None:
    clauses = _add(
        commands,
        "clauses",
        "checks:clauses",
        "Which code and tests answer for which clause (in a checkout of the sources).",
        "clauses --wave 1 --strict",
    )
    clauses.add_argument("--wave", type=int, help="only the duties of this wave")
    clauses.add_argument("--strict", action="store_true", help="fail when a duty has no proof")
    kinds = _group(commands, "audit", "The record of all acts.", "ACTION")
    _add(
        kinds,
        "verify",
        "checks:verify_record",
        "Walk the chain of hashes and say whether it is whole.",
        "audit verify",
    )
    preview = _add(
        commands,
        "preview",
        "checks:preview",
        "Render every text in both languages as one HTML page.",
        "preview /tmp/preview.html",
    )
    preview.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=Path("preview.html"),
        metavar="FILE.html",
        help="default preview.html",
    )


def _add_saving(commands: Parsers) -> None:
    backup = _add(
        commands,
        "backup",
        "backup:backup",
        "Save the database and the files, as of one moment, beside the running service.",
        "backup /srv/backup/2026-11-20.tar",
    )
    backup.add_argument(
        "target", type=Path, metavar="FILE.tar|FOLDER", help="must not be there yet"
    )
    backup.add_argument("--no-files", action="store_true", help="files are saved by other means")
    backup.add_argument(
        "--verify", action="store_true", help="read a backup that is there, whole; make none"
    )
    restore = _add(
        commands,
        "restore",
        "backup:restore",
        "Fill an empty database and the file store from a backup; nothing old is sent.",
        "restore /srv/backup/2026-11-20.tar",
    )
    restore.add_argument("source", type=Path, metavar="FILE.tar|FOLDER")
    kinds = _group(commands, "held", "What waits for a decision after a restore.", "ACTION")
    _add(kinds, "list", "backup:held_list", "How many of each kind.", "held list")
    for name, help_ in (
        ("send", "Send the notices and letters that are still of use."),
        ("drop", "Send them never; notices stay in their readers' lists."),
        ("fire", "Let deadlines have their consequences now."),
    ):
        made = _add(kinds, name, f"backup:held_{name}", help_, f"held {name} order.invited")
        made.add_argument("kinds", nargs="*", metavar="KIND", help="default: all kinds")


def _add_health(commands: Parsers) -> None:
    doctor = _add(
        commands,
        "doctor",
        "doctor:doctor",
        "Look at everything the service needs; each line is well, or says what to do.",
        "doctor --json",
    )
    doctor.add_argument("--json", action="store_true", help="print it as JSON")
    reconcile = _add(
        commands,
        "reconcile",
        "reconcile:reconcile",
        "Compute every open deadline anew and look for what a state should have and has not.",
        "reconcile --last",
    )
    reconcile.add_argument(
        "--last", action="store_true", help="show the last run instead of making one"
    )
    reconcile.add_argument("--json", action="store_true", help="print it as JSON")
