"""The desk over real HTTP: operators with a session each, the clock in the test's hand."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession, DummyCookieJar, FormData
from aiohttp.test_utils import TestServer

from bot.web.app import create_web
from domain.actor import Actor
from domain.clock import ManualClock
from domain.work import Site
from tests.bot.web.conftest import Answered
from tests.domain.support.desk import Desk, again

_keys = itertools.count(1)


@dataclass
class Web:
    """The desk's addresses as the page calls them; ``token`` is the cookie's value."""

    session: ClientSession
    url: str
    token: str = ""

    async def get(self, path: str, **headers: str) -> Answered:
        """Read."""
        return await self._send("GET", path, None, headers)

    async def act(self, path: str, values: object = None, **headers: str) -> Answered:
        """Act as the page does, with a key of its own."""
        return await self._send("POST", path, json.dumps(values or {}).encode(), headers)

    async def send(self, path: str, values: object, *files: tuple[str, str, bytes]) -> Answered:
        """Act with files: name, media type, content."""
        form = FormData(quote_fields=False)
        form.add_field("values", json.dumps(values))
        for name, mime, content in files:
            form.add_field("file", io.BytesIO(content), filename=name, content_type=mime)
        return await self._send("POST", path, form, {})

    async def _send(
        self, method: str, path: str, data: bytes | FormData | None, given: Mapping[str, str]
    ) -> Answered:
        own = {"Origin": self.url, "X-Desk-Key": f"key-{next(_keys):08}"} if data else {}
        headers = own | {name.replace("_", "-"): value for name, value in given.items()}
        headers = {name: value for name, value in headers.items() if value != "-"}
        if self.token:
            headers["Cookie"] = f"tapsyrys_desk={self.token}"
        where = f"{self.url}{path}" if path.startswith("/desk") else f"{self.url}/desk/api{path}"
        async with self.session.request(method, where, data=data, headers=headers) as response:
            return Answered(response.status, response.headers.copy(), await response.read())


class DeskWeb(Desk):
    """A desk with its page."""

    def __init__(self, site: Site, clock: ManualClock, session: ClientSession) -> None:
        super().__init__(site, clock)
        self.session = session
        self.server = TestServer(create_web(self.services))

    @property
    def guest(self) -> Web:
        """Somebody who is not signed in."""
        return Web(self.session, str(self.server.make_url("")).rstrip("/"))

    async def page_of(self, operator: Actor) -> Web:
        """The page of an operator who is signed in."""
        link = await self.support.desk_link(again(operator))
        entry = await self.support.desk_sign_in(link.token)
        found = self.guest
        found.token = entry.token
        return found


@pytest.fixture
async def desk(site: Site, clock: ManualClock) -> AsyncIterator[DeskWeb]:
    """A desk with nobody at it, and its page served."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        made = DeskWeb(site, clock, session)
        await made.server.start_server()
        yield made
        await made.server.close()
