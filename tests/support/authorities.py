"""One reading of the certificates that a client trusts, for all bots of a run.

A bot that has sent nothing yet has read a hundred and forty certificates: a fifth of what a test's
town costs before anything happens in it. They are the same file each time.
"""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import certifi

_make = ssl.create_default_context


@cache
def _trusting(cafile: str) -> ssl.SSLContext:
    return _make(cafile=cafile)


def read_authorities_once() -> None:
    """Let clients that trust the usual authorities share them; call it once in a process."""

    def made(purpose: ssl.Purpose = ssl.Purpose.SERVER_AUTH, **given: Any) -> ssl.SSLContext:
        usual = purpose is ssl.Purpose.SERVER_AUTH and given == {"cafile": certifi.where()}
        return _trusting(given["cafile"]) if usual else _make(purpose, **given)

    # A caller with authorities or certificates of its own still gets a context of its own.
    ssl.create_default_context = made
