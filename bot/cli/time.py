"""``tapsyrys due``: when a term ends, and why then."""

from __future__ import annotations

import argparse
import json
from datetime import datetime

from bot.cli.frame import Failed, Parsers, add, opened, operator
from domain.calendar import Receipt, Term
from domain.clock import ASTANA
from handlers.views.receipts import receipt_text
from handlers.views.translator import LOCALES, plain, translator


def add_commands(commands: Parsers) -> None:
    """``due``."""
    due = add(commands, "due", _due, "Compute when a term ends, by the calendar in force.")
    due.add_argument("start", metavar="FROM", help="an instant, as 2026-11-20T15:00+05:00")
    due.add_argument("term", metavar="TERM", help="2wd, 30d, 1h, 90wm: working days, days, ...")
    due.add_argument("--json", action="store_true", help="print the receipt as JSON")
    due.add_argument("--language", choices=LOCALES, default="en")


def instant(text: str) -> datetime:
    """An ISO instant; without an offset it is Astana's time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text!r} is no instant. Write it as 2026-11-20T15:00+05:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=ASTANA)


async def _due(options: argparse.Namespace) -> int:
    start, term = instant(options.start), Term.parse(options.term)
    async with opened() as services:
        calendar = await services.working_time.calendar(operator())
    receipt: Receipt = calendar.due(start, term)
    if options.json:
        print(json.dumps(receipt.as_json(), ensure_ascii=False, indent=2))
    else:
        print(plain(receipt_text(translator(options.language), receipt)))
    return 0
