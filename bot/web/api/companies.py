"""Companies: producers with their goods, customers, and who is invited to act for them."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import select

from bot.web.api.answers import CompanyOut, GoodOut, GoodsPageOut, InvitationOut
from bot.web.api.fields import checked_bin
from bot.web.api.models import CustomerIn, GoodIn, GoodsQuery, InvitationIn, ProducerIn
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group, Nothing, Reply
from domain.errors import NotFound
from domain.registry.model import Company
from domain.registry.rules import GoodData, ProducerData, check_status, located
from domain.registry.views import CompanyView
from domain.work import Site

routes = Group("companies")

log = structlog.get_logger(__name__)

# Seconds for Telegram to tell the bot's name.
_PATIENCE = 5.0
_ROLES = {"producer": "is_producer", "customer": "is_customer"}


async def company_id(site: Site, bin_iin: str) -> int:
    """The id of a company on whose behalf something is done; NotFound ``company_unknown``."""
    async with site.sessions() as session:
        found = await session.scalar(select(Company.id).where(Company.bin == bin_iin))
    if found is None:
        raise NotFound("company_unknown", "344-7", bin=bin_iin)
    return found


async def _known(call: Call, role: str) -> CompanyView | None:
    """The company of the path, when it is known in this role."""
    try:
        company = await call.services.registry.company(call.actor, call.bin())
    except NotFound:
        return None
    return company if getattr(company, _ROLES[role]) else None


async def _shown(call: Call, role: str) -> CompanyOut:
    company = await _known(call, role)
    if company is None:
        raise NotFound("company_unknown", "344-7", bin=call.bin(), role=role)
    return CompanyOut.model_validate(company)


def _good(good: GoodIn) -> GoodData:
    return GoodData(
        name_ru=good.name_ru or good.name_kk,
        name_kk=good.name_kk or good.name_ru,
        code=good.code,
        agsk3=good.agsk3,
        tnved=good.tnved,
        kpved=good.kpved,
        oked=good.oked,
        kato=good.kato,
        capacity=good.capacity,
        unit=good.unit,
        local_content=good.local_content,
        localisation_level=good.localisation_level,
        included_on=good.included_on,
    )


@routes.post("/producers/{bin}", ProducerIn, CompanyOut, method="PUT", also=(201,))
async def put_producer(call: Call, body: ProducerIn) -> Reply:
    """Take in a producer with all its goods; 201 when it was not known."""
    known = await _known(call, "producer")
    with located("status"):
        status = check_status((body.status or "active").strip().lower())
    company = await call.services.registry.put_producer(
        call.actor,
        ProducerData(
            bin=call.bin(),
            name_ru=body.name_ru or body.name_kk,
            name_kk=body.name_kk or body.name_ru,
            status=status,
            registry_number=body.registry_number,
            goods=tuple(_good(good) for good in body.goods),
        ),
    )
    return Reply(200 if known else 201, CompanyOut.model_validate(company))


@routes.get("/producers/{bin}", Nothing, CompanyOut)
async def show_producer(call: Call, _: Nothing) -> CompanyOut:
    """A producer."""
    return await _shown(call, "producer")


@routes.get("/producers/{bin}/goods", GoodsQuery, GoodsPageOut)
async def list_goods(call: Call, query: GoodsQuery) -> GoodsPageOut:
    """The registered goods of a producer."""
    page = await call.services.registry.my_goods(
        call.actor, call.bin(), after=read_cursor("good", query.cursor) or 0, size=query.size
    )
    return GoodsPageOut(
        items=[GoodOut.model_validate(good) for good in page.goods],
        total=page.total,
        next=None if page.after is None else cursor_of("good", page.after),
    )


@routes.post("/customers/{bin}", CustomerIn, CompanyOut, method="PUT", also=(201,))
async def put_customer(call: Call, body: CustomerIn) -> Reply:
    """Take in a customer; 201 when it was not known."""
    known = await _known(call, "customer")
    company = await call.services.registry.put_customer(
        call.actor, call.bin(), body.name_ru or body.name_kk, body.name_kk or body.name_ru
    )
    return Reply(200 if known else 201, CompanyOut.model_validate(company))


@routes.get("/customers/{bin}", Nothing, CompanyOut)
async def show_customer(call: Call, _: Nothing) -> CompanyOut:
    """A customer."""
    return await _shown(call, "customer")


async def _username(call: Call) -> str:
    """The bot's name, or nothing while Telegram does not tell it: the token alone works too."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await call.username()
    # Whatever keeps Telegram away, the invitation has been made and must be answered.
    except Exception as error:
        log.warning("bot_name_unknown", error=type(error).__name__)
        return ""


@routes.post("/invitations", InvitationIn, InvitationOut, status=201, secret=True)
async def invite(call: Call, body: InvitationIn) -> InvitationOut:
    """Make a link with which one person becomes a supplier or customer of a company."""
    number = checked_bin(body.bin, "bin")
    issued = await call.services.people.invite(call.actor, body.role, number, token=call.secret)
    username = await _username(call)
    return InvitationOut(
        link=f"https://t.me/{username}?start={issued.token}" if username else issued.token,
        role=issued.role.value,
        bin=number,
        expires_at=issued.expires_at,
    )
