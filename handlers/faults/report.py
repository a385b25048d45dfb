"""Reporting a fault: what, when, contacts, evidence, orders at stake (366-25; 627-15.1)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from domain.errors import Conflict, RuleBroken
from domain.files import FileInfo
from domain.identifiers import parse_phone, shown_email
from domain.incidents.rules import CONTACTS_LIMIT, check_fault
from domain.incidents.service import OPERATORS
from domain.orders.attaching import MAX_FILES, check_document
from domain.support.regimes import Regime, regime_at
from domain.texts import NAME_LIMIT, required_text
from handlers.context import Ctx, ctx_of
from handlers.faults.walk import DAY, HOUR, Walk
from handlers.forms import Values, finish, go, keep_step, open_form
from handlers.ids import number_in
from handlers.sending import send_shown
from handlers.steps import Act
from handlers.views.errors import describe
from handlers.views.faults import not_for_guests, reported
from handlers.views.shown import Shown

#: Orders that may still miss a deadline.
_OPEN = ("collecting", "choosing", "confirming", "contracting")
_ORDERS_OFFERED = 24


class ReportForm(StatesGroup):
    """A user's report of a fault."""

    resume = State()
    leave = State()
    caller = State()
    phone = State()
    text = State()
    similar = State()
    found = State()
    contacts = State()
    files = State()
    orders = State()
    review = State()


def _steps(data: Values) -> list[str]:
    return [
        *(["caller", "phone"] if data.get("called") else []),
        "text",
        *(["similar"] if data["alike"] else []),
        "found",
        "contacts",
        "files",
        *(["orders"] if data["open"] else []),
    ]


WALK = Walk(ReportForm, _steps)


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Open the form; from a request of support its report goes with it."""
    if ctx.actor.role is None:
        await press.answer(not_for_guests(ctx.t), show_alert=True)
        return
    ticket = number_in(ids) if ids else None
    own = ctx.services.site.regime
    if ticket is not None:
        own = (await ctx.services.support.ticket(ctx.actor, ticket)).line.regime
    values: Values = {
        "text": "",
        "alike": False,
        "join": None,
        "regime": own,
        # Of a report that joins no other: that of its request, else of the installation.
        "own": own,
        "found": None,
        "contacts": "",
        "files": [],
        "orders": [],
        "open": await _open_orders(ctx),
        "ticket": ticket,
        # An operator reports for somebody: of a request its user, else who has phoned (366-26).
        "called": ctx.actor.role in OPERATORS and ticket is None,
        "caller": "",
        "phone": "",
    }
    await open_form(dialog_manager, "fault", WALK.first(values), values, ("ticket",))


async def _open_orders(ctx: Ctx) -> list[int]:
    """Own orders that may still miss a deadline."""
    if ctx.actor.role is None or not ctx.actor.role.of_company:
        return []
    page = await ctx.services.orders.page(ctx.actor, _OPEN, None, _ORDERS_OFFERED)
    return [row.number for row in page.orders]


def regime_of(manager: DialogManager) -> Regime:
    """The regime of the report: that of the incident it joins, of its request, or of the place."""
    return regime_at(str(manager.dialog_data["regime"]), ctx_of(manager).now)


def known_contacts(ctx: Ctx, data: Values) -> str:
    """What is known to reach the person by: of a caller the phone, else what the account holds."""
    if data.get("called"):
        return str(data["phone"])
    email = shown_email(ctx.person.email) if ctx.person.email else ""
    return ", ".join(each for each in (ctx.person.phone or "", email) if each)


async def is_late(manager: DialogManager, found: datetime) -> bool:
    """Whether a report of a fault found then comes after its term; refused from the future."""
    ctx, ticket = ctx_of(manager), manager.dialog_data["ticket"]
    regime = str(manager.dialog_data["regime"])
    return await ctx.services.incidents.is_late(ctx.actor, found, regime, ticket)


# Steps


async def take_caller(manager: DialogManager, text: str) -> None:
    """Who phoned."""
    manager.dialog_data["caller"] = required_text(text, "name", NAME_LIMIT)
    await WALK.on(manager)


async def take_phone(manager: DialogManager, text: str) -> None:
    """From which number; who has no account is told there."""
    manager.dialog_data["phone"] = parse_phone(text)
    await WALK.on(manager)


async def take_text(manager: DialogManager, text: str) -> None:
    """What happened; known faults that read alike come next."""
    ctx, data = ctx_of(manager), manager.dialog_data
    data["text"] = check_fault(text)
    data["alike"] = bool(await ctx.services.incidents.similar(ctx.actor, data["text"]))
    if not data["alike"]:
        _apart(manager)
    await WALK.on(manager)


async def join(manager: DialogManager, chosen: str) -> None:
    """One tap: the report joins this incident."""
    ctx, data = ctx_of(manager), manager.dialog_data
    rows = await ctx.services.incidents.similar(ctx.actor, data["text"])
    for row in rows:
        if str(row.number) == chosen:
            data["join"], data["regime"] = row.number, row.regime
    await WALK.on(manager)


async def none_of_these(manager: DialogManager) -> None:
    """The report is of a fault of its own."""
    _apart(manager)
    await WALK.on(manager)


def _apart(manager: DialogManager) -> None:
    manager.dialog_data["join"] = None
    data = manager.dialog_data
    # A draft kept by an older version has no regime of its own.
    data["regime"] = data.get("own") or ctx_of(manager).services.site.regime


def ago(span: timedelta) -> Act:
    """A button's act: it was found this long ago."""

    async def take(manager: DialogManager) -> None:
        await put_found(manager, ctx_of(manager).now - span)

    return take


NOW, HOUR_AGO, YESTERDAY = ago(timedelta()), ago(HOUR), ago(DAY)


async def put_found(manager: DialogManager, at: datetime) -> None:
    """When it was found; a moment to come is refused here."""
    await is_late(manager, at)
    manager.dialog_data["found"] = at.isoformat()
    await WALK.on(manager)


async def take_contacts(manager: DialogManager, text: str) -> None:
    """How to reach the user."""
    manager.dialog_data["contacts"] = required_text(text, "contacts", CONTACTS_LIMIT)
    await WALK.on(manager)


async def known(manager: DialogManager) -> None:
    """As the account says."""
    await take_contacts(manager, known_contacts(ctx_of(manager), manager.dialog_data))


def check_evidence(file: FileInfo) -> None:
    """Screenshots, recordings of the screen, documents; nothing that could run."""
    if not file.mime.startswith(("video/", "audio/")):
        check_document(file)


async def take_file(manager: DialogManager, file: FileInfo, content: bytes) -> None:
    """One more file; the step stays, as several may come."""
    files = manager.dialog_data["files"]
    if len(files) >= MAX_FILES:
        raise RuleBroken("too_many_files", None, limit=MAX_FILES)
    check_evidence(file)
    if not any(each["sha256"] == file.sha256 for each in files):
        files.append(asdict(file))
    await keep_step(manager)


async def drop_files(manager: DialogManager) -> None:
    """Take all files away."""
    manager.dialog_data["files"] = []
    await keep_step(manager)


async def toggle_order(manager: DialogManager, chosen: str) -> None:
    """An order at stake, or not any more."""
    orders = manager.dialog_data["orders"]
    for number in manager.dialog_data["open"]:
        if str(number) != chosen:
            continue
        if number in orders:
            orders.remove(number)
        else:
            orders.append(number)
    await keep_step(manager)


async def submit(manager: DialogManager) -> None:
    """Send the report; one that can no longer join becomes a report of its own."""
    ctx, data = ctx_of(manager), manager.dialog_data
    try:
        taken = await ctx.services.incidents.report(
            ctx.actor,
            data["text"],
            datetime.fromisoformat(data["found"]),
            data["contacts"],
            files=[FileInfo(**each) for each in data["files"]],
            join=data["join"],
            ticket=data["ticket"],
            orders=data["orders"],
            name=data.get("caller", ""),
            phone=data.get("phone", ""),
        )
    except Conflict as error:
        if error.code != "not_joinable":
            raise
        _apart(manager)
        if isinstance(manager.event, CallbackQuery):
            await send_shown(manager.event, Shown(describe(ctx.t, error)))
        await go(manager, ReportForm.review)
        return
    await finish(manager, reported(ctx.t, taken, ctx.now))
