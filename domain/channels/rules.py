"""Rules of addresses: what is taken as one, and when a code counts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from domain.channels.schemes import LOCAL_SCHEMES
from domain.errors import Conflict, RuleBroken
from domain.identifiers import bare, parse_email, parse_phone
from domain.notices.model import TELEGRAM
from domain.texts import clean_text
from domain.webhooks.addresses import Allowed, is_public, literal

EMAIL, SMS, OTHER = "email", "sms", "other"
#: The order in which people are reached: the next is tried when one before it ends.
ORDER = (TELEGRAM, EMAIL, SMS, OTHER)
#: Channels for which people give an address.
ADDRESSED = ORDER[1:]

CODE_VALID = timedelta(minutes=30)
CODE_TRIES = 5
CODES_AN_HOUR = 3
#: To one address, whoever asks: nobody's mailbox is filled from many accounts.
CODES_TO_ADDRESS = 6
_HOUR = timedelta(hours=1)
_URL_LIMIT = 500
_DIGITS = 6
# A code has a million values: each guess at a hash has to cost something (milliseconds).
_COST = 2**12


@dataclass(frozen=True)
class Served:
    """What this installation can send: its channels, and schemes of Apprise for others.

    ``allowed``: hosts inside its own network that addresses may lead to.
    """

    channels: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()
    allowed: Allowed = field(default_factory=Allowed)

    def check(self, channel: str) -> None:
        """Raises ``channel_not_served`` for what has no gateway here."""
        if channel not in ADDRESSED or channel not in self.channels:
            raise RuleBroken("channel_not_served")


def check_address(channel: str, text: str, served: Served) -> str:
    """The address in its one form.

    Raises ``channel_not_served``, ``email_invalid``, ``phone_invalid``, ``address_url``,
    ``address_scheme``, ``address_private``.
    """
    served.check(channel)
    if channel == EMAIL:
        try:
            return parse_email(text)
        except RuleBroken as error:
            # The clause of that rule is about registration, not about this.
            raise RuleBroken(error.code) from None
    if channel == SMS:
        return parse_phone(text)
    return _check_url(text, served)


def _check_url(text: str, served: Served) -> str:
    url = clean_text(bare(text), "url", _URL_LIMIT)
    scheme = url.partition("://")[0].lower()
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise RuleBroken("address_url") from None
    # What stands after "?" changes hosts and names files of ours: no address needs it. Two "@",
    # and hosts in other letters or packed ones, are read in one way here and in another there.
    marks = any(mark in url for mark in "?#\\") or any(char.isspace() for char in url)
    marks = marks or parts.netloc.count("@") > 1 or "%" in (host or "")
    if "://" not in url or not host or not host.isascii() or marks:
        raise RuleBroken("address_url")
    schemes = served.schemes - LOCAL_SCHEMES
    if scheme not in schemes:
        raise RuleBroken("address_scheme", None, known=", ".join(sorted(schemes)))
    address = literal(host)
    inside = host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    inside = inside or (address is not None and not is_public(address))
    if inside and not served.allowed.host(host):
        raise RuleBroken("address_private")
    return url


def new_code() -> str:
    """Six digits that nobody can guess."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


def hash_code(code: str, salt: str | None = None) -> str:
    """A code as it is kept: ``salt$hash``."""
    salt = salt or secrets.token_hex(8)
    made = hashlib.scrypt(code.encode(), salt=salt.encode(), n=_COST, r=8, p=1, dklen=32)
    return f"{salt}${made.hex()}"


def fits(code: str, kept: str) -> bool:
    """Whether it is the code that was hashed; spaces that people type are forgiven."""
    typed = "".join(bare(code).split())
    if len(typed) != _DIGITS or not (typed.isascii() and typed.isdigit()):
        return False
    return hmac.compare_digest(hash_code(typed, kept.partition("$")[0]), kept)


def recent(codes: Sequence[datetime], now: datetime) -> list[datetime]:
    """Those of the last hour."""
    return [each for each in codes if each > now - _HOUR]


def check_may_ask(codes: Sequence[datetime], now: datetime, most: int = CODES_AN_HOUR) -> None:
    """Raises Conflict ``address_codes_spent`` (with ``until``) for one code too many in an hour."""
    asked = sorted(recent(codes, now))
    if len(asked) >= most:
        raise Conflict("address_codes_spent", None, until=asked[-most] + _HOUR)


def check_code_stands(
    kept: str | None, expires_at: datetime | None, tries: int, now: datetime
) -> str:
    """The hash to compare with.

    Raises Conflict ``address_no_code`` (none was sent), ``address_code_expired``,
    ``address_code_spent`` (too many wrong ones).
    """
    if kept is None or expires_at is None:
        raise Conflict("address_no_code")
    if now >= expires_at:
        raise Conflict("address_code_expired")
    if tries >= CODE_TRIES:
        raise Conflict("address_code_spent")
    return kept
