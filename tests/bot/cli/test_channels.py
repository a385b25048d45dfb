"""``tapsyrys channels``: what is set, a test of it, a state body served by e-mail alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.channels.senders import Senders
from bot.cli.channel_parsers import _CHANNELS, _ROLES
from bot.cli.frame import operator
from bot.config import load_settings
from domain.channels.rules import ADDRESSED
from domain.clock import SystemClock
from domain.people.model import Person
from domain.people.rules import WITHOUT_CHAT
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.bot.channels.conftest import name, outside, part
from tests.bot.cli.conftest import Terminal
from tests.bot.mail.outside import OURS, OutsideServer
from tests.support.factories import make_customer

__all__ = ["outside"]

SECRET = "hunter2hunter2"


def test_the_words_of_the_commands_are_those_of_the_domain() -> None:
    assert _CHANNELS == ADDRESSED
    assert set(_ROLES) == {role.value for role in WITHOUT_CHAT}


def test_gateways_are_listed_without_their_secrets(terminal: Terminal) -> None:
    listed = terminal.run("channels", "list")
    assert listed.out.splitlines() == [f"{each}\tno gateway\t0 waiting" for each in ADDRESSED]
    terminal.set(
        mail_address=OURS,
        smtp_url=f"smtp://user:{SECRET}@mail.example.kz",
        sms_url=f"jsons://user:{SECRET}@sms.example.kz/{{to}}",
        other_schemes="slack, matrix",
    )
    listed = terminal.run("channels", "list")
    assert listed.code == 0
    assert listed.out.splitlines() == [
        "email\tmail server mail.example.kz:25 (smtp)\t0 waiting",
        "sms\tApprise (jsons)\t0 waiting",
        "other\tApprise (address of each person)\t0 waiting",
        "schemes of others\tmatrix, slack",
    ]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("sms_url", f"jsons://user:{SECRET}@sms.example.kz/"),
        ("sms_url", f"syslog://{SECRET}/{{to}}"),
        ("email_url", SECRET),
        ("other_schemes", f"slack,file,{SECRET}"),
        ("other_schemes", "slack:x"),
        ("emails_per_minute", "0"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(
    bare: Terminal, setting: str, value: str
) -> None:
    bare.set(**{setting: value})
    told = bare.run("channels", "list")
    assert told.code == 2
    assert f"TAPSYRYS_{setting.upper()}" in told.err
    assert SECRET not in told.err


async def test_a_test_goes_past_the_queues(terminal: Terminal, outside: OutsideServer) -> None:
    terminal.set(mail_address=OURS, smtp_url=outside.url)
    sent = await terminal.run_beside("channels", "test", "email", "a@example.kz")
    assert (sent.code, sent.err) == (0, "")
    assert outside.receivers == ["a@example.kz"]
    outside.answers = iter(["550 no such user"])
    sent = await terminal.run_beside("channels", "test", "email", "a@example.kz")
    assert (sent.code, "550 no such user" in sent.out) == (1, True)
    assert (await terminal.run_beside("channels", "test", "sms", "+77011234567")).code == 2
    assert (await terminal.run_beside("channels", "test", "email", "nobody")).code == 1


async def test_a_state_body_is_served_by_e_mail_alone(
    terminal: Terminal, site: Site, outside: OutsideServer
) -> None:
    terminal.set(mail_address=OURS, smtp_url=outside.url)
    given = ("d@gov.example", "--name", "Дәурен Оспанов", "--ground", "Приказ № 12")
    made = await terminal.run_beside("channels", "enroll", "authority", *given)
    assert made.code == 0, made.err
    services = Services(replace(site, clock=SystemClock()))
    senders = Senders(services, load_settings(need_token=False), name)
    await senders.drain()
    text = part(outside.letters[-1], "plain")
    assert "администратору платформы" in text
    code = next(word for word in text.split() if word.isdigit() and len(word) == 6)
    async with site.sessions() as session:
        person = (await session.scalars(select(Person))).one()
    wrong = await terminal.run_beside("channels", "confirm", str(person.id), "1")
    assert wrong.code == 1
    shown = await terminal.run_beside("channels", "show", str(person.id))
    assert shown.out == "email\tunverified\td•••@gov.example\n"
    done = await terminal.run_beside("channels", "confirm", str(person.id), code)
    assert done.code == 0, done.err
    (address,) = await services.addresses.of_person(operator(), person.id)
    assert address.state == "verified"
    nobody = await terminal.run_beside("channels", "show", "999")
    assert nobody.out == "Person 999 has no address besides Telegram.\n"
    token = await terminal.run_beside("channels", "token", str(person.id), "--name", "ministry")
    assert token.code == 0, token.err
    found = await services.integrations.actor_for_token(token.out.strip(), "api:1")
    assert (found.actor.kind, found.actor.role) == ("person", Role.AUTHORITY)
    listed = await terminal.run_beside("token", "list")
    assert listed.out == "ministry\tperson\tvalid\n"


async def test_somebody_of_a_company_is_entered_from_the_signed_form(
    terminal: Terminal, site: Site, outside: OutsideServer
) -> None:
    terminal.set(mail_address=OURS, smtp_url=outside.url)
    customer = await make_customer(site)
    given = ("a@office.example", "--name", "Айгүл Ахмет", "--ground", "Заявка № 7")
    company = ("--bin", customer.bin, "--phone", "+77011234567", "--position", "head")
    bare = await terminal.run_beside("channels", "enroll", "customer", *given)
    assert bare.code == 1
    made = await terminal.run_beside("channels", "enroll", "customer", *given, *company)
    assert made.code == 0, made.err
    (found,) = (await Services(site).unchatty.page(operator())).people
    (held,) = found.person.memberships
    assert (held.role, held.position, found.person.phone) == (
        Role.CUSTOMER,
        "head",
        "+77011234567",
    )
