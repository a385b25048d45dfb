"""Tokens of integrations, and when a repeated request may be answered from what was stored."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Conflict, RuleBroken
from domain.texts import required_text

SCOPES = ("integration", "read")
NAME_LIMIT = 48
KEY_LIMIT = 128

# A request whose process died is taken up again after this; none takes as long to work.
WORKED_AT_MOST = timedelta(minutes=2)


@dataclass(frozen=True)
class StoredAnswer:
    """The answer of a request that has been worked: HTTP status, type and body."""

    status: int
    content_type: str
    body: bytes


def token_hash(token: str) -> str:
    """The hash under which a token is stored. It is random: a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_name(name: str) -> str:
    """A token's name tidied; raises ``text_missing``, ``text_too_long``."""
    return required_text(name, "name", NAME_LIMIT)


def check_scope(scope: str) -> str:
    """``integration`` or ``read``; raises ``scope_unknown``."""
    if scope not in SCOPES:
        raise RuleBroken("scope_unknown", None, scope=scope[:32])
    return scope


def check_key(key: str) -> str:
    """A key a client may choose: 1 to 128 visible ASCII; raises ``idempotency_key_format``."""
    if not 1 <= len(key) <= KEY_LIMIT or not all("!" <= each <= "~" for each in key):
        raise RuleBroken("idempotency_key_format", None, limit=KEY_LIMIT)
    return key


def check_repeat(*, same_body: bool, answered: bool, begun_at: datetime, now: datetime) -> None:
    """Whether a key that was seen before may go on.

    Raises Conflict ``idempotency_key_reused`` (another body) and ``request_in_work`` (the first
    one is not answered yet and may still be).
    """
    if not same_body:
        raise Conflict("idempotency_key_reused")
    if not answered and now < begun_at + WORKED_AT_MOST:
        raise Conflict("request_in_work")
