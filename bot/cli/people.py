"""``tapsyrys invite`` and ``tapsyrys token``: letting people and integrations in."""

from __future__ import annotations

import argparse

from bot.cli.frame import Failed, Parsers, add, opened, operator
from bot.config import load_settings
from bot.telegram.gateway import Gateway, make_bot
from domain.roles import Role
from domain.services import Services


def add_commands(commands: Parsers) -> None:
    """``invite`` and ``token``."""
    invite = add(commands, "invite", _invite, "Make a single-use link for a person.")
    invite.add_argument("role", choices=[role.value for role in Role])
    invite.add_argument("--bin", help="BIN or IIN of the company, for suppliers and customers")
    token = commands.add_parser("token", help="Tokens of integrations with the HTTP API.")
    kinds = token.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = add(kinds, "create", _create, "Make a token; it is shown this once.")
    create.add_argument("name", help="who will use it")
    create.add_argument("--scope", choices=("integration", "read"), default="read")
    revoke = add(kinds, "revoke", _revoke, "Make a token worthless from now on.")
    revoke.add_argument("name")
    add(kinds, "list", _list, "Names, scopes and state of all tokens.")


async def _username() -> str:
    settings = load_settings(need_token=True)
    if settings.bot_token is None:
        raise Failed("TAPSYRYS_BOT_TOKEN is not set.")
    bot = make_bot(settings.bot_token.get_secret_value(), settings.telegram_api, Gateway())
    try:
        return (await bot.me()).username or ""
    finally:
        await bot.session.close()


async def _invite(options: argparse.Namespace) -> int:
    role = Role(options.role)
    if role.of_company and not options.bin:
        raise Failed(f"A {role.value} acts for a company: add --bin and its BIN or IIN.")
    username = await _username()
    async with opened() as services:
        link = await services.people.invite(operator(), options.bin, role)
    print(f"https://t.me/{username}?start={link.token}")
    return 0


async def _create(options: argparse.Namespace) -> int:
    async with opened() as services:
        print(await services.integrations.create_token(operator(), options.name, options.scope))
    return 0


async def _revoke(options: argparse.Namespace) -> int:
    async with opened() as services:
        await services.integrations.revoke_token(operator(), options.name)
    print(f"{options.name}: revoked")
    return 0


async def _list(_options: argparse.Namespace) -> int:
    async with opened() as services:
        await _print_tokens(services)
    return 0


async def _print_tokens(services: Services) -> None:
    tokens = await services.integrations.tokens(operator())
    if not tokens:
        print("No tokens yet: tapsyrys token create NAME --scope integration")
    for token in tokens:
        state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else "valid"
        print(f"{token.name}\t{token.scope}\t{state}")
