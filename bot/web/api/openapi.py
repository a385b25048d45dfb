"""The OpenAPI 3.1 document, made from the declarations and models that serve the requests."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, RootModel
from pydantic.json_schema import models_json_schema

from bot.web.api.models import Asked
from bot.web.api.problems import MEDIA_TYPE, Problem
from bot.web.api.routing import OPERATIONS, PREFIX, Call, Group, Nothing, Operation
from bot.web.api.status import HEADER

Json = dict[str, Any]  # Any: a JSON schema has no smaller type
Mode = Literal["validation", "serialization"]
Refs = Mapping[tuple[type[BaseModel], Mode], Json]

routes = Group("about")

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{([a-z0-9_]+)\}")
_BYTES = {"type": "string", "format": "binary"}
_STATUS_HEADER = {
    "description": "While planned works run or a confirmed fault lasts; otherwise not there.",
    "schema": {"type": "string", "enum": ["maintenance", "incident"]},
}
_NUMBERS = frozenset({"number", "id"})


class OpenApiOut(RootModel[dict[str, object]]):
    """This document."""


@routes.get("/openapi.json", Nothing, OpenApiOut, anybody=True)
async def show_openapi(_call: Call, _: Nothing) -> web.Response:
    """This document."""
    return web.Response(body=json.dumps(document()).encode(), content_type="application/json")


def _models() -> list[tuple[type[BaseModel], Mode]]:
    found: dict[tuple[type[BaseModel], Mode], None] = {(Problem, "serialization"): None}
    for operation in OPERATIONS:
        if operation.body is not None and operation.body is not Nothing:
            found[operation.body, "validation"] = None
        if operation.answer is not None:
            found[operation.answer, "serialization"] = None
    return list(found)


def _path_parameters(operation: Operation) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1} if name in _NUMBERS else {"type": "string"},
        }
        for name in _PARAMETER.findall(operation.path)
    ]


def _query_parameters(operation: Operation) -> list[Json]:
    # A file sent bare bears its name and type in the address.
    model = operation.body if operation.upload and operation.body else operation.query
    if not issubclass(model, Asked):
        return []
    schema = model.model_json_schema(mode="validation", by_alias=True)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": {key: value for key, value in field.items() if key != "title"},
        }
        for name, field in schema.get("properties", {}).items()
        if field.get("format") != "binary"
    ]


def _header_parameters(operation: Operation) -> list[Json]:
    found = [
        {
            "name": "Accept-Language",
            "in": "header",
            "required": False,
            "description": "kk, ru or en: the language of `detail`.",
            "schema": {"type": "string"},
        }
    ]
    if operation.body is not None:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "The same key and request again get the stored answer.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 128},
            }
        )
    return found


def _problem(status: int) -> Json:
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }


def _responses(operation: Operation, refs: Refs) -> Json:
    if operation.answer is None:
        content: Json = {operation.media: {"schema": _BYTES}}
    else:
        content = {"application/json": {"schema": refs[operation.answer, "serialization"]}}
    found = {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "headers": {HEADER: _STATUS_HEADER},
            "content": content,
        }
        for status in (operation.status, *(each for each in operation.also if each < 300))
    }
    wrong = {400, *(each for each in operation.also if each >= 400)}
    if not operation.open:
        wrong |= {401, 422}
    if operation.body is not None:
        wrong |= {403, 409, 413}
    if "{" in operation.path:
        wrong.add(404)
    found |= {str(status): _problem(status) for status in sorted(wrong)}
    return found | {"default": _problem(500)}


def _taken(operation: Operation, schema: Json) -> Json:
    if operation.upload:
        return {"multipart/form-data": {"schema": schema}, "*/*": {"schema": _BYTES}}
    return {"application/json": {"schema": schema}}


def _described(operation: Operation, refs: Refs) -> Json:
    described: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.group],
        "parameters": [
            *_path_parameters(operation),
            *_query_parameters(operation),
            *_header_parameters(operation),
        ],
        "responses": _responses(operation, refs),
        "security": [] if operation.open else [{"bearer": []}],
    }
    if operation.body is not None and operation.body is not Nothing:
        described["requestBody"] = {
            "required": True,
            "content": _taken(operation, refs[operation.body, "validation"]),
        }
    return described


def _version() -> str:
    try:
        return version("tapsyrys")
    except PackageNotFoundError:
        return "0"


@cache
def document() -> Json:
    """The whole document."""
    models = _models()
    refs, definitions = models_json_schema(models, ref_template=_REF)
    found = {(model, mode): refs[model, mode] for model, mode in models}
    paths: Json = {}
    for operation in OPERATIONS:
        here = paths.setdefault(operation.path, {})
        here[operation.method.lower()] = _described(operation, found)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tapsyrys",
            "version": _version(),
            "description": (
                "Purchases from Kazakhstani producers. Sums are tenge as decimal strings, times "
                "are ISO 8601 with an offset, errors are RFC 9457 problems."
            ),
        },
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }
