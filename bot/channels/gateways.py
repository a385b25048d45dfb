"""Gateways: the installation's mail server, or Apprise for all else.

Apprise has schemes that act on this machine, follow redirects and keep things on disk: of what
people give as addresses only listed schemes come this far (``domain.channels.rules``), and here
names are looked up before each sending, redirects are off and nothing is kept.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlsplit

from bot.channels.outgoing import Resolve, system_resolve
from bot.channels.rendering import Message, mail, words
from bot.mail.transport import MailServer, Unsent
from domain.channels.rules import EMAIL, OTHER
from domain.channels.schemes import LOCAL_SCHEMES
from domain.webhooks.addresses import Allowed

if TYPE_CHECKING:
    from apprise import Apprise

#: Where a gateway's address takes that of the receiver.
PLACE = "{to}"
_PATIENCE = 45.0
_MOST_LETTERS = 4


class Unanswered(Exception):
    """Nobody said in time whether a message was taken."""


class Gateway(Protocol):
    """Sends one message; raises Unsent, Unanswered. ``name`` says what it is, without secrets."""

    name: str

    async def send(self, message: Message) -> None: ...


class MailGateway:
    """The installation's mail server."""

    def __init__(self, url: str, own: str, now: Callable[[], datetime]) -> None:
        self._server = MailServer.of_url(url)
        self._own = own
        self._now = now
        # Threads of its own: a server that hangs must not hold up what else needs one.
        self._threads = ThreadPoolExecutor(_MOST_LETTERS, "letters")
        self.name = f"mail server {self._server.host}:{self._server.port} ({self._server.scheme})"

    async def send(self, message: Message) -> None:
        """Hand the letter over."""
        letter = mail(message, self._own, self._now())
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._threads, self._server.hand_over, letter, self._own, message.to
            )
        except Unsent as error:
            # Servers repeat the address, and reasons are kept and read by others.
            reason = re.sub(re.escape(message.to), "…", error.reason, flags=re.IGNORECASE)
            if error.verdict == "doubt":
                raise Unanswered(reason) from None
            raise Unsent(error.verdict, reason) from None


@cache
def _load() -> None:
    """Load Apprise with all its schemes, in the quiet: an old one asks for what Python gives up."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        # Seconds, and seldom needed.
        from apprise import Apprise  # noqa: PLC0415

        Apprise.instantiate("json://localhost")


def _empty() -> Apprise:
    """Apprise as we use it: nothing kept, followed, made of templates or told in its log."""
    _load()
    from apprise import Apprise, AppriseAsset, PersistentStoreMode  # noqa: PLC0415 - as above

    asset = AppriseAsset(
        storage_mode=PersistentStoreMode.MEMORY,
        service_timeout=_PATIENCE,
        allow_templates=False,
        secure_logging=True,
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        interpret_escapes=False,
        interpret_emojis=False,
        app_id="Tapsyrys",
        app_desc="Tapsyrys",
        app_url="",
    )
    return Apprise(asset=asset)


def _hosts(gateway: Apprise) -> set[str]:
    """The hosts that Apprise would ask, where a scheme has any."""
    found = (getattr(each, "host", None) for each in gateway)
    return {each.strip("[]") for each in found if isinstance(each, str) and each}


def takes(url: str) -> bool:
    """Whether Apprise understands an address."""
    return bool(_empty().add(url))


def check_gateway(url: str) -> str:
    """The address of a gateway as settings give it; raises ValueError that says what is wrong."""
    if url.count(PLACE) != 1:
        raise ValueError("must hold {to} once, where the receiver's address goes")
    scheme = url.partition("://")[0].lower()
    if scheme in LOCAL_SCHEMES:
        raise ValueError("is a scheme that acts on this machine")
    # Some take only a phone in that place, some only an address of mail.
    tried = (url.replace(PLACE, each) for each in ("77011234567", "a%40example.kz"))
    if not any(takes(each) for each in tried):
        raise ValueError("is no address that Apprise understands")
    return url


class AppriseGateway:
    """Anything that Apprise knows: by the installation's address, or by the person's own."""

    def __init__(
        self,
        template: str | None,
        allowed: Allowed | None = None,
        resolve: Resolve = system_resolve,
    ) -> None:
        _load()
        self._template = template
        self._allowed = allowed or Allowed()
        self._resolve = resolve
        scheme = template.partition("://")[0] if template else "address of each person"
        self.name = f"Apprise ({scheme})"

    async def send(self, message: Message) -> None:
        """Send it; Apprise says only whether it went."""
        url = message.to
        if message.channel != OTHER:
            url = (self._template or "").replace(PLACE, quote(message.to, safe=""))
        gateway = _empty()
        if not gateway.add(url):
            raise Unsent("never", "no gateway understands this address")
        if message.channel == OTHER:
            # As we read the address, and as Apprise does.
            for host in {urlsplit(url).hostname or "", *_hosts(gateway)}:
                await self._check_host(host)
        title, body = words(message)
        if message.channel == EMAIL:
            body = message.told.html
        form = "html" if message.channel == EMAIL else "text"
        with await gateway.async_notify(body=body, title=title, body_format=form) as result:
            if result.timeout_count:
                raise Unanswered("the gateway did not answer")
            if not result:
                raise Unsent("later", "the gateway did not take it")

    async def _check_host(self, host: str) -> None:
        """Refuse what leads into our own network; where nobody is named, a service is."""
        try:
            found = await self._resolve(host)
        except socket.gaierror:
            # A token stands in this place: the scheme itself knows its service.
            return
        except (OSError, UnicodeError) as error:
            raise Unsent("later", type(error).__name__) from None
        for each in found:
            address = ipaddress.ip_address(each.partition("%")[0])
            if not self._allowed.address(host, address):
                raise Unsent("never", "the address is not public")
