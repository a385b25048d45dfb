"""Selection, confirmation, protocol and contract (act 344, clauses 13.6 to 13.10)."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.web.api.fields import checked_bin
from bot.web.api.files import contract_files
from bot.web.api.models import AwardsIn, ContractIn, ProtocolQuery, RefusalIn, SelectionIn
from bot.web.api.order_answers import (
    AwardOut,
    AwardsOut,
    ContractOut,
    PickOut,
    PlanLineOut,
    PlanOut,
    ProtocolOut,
)
from bot.web.api.routing import Call, Group, Nothing
from domain.awards.rules import Choice
from domain.documents.protocol import ProtocolData, render_protocol
from domain.errors import NotFound
from domain.orders.views import ContractView

routes = Group("awards")
contracts = Group("contracts")

_BIGGEST_VERSION = 2**31 - 1


@routes.get("/orders/{number}/plan", Nothing, PlanOut, also=(409,), people=True)
async def plan_cover(call: Call, _: Nothing) -> PlanOut:
    """The cheapest mix of offers that covers what is still open; it decides nothing."""
    plan = await call.services.awards.plan(call.actor, call.order)
    lines = [
        PlanLineOut(
            line=line.line,
            picks=[
                PickOut(
                    supplier_bin=pick.supplier,
                    line=line.line,
                    quantity=pick.quantity,
                    price=pick.price,
                )
                for pick in line.picks
            ],
            uncovered=line.uncovered,
            cost=line.cost,
        )
        for line in plan.lines
    ]
    picks = [pick for line in lines for pick in line.picks]
    return PlanOut(lines=lines, awards=picks, cost=plan.cost, complete=plan.complete)


@routes.post("/orders/{number}/awards", AwardsIn, AwardsOut, status=201, people=True)
async def select_suppliers(call: Call, body: AwardsIn) -> AwardsOut:
    """Give volumes of lines to suppliers; each then confirms or refuses."""
    awards = await call.services.awards.select(
        call.actor,
        call.order,
        [
            Choice(each.line, checked_bin(each.supplier_bin, f"awards[{at}].supplier_bin"), amount)
            for at, each in enumerate(body.awards)
            for amount in (each.quantity,)
        ],
    )
    return AwardsOut(awards=[AwardOut.model_validate(award) for award in awards])


@routes.get("/awards/{id}", Nothing, AwardOut, people=True)
async def show_award(call: Call, _: Nothing) -> AwardOut:
    """An award."""
    number = call.number("id", "award_unknown")
    return AwardOut.model_validate(await call.services.awards.one(call.actor, number))


@routes.post("/awards/{id}/confirm", Nothing, AwardOut, people=True)
async def confirm_award(call: Call, _: Nothing) -> AwardOut:
    """Confirm on behalf of the supplier: binds to volume, price and period."""
    number = call.number("id", "award_unknown")
    return AwardOut.model_validate(await call.services.awards.confirm(call.actor, number))


@routes.post("/awards/confirm", SelectionIn, AwardsOut, people=True)
async def confirm_selection(call: Call, body: SelectionIn) -> AwardsOut:
    """Confirm in one act everything that still waits of the selection an award belongs to."""
    awards = call.services.awards
    numbers = await awards.confirm_all(call.actor, body.award)
    found = [await awards.one(call.actor, number) for number in numbers]
    return AwardsOut(awards=[AwardOut.model_validate(award) for award in found])


@routes.post("/awards/{id}/refuse", RefusalIn, AwardOut, people=True)
async def refuse_award(call: Call, body: RefusalIn) -> AwardOut:
    """Refuse on behalf of the supplier, with a reason; the customer may choose again."""
    number = call.number("id", "award_unknown")
    award = await call.services.awards.refuse(call.actor, number, body.reason)
    return AwardOut.model_validate(award)


async def _protocol(call: Call, version: int | None) -> tuple[ProtocolData, str]:
    if version is not None and not 0 < version <= _BIGGEST_VERSION:
        raise NotFound("no_protocol", "344-13.8a", number=call.order)
    return await call.services.awards.protocol(call.actor, call.order, version)


@routes.get("/orders/{number}/protocol", ProtocolQuery, ProtocolOut, people=True)
async def show_protocol(call: Call, query: ProtocolQuery) -> ProtocolOut:
    """The protocol of results, the newest version, with the hash of its data."""
    data, digest = await _protocol(call, query.version)
    return ProtocolOut.model_validate({**data.as_json(), "hash": digest})


@routes.get(
    "/orders/{number}/protocol.pdf", ProtocolQuery, None, media="application/pdf", people=True
)
async def show_protocol_pdf(call: Call, query: ProtocolQuery) -> web.Response:
    """The protocol of results in the form of annex 1, Kazakh and Russian."""
    data, _ = await _protocol(call, query.version)
    pdf = await asyncio.to_thread(render_protocol, data)
    name = f"protocol-{data.number}.pdf"
    return web.Response(
        body=pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


async def _contract(call: Call, view: ContractView) -> ContractOut:
    shown = ContractOut.model_validate(view)
    await contract_files(call, [shown])
    return shown


@contracts.post("/orders/{number}/contracts", ContractIn, ContractOut, status=201, people=True)
async def enter_contract(call: Call, body: ContractIn) -> ContractOut:
    """Enter the contract on a supplier's confirmed volumes; it counts as agreed by both sides."""
    named = {} if body.file is None else {"file": body.file}
    files = await call.services.uploads.named(call.actor, named)
    contract = await call.services.contracts.enter(
        call.actor,
        call.order,
        checked_bin(body.supplier_bin, "supplier_bin"),
        body.contract_number,
        body.signed_on,
        files[0] if files else None,
    )
    return await _contract(call, contract)


@contracts.post("/contracts/{id}/agree", Nothing, ContractOut, people=True)
async def agree_contract(call: Call, _: Nothing) -> ContractOut:
    """Agree to a contract that one side has entered in the chat."""
    number = call.number("id", "contract_unknown")
    return await _contract(call, await call.services.contracts.agree(call.actor, number))
