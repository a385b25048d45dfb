"""The OpenAPI document holds every address, and nothing that does not stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.web.api.models import OfferIn, OrderIn, ProducerIn
from bot.web.api.routing import OPERATIONS
from bot.web.api.support_models import ConfirmIn, TicketIn
from tests.bot.web.conftest import Api

DOCS = Path(__file__).parents[3] / "docs" / "api.md"


@pytest.fixture
async def document(api: Api) -> dict[str, object]:
    answered = await api.get("/openapi.json", Authorization="")
    assert answered.status == 200
    return answered.json


def walk(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def member(value: object, *names: str) -> dict[str, object]:
    for name in names:
        assert isinstance(value, dict)
        value = value[name]
    assert isinstance(value, dict)
    return value


async def test_every_address_is_described(api: Api, document: dict[str, object]) -> None:
    assert document["openapi"] == "3.1.0"
    served = {
        (route.method, route.resource.canonical.removeprefix("/api/v1"))
        for route in api.client.app.router.routes()
        if route.resource is not None
        and route.resource.canonical.startswith("/api/v1")
        and route.method != "HEAD"
    }
    described = {
        (method.upper(), path)
        for path, methods in member(document, "paths").items()
        for method in member(methods)
    }
    assert described == served


async def test_every_reference_leads_somewhere(document: dict[str, object]) -> None:
    schemas = member(document, "components", "schemas")
    refs = [str(part["$ref"]) for part in walk(document) if "$ref" in part]
    assert refs
    for ref in refs:
        assert ref.removeprefix("#/components/schemas/") in schemas, ref


async def test_every_operation_is_whole(document: dict[str, object]) -> None:
    ids = []
    for path, methods in member(document, "paths").items():
        for method, operation in member(methods).items():
            found = member(operation)
            ids.append(found["operationId"])
            assert found["summary"], path
            parameters = found["parameters"]
            assert isinstance(parameters, list)
            in_path = {each["name"] for each in parameters if each["in"] == "path"}
            assert in_path == set(re.findall(r"\{(\w+)\}", path)), path
            for status, response in member(found, "responses").items():
                assert re.fullmatch(r"[2-5]\d\d|default", status), path
                assert member(response)["description"]
                assert member(response, "content")
            if method in ("get", "delete"):
                assert "requestBody" not in found
    assert len(ids) == len(set(ids))


async def test_real_answers_have_the_members_described(
    api: Api, document: dict[str, object]
) -> None:
    answered = await api.ok("GET", "/calendar/overrides")
    schema = member(document, "components", "schemas", "OverridesOut")
    assert set(member(schema, "properties")) == set(answered.json)


def test_every_address_stands_in_the_documentation() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for operation in OPERATIONS:
        assert f"`{operation.method} {operation.path}`" in text, operation.path


def test_examples_in_the_documentation_are_json() -> None:
    blocks = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        json.loads(block)


@pytest.mark.parametrize(
    ("member_", "model"),
    [
        ("goods", ProducerIn),
        ("customer_bin", OrderIn),
        ("supplier_bin", OfferIn),
        ("text", TicketIn),
        ("facts", ConfirmIn),
    ],
)
def test_bodies_in_the_documentation_are_taken(member_: str, model: type[BaseModel]) -> None:
    found = [
        body
        for block in re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
        if member_ in (body := json.loads(block))
    ]
    assert found
    for body in found:
        assert body.keys() <= model.model_fields.keys()
        model.model_validate(body)


async def test_a_file_is_described_as_it_is_sent(document: dict[str, object]) -> None:
    sending = member(document, "paths", "/files", "post")
    content = member(sending, "requestBody", "content")
    assert set(content) == {"multipart/form-data", "*/*"}
    schema = member(document, "components", "schemas", "UploadIn")
    assert member(schema, "properties", "file")["format"] == "binary"
    assert schema["required"] == ["file"]
    parameters = sending["parameters"]
    assert isinstance(parameters, list)
    assert [each["name"] for each in parameters if each["in"] == "query"] == ["name", "mime"]
    given = member(document, "paths", "/files/{sha256}", "get", "responses", "200", "content")
    assert member(given, "*/*", "schema")["format"] == "binary"
