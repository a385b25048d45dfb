"""``tapsyrys invite`` and ``tapsyrys token``."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestServer

from bot.sandbox.server import create_app
from bot.sandbox.world import World
from domain.actor import Actor
from domain.clock import ManualClock
from domain.services import Services
from domain.work import Site
from tests.bot.cli.conftest import Terminal

CUSTOMER = "971240001315"
TOKEN = "123456789:" + "A" * 35


@pytest.fixture
async def telegram(clock: ManualClock, terminal: Terminal) -> AsyncIterator[World]:
    """A Bot API server that the settings name, with the token of its bot."""
    world = World(token=TOKEN, clock=clock, limits=None)
    server = TestServer(create_app(world), host="127.0.0.1")
    await server.start_server()
    terminal.set(bot_token=TOKEN, telegram_api=str(server.make_url("/")).rstrip("/"))
    yield world
    await server.close()


def test_a_token_is_shown_once_and_works(terminal: Terminal) -> None:
    made = terminal.run("token", "create", "platform", "--scope", "integration")
    assert (made.code, made.err) == (0, "")
    assert len(made.out.strip()) >= 40
    listed = terminal.run("token", "list")
    assert listed.out == "platform\tintegration\tvalid\n"
    assert made.out.strip() not in listed.out


async def test_the_token_that_is_printed_is_the_one_that_is_kept(
    terminal: Terminal, site: Site
) -> None:
    made = await terminal.run_beside("token", "create", "reader")
    known = await Services(site).integrations.actor_for_token(made.out.strip(), "api:test")
    assert known.actor.read_only


def test_a_name_serves_one_token(terminal: Terminal) -> None:
    terminal.run("token", "create", "platform")
    again = terminal.run("token", "create", "platform")
    assert (again.code, again.out) == (1, "")
    assert "There is already a token with this name: platform." in again.err


def test_a_revoked_token_stays_on_the_list(terminal: Terminal) -> None:
    terminal.run("token", "create", "platform")
    assert terminal.run("token", "revoke", "platform").out == "platform: revoked\n"
    assert terminal.run("token", "list").out.startswith("platform\tread\trevoked 2")
    again = terminal.run("token", "revoke", "platform")
    assert (again.code, again.out) == (1, "")


def test_a_token_nobody_made_cannot_be_revoked(terminal: Terminal) -> None:
    ended = terminal.run("token", "revoke", "nobody")
    assert ended.code == 1
    assert "There is no token with this name: nobody." in ended.err


def test_an_empty_list_says_how_to_make_one(terminal: Terminal) -> None:
    assert "tapsyrys token create" in terminal.run("token", "list").out


async def test_an_invitation_is_a_link_to_the_bot(
    terminal: Terminal, telegram: World, site: Site
) -> None:
    await Services(site).registry.put_customer(
        Actor.system("test:1"), CUSTOMER, name_ru="ГКП", name_kk="МКК"
    )
    ended = await terminal.run_beside("invite", "customer", "--bin", CUSTOMER)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("https://t.me/tapsyrys_bot?start=")
    admin = await terminal.run_beside("invite", "admin")
    assert admin.out.startswith("https://t.me/tapsyrys_bot?start=")
    assert admin.out != ended.out


async def test_a_company_nobody_knows_cannot_be_invited(
    terminal: Terminal, telegram: World
) -> None:
    ended = await terminal.run_beside("invite", "customer", "--bin", CUSTOMER)
    assert (ended.code, ended.out) == (1, "")
    assert CUSTOMER in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("supplier",), "A supplier acts for a company: add --bin and its BIN or IIN."),
        (("admin", "--bin", CUSTOMER), "Nobody is admin of a company: leave --bin out."),
    ],
)
def test_companies_have_suppliers_and_customers_only(
    bare: Terminal, typed: tuple[str, ...], said: str
) -> None:
    ended = bare.run("invite", *typed)
    assert (ended.code, ended.err) == (2, f"{said}\n")


async def test_a_revoked_bot_token_is_told(terminal: Terminal, telegram: World) -> None:
    terminal.set(bot_token="123456789:" + "B" * 35)
    ended = await terminal.run_beside("invite", "admin")
    assert ended.code == 2
    assert ended.err.startswith("Telegram does not know this token (401)")


def test_telegram_out_of_reach_is_told(bare: Terminal) -> None:
    bare.set(bot_token=TOKEN, telegram_api="http://127.0.0.1:1")
    ended = bare.run("invite", "admin")
    assert ended.code == 2
    assert ended.err.startswith("No answer from the Bot API server")
    assert "Traceback" not in ended.err
