"""An integration's side in the demo: takes webhooks and says whether their signature is right."""

from __future__ import annotations

import hmac
import json
import uuid
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook

from domain.actor import Actor
from domain.clock import Clock, astana
from domain.services import Services

#: Where the demo's webhooks come in.
HOOK = "/demo/hook"
_KEPT = 50
# As Standard Webhooks has it: older ones may have been recorded and sent again.
_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Hook:
    """One webhook that came."""

    number: int
    at: str
    id: str
    type: str
    verified: bool
    body: str


class Receiver:
    """Webhooks that came, the newest last."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._count = 0
        self.hooks: deque[Hook] = deque(maxlen=_KEPT)

    async def subscribe(self, services: Services, base: str) -> None:
        """Ask for every event once in a demo's life; the secret is kept beside its data."""
        if self._path.exists():
            return
        actor = Actor.system(f"demo:{uuid.uuid4()}", source="cli")
        _, secret = await services.webhooks.create(actor, f"{base}{HOOK}", description="demo")
        self._path.touch(mode=0o600)
        self._path.write_text(secret, encoding="ascii")

    async def take(self, request: web.Request) -> web.Response:
        """What an integration's server does: check first, then keep; 401 for a wrong signature."""
        body = (await request.read()).decode("utf-8", "replace")
        right = self._verified(request, body)
        self._count += 1
        self.hooks.append(
            Hook(
                self._count,
                astana(self._clock.now()).isoformat(),
                request.headers.get("webhook-id", "")[:64],
                _type(body),
                right,
                body,
            )
        )
        return web.Response(status=204 if right else 401)

    def _verified(self, request: web.Request, body: str) -> bool:
        """By the demo's clock: the library's own check would ask the system's."""
        if not self._path.exists():
            return False
        secret = self._path.read_text(encoding="ascii")
        try:
            at = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
            expected = Webhook(secret).sign(request.headers["webhook-id"], at, body)
            given = request.headers["webhook-signature"].split()
        except (KeyError, ValueError, OverflowError, OSError):
            return False
        right = any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)
        return right and abs(self._clock.now() - at) <= _TOLERANCE


def _type(body: str) -> str:
    try:
        parsed: Any = json.loads(body)
    except ValueError:
        return ""
    return str(parsed.get("type", ""))[:64] if isinstance(parsed, dict) else ""
