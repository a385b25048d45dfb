"""Rules of webhooks: which addresses and events are taken, when the next attempt is made."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from domain.errors import RuleBroken
from domain.texts import clean_text
from domain.webhooks.addresses import Allowed, is_public, literal

URL_LIMIT = 500
DESCRIPTION_LIMIT = 200
#: The most endpoints that a company, or the operator, may have.
MOST_ENDPOINTS = 20
#: Bytes of the body of one event.
BODY_LIMIT = 64 * 1024
#: Characters kept of an answer.
ANSWER_KEPT = 500

#: What is waited before each attempt after the first: 75 hours and 35 minutes in all.
DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: A server may ask for a longer pause than the table, but not for more than this.
MOST_PAUSE = timedelta(hours=24)
#: An endpoint of which every attempt has failed for so long is disabled.
PATIENCE = timedelta(days=5)
#: For so long after a change of the secret both sign.
OVERLAP = timedelta(hours=24)
MOST_OVERLAP = timedelta(days=7)

#: How Standard Webhooks marks a secret, which is base64 after it.
MARK = "whsec_"
_SECRET_BYTES = 24


def new_secret(seed: str | None = None) -> str:
    """A secret as Standard Webhooks spells it; ``seed``: 24 bytes in the web's base64."""
    made = secrets.token_bytes(_SECRET_BYTES)
    if seed is not None:
        try:
            made = base64.b64decode(seed, altchars=b"-_", validate=True)
        except binascii.Error:
            raise ValueError("the seed is no base64") from None
    return MARK + base64.b64encode(made).decode()


def check_url(url: str, allowed: Allowed) -> str:
    """The address of an endpoint, tidied.

    Raises ``webhook_url`` (no web address, or with a user or a fragment in it),
    ``webhook_https`` (plain http to a host that is not listed), ``webhook_private`` (an address
    by number that is not public). What a name resolves to is looked at when it is connected to.
    """
    text = clean_text(url, "url", URL_LIMIT)
    host = _host(text)
    if host is None:
        raise RuleBroken("webhook_url")
    if urlsplit(text).scheme.lower() != "https" and not allowed.host(host):
        raise RuleBroken("webhook_https", None, host=host)
    address = literal(host)
    if address is not None and not is_public(address) and not allowed.host(host):
        raise RuleBroken("webhook_private", None, host=host)
    return text


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    right = (
        parts.scheme.lower() in ("http", "https")
        and parts.hostname
        and parts.username is None
        and parts.password is None
        and not parts.fragment
        # What one program reads as it stands and the next one unpacks.
        and "%" not in parts.netloc
        and "\\" not in url
        and not any(char.isspace() for char in url)
    )
    return parts.hostname if right else None


def host_of(url: str) -> str:
    """The host of an address that was checked, for people to read."""
    return _host(url) or ""


def check_events(events: Iterable[str], known: Iterable[str]) -> list[str]:
    """Names of events, each once; raises ``webhook_event`` with the first ``unknown`` name."""
    names = set(known)
    wanted = sorted({each.strip() for each in events})
    for each in wanted:
        if each not in names:
            raise RuleBroken("webhook_event", None, unknown=each[:48])
    return wanted


def check_description(text: str) -> str:
    """What an endpoint is for; raises ``text_too_long``."""
    return clean_text(text, "description", DESCRIPTION_LIMIT)


def next_attempt(
    attempts: int,
    now: datetime,
    pause: timedelta | None = None,
) -> datetime | None:
    """When to try again after so many attempts; None when that was the last.

    ``pause``: what the server asked for (Retry-After); the longer of the two holds.
    """
    if attempts > len(DELAYS):
        return None
    wanted = min(pause or timedelta(), MOST_PAUSE)
    return now + max(DELAYS[attempts - 1], wanted)


def has_failed_long(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint has failed for so long that it is disabled."""
    return failing_since is not None and now - failing_since >= PATIENCE


def signing(
    secret: str, old: str | None, old_until: datetime | None, now: datetime
) -> tuple[str, ...]:
    """The secrets that sign at this moment, the newest first."""
    if old is None or old_until is None or now >= old_until:
        return (secret,)
    return (secret, old)
