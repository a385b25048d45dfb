"""Who gets in at the desk's door, from which page, and what the answers allow a browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from aiohttp import ClientSession, DummyCookieJar
from aiohttp.test_utils import TestServer

from bot.web.app import create_web
from bot.web.desk.mount import ACTS, READS
from domain.people.service import People
from domain.roles import Role
from tests.bot.web.desk.conftest import DeskWeb
from tests.domain.support.desk import VOICE, again


async def test_the_page_is_there_and_nothing_foreign_may_run_in_it(desk: DeskWeb) -> None:
    page = await desk.guest.get("/desk")
    assert page.status == 200
    assert b"/desk/static/main.js" in page.raw
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["desk.css", "main.js", "queue.js", "icon.svg"])
async def test_the_files_of_the_page_are_served(desk: DeskWeb, name: str) -> None:
    assert (await desk.guest.get(f"/desk/static/{name}")).status == 200


@pytest.mark.parametrize("name", ["mount.py", "..%2fmount.py", "%2e%2e%2fframe.py", "nothing.js"])
async def test_nothing_else_is_served(desk: DeskWeb, name: str) -> None:
    assert (await desk.guest.get(f"/desk/static/{name}")).status == 404


@pytest.mark.parametrize("path", sorted({*READS, *ACTS}))
async def test_without_a_session_every_address_is_shut(desk: DeskWeb, path: str) -> None:
    number = await desk.asked(await desk.user())
    where = re.sub(r"\{\w+\}", "1", path.replace("{number}", str(number)))
    guest = desk.guest
    for token in ("", "wrong"):
        guest.token = token
        answered = await (guest.get(where) if path in READS else guest.act(where))
        assert (answered.status, answered["code"]) == (401, "desk_session_over"), path


async def test_a_link_opens_a_session_in_a_cookie_no_script_reads(desk: DeskWeb) -> None:
    link = await desk.support.desk_link(await desk.operator("Мұрат"))
    answered = await desk.guest.act("/sign-in", {"token": link.token})
    cookie = answered.headers["Set-Cookie"]
    assert answered.status == 200
    for part in ("HttpOnly", "SameSite=Strict", "Path=/desk", "Max-Age=43200"):
        assert part in cookie
    # Plain http on the machine itself: a secure cookie would never come back.
    assert "Secure" not in cookie
    inside = desk.guest
    inside.token = cookie.partition("=")[2].partition(";")[0]
    assert (await inside.get("/me"))["name"] == "Мұрат"
    again_ = await desk.guest.act("/sign-in", {"token": link.token})
    assert (again_.status, again_["code"]) == (404, "desk_link_dead")


async def test_by_https_the_cookie_travels_by_https_only(desk: DeskWeb) -> None:
    link = await desk.support.desk_link(await desk.operator())
    server = TestServer(create_web(desk.services, public_url="https://desk.example.kz"))
    await server.start_server()
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        headers = {"Origin": "https://desk.example.kz", "X-Desk-Key": "key-00000001"}
        where = server.make_url("/desk/api/sign-in")
        body = {"token": link.token}
        async with session.post(where, json=body, headers=headers) as response:
            assert response.status == 200
            assert "Secure" in response.headers["Set-Cookie"]
    await server.close()


@pytest.mark.parametrize("body", [b"", b"[]", b'{"token": 5}', b"{", b'{"token": ""}'])
async def test_what_is_no_link_is_refused_politely(desk: DeskWeb, body: bytes) -> None:
    answered = await desk.guest._send("POST", "/sign-in", body or b" ", {})
    assert (answered.status, answered["code"]) == (404, "desk_link_dead")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "-"},
        {"X_Desk_Key": "-"},
        {"X_Desk_Key": "x"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
async def test_an_act_from_another_page_is_refused(desk: DeskWeb, headers: dict[str, str]) -> None:
    number = await desk.asked(await desk.user())
    operator = await desk.operator()
    page = await desk.page_of(operator)
    answered = await page.act(f"/tickets/{number}/take", **headers)
    assert (answered.status, answered["code"]) == (403, "cross_site")
    assert (await desk.seen(operator, number)).line.assignee_id is None
    link = await desk.support.desk_link(again(operator))
    refused = await desk.guest.act("/sign-in", {"token": link.token}, **headers)
    assert refused["code"] == "cross_site"


async def test_the_session_ends_with_the_role(desk: DeskWeb) -> None:
    admin, operator = await desk.admin(), await desk.operator()
    page = await desk.page_of(operator)
    assert (await page.get("/queue")).status == 200
    desk.clock.advance(timedelta(minutes=1))
    person = operator.person_id or 0
    await People(desk.site).revoke_role(again(admin), person, Role.SUPPORT, None, "приказ")
    assert (await page.get("/queue")).status == 401
    assert (await page.act("/shift", {"on": True})).status == 401


async def test_signing_out_shuts_the_door(desk: DeskWeb) -> None:
    page = await desk.page_of(await desk.operator())
    answered = await page.act("/sign-out")
    assert answered.status == 200
    assert "Max-Age=0" in answered.headers["Set-Cookie"]
    assert (await page.get("/me")).status == 401


@pytest.mark.clause("366-21.1")
async def test_only_whoever_may_hears_and_each_hearing_is_on_record(desk: DeskWeb) -> None:
    number = await desk.left_voice(await desk.user())
    operator = await desk.operator("Мұрат")
    waiting = (await desk.seen(operator, number)).messages[0].files[0]
    page = await desk.page_of(operator)
    where = f"/tickets/{number}/files/{waiting.id}"
    assert (await page.get(where))["code"] == "recording_not_stored"

    sha256 = await desk.site.files.put(b"OggS" + b"voice" * 100)
    await desk.support.file_stored(waiting.id, sha256, 504)
    first = await page.get(f"{where}?play=hearing-one", Range="bytes=0-99")
    rest = await page.get(f"{where}?play=hearing-one", Range="bytes=100-")
    assert (first.status, first.headers["Content-Range"]) == (206, "bytes 0-99/504")
    assert first.raw + rest.raw == b"OggS" + b"voice" * 100
    assert first.headers["Content-Type"] == "audio/ogg"
    assert (await page.get(f"{where}?play=hearing-two")).status == 200
    assert (await desk.guest.get(where)).status == 401

    recording = waiting.recording or 0
    steps = await desk.services.recordings.steps(again(operator), recording)
    assert [each.name for each in steps if each.step == "listened"] == ["Мұрат", "Мұрат"]

    desk.clock.advance(timedelta(hours=1))
    for query in ("?play=hearing-one", "", ""):
        assert (await page.get(where + query)).status == 200
    steps = await desk.services.recordings.steps(again(operator), recording)
    assert len([each for each in steps if each.step == "listened"]) == 5


async def test_a_file_of_another_ticket_is_not_reached_through_this_one(desk: DeskWeb) -> None:
    user = await desk.user()
    one, other = await desk.asked(user), await desk.asked(await desk.user(), "", [VOICE])
    operator = await desk.operator()
    file = (await desk.seen(operator, other)).messages[0].files[0]
    page = await desk.page_of(operator)
    answered = await page.get(f"/tickets/{one}/files/{file.id}")
    assert (answered.status, answered["code"]) == (404, "ticket_file_unknown")
