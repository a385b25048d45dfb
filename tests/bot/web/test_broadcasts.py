"""Broadcasts over HTTP: read, and nothing else."""

from __future__ import annotations

from domain.broadcasts.rules import Audience, Button, Content, File
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Api, MakeToken
from tests.bot.web.story import problem
from tests.support.factories import admin_actor, again, make_person

NEWS = Content(
    "<b>Жаңалық</b>",
    "Новость",
    File("photo", "AgAC", "photo-1.jpg", "image/jpeg", 1000),
    Button(url="https://example.kz", label_kk="Оқу", label_ru="Читать"),
)


async def test_integrations_read_broadcasts_page_by_page(
    api: Api, services: Services, make_token: MakeToken
) -> None:
    assert (await api.ok("GET", "/broadcasts")).json == {"items": [], "next": None}
    admin = await admin_actor(services.site)
    await make_person(services.site, role=Role.OBSERVER, language="kk")
    first = await services.broadcasts.create(again(admin), "a", NEWS, Audience(("observer",), "kk"))
    second = await services.broadcasts.create(again(admin), "b", Content("а", "б"), Audience())
    reader = Api(api.client, await make_token("read"))
    page = await reader.ok("GET", "/broadcasts?limit=1")
    assert page["items.0.number"] == second
    page = await reader.ok("GET", f"/broadcasts?limit=1&cursor={page['next']}")
    assert (page["items.0.number"], page["next"]) == (first, None)
    found = await reader.ok("GET", f"/broadcasts/{first}")
    assert (found["state"], found["content.text_kk"]) == ("running", "<b>Жаңалық</b>")
    assert found["content.button.url"] == "https://example.kz"
    assert found["content.file.kind"] == "photo"
    assert (found["audience.roles"], found["audience.language"]) == (["observer"], "kk")
    assert (found["progress.total"], found["progress.waiting"], found["progress.percent"]) == (
        1,
        1,
        0,
    )
    assert found["started_at"] == "2026-11-20T10:00:00+05:00"
    assert "file_id" not in found.raw.decode(), "only our own bot can use it"


async def test_nothing_is_sent_by_the_api_and_strangers_read_nothing(api: Api) -> None:
    problem(await api.get("/broadcasts/7"), 404, "broadcast_unknown")
    problem(await api.get("/broadcasts/x"), 404, "broadcast_unknown")
    problem(await api.get("/broadcasts?cursor=zzz"), 400, "cursor_invalid")
    assert (await api.post("/broadcasts", {})).status == 405
    assert (await Api(api.client, "").get("/broadcasts")).status == 401
