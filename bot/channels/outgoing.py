"""One request to an address that somebody gave: pinned, without redirects, bounded in all ways.

The name is resolved once and judged; the connection is made to exactly the addresses that were
judged, so that a name server cannot answer differently the second time.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from domain.webhooks.addresses import Address, Allowed, literal

#: Seconds for the connection and for the whole request.
CONNECT = 5.0
TOTAL = 20.0
# Seconds that an answer has for its words, once its status is known.
_WORDS = 3.0
# Bytes read of an answer: what is kept of it fits in, whatever the characters.
_READ = 4096
_SHOWN = 500

# Threads of their own: names that nobody answers for must not hold up files and letters.
_RESOLVING = ThreadPoolExecutor(8, thread_name_prefix="webhook-names")

Resolve = Callable[[str], Awaitable[Sequence[str]]]


class Forbidden(OSError):
    """The address may not be asked."""


@dataclass(frozen=True)
class Answer:
    """What a server said; ``pause`` is what it asks for by Retry-After."""

    status: int
    text: str
    pause: timedelta | None


async def system_resolve(host: str) -> Sequence[str]:
    """Every address of a name, as the system knows them."""
    asked = partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVING, asked)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class PinnedResolver(AbstractResolver):
    """Resolves names for the connector, and gives out judged addresses only."""

    def __init__(self, allowed: Allowed, resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name; raises Forbidden where one of them may not be asked."""
        found = [_address(each) for each in await self._resolve(host)]
        # One bad address among good ones is no accident: none of them is asked.
        if not found or not all(self._allowed.address(host, each) for each in found):
            raise Forbidden(f"{host} leads to an address that is not public")
        return [
            ResolveResult(
                hostname=host,
                host=str(each),
                port=port,
                family=socket.AF_INET if each.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for each in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


def _address(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def check_host(url: str, allowed: Allowed) -> None:
    """Refuse what needs no name server: numbers, and plain http to what is not listed.

    Raises Forbidden.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not allowed.host(host):
        raise Forbidden(f"{host} may be asked by https only")
    # A number is connected to without asking our resolver, also one that only the client's own
    # reading of the address makes a number.
    for each in (host, URL(url).raw_host or ""):
        address = literal(each)
        if address is not None and not allowed.address(each, address):
            raise Forbidden(f"{host} is not public")


def open_session(allowed: Allowed, resolve: Resolve = system_resolve) -> aiohttp.ClientSession:
    """A session for such requests: no cookies, no proxy, no connection kept, nothing unpacked."""
    connector = aiohttp.TCPConnector(
        resolver=PinnedResolver(allowed, resolve),
        use_dns_cache=False,
        force_close=True,
        limit=0,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=TOTAL, sock_connect=CONNECT),
        auto_decompress=False,
        trust_env=False,
    )


async def post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: dict[str, str], now: datetime
) -> Answer:
    """Send a body; raises aiohttp.ClientError, TimeoutError, OSError when nobody answers."""
    async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
        text = await _words(response)
        return Answer(response.status, text, retry_after(response.headers.get("Retry-After"), now))


async def _words(response: aiohttp.ClientResponse) -> str:
    """The beginning of an answer; its status counts even where the words never end."""
    found = bytearray()
    until = time.monotonic() + _WORDS
    try:
        while len(found) < _READ and (left := until - time.monotonic()) > 0:
            async with asyncio.timeout(left):
                part = await response.content.readany()
            if not part:
                break
            found += part
    except (aiohttp.ClientError, TimeoutError, OSError):
        pass
    text = bytes(found[:_READ]).decode("utf-8", "replace")
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)[:_SHOWN]


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """What Retry-After asks for: seconds or a date; None when it says nothing readable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(at - now, timedelta())
