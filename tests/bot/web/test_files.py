"""Files over HTTP: sent, named in orders, offers and contracts, and given back to who may see."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from aiohttp import FormData

from domain.clock import ManualClock
from domain.files import MAX_FILE_BYTES
from domain.services import Services
from tests.bot.web.conftest import Answered, Api, MakeToken
from tests.bot.web.story import FIRST, SECOND, companies, offer, order, problem, published
from tests.domain.stage import moment

PHOTO = b"\xff\xd8\xff photo of a pipe"


async def send(
    api: Api, content: bytes, query: str = "", kind: str = "image/jpeg", key: str | None = None
) -> Answered:
    return await api.call("POST", f"/files{query}", raw=content, key=key, Content_Type=kind)


async def form(api: Api, data: FormData) -> Answered:
    """As a browser or ``curl -F`` sends it."""
    headers = {"Authorization": f"Bearer {api.token}"}
    async with api.client.post("/api/v1/files", data=data, headers=headers) as response:
        return Answered(response.status, response.headers, await response.read())


async def sent(api: Api, content: bytes = PHOTO, name: str = "pipe.jpg") -> str:
    """The id of a file that has been sent."""
    made = await send(api, content, f"?name={name}", kind="application/octet-stream")
    assert made.status == 201, made.raw
    return str(made["file"])


async def test_a_file_is_sent_bare_or_in_a_form(api: Api) -> None:
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    shown = {
        "file": sha256,
        "name": "труба.jpg",
        "mime": "image/jpeg",
        "size": len(PHOTO),
        "sha256": sha256,
    }
    bare = await send(api, PHOTO, "?name=%D1%82%D1%80%D1%83%D0%B1%D0%B0.jpg")
    assert (bare.status, bare.json) == (201, shown)
    # A program that says nothing of the type: the name tells.
    unsaid = await send(api, PHOTO, "?name=a.png", kind="application/x-www-form-urlencoded")
    assert unsaid["mime"] == "image/png"
    assert (await send(api, PHOTO, "?mime=image/webp"))["mime"] == "image/webp"

    data = FormData(quote_fields=False)  # as browsers and curl write names
    data.add_field("note", "not ours")
    data.add_field("file", PHOTO, filename="труба.jpg", content_type="image/jpeg")
    assert (await form(api, data)).json == shown
    named = FormData()
    named.add_field("file", PHOTO, filename="1.bin")
    named.add_field("name", "труба.jpg")
    named.add_field("mime", "image/jpeg")
    assert (await form(api, named)).json == shown

    back = await api.get(f"/files/{sha256.upper()}")
    assert (back.status, back.raw) == (200, PHOTO)
    assert back.headers["Content-Type"] == "image/jpeg"
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%D1%82%D1%80%D1%83%D0%B1%D0%B0.jpg"
    )


async def test_a_file_that_cannot_be_taken(api: Api, make_token: MakeToken) -> None:
    biggest = await send(api, bytes(MAX_FILE_BYTES))
    assert biggest["size"] == MAX_FILE_BYTES
    found = problem(await send(api, bytes(MAX_FILE_BYTES + 1)), 413, "body_too_large")
    assert found["params"] == {"limit": 20}
    too_much = FormData()
    too_much.add_field("file", io.BytesIO(bytes(MAX_FILE_BYTES + 1)), filename="x")
    problem(await form(api, too_much), 413, "body_too_large")
    problem(await send(api, b""), 400, "invalid_request")
    problem(await send(api, b"x", "?name=%FF"), 400, "invalid_request")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        problem(await send(api, b"--y\r\nnonsense", kind=kind), 400, "form_invalid")
    nothing = FormData()
    nothing.add_field("picture", PHOTO, filename="x.jpg")
    problem(await form(api, nothing), 400, "form_invalid")

    problem(await send(replace(api, token=""), PHOTO), 401, "token_missing")
    reader = replace(api, token=await make_token("read"))
    problem(await send(reader, PHOTO), 403, "scope_too_small")


async def test_the_same_sending_twice(api: Api) -> None:
    first = await send(api, PHOTO, "?name=a.jpg", key="k-1")
    again = await send(api, PHOTO, "?name=a.jpg", key="k-1")
    assert (again.raw, again.headers["Idempotency-Replayed"]) == (first.raw, "true")
    other = await send(api, PHOTO + b"!", "?name=a.jpg", key="k-1")
    problem(other, 409, "idempotency_key_reused")
    problem(await send(api, PHOTO, "?name=b.jpg", key="k-1"), 409, "idempotency_key_reused")


@pytest.mark.parametrize("name", ["0" * 64, "x", "%00", "..%2F..%2Fsecret", "9" * 63 + "Ж"])
async def test_a_file_that_nobody_sent(api: Api, name: str) -> None:
    problem(await api.get(f"/files/{name}"), 404, "file_unknown")


async def test_files_of_an_order_come_with_it(api: Api, make_token: MakeToken) -> None:
    await companies(api, FIRST)
    drawing, scheme = await sent(api, b"drawing", "d.pdf"), await sent(api, b"scheme", "s.pdf")
    found = problem(
        await api.post("/orders", order(files=[drawing, "f" * 64])), 404, "file_unknown"
    )
    assert found["params"] == {"field": "files[1]"}
    stranger = replace(api, token=await make_token("read"))
    problem(await stranger.get(f"/files/{drawing}"), 404, "file_unknown")

    made = await api.ok("POST", "/orders", order(files=[drawing]))
    shown = await api.ok("GET", f"/orders/{made['number']}")
    assert (shown["files.0.file"], shown["files.0.name"]) == (drawing, "d.pdf")
    assert (await stranger.get(f"/files/{drawing}")).raw == b"drawing"
    path = f"/orders/{made['number']}"
    await api.ok("PUT", path, order(delivery_days=100))
    assert (await api.get(path))["files.0.file"] == drawing
    await api.ok("PUT", path, order(files=[scheme]))
    assert (await api.get(path))["files.0.file"] == scheme
    await api.ok("PUT", path, order(files=[]))
    assert (await api.get(path))["files"] == []
    problem(await stranger.get(f"/files/{drawing}"), 404, "file_unknown")


@pytest.mark.clause("344-13.3b")
@pytest.mark.clause("344-13.4a")
async def test_photos_of_an_offer_are_sealed_with_it(
    api: Api, services: Services, clock: ManualClock, make_token: MakeToken
) -> None:
    number = await published(api, FIRST, SECOND)
    early, photo, drawing = [
        await sent(api, content, name)
        for content, name in ((b"early", "e.jpg"), (PHOTO, "p.jpg"), (b"drawing", "d.pdf"))
    ]
    path = f"/orders/{number}/offers"
    wrong = problem(await api.post(path, offer(FIRST, photos=[drawing])), 422, "photo_not_picture")
    assert (wrong["clause"], wrong["params"]) == ("344-13.3", {"field": "lines[0].photos[0]"})
    unknown = problem(await api.post(path, offer(FIRST, photos=["x"])), 404, "file_unknown")
    assert unknown["params"] == {"field": "lines[0].photos[0]"}
    await api.ok("POST", path, offer(FIRST, photos=[early]))
    await api.ok("POST", path, offer(FIRST, photos=[photo, early]))
    await api.ok("POST", path, offer(SECOND))

    reader = replace(api, token=await make_token("read"))
    problem(await reader.get(f"/files/{photo}"), 404, "file_unknown")
    clock.set(moment("11-25 00:00"))
    # Also at the due instant, before anything has been swept.
    problem(await reader.get(f"/files/{photo}"), 404, "file_unknown")
    await services.deadlines.fire_due()
    listed = await reader.get(path)
    assert (listed["items.0.lines.0.photos.0.file"], listed["items.1.lines.0.photos"]) == (
        photo,
        [],
    )
    assert listed["items.0.lines.0.photos.1.name"] == "e.jpg"
    assert (await reader.get(f"/files/{photo}")).raw == PHOTO


async def test_the_file_of_a_contract(
    api: Api, services: Services, clock: ManualClock, make_token: MakeToken
) -> None:
    number = await published(api, FIRST)
    await api.ok("POST", f"/orders/{number}/offers", offer(FIRST))
    clock.set(moment("11-25 00:00"))
    await services.deadlines.fire_due()
    choice = {"supplier_bin": FIRST, "line": 1, "quantity": "120.5"}
    chosen = await api.ok("POST", f"/orders/{number}/awards", {"awards": [choice]})
    await api.ok("POST", f"/awards/{chosen['awards.0.id']}/confirm")
    contract = {"supplier_bin": FIRST, "contract_number": "17", "signed_on": "2026-11-25"}
    path = f"/orders/{number}/contracts"
    unknown = problem(await api.post(path, {**contract, "file": "x"}), 404, "file_unknown")
    assert unknown["params"] == {"field": "file"}
    scan = await sent(api, b"scan", "contract.pdf")
    entered = await api.ok("POST", path, {**contract, "file": scan})
    assert (entered["file.file"], entered["file.name"]) == (scan, "contract.pdf")
    assert (await api.get(f"/orders/{number}"))["contracts.0.file.file"] == scan
    reader = replace(api, token=await make_token("read"))
    assert (await reader.get(f"/files/{scan}")).raw == b"scan"
