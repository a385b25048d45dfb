"""Gateways: the installation's mail server, or Apprise for all else.

Apprise has schemes that act on this machine, follow redirects and keep things on disk: of what
people give as addresses only listed schemes come this far (``domain.channels.rules``), and here
names are looked up before each sending, redirects are off and nothing is kept.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from urllib.parse import quote, urlsplit

from apprise import Apprise, AppriseAsset, NotifyFormat, PersistentStoreMode
from apprise.result import AppriseResultStatus

from bot.channels.outgoing import Resolve, system_resolve
from bot.channels.rendering import Message, mail, words
from bot.mail.transport import MailServer, Unsent
from domain.channels.rules import EMAIL, OTHER
from domain.channels.schemes import LOCAL_SCHEMES
from domain.webhooks.addresses import Allowed

#: Where a gateway's address takes that of the receiver.
PLACE = "{to}"
_PATIENCE = 45.0


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
        self.name = f"mail server {self._server.host}:{self._server.port} ({self._server.scheme})"

    async def send(self, message: Message) -> None:
        """Hand the letter over."""
        letter = mail(message, self._own, self._now())
        await asyncio.to_thread(self._server.hand_over, letter, self._own, message.to)


def asset() -> AppriseAsset:
    """How Apprise works for us: nothing kept, followed, made of templates or told in its log."""
    made = AppriseAsset(
        storage_mode=PersistentStoreMode.MEMORY,
        service_timeout=_PATIENCE,
        allow_templates=False,
        secure_logging=True,
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        interpret_escapes=False,
        interpret_emojis=False,
    )
    made.app_id = made.app_desc = "Tapsyrys"
    made.app_url = ""
    return made


def check_gateway(url: str) -> str:
    """The address of a gateway as settings give it; raises ValueError that says what is wrong."""
    if url.count(PLACE) != 1:
        raise ValueError("must hold {to} once, where the receiver's address goes")
    scheme = url.partition("://")[0].lower()
    if scheme in LOCAL_SCHEMES:
        raise ValueError("is a scheme that acts on this machine")
    # Some take only a phone in that place, some only an address of mail.
    tried = (url.replace(PLACE, each) for each in ("77011234567", "a%40example.kz"))
    if all(Apprise.instantiate(each, asset=asset()) is None for each in tried):
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
        self._template = template
        self._allowed = allowed or Allowed()
        self._resolve = resolve
        scheme = template.partition("://")[0] if template else "address of each person"
        self.name = f"Apprise ({scheme})"

    async def send(self, message: Message) -> None:
        """Send it; Apprise says only whether it went."""
        if message.channel == OTHER:
            await self._check_host(message.to)
            url = message.to
        else:
            url = (self._template or "").replace(PLACE, quote(message.to, safe=""))
        gateway = Apprise(asset=asset())
        if not await asyncio.to_thread(gateway.add, url):
            raise Unsent("never", "no gateway understands this address")
        title, body = words(message)
        form = NotifyFormat.TEXT
        if message.channel == EMAIL:
            body, form = message.told.html, NotifyFormat.HTML
        with await gateway.async_notify(body=body, title=title, body_format=form) as result:
            if result.status is AppriseResultStatus.TIMEOUT:
                raise Unanswered("the gateway did not answer")
            if not result:
                raise Unsent("later", "the gateway did not take it")

    async def _check_host(self, url: str) -> None:
        """Refuse what leads into our own network; where nobody is named, a service is."""
        host = urlsplit(url).hostname or ""
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
