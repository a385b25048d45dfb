"""What is logged holds ids and no secret and nothing personal."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from bot.alarm import by_apprise
from bot.channels.gateways import takes
from bot.logs import scrub, setup_logs

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawE"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot<token>/getMe"),
        ("postgresql://u:pa55@h/d", "postgresql://u:<password>@h/d"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer <hidden>"),
        ("IIN 900101300123 is wrong", "IIN <digits> is wrong"),
        ("call +7 (701) 123-45-67 now", "call <digits> now"),
        ("+77011234567", "<digits>"),
        (
            "order 1024, 2026-11-20T10:00:00, 12500000.50",
            "order 1024, 2026-11-20T10:00:00, 12500000.50",
        ),
    ],
)
def test_scrub(text: str, shown: str) -> None:
    assert scrub(text) == shown


def test_a_line_is_one_object_without_secrets() -> None:
    stream = io.StringIO()
    before = logging.getLogger().handlers[:]
    try:
        setup_logs(json=True, stream=stream)
        structlog.get_logger("bot.x").info(
            "offer.submitted",
            order=1024,
            chat=77011234567,
            bin_given=900101300123,
            cause="tg:7001234567:1",
            words={"text": "мой ИИН 900101300123"},
        )
        # The word of an integration's key is not ours.
        structlog.get_logger("domain.work").info("act", cause="api:3:call +7 701 123 45 67")
        try:
            raise ValueError(f"GET /bot{TOKEN}/getMe")
        except ValueError:
            logging.getLogger("aiohttp.client").exception("failed")
    finally:
        logging.getLogger().handlers[:] = before
        structlog.reset_defaults()
    first, act, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first["event"] == "offer.submitted"
    assert first["level"] == "info"
    assert (first["order"], first["chat"], first["cause"]) == (1024, 77011234567, "tg:7001234567:1")
    assert act["cause"] == "api:3:call <digits>"
    assert first["bin_given"] == "<digits>"
    assert first["words"] == {"text": "мой ИИН <digits>"}
    assert TOKEN not in second["exception"]
    assert "ValueError" in second["exception"]


def test_lines_that_say_nothing_to_whoever_runs_it_are_left_out() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        setup_logs(json=True, stream=stream)
        logging.getLogger("alembic.runtime.plugins.schemas").info("setup plugin")
        logging.getLogger("bot.storage.pool.TimedPool").info("Pool recreating")
        logging.getLogger("alembic.runtime.migration").info("Running upgrade 0001 -> 0002")
        logging.getLogger("bot.storage.pool.TimedPool").error("lost")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    lines = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    assert lines == ["Running upgrade 0001 -> 0002", "lost"]


def test_apprise_tells_no_address_that_it_cannot_read() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        setup_logs(json=True, level=logging.DEBUG, stream=stream)
        for address in (
            "nosuch://factory:winter-2026@host",
            "mailtos://f:winter-2026@[x",
            "winter-2026",
        ):
            with pytest.raises(ValueError, match="no address"):
                by_apprise(address)
            assert not takes(address)
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    assert "winter" not in stream.getvalue()
