"""``tapsyrys channels``: gateways besides Telegram, and people who are served by them alone."""

from __future__ import annotations

import argparse

from bot.channels.gateways import Unanswered
from bot.channels.rendering import Message
from bot.channels.senders import gateways, served
from bot.cli.failed import Misused
from bot.cli.frame import opened, operator
from bot.config import load_settings
from bot.logs import scrub
from bot.mail.transport import Unsent
from domain.channels.enrolling import SignedForm
from domain.channels.rules import ADDRESSED, EMAIL, check_address
from domain.notices.queue import NoticeQueue
from domain.roles import Role
from handlers.context import locale_of
from handlers.views.addresses import masked
from handlers.views.letters import trial_letter
from handlers.views.translator import translator


async def gateways_list(_options: argparse.Namespace) -> int:
    """Print each channel, its gateway and how many notices wait."""
    settings = load_settings(need_token=False)
    async with opened() as services:
        found = gateways(settings, services)
        for channel in ADDRESSED:
            waits = await NoticeQueue(services.site, channel).in_queue()
            gateway = found.get(channel)
            print(f"{channel}\t{gateway.name if gateway else 'no gateway'}\t{waits} waiting")
    if settings.other_schemes:
        print("schemes of others\t" + ", ".join(sorted(settings.other_schemes)))
    return 0


async def test(options: argparse.Namespace) -> int:
    """Send one message and say what became of it."""
    settings = load_settings(need_token=False)
    async with opened() as services:
        gateway = gateways(settings, services).get(options.channel)
        if gateway is None:
            raise Misused(f"No gateway is set for {options.channel}: see docs/operations.")
        to = check_address(options.channel, options.to, served(settings, services))
        locale = locale_of(options.language)
        token = f"test.{int(services.site.clock.now().timestamp())}"
        told = trial_letter(translator(locale))
        try:
            await gateway.send(Message(options.channel, to, told, locale, token))
        except (Unsent, Unanswered) as error:
            print(f"{options.channel}: not sent: {scrub(str(error))}")
            return 1
    print(f"{options.channel}: taken by {gateway.name}")
    return 0


async def enroll(options: argparse.Namespace) -> int:
    """Register somebody without Telegram."""
    settings = load_settings(need_token=False)
    async with opened() as services:
        services.addresses.served = served(settings, services)
        made = await services.addresses.enroll(
            operator(),
            options.name,
            options.email,
            Role(options.role),
            options.language,
            options.ground,
            SignedForm(options.bin, options.position, options.phone) if options.bin else None,
        )
    print(f"Person {made.person_id}: a code goes to the e-mail. When they have told it to you:")
    print(f"  tapsyrys channels confirm {made.person_id} CODE")
    return 0


async def show(options: argparse.Namespace) -> int:
    """Print each address of a person, masked."""
    async with opened() as services:
        found = await services.addresses.of_person(operator(), options.person)
    if not found:
        print(f"Person {options.person} has no address besides Telegram.")
    for each in found:
        known = masked(each.channel, each.address or each.wanted or "")
        why = each.last_failure or ""
        print("\t".join([each.channel, each.state, known, why]).rstrip())
    return 0


async def token(options: argparse.Namespace) -> int:
    """Print a new token of a person."""
    async with opened() as services:
        made = await services.integrations.create_person_token(
            operator(), options.name, options.person
        )
    print(made)
    return 0


async def confirm(options: argparse.Namespace) -> int:
    """Put an e-mail in force."""
    async with opened() as services:
        await services.addresses.confirm_for(operator(), options.person, EMAIL, options.code)
    print(f"Person {options.person}: notices go to the e-mail from now on")
    return 0
