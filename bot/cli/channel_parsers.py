"""What can be said of channels besides Telegram: names, arguments, help and an example of each."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Parsers = object

Add = Callable[[Parsers, str, str, str, str], argparse.ArgumentParser]

_CHANNELS = ("email", "sms", "other")
_ROLES = ("authority", "technical_operator", "observer", "supplier", "customer")


def add_channels(kinds: Parsers, add: Add) -> None:
    """The commands below ``tapsyrys channels``."""
    add(
        kinds,
        "list",
        "channels:gateways_list",
        "Which gateways are set, without their secrets, and what waits for them.",
        "channels list",
    )
    test = add(
        kinds,
        "test",
        "channels:test",
        "Send a test message through a gateway, past all queues.",
        "channels test email aigul@example.kz",
    )
    test.add_argument("channel", choices=_CHANNELS)
    test.add_argument("to", metavar="ADDRESS", help="e-mail, phone or address of Apprise")
    test.add_argument("--language", choices=("kk", "ru"), default="ru", help="default ru")
    show = add(
        kinds,
        "show",
        "channels:show",
        "The addresses of a person, masked, and whether they work.",
        "channels show 15",
    )
    show.add_argument("person", type=int, metavar="PERSON", help="number of the person")
    enroll = add(
        kinds,
        "enroll",
        "channels:enroll",
        "Give a role to somebody without Telegram; a code goes to their e-mail.",
        'channels enroll authority d.ospanov@gov.example --name "D. Ospanov" --ground "Order 12"',
    )
    enroll.add_argument("role", metavar="ROLE", choices=_ROLES, help=", ".join(_ROLES))
    enroll.add_argument("email", metavar="E-MAIL")
    enroll.add_argument("--name", required=True, help="full name")
    enroll.add_argument("--ground", required=True, help="why: for the register of roles")
    enroll.add_argument("--language", choices=("kk", "ru"), default="ru", help="default ru")
    enroll.add_argument("--bin", default="", help="company of a supplier or customer")
    enroll.add_argument("--phone", default="", help="as on the form signed on paper")
    enroll.add_argument(
        "--position", choices=("head", "contact"), default="contact", help="in the company"
    )
    token = add(
        kinds,
        "token",
        "channels:token",
        "Make a token by which somebody without Telegram acts through the API; shown this once.",
        "channels token 15 --name ministry",
    )
    token.add_argument("person", type=int, metavar="PERSON", help="as `enroll` has said")
    token.add_argument("--name", required=True, help="how the token is listed and revoked")
    confirm = add(
        kinds,
        "confirm",
        "channels:confirm",
        "Put the e-mail of somebody without Telegram in force by the code they have told you.",
        "channels confirm 15 012345",
    )
    confirm.add_argument("person", type=int, metavar="PERSON", help="as `enroll` has said")
    confirm.add_argument("code", metavar="CODE", help="six digits")
