"""Tokens of integrations, and when a repeated request may be answered from what was stored."""

from __future__ import annotations

import hashlib

from domain.errors import Conflict, RuleBroken
from domain.texts import required_text

#: Of a token for the webhooks of one company.
COMPANY = "webhooks"
SCOPES = ("integration", "read", COMPANY)
#: Of a token that stands for one person.
PERSON = "person"
NAME_LIMIT = 48
KEY_LIMIT = 128


def token_hash(token: str) -> str:
    """The hash under which a token is stored. It is random: a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_name(name: str) -> str:
    """A token's name tidied; raises ``text_missing``, ``text_too_long``."""
    return required_text(name, "name", NAME_LIMIT)


def check_scope(scope: str) -> str:
    """``integration``, ``read`` or ``webhooks``; raises ``scope_unknown``."""
    if scope not in SCOPES:
        raise RuleBroken("scope_unknown", None, scope=scope[:32])
    return scope


def check_key(key: str) -> str:
    """A key a client may choose: 1 to 128 visible ASCII; raises ``idempotency_key_format``."""
    if not 1 <= len(key) <= KEY_LIMIT or not all("!" <= each <= "~" for each in key):
        raise RuleBroken("idempotency_key_format", None, limit=KEY_LIMIT)
    return key


def check_repeat(*, same_request: bool = True, in_work: bool = False) -> None:
    """Whether a key that was seen before may go on.

    Raises Conflict ``request_in_work`` (the first request with it is being worked) and
    ``idempotency_key_reused`` (another request).
    """
    if in_work:
        raise Conflict("request_in_work")
    if not same_request:
        raise Conflict("idempotency_key_reused")
