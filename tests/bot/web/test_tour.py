"""The page of examples does what it says, from its first command to its last."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from aiohttp import FormData

from domain.actor import Actor
from domain.clock import ManualClock
from domain.services import Services
from domain.terms import Term
from tests.bot.web.conftest import Api
from tests.bot.web.shell import (
    Curl,
    assignment,
    blocks,
    commands,
    differs,
    jq,
    read_curl,
    taken,
)
from tests.support.factories import next_cause

PAGE = Path(__file__).parents[3] / "docs" / "api-tour.md"
FILES = {
    "drawing.pdf": b"%PDF-1.7 drawing",
    "contract.pdf": b"%PDF-1.7 contract",
    "pipe.jpg": b"\xff\xd8\xff pipe",
}


class Tour:
    """A reader who types the page from top to bottom."""

    def __init__(self, api: Api, services: Services, clock: ManualClock) -> None:
        self.api, self.services, self.clock = api, services, clock
        self.variables = {"TOKEN": api.token}
        self.saved: dict[str, bytes] = {}
        self.answer = b""

    async def type(self, command: str) -> None:
        """One command."""
        if (found := assignment(command, self.variables)) is not None:
            self.variables[found[0]] = found[1]
            return
        name, request, path = taken(command)
        await self.send(read_curl(request, self.variables, FILES))
        if name is not None:
            self.variables[name] = jq(self.answer, path)

    async def send(self, asked: Curl) -> None:
        """A request, to the server of the test instead of the one on the page."""
        path = asked.url.removeprefix(self.variables["HOST"])
        assert path.startswith("/"), asked.url
        if path == "/demo/clock":
            await self.move(asked)
            return
        data: FormData | io.BytesIO | None = None
        if asked.form is not None:
            data = FormData(quote_fields=False)
            data.add_field(asked.form[0], io.BytesIO(FILES[asked.form[1]]), filename=asked.form[1])
        elif asked.data is not None:
            data = io.BytesIO(asked.data)
        async with self.api.client.request(
            asked.method, path, data=data, headers=asked.headers
        ) as response:
            self.answer = await response.read()
            assert response.status < 500, self.answer
        if asked.saved is not None:
            self.saved[asked.saved] = self.answer

    async def move(self, asked: Curl) -> None:
        """The demo's clock, by a term."""
        step = jq(asked.data or b"", ".advance")
        actor = Actor.system(next_cause())
        calendar = await self.services.working_time.calendar(actor)
        self.clock.set(calendar.due(self.clock.now(), Term.parse(step)).due_at)
        while await self.services.deadlines.fire_due():
            pass


async def test_the_tour_does_what_it_says(api: Api, services: Services, clock: ManualClock) -> None:
    tour = Tour(api, services, clock)
    shown = 0
    for language, text in blocks(PAGE.read_text(encoding="utf-8")):
        if language == "sh":
            for command in commands(text):
                await tour.type(command)
        else:
            difference = differs(json.loads(text), json.loads(tour.answer))
            assert difference is None, (difference, tour.answer.decode())
            shown += 1
    assert shown >= 10
    assert tour.saved["protocol.pdf"].startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("shown", "real", "same"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": [{"b": None}]}, {"a": [{"b": None, "c": 1}]}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": None}, {}, False),
        ([], [1], False),
        ({"a": {}}, {"a": []}, False),
    ],
)
def test_an_example_that_is_not_true_is_found(shown: object, real: object, same: bool) -> None:
    assert (differs(shown, real) is None) is same


def test_a_script_is_read_as_a_shell_reads_it() -> None:
    script = 'A=1\nB="x $A"\ncurl -s \\\n  $U --json \'{\n "a": "\'$A\'"}\' -H "K: $B"\n'
    first, second, third = commands(script)
    assert assignment(first, {}) == ("A", "1")
    assert assignment(second, {"A": "1"}) == ("B", "x 1")
    asked = read_curl(third, {"U": "http://x/y", "A": "1", "B": "x 1"}, {})
    assert (asked.method, asked.url, asked.headers["K"]) == ("POST", "http://x/y", "x 1")
    assert json.loads(asked.data or b"") == {"a": "1"}
    with pytest.raises(AssertionError):
        read_curl("curl --unknown", {}, {})
    with pytest.raises(KeyError):
        read_curl("curl $NOWHERE", {}, {})
