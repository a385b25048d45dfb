"""Offers: submit, withdraw, decline, and the formed list (act 344, clauses 13.3 to 13.5)."""

from __future__ import annotations

from dataclasses import replace

from bot.web.api.companies import company_id
from bot.web.api.fields import checked_bin
from bot.web.api.models import DeclineIn, OfferIn, OfferLineIn, SupplierIn
from bot.web.api.order_answers import (
    DeclinedOut,
    OfferOut,
    OffersOut,
    SubmittedOut,
    WarningOut,
    WithdrawnOut,
)
from bot.web.api.routing import Call, Group, Nothing
from domain.files import FileInfo
from domain.offers.rules import RejectionGround
from domain.offers.service import OfferInput

routes = Group("offers")


async def _photos(call: Call, at: int, line: OfferLineIn) -> tuple[FileInfo, ...]:
    named = {f"lines[{at}].photos[{place}]": file for place, file in enumerate(line.photos or ())}
    return await call.services.uploads.named(call.actor, named, pictures=True)


@routes.post("/orders/{number}/offers", OfferIn, SubmittedOut, status=201, people=True)
async def submit_offer(call: Call, body: OfferIn) -> SubmittedOut:
    """Submit an offer or its next version; `warnings` are grounds that will reject a line."""
    supplier = checked_bin(body.supplier_bin, "supplier_bin")
    photos = [await _photos(call, at, line) for at, line in enumerate(body.lines)]
    done = await call.services.offers.submit(
        call.actor,
        call.order,
        supplier,
        [
            OfferInput(
                line=line.line,
                quantity=line.quantity,
                price=line.price,
                delivery_days=line.delivery_days,
                characteristics=line.characteristics,
                warranty=line.warranty,
                photos=pictures,
            )
            for line, pictures in zip(body.lines, photos, strict=True)
        ],
    )
    return SubmittedOut(
        number=done.number,
        order=done.order_number,
        version=done.version,
        submitted_at=done.submitted_at,
        warnings=[
            WarningOut(line=line, reason=ground, clause=RejectionGround(ground).clause)
            for line, grounds in sorted(done.breaks.items())
            for ground in grounds
        ],
    )


@routes.get("/orders/{number}/offers", Nothing, OffersOut, also=(409,), people=True)
async def list_offers(call: Call, _: Nothing) -> OffersOut:
    """Every offer with each line judged; 409 `sealed` until the window has closed."""
    offers = await call.services.offers.of_order(call.actor, call.order)
    return OffersOut(items=[OfferOut.model_validate(offer) for offer in offers])


@routes.post("/orders/{number}/withdraw-offer", SupplierIn, WithdrawnOut, people=True)
async def withdraw_offer(call: Call, body: SupplierIn) -> WithdrawnOut:
    """Withdraw a supplier's offer while the window is open."""
    supplier = checked_bin(body.supplier_bin, "supplier_bin")
    number = await call.services.offers.withdraw(call.actor, call.order, supplier)
    return WithdrawnOut(number=number, state="withdrawn")


@routes.post("/orders/{number}/decline", DeclineIn, DeclinedOut, people=True)
async def decline_order(call: Call, body: DeclineIn) -> DeclinedOut:
    """Say for a supplier that it will not offer this time; no more reminders come."""
    company = await company_id(call.services.site, checked_bin(body.supplier_bin, "supplier_bin"))
    # People act for the company of their own role, integrations for any.
    call.actor.check_acts_for(company)
    await call.services.orders.decline(
        replace(call.actor, company_id=company), call.order, body.reason
    )
    return DeclinedOut(order=call.order, declined=True)
