"""Who calls: bearer tokens of trusted integrations (act 366, clauses 8 and 13).

A token of scope ``read`` may use every reading address, one of scope ``integration`` all of them,
on behalf of any company. One of scope ``person`` stands for somebody without a chat, who acts with
their own rights, at the few addresses that are for people. One of scope ``webhooks`` looks after
the webhooks of one company, and nothing else.
"""

from __future__ import annotations

from dataclasses import replace

from aiohttp import hdrs, web

from bot.web.api import texts
from bot.web.api.problems import ApiError
from domain.errors import AccessDenied, RuleBroken
from domain.integrations.service import TokenActor
from domain.services import Services

_MOST_CHARACTERS = 512


def bearer_token(request: web.Request) -> str:
    """The token of a request; raises ApiError ``unauthenticated`` (401) when there is none."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise _unauthenticated("token_missing")
    if len(token) > _MOST_CHARACTERS or not (token.isascii() and token.isprintable()):
        raise _unauthenticated("token_invalid")
    return token


def _unauthenticated(code: str) -> ApiError:
    missing = code == "token_missing"
    challenge = 'Bearer realm="tapsyrys"'
    return ApiError(
        401,
        code,
        texts.TOKEN_MISSING if missing else texts.TOKEN_WRONG,
        headers={
            hdrs.WWW_AUTHENTICATE: challenge if missing else f'{challenge}, error="invalid_token"'
        },
    )


async def authenticate(
    services: Services,
    request: web.Request,
    *,
    writes: bool,
    people: bool = False,
    companies: bool = False,
) -> TokenActor:
    """The integration that calls, without a cause yet; with ``people`` also a person, with
    ``companies`` also the program of a company.

    Raises ApiError ``token_missing``, ``token_invalid`` (401), AccessDenied ``scope_too_small``
    when a token of scope ``read`` wants to change something, or one of a person or of a company
    calls what is not for them.
    """
    try:
        found = await services.integrations.actor_for_token(bearer_token(request), "api:")
    except RuleBroken as error:
        if error.kind != "unauthenticated":
            raise
        raise _unauthenticated("token_invalid") from None
    is_person = found.actor.kind != "integration"
    of_company = not is_person and found.actor.company_id is not None
    refused = (is_person and not people) or (of_company and not companies)
    if refused or (found.actor.read_only and writes):
        raise AccessDenied("scope_too_small", "366-8")
    # What a reading address does is reading whoever may call it: the scope has had its say.
    return replace(found, actor=replace(found.actor, read_only=False))
