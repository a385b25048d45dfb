"""The faults of whatever else is told: mail, SMS, webhooks; and of those who leave the chat."""

from __future__ import annotations

from functools import partial

from tests.torture.faults import FAULTS, ONCE, PASSES, fault, later
from tests.torture.plan import Strike
from tests.torture.process import SCALE
from tests.torture.sinks import HANGS_UP, LOST, PUT_OFF, SILENT
from tests.torture.stage import ADDRESSES
from tests.torture.town import Town

_BRIEF = 5 / SCALE
_AGAIN = "sent again under its id, in its order"
_TWICE = "may come twice, under one id"


@fault("away from Telegram", "told by mail or SMS; once back, nothing again")
async def _away(town: Town, planned: Strike) -> None:
    leaving = [each for each in sorted(ADDRESSES) if each in town.world.people]
    number = leaving[planned.count % len(leaving)]
    town.away.add(number)
    town.blocked.add(number)
    await town.person(number).block()


@fault("mail server away", PASSES)
async def _mail_away(town: Town, planned: Strike) -> None:
    town.sinks.mail.shut()
    later(town, _BRIEF, town.sinks.mail.open)


@fault("mail put off, 451", PASSES)
async def _mail_later(town: Town, planned: Strike) -> None:
    town.sinks.mail.say(PUT_OFF, min(planned.count, 2))


@fault("letter taken, connection lost", ONCE)
async def _mail_lost(town: Town, planned: Strike) -> None:
    town.sinks.mail.say(LOST, 1)


@fault("gateway of SMS, 500", PASSES)
async def _sms(town: Town, planned: Strike) -> None:
    town.sinks.sms.answers.extend([500] * min(planned.count, 2))


async def _hooked(answer: int, most: int, town: Town, planned: Strike) -> None:
    ids = sorted(town.stage.hooks)
    town.sinks.hooks.say(ids[planned.replica % len(ids)], answer, min(planned.count, most))


fault("webhook answered 500", _AGAIN)(partial(_hooked, 500, 3))
fault("webhook redirected", _AGAIN + "; the redirect is not followed")(partial(_hooked, 302, 2))
fault("webhook taken, no answer", _TWICE)(partial(_hooked, SILENT, 1))
fault("webhook taken, connection lost", _TWICE)(partial(_hooked, HANGS_UP, 2))
fault("webhook gone, 410", "disabled at once, its owner told; enabled, it gets what it missed")(
    partial(_hooked, 410, 1)
)

#: In the order in which seeds name them.
KINDS = tuple(FAULTS)
