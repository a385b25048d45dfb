"""What operators do on the page: the same use cases as in the groups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, Field, field_validator

from bot.web.desk import shown
from bot.web.desk.files import Sent, read_form
from bot.web.desk.frame import COOKIE, Door, Visit, answer
from bot.web.desk.telling import told
from domain.errors import NotFound
from domain.support.sessions import SESSION_VALID
from domain.support.texts import escaped, plain

#: The position of the last message that stood on the page.
Seen = Annotated[int | None, Field(ge=0, lt=2**31)]


class LinkIn(BaseModel):
    """The token of a link."""

    token: str = Field(min_length=1, max_length=200)


class Words(BaseModel):
    """A text that an operator typed; ``canned`` when it came from a ready answer."""

    text: str = ""
    canned: int | None = None
    seen: Seen = None


class AssignIn(BaseModel):
    """To whom; nobody named: by turn."""

    person: int | None = Field(None, ge=1, lt=2**63)


class PriorityIn(BaseModel):
    """How urgent."""

    priority: Literal["low", "normal", "high"]


class MergeIn(BaseModel):
    """Into which ticket."""

    into: int = Field(ge=1, lt=2**63)


class CloseIn(BaseModel):
    """With what result, and what the user reads."""

    result: str
    text: str = ""
    seen: Seen = None


class GroundIn(BaseModel):
    """The ground of a dispute, or the decision by which it is settled."""

    ground: str = ""


class CallBackIn(BaseModel):
    """How a call back ended."""

    result: Literal["answered", "not_reached"]
    text: str = ""


class ShiftIn(BaseModel):
    """Whether the shift is to run."""

    on: bool


class CallIn(BaseModel):
    """A phone call: who, when, about what."""

    name: str = ""
    phone: str = ""
    at: shown.AstanaTime
    text: str = ""
    language: Literal["kk", "ru"] = "ru"
    order: int | None = None

    @field_validator("order", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return value or None


def sign_in(door: Door) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Begin a session by the token of a link; the cookie is for this page alone."""

    async def handle(request: web.Request) -> web.Response:
        door.check_page(request)
        given = await _link(request)
        entry = await door.services.support.desk_sign_in(given.token)
        response = web.json_response({})
        response.set_cookie(
            COOKIE,
            entry.token,
            path="/desk",
            max_age=int(SESSION_VALID.total_seconds()),
            httponly=True,
            secure=door.secure,
            samesite="Strict",
        )
        return response

    return handle


async def _link(request: web.Request) -> LinkIn:
    from_body = await request.read()
    try:
        return LinkIn.model_validate_json(from_body)
    except ValueError:
        raise NotFound("desk_link_dead") from None


async def sign_out(visit: Visit) -> web.Response:
    """End this session."""
    await visit.services.support.desk_sign_out(visit.actor, visit.user.session_id)
    response = web.json_response({})
    response.del_cookie(COOKIE, path="/desk")
    return response


async def take(visit: Visit) -> web.Response:
    """Take a ticket."""
    return await told(visit, await visit.services.support.take(visit.actor, visit.number))


async def release(visit: Visit) -> web.Response:
    """Give it back."""
    return await told(visit, await visit.services.support.release(visit.actor, visit.number))


async def assign(visit: Visit) -> web.Response:
    """Give it to somebody on shift, or by turn."""
    given = await visit.body(AssignIn)
    view = await visit.services.support.assign(visit.actor, visit.number, given.person)
    return await told(visit, view)


async def say(visit: Visit) -> web.Response:
    """Answer the user, with files."""
    sent = await read_form(visit, Words)
    text = await _html(visit, sent.values)
    files = await sent.keep(visit)
    support = visit.services.support
    seen = sent.values.seen
    view = await support.answer(visit.actor, visit.number, text, files, seen=seen)
    return await told(visit, view)


async def note(visit: Visit) -> web.Response:
    """Write to the other operators, with files."""
    sent = await read_form(visit, Words)
    files = await sent.keep(visit)
    text = escaped(sent.values.text)
    support = visit.services.support
    return await told(visit, await support.note(visit.actor, visit.number, text, files))


async def documents(visit: Visit) -> web.Response:
    """Ask for what is missing."""
    given = await visit.body(Words)
    text = await _html(visit, given)
    support = visit.services.support
    view = await support.ask_documents(visit.actor, visit.number, text, seen=given.seen)
    return await told(visit, view)


async def priority(visit: Visit) -> web.Response:
    """Say how urgent it is."""
    given = await visit.body(PriorityIn)
    support = visit.services.support
    return await told(visit, await support.set_priority(visit.actor, visit.number, given.priority))


async def merge(visit: Visit) -> web.Response:
    """Join it with another; the other one is answered."""
    given = await visit.body(MergeIn)
    return await told(
        visit, await visit.services.support.merge(visit.actor, visit.number, given.into)
    )


async def close(visit: Visit) -> web.Response:
    """Close it with a result."""
    given = await visit.body(CloseIn)
    text = escaped(given.text)
    support = visit.services.support
    view = await support.close(visit.actor, visit.number, given.result, text, seen=given.seen)
    return await told(visit, view)


async def reopen(visit: Visit) -> web.Response:
    """Open it again; what is answered there is for its user, so the ticket is read anew."""
    given = await visit.body(Words)
    support = visit.services.support
    await support.reopen(visit.actor, visit.number, escaped(given.text))
    return await told(visit, await support.ticket(visit.actor, visit.number))


async def dispute(visit: Visit) -> web.Response:
    """Mark a dispute."""
    given = await visit.body(GroundIn)
    support = visit.services.support
    return await told(visit, await support.mark_dispute(visit.actor, visit.number, given.ground))


async def settle(visit: Visit) -> web.Response:
    """The dispute is finally settled, by which decision."""
    given = await visit.body(GroundIn)
    support = visit.services.support
    return await told(visit, await support.settle_dispute(visit.actor, visit.number, given.ground))


async def called(visit: Visit) -> web.Response:
    """Record a call back, with its recording if there is one."""
    sent = await read_form(visit, CallBackIn)
    files = await sent.keep(visit, kind="call")
    given = sent.values
    view = await visit.services.support.follow_up(
        visit.actor,
        visit.number,
        "call",
        given.result,
        escaped(given.text),
        recording=files[0] if files else None,
    )
    return await told(visit, view)


async def register_call(visit: Visit) -> web.Response:
    """Register a phone call as a ticket."""
    sent: Sent[CallIn] = await read_form(visit, CallIn)
    files = await sent.keep(visit, kind="call")
    given = sent.values
    view = await visit.services.support.register_call(
        visit.actor,
        given.name,
        given.phone,
        given.at,
        escaped(given.text),
        files[0] if files else None,
        language=given.language,
        order_number=given.order,
    )
    return await told(visit, view)


async def shift(visit: Visit) -> web.Response:
    """Begin or end the operator's own shift; ending tells what stays in hand."""
    given = await visit.body(ShiftIn)
    support = visit.services.support
    if given.on:
        await support.begin_shift(visit.actor)
        return answer(visit.request, {"on_shift": True, "in_hand": 0})
    in_hand = await support.end_shift(visit.actor)
    return answer(visit.request, {"on_shift": False, "in_hand": in_hand})


async def _html(visit: Visit, given: Words) -> str:
    """What was typed as HTML; a ready answer that was not changed keeps its formatting."""
    if given.canned is not None:
        for each in await visit.services.support.canned(visit.actor):
            for text in (each.text_kk, each.text_ru):
                if each.id == given.canned and plain(text).strip() == given.text.strip():
                    return text
    return escaped(given.text)
