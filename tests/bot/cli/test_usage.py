"""Every command says what it does; wrong usage gets one sentence and its exit code."""

from __future__ import annotations

import re

import pytest

from tests.bot.cli.conftest import Terminal

COMMANDS = (
    "demo",
    "run",
    "due",
    "invite",
    "token create",
    "token revoke",
    "token list",
    "migrate",
    "import producers",
    "import goods-list",
    "webhooks list",
    "webhooks events",
    "webhooks add",
    "webhooks enable",
    "webhooks disable",
    "webhooks remove",
    "webhooks test",
    "webhooks rotate",
    "webhooks deliveries",
    "webhooks replay",
    "clauses",
    "audit verify",
    "preview",
    "backup",
    "restore",
    "held list",
    "held send",
    "held drop",
    "held fire",
    "doctor",
    "reconcile",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(bare: Terminal, command: str) -> None:
    ended = bare.run(*command.split(), "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"usage: tapsyrys {command} ")
    assert f"example:\n  tapsyrys {command}" in ended.out


def test_the_top_lists_every_command(bare: Terminal) -> None:
    ended = bare.run("--help")
    assert ended.code == 0
    for command in COMMANDS:
        assert re.search(rf"^    {command.split()[0]}\s", ended.out, re.MULTILINE)
    assert "0 done, 1 refused or found wrong, 2 wrong usage" in ended.out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "the following arguments are required: COMMAND"),
        ("nope", "invalid choice: 'nope'"),
        ("token", "the following arguments are required: ACTION"),
        ("audit", "the following arguments are required: ACTION"),
        ("import", "the following arguments are required: WHAT"),
        ("import producers", "the following arguments are required: FILE.xlsx"),
        ("token create x --scope all", "invalid choice: 'all' (choose from"),
        ("invite king", "invalid choice: 'king' (choose from"),
        ("demo --port 0", "'0' is no port; give a number from 1 to 65535"),
        ("demo --port http", "'http' is no port"),
        ("demo --port 70000", "'70000' is no port"),
        ("clauses --wave first", "invalid int value: 'first'"),
    ],
)
def test_wrong_usage_is_named(bare: Terminal, typed: str, said: str) -> None:
    ended = bare.run(*typed.split())
    assert ended.code == 2
    assert ended.out == ""
    assert said in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"database_url": "mysql://db/x"}, "TAPSYRYS_DATABASE_URL: must be an address of Postgre"),
        ({"database_url": "postgresql://h:5x/d"}, "TAPSYRYS_DATABASE_URL: has a port that is no"),
        ({"telegram_api": "http://h:x"}, "TAPSYRYS_TELEGRAM_API: has a port that is no number"),
        ({"web_port": "70000"}, "TAPSYRYS_WEB_PORT: "),
        ({"public_url": "https://bot.kz"}, "TAPSYRYS_WEBHOOK_SECRET: is not set, but"),
        ({"admins": "@me"}, "TAPSYRYS_ADMINS: must be Telegram ids"),
        ({"bot_token": "hush"}, "TAPSYRYS_BOT_TOKEN: does not look like a bot token"),
        ({}, "TAPSYRYS_BOT_TOKEN: is not set; put the token that @BotFather gave"),
    ],
)
def test_wrong_settings_are_named_before_anything_starts(
    bare: Terminal, settings: dict[str, str], said: str
) -> None:
    bare.set(**settings)
    ended = bare.run("run")
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert list(bare.folder.iterdir()) == []
