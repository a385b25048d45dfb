"""Errors that a person can mend, in a sentence each, with the exit code of the command."""

from __future__ import annotations

from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from alembic.util import CommandError

from bot.cli.failed import Failed, Misused
from bot.config import SettingsError
from bot.storage.embedded import EmbeddedError
from bot.storage.engine import DatabaseUnreachable
from bot.storage.migrations import NotMigrated
from bot.storage.outage import is_outage
from bot.telegram.outcome import is_telegram_away
from domain.errors import RuleBroken
from handlers.views.errors import describe
from handlers.views.translator import plain, translator
from scheduler.frozen import EXIT_STUCK
from scheduler.watch import Stuck

_REFUSED, _USAGE = 1, 2
_SETTINGS = (SettingsError, DatabaseUnreachable, EmbeddedError, NotMigrated, Misused)


def explain(error: BaseException) -> tuple[str, int] | None:
    """What to say and the exit code; None for what is a mistake of ours."""
    if isinstance(error, RuleBroken):
        return plain(describe(translator("en"), error)), _REFUSED
    if isinstance(error, _SETTINGS):
        return str(error), _USAGE
    if isinstance(error, Stuck):
        return f"A part is stuck ({error}): the supervisor starts a new process.", EXIT_STUCK
    if isinstance(error, Failed):
        return str(error), _REFUSED
    outside = _of_telegram(error) or _of_database(error) or _of_disk(error)
    return (outside, _USAGE) if outside else None


def _of_telegram(error: BaseException) -> str | None:
    if isinstance(error, TelegramUnauthorizedError):
        return (
            "Telegram does not know this token (401): it was mistyped or revoked. "
            "Put the one that @BotFather shows into TAPSYRYS_BOT_TOKEN."
        )
    if is_telegram_away(error):
        return (
            f"No answer from the Bot API server ({type(error).__name__}). "
            "Is there a way to it, and is TAPSYRYS_TELEGRAM_API right?"
        )
    if isinstance(error, TelegramAPIError):
        return f"Telegram refused: {error.message}"
    return None


def _of_database(error: BaseException) -> str | None:
    if isinstance(error, CommandError):
        return (
            f"The database cannot be brought up to date ({error}). It was probably made by a newer "
            "version of the program: install that version, or use another database."
        )
    if is_outage(error):
        return f"The database stopped answering ({type(error).__name__}). Try again when it is up."
    return None


def _of_disk(error: BaseException) -> str | None:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror or type(error).__name__}."
    return None
