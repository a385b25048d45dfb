"""A server that speaks as much of S3 as a store of files needs: one bucket, signed requests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

BUCKET, REGION, KEY_ID, SECRET = "files", "kz-1", "KEYID", "a/secret+word"


def _error(status: int, code: str) -> web.Response:
    return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>")


@dataclass
class S3:
    """What the bucket holds, and how often the server is still to be out of order."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    faults: int = 0

    @property
    def endpoint(self) -> str:
        """The address to be named in the settings."""
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        """PUT, also on the condition that there is none; GET; deletion of several; a listing."""
        body = await request.read()
        signed = request.headers.get("Authorization", "")
        if f"Credential={KEY_ID}/" not in signed or f"/{REGION}/s3/aws4_request" not in signed:
            return _error(403, "AccessDenied")
        if self.faults:
            self.faults -= 1
            return _error(503, "SlowDown")
        if request.method == "POST" and "delete" in request.query:
            keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
            for key in keys:
                self.objects.pop(f"/{BUCKET}/{key}", None)
            # Also of those that were not there.
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return web.Response(text=f"<DeleteResult>{gone}</DeleteResult>")
        if request.query.get("list-type") == "2":
            return self._listing(request.query)
        return self._one(request, body)

    def _listing(self, query: Mapping[str, str]) -> web.Response:
        """A page of two, so that whoever lists has to turn it."""
        keys = sorted(key.removeprefix(f"/{BUCKET}/") for key in self.objects)
        after = query.get("continuation-token", "")
        left = [key for key in keys if key.startswith(query.get("prefix", "")) and key > after]
        rows = "".join(
            f"<Contents><Key>{key}</Key><Size>{len(self.objects[f'/{BUCKET}/{key}'])}</Size>"
            f"<LastModified>2026-11-20T05:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
            for key in left[:2]
        )
        more = f"<NextContinuationToken>{left[1]}</NextContinuationToken>" if left[2:] else ""
        truncated = str(bool(left[2:])).lower()
        return web.Response(
            text=f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{more}{rows}"
            "</ListBucketResult>"
        )

    def _one(self, request: web.Request, body: bytes) -> web.Response:
        key = request.path
        if not key.startswith(f"/{BUCKET}/"):
            return _error(404, "NoSuchBucket")
        if request.method == "PUT":
            if request.headers.get("If-None-Match") == "*" and key in self.objects:
                return _error(412, "PreconditionFailed")
            self.objects[key] = body
            return web.Response(headers=_tag(body))
        if key not in self.objects:
            return _error(404, "NoSuchKey")
        found = self.objects[key]
        when = {"Last-Modified": "Fri, 20 Nov 2026 05:00:00 GMT"}
        return web.Response(body=found, headers={**_tag(found), **when})


def _tag(content: bytes) -> dict[str, str]:
    return {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}


@asynccontextmanager
async def s3_server() -> AsyncIterator[S3]:
    """The server for the time of the context, on a port of its own."""
    s3 = S3()
    app = web.Application(client_max_size=64 * 1024**2)
    app.router.add_route("*", "/{path:.*}", s3.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        s3.port = runner.addresses[0][1]
        yield s3
    finally:
        await runner.cleanup()
