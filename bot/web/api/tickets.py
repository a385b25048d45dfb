"""Requests to support (act 366, clauses 18-20; act 627, clauses 15-18): the side of users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from bot.web.api import texts
from bot.web.api.answers import ReceiptDayOut
from bot.web.api.fields import checked_bin
from bot.web.api.files import file_response
from bot.web.api.problems import ApiError
from bot.web.api.reading import cursor_of, named_states, read_cursor
from bot.web.api.recordings import living
from bot.web.api.routing import Call, Group, Nothing
from bot.web.api.support_answers import (
    PromiseOut,
    TicketFileOut,
    TicketMessageOut,
    TicketOut,
    TicketPageOut,
    TicketPromiseOut,
    TicketRowOut,
)
from bot.web.api.support_models import (
    MessageIn,
    PromiseQuery,
    RatingIn,
    ReopenIn,
    TicketIn,
    TicketsQuery,
)
from domain.errors import NotFound
from domain.files import FileInfo
from domain.support import reading
from domain.support.model import TICKET_STATES
from domain.support.promise import Channel
from domain.support.texts import escaped
from domain.support.views import FileKind, FileView, MessageView, NewFile, TicketView

routes = Group("tickets")
about = Group("support")


def _kind(mime: str, channel: Channel) -> FileKind:
    """What a file is at the desk: sound that came as a request by voice is a recording (366-20)."""
    if mime.startswith("image/"):
        return "photo"
    if mime.startswith("audio/"):
        return "voice" if channel == "voice" else "audio"
    return "document"


async def _files(call: Call, body: MessageIn, channel: Channel) -> tuple[NewFile, ...]:
    named = {f"files[{place}]": file for place, file in enumerate(body.files or ())}
    return tuple(
        NewFile(_kind(file.mime, channel), file.name, file.mime, file.size, sha256=file.sha256)
        for file in await call.services.uploads.named(call.actor, named)
    )


def _message(message: MessageView) -> TicketMessageOut:
    return TicketMessageOut(
        position=message.position,
        author=message.author,
        name=message.name,
        at=message.at,
        text=message.text,
        kind=message.kind,
        params=dict(message.params),
        edited_at=message.edited_at,
        files=[TicketFileOut.model_validate(file) for file in message.files],
    )


def _ticket(call: Call, ticket: TicketView) -> TicketOut:
    line = ticket.line
    # By our clock: a repeated act is read back by that of the database.
    over = call.services.site.clock.now() >= line.promised_at
    return TicketOut(
        number=ticket.number,
        state=ticket.state,
        channel=line.channel,
        regime=line.regime,
        subject=line.subject,
        name=line.name,
        company_ru=line.company_ru,
        company_kk=line.company_kk,
        order=line.order_number,
        incident=ticket.incident,
        opened_at=line.opened_at,
        registered_at=ticket.registered_at,
        promise=TicketPromiseOut(
            open=ticket.open_at_once, due_at=line.promised_at, clause=ticket.promise_clause
        ),
        overdue=over and ticket.state in reading.UNANSWERED,
        first_answer_at=ticket.first_answer_at,
        answered_at=ticket.answered_at,
        closed_at=ticket.closed_at,
        result=ticket.result,
        result_text=ticket.result_text,
        reopen_until=ticket.reopen_until,
        merged_into=ticket.merged_into,
        rating=ticket.rating,
        rating_text=ticket.rating_text,
        messages=[_message(message) for message in ticket.messages],
    )


@about.get("/promise", PromiseQuery, PromiseOut)
async def show_promise(call: Call, query: PromiseQuery) -> PromiseOut:
    """What somebody who asks at a moment is promised, and how the days are counted."""
    actor = call.actor if query.at is None else replace(call.actor, at=query.at)
    made = await call.services.support.promise(actor, query.channel, query.regime)
    receipt = made.receipt.as_json()
    return PromiseOut(
        at=made.receipt.start,
        regime=query.regime or call.services.site.regime,
        open=made.open,
        due_at=made.due_at,
        days=[ReceiptDayOut.model_validate(dict(day)) for day in receipt["days"]],
        clause=made.clause,
        calendar=receipt["calendar"],
    )


# What people said stands in the rows of the request and nowhere else: so answers are made again
# for a repeated key, not stored.
@routes.post("/tickets", TicketIn, TicketOut, status=201, secret=True)
async def open_ticket(call: Call, body: TicketIn) -> TicketOut:
    """Ask support on behalf of a company: the answer bears the number and the promise."""
    return _ticket(
        call,
        await call.services.support.open(
            call.actor,
            body.channel,
            escaped(body.text),
            await _files(call, body, body.channel),
            regime=body.regime,
            order_number=body.order,
            subject=body.subject,
            bin=checked_bin(body.bin, "bin") if body.bin.strip() else "",
            name=body.name,
            address=body.address,
            language=body.language,
        ),
    )


@routes.get("/tickets", TicketsQuery, TicketPageOut)
async def list_tickets(call: Call, query: TicketsQuery) -> TicketPageOut:
    """Requests, newest first."""
    states = named_states(query.state, TICKET_STATES, "ticket_state_unknown", texts.TICKET_STATE)
    after = read_cursor("ticket", query.cursor)
    company = checked_bin(query.bin, "bin") if query.bin else ""
    found = await call.services.support.listed(
        call.actor, states, company, before=after, size=query.size
    )
    return TicketPageOut(
        items=[TicketRowOut.model_validate(line) for line in found.tickets],
        next=cursor_of("ticket", found.tickets[-1].number) if found.more else None,
    )


async def _shown(call: Call) -> TicketView:
    number = call.number("number", "ticket_unknown", "ticket")
    return await call.services.support.ticket(call.actor, number)


@routes.get("/tickets/{number}", Nothing, TicketOut)
async def show_ticket(call: Call, _: Nothing) -> TicketOut:
    """A request with all that was said in it, as its user sees it."""
    return _ticket(call, await _shown(call))


@routes.post("/tickets/{number}/messages", MessageIn, TicketOut, status=201, secret=True)
async def add_message(call: Call, body: MessageIn) -> TicketOut:
    """Go on in a request as its user; one that was merged goes on in the other."""
    ticket = await _shown(call)
    files = await _files(call, body, ticket.line.channel)
    said = escaped(body.text)
    return _ticket(call, await call.services.support.add(call.actor, ticket.number, said, files))


@routes.post("/tickets/{number}/reopen", ReopenIn, TicketOut, secret=True)
async def reopen_ticket(call: Call, body: ReopenIn) -> TicketOut:
    """Object to an answer or a closing, within 10 days of the closing."""
    number = call.number("number", "ticket_unknown", "ticket")
    said = escaped(body.text)
    return _ticket(call, await call.services.support.reopen(call.actor, number, said))


@routes.post("/tickets/{number}/rate", RatingIn, TicketOut, secret=True)
async def rate_ticket(call: Call, body: RatingIn) -> TicketOut:
    """Say how good the answer was; may be said again."""
    number = call.number("number", "ticket_unknown", "ticket")
    rated = await call.services.support.rate(call.actor, number, body.rating, body.word)
    return _ticket(call, rated)


@routes.post("/tickets/{number}/escalate", Nothing, TicketOut, secret=True)
async def escalate_ticket(call: Call, _: Nothing) -> TicketOut:
    """Call the lead of the desk to a request; once an hour."""
    number = call.number("number", "ticket_unknown", "ticket")
    return _ticket(call, await call.services.support.ask_escalation(call.actor, number))


def _file_in(messages: Sequence[MessageView], wanted: int) -> FileView:
    for message in messages:
        for file in message.files:
            if file.id == wanted:
                return file
    raise NotFound("ticket_file_unknown")


@routes.get("/tickets/{number}/files/{id}", Nothing, None, also=(403, 409, 410), media="*/*")
async def show_ticket_file(call: Call, _: Nothing) -> web.Response:
    """The content of a file of a request; what was said by voice is heard by people only."""
    ticket = await _shown(call)
    file = _file_in(ticket.messages, call.number("id", "ticket_file_unknown"))
    if file.recording is not None:
        await living(call, file.recording)
        # Who may hear it, and that it is put on record, is the recordings' own affair (366-21.1).
        return file_response(*await call.services.recordings.content(call.actor, file.recording))
    if file.state != "stored":
        raise ApiError(409, "ticket_file_not_stored", texts.FILE_NOT_HERE, state=file.state)
    try:
        content = await call.services.site.files.get(file.sha256)
    except KeyError:
        raise ApiError(409, "ticket_file_not_stored", texts.FILE_NOT_HERE, state="lost") from None
    return file_response(FileInfo(file.name, file.mime, len(content), file.sha256), content)
