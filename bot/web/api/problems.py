"""Errors as RFC 9457 problems: a code for programs, a text in the reader's language for people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from aiohttp import hdrs, web
from pydantic import BaseModel, ConfigDict, Field

from bot.web.api import texts
from bot.web.api.fields import clause_text, jsonable
from domain.errors import ErrorKind, RuleBroken
from handlers.views.errors import describe
from handlers.views.translator import Lazy, Locale, plain, translator

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:tapsyrys:problem:"
GONE: Mapping[str, int] = {"recording_destroyed": 410}
"""Refusals because something was there once; for a program that is another thing than "not now"."""
IN_WORK = "request_in_work"
"""Code of a request whose first sending is still being worked: it is worth asking again soon."""

STATUS: Mapping[ErrorKind, int] = {
    "invalid": 422,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "unauthenticated": 401,
}
_TITLES: Mapping[int, Lazy] = {
    400: texts.BAD_REQUEST,
    401: texts.UNAUTHENTICATED,
    403: texts.FORBIDDEN,
    404: texts.NOT_FOUND,
    405: texts.BAD_REQUEST,
    409: texts.CONFLICT,
    410: texts.GONE,
    413: texts.BAD_REQUEST,
    422: texts.INVALID,
    503: texts.UNAVAILABLE,
}
_LANGUAGES: Mapping[str, Locale] = {"kk": "kk", "ru": "ru", "en": "en"}
_ACCEPTED = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]+)*\s*(?:;\s*q\s*=\s*([0-9.]{1,6}))?\s*"
)


class ApiError(Exception):
    """A refusal by the frame of the API itself, not by a rule of the domain."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: Lazy,
        /,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **params: str | int,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}
        self.params = params


class FieldError(BaseModel):
    """One field that has not the expected form."""

    pointer: str = Field(description="JSON pointer into the body.", examples=["#/lines/0/price"])
    field: str
    code: str
    detail: str = Field(description="In English, for the developer.")


class Problem(BaseModel):
    """A problem (RFC 9457). Programs read `code`, people read `detail`."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    code: str = Field(description="Stable name of what went wrong.")
    clause: str | None = Field(description="Act and clause, such as 344-13.3, if any.")
    detail: str = Field(description="In the language of Accept-Language.")
    params: dict[str, object]
    errors: list[FieldError] = Field(default=[], description="Only with `invalid_request`.")


def language_of(accept: str | None) -> Locale:
    """The best language of an ``Accept-Language`` header among kk, ru and en; English else."""
    best: Locale = "en"
    weight = 0.0
    for part in (accept or "")[:500].split(","):
        match = _ACCEPTED.fullmatch(part)
        if match is None:
            continue
        try:
            quality = float(match[2] or 1)
        except ValueError:
            continue
        language = _LANGUAGES.get(match[1].lower())
        if language is not None and quality > weight:
            best, weight = language, quality
    return best


def detail(error: RuleBroken, language: Locale) -> str:
    """The broken rule in words, without markup."""
    return plain(describe(translator(language), error))


def rule_problem(error: RuleBroken, language: Locale) -> web.Response:
    """The answer to a rule that refuses."""
    status = GONE.get(error.code, STATUS[error.kind])
    return _response(
        status,
        language,
        code=error.code,
        clause=clause_text(error.clause),
        detail=detail(error, language),
        params=jsonable(error.params),
        headers=_rule_headers(error),
    )


def _rule_headers(error: RuleBroken) -> dict[str, str]:
    if error.kind == "unauthenticated":
        return {hdrs.WWW_AUTHENTICATE: "Bearer"}
    return {hdrs.RETRY_AFTER: "1"} if error.code == IN_WORK else {}


def api_problem(error: ApiError, language: Locale) -> web.Response:
    """The answer to a request that the frame refuses."""
    return _response(
        error.status,
        language,
        code=error.code,
        detail=plain(translator(language)(error.detail, **error.params)),
        params=dict(error.params),
        errors=error.errors,
        headers=error.headers,
    )


def http_problem(error: web.HTTPException, language: Locale, method: str) -> web.Response:
    """The answer to what aiohttp itself refuses: no such address, method, size."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        found = ApiError(
            405,
            "method_not_allowed",
            texts.METHOD_WRONG,
            headers={hdrs.ALLOW: allowed},
            method=method,
            allowed=allowed,
        )
    elif isinstance(error, web.HTTPRequestEntityTooLarge):
        found = too_large()
    elif error.status == 404:
        found = ApiError(404, "route_unknown", texts.ROUTE_UNKNOWN)
    else:
        code = HTTPStatus(error.status).name.lower()
        found = ApiError(error.status, code, texts.REFUSED, code=code)
    return api_problem(found, language)


MAX_BODY_MB = 10


def too_large(limit: int = MAX_BODY_MB) -> ApiError:
    """A body beyond the limit, in MB."""
    return ApiError(413, "body_too_large", texts.TOO_LARGE, limit=limit)


def _response(
    status: int,
    language: Locale,
    *,
    code: str,
    detail: str,
    params: object,
    clause: str | None = None,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str],
) -> web.Response:
    body = {
        "type": TYPE_PREFIX + code,
        "title": plain(translator(language)(_TITLES.get(status, texts.FAILED))),
        "status": status,
        "code": code,
        "clause": clause,
        "detail": detail,
        "params": params,
    }
    if errors:
        body["errors"] = list(errors)
    return web.Response(
        status=status,
        body=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        content_type=MEDIA_TYPE,
        headers={hdrs.CONTENT_LANGUAGE: language, hdrs.VARY: hdrs.ACCEPT_LANGUAGE, **headers},
    )
