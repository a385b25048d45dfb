"""``tapsyrys due`` and ``tapsyrys promise``: when a term ends, what support promises, and why.

They answer at once where they can: what they do not need for an answer is not loaded.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.failed import Misused
from bot.config import load_settings
from domain.calendar import Receipt, WorkingCalendar
from domain.clock import ASTANA
from domain.support.promise import Promise
from domain.support.promise import promise as promised
from domain.support.regimes import regime_at
from domain.terms import Term

if TYPE_CHECKING:
    from handlers.views.translator import Locale


def instant(text: str) -> datetime:
    """An ISO instant; without an offset it is Astana's time. Raises Misused."""
    try:
        found = datetime.fromisoformat(text)
        # Converting also refuses what an offset moves beyond the first or the last year.
        return (found if found.tzinfo else found.replace(tzinfo=ASTANA)).astimezone(ASTANA)
    except (ValueError, OverflowError):
        raise Misused(f"{text!r} is no instant. Write it as 2026-11-20T15:00+05:00.") from None


async def due(options: argparse.Namespace) -> int:
    """Print the receipt of a term."""
    start, term = instant(options.start), Term.parse(options.term)
    receipt = (await _calendar()).due(start, term)
    print(_as_json(receipt) if options.json else _as_text(receipt, options.language))
    return 0


async def promise(options: argparse.Namespace) -> int:
    """Print what support promises to whoever asks at a moment."""
    at = instant(options.at)
    code = options.regime or load_settings(need_token=False).regime
    made = promised(await _calendar(), regime_at(code, at), options.kind, at)
    print(_promise_json(made, code) if options.json else _promise_text(made, options.language))
    return 0


async def _calendar() -> WorkingCalendar:
    """The calendar in force; with no database yet nobody can have moved a day."""
    settings = load_settings(need_token=False)
    if settings.database_url is None and not (settings.data_dir / "postgres").exists():
        return WorkingCalendar(())
    # The database and all use cases take longer to load than the counting takes.
    from bot.cli.frame import opened, operator  # noqa: PLC0415

    async with opened() as services:
        return await services.working_time.calendar(operator())


def _as_json(receipt: Receipt) -> str:
    return json.dumps(receipt.as_json(), ensure_ascii=False, indent=2)


def _promise_json(made: Promise, regime: str) -> str:
    counted = made.receipt.as_json()
    shown = {
        "at": counted["from"],
        "regime": regime,
        "open": made.open,
        "due_at": counted["due_at"],
        "days": counted["days"],
        "clause": made.clause,
        "calendar": counted["calendar"],
    }
    return json.dumps(shown, ensure_ascii=False, indent=2)


def _promise_text(made: Promise, language: Locale) -> str:
    from handlers.views.promises import promise_text  # noqa: PLC0415
    from handlers.views.translator import plain, translator  # noqa: PLC0415

    return plain(promise_text(translator(language), made))


def _as_text(receipt: Receipt, language: Locale) -> str:
    # Texts come with the keyboards of the chat, and they with all of aiogram: seconds to load.
    from handlers.views.receipts import receipt_text  # noqa: PLC0415
    from handlers.views.translator import plain, translator  # noqa: PLC0415

    return plain(receipt_text(translator(language), receipt))
