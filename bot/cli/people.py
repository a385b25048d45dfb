"""``tapsyrys invite`` and ``tapsyrys token``: letting people and integrations in."""

from __future__ import annotations

import argparse

from bot.cli.failed import Misused
from bot.cli.frame import opened, operator
from bot.config import SettingsError, load_settings
from bot.telegram.gateway import Gateway, make_bot
from domain.clock import astana
from domain.roles import Role


async def _username() -> str:
    settings = load_settings(need_token=True)
    if settings.bot_token is None:
        raise SettingsError("TAPSYRYS_BOT_TOKEN is not set.")
    bot = make_bot(settings.bot_token.get_secret_value(), settings.telegram_api, Gateway())
    try:
        return (await bot.me()).username or ""
    finally:
        await bot.session.close()


async def invite(options: argparse.Namespace) -> int:
    """Print a deep link that lets one person in."""
    role = Role(options.role)
    if role.of_company and not options.bin:
        raise Misused(f"A {role} acts for a company: add --bin and its BIN or IIN.")
    if options.bin and not role.of_company:
        raise Misused(f"Nobody is {role} of a company: leave --bin out.")
    username = await _username()
    async with opened() as services:
        link = await services.people.invite(operator(), role, options.bin)
    print(f"https://t.me/{username}?start={link.token}")
    return 0


async def create_token(options: argparse.Namespace) -> int:
    """Print a new token."""
    async with opened() as services:
        make = services.integrations.create_token
        print(await make(operator(), options.name, options.scope, options.bin))
    return 0


async def revoke_token(options: argparse.Namespace) -> int:
    """End a token."""
    async with opened() as services:
        await services.integrations.revoke_token(operator(), options.name)
    print(f"{options.name}: revoked")
    return 0


async def list_tokens(_options: argparse.Namespace) -> int:
    """Print all tokens, the newest first."""
    async with opened() as services:
        tokens = await services.integrations.tokens(operator())
    if not tokens:
        print("No tokens yet: tapsyrys token create NAME --scope integration")
    for token in tokens:
        ended = f"revoked {astana(token.revoked_at):%Y-%m-%d}" if token.revoked_at else "valid"
        print(f"{token.name}\t{token.scope}\t{ended}")
    return 0
