"""Declaring and serving the addresses of the API.

A declaration names the models of body, parameters and answer; the same models validate requests,
write answers and make the OpenAPI document, so that the three cannot differ.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel

from bot.web.api.auth import authenticate, bearer_token
from bot.web.api.idempotency import Idempotency, read_key, request_hash
from bot.web.api.problems import ApiError, api_problem, language_of, rule_problem
from bot.web.api.reading import check_shape, path_number, read_json, read_query
from bot.web.api.uploading import read_upload
from domain.actor import Actor
from domain.errors import NotFound, RuleBroken
from domain.files import MAX_FILE_BYTES
from domain.identifiers import check_bin_iin
from domain.services import Services
from handlers.views.translator import Locale

PREFIX = "/api/v1"

BodyT = TypeVar("BodyT", bound=BaseModel)
QueryT = TypeVar("QueryT", bound=BaseModel)


class Nothing(BaseModel):
    """No parameters, or a body that need not be there."""


@dataclass(frozen=True)
class Reply:
    """An answer with another status than the declared one."""

    status: int
    answer: BaseModel


@dataclass(frozen=True)
class Call:
    """One request, as the handlers of the API see it."""

    request: web.Request
    services: Services
    actor: Actor
    language: Locale
    username: Callable[[], Awaitable[str]]
    # What only the bearer of this token can make again, with this Idempotency-Key.
    secret: str | None = None

    def text(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def number(self, name: str, unknown: str, param: str | None = None) -> int:
        """A number of the path; NotFound with the code ``unknown``, which tells of ``param``."""
        number = path_number(self.text(name))
        if number is None:
            raise NotFound(unknown, None, **{param or name: self.text(name)[:40]})
        return number

    @property
    def order(self) -> int:
        """The order's number."""
        return self.number("number", "order_unknown")

    def bin(self, name: str = "bin") -> str:
        """A BIN or IIN of the path; raises ``bin_format``, ``bin_check_digit``."""
        return check_bin_iin(self.text(name))


Answered = BaseModel | Reply | web.Response


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    method: str
    path: str
    name: str
    summary: str
    group: str
    status: int
    body: type[BaseModel] | None
    query: type[BaseModel]
    answer: type[BaseModel] | None
    also: tuple[int, ...]
    open: bool
    # A POST that only asks, such as a preview.
    reads: bool
    # Takes a file instead of JSON.
    upload: bool
    # The most bytes of that file.
    limit: int
    # Answers what must not stay in the database.
    secret: bool
    # Also for people who act by a token of their own.
    people: bool
    # Also for programs of one company.
    companies: bool
    # The media type of an answer without a model.
    media: str
    # Takes body or parameters as models that ``body`` and ``query`` have checked.
    run: Callable[[Call, BaseModel], Awaitable[Answered]]

    @property
    def writes(self) -> bool:
        """Whether it needs the scope ``integration``."""
        return self.method != "GET" and not self.reads


OPERATIONS: list[Operation] = []


def _narrowed(
    handler: Callable[[Call, BodyT], Awaitable[Answered]], model: type[BodyT]
) -> Callable[[Call, BaseModel], Awaitable[Answered]]:
    async def run(call: Call, given: BaseModel) -> Answered:
        if not isinstance(given, model):
            raise TypeError(f"{type(given).__name__} is no {model.__name__}")
        return await handler(call, given)

    return run


class Group:
    """Declares the addresses of one subject."""

    def __init__(self, name: str, *, companies: bool = False) -> None:
        self.name = name
        # Whether a token of a company may use them.
        self.companies = companies

    def get(
        self,
        path: str,
        query: type[QueryT],
        answer: type[BaseModel] | None,
        *,
        also: tuple[int, ...] = (),
        anybody: bool = False,
        people: bool = False,
        media: str = "application/json",
    ) -> Callable[
        [Callable[[Call, QueryT], Awaitable[Answered]]],
        Callable[[Call, QueryT], Awaitable[Answered]],
    ]:
        """A reading address; ``also`` are further statuses it may answer with."""

        def declare(
            handler: Callable[[Call, QueryT], Awaitable[Answered]],
        ) -> Callable[[Call, QueryT], Awaitable[Answered]]:
            run = _narrowed(handler, query)
            self._add(
                handler,
                run,
                method="GET",
                path=path,
                status=200,
                body=None,
                query=query,
                answer=answer,
                also=also,
                open=anybody,
                people=people,
                reads=True,
                media=media,
            )
            return handler

        return declare

    def post(
        self,
        path: str,
        body: type[BodyT],
        answer: type[BaseModel],
        *,
        status: int = 200,
        also: tuple[int, ...] = (),
        method: str = "POST",
        reads: bool = False,
        upload: bool = False,
        limit: int = MAX_FILE_BYTES,
        secret: bool = False,
        people: bool = False,
    ) -> Callable[
        [Callable[[Call, BodyT], Awaitable[Answered]]],
        Callable[[Call, BodyT], Awaitable[Answered]],
    ]:
        """A writing address, or with ``reads`` a question that is too long for an address.

        ``upload`` takes a file of at most ``limit`` bytes; ``secret`` answers what must not
        stay in the database; ``people``: not for integrations alone.
        """

        def declare(
            handler: Callable[[Call, BodyT], Awaitable[Answered]],
        ) -> Callable[[Call, BodyT], Awaitable[Answered]]:
            run = _narrowed(handler, body)
            self._add(
                handler,
                run,
                method=method,
                path=path,
                status=status,
                body=body,
                query=Nothing,
                answer=answer,
                also=also,
                reads=reads,
                upload=upload,
                limit=limit,
                secret=secret,
                people=people,
            )
            return handler

        return declare

    def _add(
        self,
        handler: Callable[..., object],
        run: Callable[[Call, BaseModel], Awaitable[Answered]],
        *,
        method: str,
        path: str,
        status: int,
        body: type[BaseModel] | None,
        query: type[BaseModel],
        answer: type[BaseModel] | None,
        also: tuple[int, ...],
        reads: bool,
        open: bool = False,  # noqa: A002 - the name that OpenAPI readers know it by
        upload: bool = False,
        limit: int = MAX_FILE_BYTES,
        secret: bool = False,
        people: bool = False,
        media: str = "application/json",
    ) -> None:
        summary = (handler.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
        OPERATIONS.append(
            Operation(
                method=method,
                path=path,
                name=handler.__name__,
                summary=" ".join(summary.split()),
                group=self.name,
                status=status,
                body=body,
                query=query,
                answer=answer,
                also=also,
                open=open,
                reads=reads,
                upload=upload,
                limit=limit,
                secret=secret,
                people=people,
                companies=self.companies,
                media=media,
                run=run,
            )
        )


class Server:
    """Serves the declared operations: token, scope, form, idempotency, use case, answer."""

    def __init__(
        self,
        services: Services,
        username: Callable[[], Awaitable[str]],
    ) -> None:
        self._services = services
        self._username = username
        self._idempotency = Idempotency(services.site)

    def handler(self, operation: Operation) -> Callable[[web.Request], Awaitable[web.Response]]:
        """The aiohttp handler of an operation."""

        async def handle(request: web.Request) -> web.Response:
            if operation.open:
                nobody = Actor(kind="guest", source="api", cause="api:")
                return await self._run(operation, self._call(request, nobody), {})
            found = await authenticate(
                self._services,
                request,
                writes=operation.writes,
                people=operation.people,
                companies=operation.companies,
            )
            call = self._call(request, found.actor.because(f"api:{uuid.uuid4().hex}"))
            if operation.body is None:
                return await self._run(operation, call, read_query(request.query_string))
            body = await _body(operation, request)
            key = read_key(request)
            if key is None:
                return await self._run(operation, call, body)
            check_shape(operation.body, body)
            call = replace(
                call,
                actor=call.actor.because(f"api:{found.token_id}:{key}"),
                secret=_secret(request, key),
            )

            async def work() -> web.Response:
                try:
                    return await self._run(operation, call, body)
                except RuleBroken as error:
                    return rule_problem(error, call.language)
                except ApiError as error:
                    return api_problem(error, call.language)

            return await self._idempotency.answer(
                found.token_id, key, request_hash(request, body), work, secret=operation.secret
            )

        return handle

    def _call(self, request: web.Request, actor: Actor) -> Call:
        language = language_of(request.headers.get("Accept-Language"))
        return Call(request, self._services, actor, language, self._username)

    async def _run(self, operation: Operation, call: Call, given: object) -> web.Response:
        answered = await operation.run(call, check_shape(operation.body or operation.query, given))
        if isinstance(answered, web.Response):
            return answered
        if isinstance(answered, Reply):
            return _json(answered.status, answered.answer)
        return _json(operation.status, answered)


async def _body(operation: Operation, request: web.Request) -> object:
    if operation.upload:
        return await read_upload(request, operation.limit)
    return read_json(await request.read())


def _secret(request: web.Request, key: str) -> str:
    """The same for the same token and key, and nobody else can know it: tokens are not kept."""
    made = hmac.digest(bearer_token(request).encode(), f"secret:{key}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made[:24]).decode()


def _json(status: int, answer: BaseModel) -> web.Response:
    return web.Response(
        status=status,
        body=answer.model_dump_json(by_alias=True).encode(),
        content_type="application/json",
        charset="utf-8",
    )
