"""The whole API over real HTTP, on a database of one's own, with the clock in the test's hand."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

import pytest
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request

from bot.health import Condition
from bot.web.app import create_web
from domain.actor import Actor
from domain.services import Services
from domain.work import Site

USERNAME = "tapsyrys_bot"


@dataclass
class Answered:
    """An answer as a program reads it."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body; its members are narrowed by the test."""
        found = json.loads(self.raw)
        assert isinstance(found, dict)
        return found

    def __getitem__(self, path: str) -> object:
        """A value by its path: ``lines.0.price``."""
        value: object = self.json
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else _member(value, part)
        return value


def _member(value: object, name: str) -> object:
    assert isinstance(value, dict), value
    return value[name]


@dataclass
class Api:
    """A client with a token."""

    client: TestClient[Request, Application]
    token: str
    language: str = "en"

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        raw: bytes | None = None,
        **headers: str,
    ) -> Answered:
        """Send a request; ``body`` as JSON, or ``raw`` as it is."""
        sent = {"Accept-Language": self.language, "Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            sent["Idempotency-Key"] = key
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = json.dumps(body).encode() if body is not None else raw
        data = None if content is None else io.BytesIO(content)
        where = path if path.startswith(("/healthz", "/readyz", "/serving")) else f"/api/v1{path}"
        async with self.client.request(method, where, data=data, headers=sent) as response:
            return Answered(response.status, response.headers, await response.read())

    async def get(self, path: str, **headers: str) -> Answered:
        return await self.call("GET", path, None, key=None, raw=None, **headers)

    async def post(self, path: str, body: object = None, *, key: str | None = None) -> Answered:
        return await self.call("POST", path, body, key=key)

    async def put(self, path: str, body: object = None, *, key: str | None = None) -> Answered:
        return await self.call("PUT", path, body, key=key)

    async def ok(self, method: str, path: str, body: object = None) -> Answered:
        """A call that must succeed."""
        answered = await self.call(method, path, body)
        assert answered.status in (200, 201), (path, answered.status, answered.raw)
        return answered


@pytest.fixture
def services(site: Site) -> Services:
    return Services(site)


@pytest.fixture
def silent() -> list[str]:
    """Parts that the application takes for silent; a test fills it."""
    return []


@pytest.fixture
def ill() -> dict[str, str]:
    """What ails the application, and what to do; a test fills it."""
    return {}


MakeToken = Callable[[str], Awaitable[str]]


@pytest.fixture
def make_token(services: Services) -> MakeToken:
    async def make(scope: str) -> str:
        return await services.integrations.create_token(
            Actor.system(f"cli:{scope}", "cli"), f"{scope} of tests", scope
        )

    return make


@pytest.fixture
async def api(
    services: Services, silent: list[str], ill: dict[str, str], make_token: MakeToken
) -> AsyncIterator[Api]:
    """A client with a token of scope ``integration``."""

    async def username() -> str:
        return USERNAME

    def condition() -> Condition:
        return Condition(silent, ill, not silent and not ill, {"deadlines": 0.4, "desk": None})

    app = create_web(services, username=username, condition=condition)
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield Api(client, await make_token("integration"))
