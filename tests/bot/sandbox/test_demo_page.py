"""How the demo's page is served, and that its own words are whole in three languages."""

from __future__ import annotations

import json
import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from bot.sandbox.demo_page import PAGE, add_page

WORD_USE = re.compile(r"""\bt\(\s*["']([\w.-]+)["']""")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Keys put together in code: `role.${role}` and its like.
BUILT = (
    *("role.", "feed.", "clock.", "person.", "link.", "panel.", "hub."),
    *("fault.", "chain.", "channel.", "state.", "step.", "outcome."),
)


def words() -> dict[str, dict[str, str]]:
    """The page's dictionary."""
    source = (PAGE / "words.js").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(
        source[source.index("{") : source.rindex("}") + 1]
    )
    return found


def scripts() -> str:
    """All scripts of the page but the dictionary."""
    return "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(PAGE.glob("*.js"))
        if path.name != "words.js"
    )


def page_client() -> TestClient[web.Request, web.Application]:
    """The page on a server of its own."""
    app = web.Application()
    add_page(app)
    return TestClient(TestServer(app))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/demo", "text/html"),
        ("/demo/", "text/html"),
        ("/demo/static/main.js", "text/javascript"),
        ("/demo/static/style.css", "text/css"),
        ("/demo/static/icon.svg", "image/svg+xml"),
    ],
)
async def test_files_come_with_their_type_and_a_strict_policy(path: str, kind: str) -> None:
    async with page_client() as client:
        answer = await client.get(path)
        assert (answer.status, answer.content_type) == (200, kind)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


async def test_ready_voice_is_served_as_sound() -> None:
    async with page_client() as client:
        answer = await client.get("/demo/static/voice.ogg")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/ogg")
        assert (await answer.read()).startswith(b"OggS")


@pytest.mark.parametrize("name", ["absent.js", "..%2Fdemo_page.py", "%2e%2e%2fserver.py"])
async def test_nothing_else_can_be_asked_for(name: str) -> None:
    async with page_client() as client:
        answer = await client.get(URL(f"/demo/static/{name}", encoded=True))
        assert answer.status == 404


def test_words_are_whole_with_equal_placeholders() -> None:
    for key, entry in words().items():
        assert set(entry) == {"kk", "ru", "en"}, key
        assert all(text.strip() for text in entry.values()), key
        marks = {frozenset(PLACEHOLDER.findall(text)) for text in entry.values()}
        assert len(marks) == 1, key
        assert not re.search("[Ѐ-ӿ]", entry["en"]), key


def test_lists_of_months_and_weekdays_are_complete() -> None:
    for lang in ("kk", "ru", "en"):
        assert len(words()["date.months"][lang].split()) == 12
        assert len(words()["date.weekdays"][lang].split()) == 7


def test_every_word_used_exists_and_every_word_is_used() -> None:
    source, known = scripts(), words()
    assert set(WORD_USE.findall(source)) - set(known) == set()
    unused = [key for key in known if f'"{key}"' not in source and not key.startswith(BUILT)]
    assert unused == []


def test_text_from_outside_has_no_way_to_become_markup() -> None:
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert sink not in scripts()
