"""Forms of operators and of the authorised body on incidents, one step after another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from domain.clock import astana
from domain.dates import parse_day
from domain.errors import Conflict, RuleBroken
from domain.incidents.acts import ACT_LIMIT, check_act_date
from domain.incidents.model import LEVELS, MODULES
from domain.incidents.reporting import JOINABLE
from domain.incidents.rules import TEXT_LIMIT, TITLE_LIMIT, Interval, check_level
from domain.incidents.service import LEVEL_DECIDERS, OPERATORS
from domain.incidents.views import IncidentRow, Scope, ScopeKind
from domain.support.regimes import Regime, regime_at
from domain.texts import clean_text
from handlers.context import Ctx, ctx_of
from handlers.faults.alike import still_first
from handlers.faults.both import empty, expanded, language_of, said_in, take_text
from handlers.faults.incidents import card_of
from handlers.faults.walk import Walk
from handlers.forms import Values, finish, keep_step, open_form
from handlers.ids import number_in
from handlers.steps import Act, Take
from handlers.views import faults_words
from handlers.views import incidents_form as texts
from handlers.views.incidents_effects import mended as mended_text
from handlers.views.shown import Shown, bold
from handlers.views.translator import Html, join


class IncidentForm(StatesGroup):
    """What may be asked about an incident; which steps, decides the act."""

    resume = State()
    leave = State()
    regime = State()
    title_kk = State()
    title_ru = State()
    facts_kk = State()
    facts_ru = State()
    began = State()
    mended = State()
    planned = State()
    scope = State()
    modules = State()
    orders = State()
    level = State()
    measures_kk = State()
    measures_ru = State()
    reason_kk = State()
    reason_ru = State()
    note = State()
    remark = State()
    into = State()
    ground = State()
    act_number = State()
    act_date = State()
    review = State()


_STEPS: Mapping[str, tuple[str, ...]] = {
    "open": ("regime", "title", "began"),
    "confirm": ("facts", "title", "began", "mended", "planned", "scope", "level"),
    "hold": ("scope",),
    "join": ("into",),
    "refute": ("facts",),
    "level": ("level", "remark"),
    "plan": ("planned",),
    "mend": ("mended", "measures"),
    "reopen": ("reason",),
    "return": ("note",),
    "spare": ("orders", "ground"),
    "act": ("act_number", "act_date"),
}
#: What people read, in two languages.
BOTH = ("title", "facts", "measures", "reason")
#: In which states of the incident each form is open.
_WHEN: Mapping[str, tuple[str, ...]] = {
    "confirm": ("analysing",),
    "hold": ("analysing",),
    "join": ("analysing",),
    "refute": ("analysing",),
    "level": ("confirmed",),
    "plan": ("confirmed",),
    "mend": ("confirmed",),
    "reopen": ("refuted", "closed", "confirmed"),
    "return": ("confirmed",),
    "spare": ("confirmed",),
    "act": ("confirmed",),
}
FIELDS: Mapping[str, tuple[str, int]] = {
    "title": ("title", TITLE_LIMIT),
    "facts": ("facts", TEXT_LIMIT),
    "measures": ("measures", TEXT_LIMIT),
    "reason": ("reason", TEXT_LIMIT),
    "note": ("note", TEXT_LIMIT),
    "remark": ("note", TEXT_LIMIT),
    "ground": ("ground", TEXT_LIMIT),
    "act_number": ("act_number", ACT_LIMIT),
}
#: How many incidents are offered to be joined to.
_OFFERED = 8
_NUMBER = re.compile(r"[0-9]{1,15}")


def steps_of(data: Values) -> list[str]:
    """The steps of the form as it stands: what is mended needs no plan, modules are named."""
    found = []
    for step in expanded(_STEPS[str(data["act"])], BOTH, data):
        if step == "planned" and data["act"] == "confirm" and data.get("mended"):
            continue
        found.append(step)
        if step == "scope" and data.get("scope") == "module":
            found.append("modules")
        if step == "scope" and data.get("scope") == "orders":
            found.append("orders")
    return found


WALK = Walk(IncidentForm, steps_of)


def regime_of(manager: DialogManager) -> Regime:
    """The regime of the incident."""
    return regime_at(str(manager.dialog_data["regime"]), ctx_of(manager).now)


# Opening


async def begin_new(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Open an incident without a user's report."""
    ctx.actor.check_role(OPERATORS)
    values: Values = {
        "act": "open",
        "number": None,
        "regime": ctx.services.site.regime,
        "language": language_of(ctx),
        **empty(BOTH),
    }
    await open_form(dialog_manager, "incident", IncidentForm.regime, values, ("act",))


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Open the form of an act on an incident; refused at once where the act cannot be done."""
    number, act = number_in(ids, 1), ids[0]
    ctx.actor.check_role(LEVEL_DECIDERS if act == "return" else OPERATORS)
    view = await ctx.services.incidents.one(ctx.actor, number)
    if view.state not in _WHEN.get(act, ()):
        raise Conflict("incident_state", None, number=number, state=view.state)
    titles = faults_words.typed(view.titles)
    values: Values = {
        "act": act,
        "number": number,
        "regime": view.regime,
        "language": language_of(ctx),
        **empty(BOTH),
        "title_kk": titles.kk,
        "title_ru": titles.ru,
        "began": view.began_at.isoformat(),
        "mended": view.mended_at.isoformat() if view.mended_at else None,
        "planned": None,
        "scope": view.scope.kind if act == "level" else None,
        "modules": list(view.scope.modules) if act == "level" else [],
        "orders": list(view.scope.orders) if act == "level" else [],
    }
    first = WALK.first(values)
    await open_form(dialog_manager, "incident", first, values, ("act", "number"))


# Steps


async def take_regime(manager: DialogManager, chosen: str) -> None:
    """By the rules of which act it goes."""
    manager.dialog_data["regime"] = regime_at(chosen, ctx_of(manager).now).code
    await WALK.on(manager)


def take_note(step: str) -> Take:
    """Takes a typed text that must say something."""
    return take_text(WALK, step, *FIELDS[step])


async def take_remark(manager: DialogManager, text: str) -> None:
    """A note to the authorised body, which may be left out."""
    manager.dialog_data["remark"] = clean_text(text, *FIELDS["remark"])
    await WALK.on(manager)


async def take_act_date(manager: DialogManager, text: str) -> None:
    """A typed date between the fault and today."""
    data = manager.dialog_data
    day, today = parse_day(text), astana(ctx_of(manager).now).date()
    check_act_date(astana(datetime.fromisoformat(str(data["began"]))).date(), day, today)
    data["act_date"] = day.isoformat()
    await WALK.on(manager)


async def no_remark(manager: DialogManager) -> None:
    """Without a note."""
    manager.dialog_data["remark"] = ""
    await WALK.on(manager)


def check_past(manager: DialogManager, at: datetime) -> None:
    """A fault begins and is mended in the past, in this order."""
    data, here = manager.dialog_data, manager.current_context().state
    began = data.get("began")
    ends = here == IncidentForm.mended and began is not None
    if at > ctx_of(manager).now or (ends and at <= datetime.fromisoformat(str(began))):
        raise RuleBroken("interval_wrong", None)


def check_future(manager: DialogManager, at: datetime) -> None:
    """What is planned is still to come."""
    if at <= ctx_of(manager).now:
        raise RuleBroken("planned_past", None)


def now_at(step: str) -> Act:
    """A button's act: it is now."""

    async def take(manager: DialogManager) -> None:
        await WALK.put_moment(manager, step, ctx_of(manager).now, check_past)

    return take


def leave_out(step: str) -> Act:
    """A button's act: nothing is known of it yet."""

    async def take(manager: DialogManager) -> None:
        manager.dialog_data[step] = None
        await WALK.on(manager)

    return take


async def take_scope(manager: DialogManager, chosen: str) -> None:
    """The whole platform, some modules, or some orders."""
    manager.dialog_data.update(scope=chosen, modules=[], orders=[])
    await WALK.on(manager)


async def toggle_module(manager: DialogManager, chosen: str) -> None:
    """A module more, or less."""
    modules = manager.dialog_data["modules"]
    if chosen in modules:
        modules.remove(chosen)
    elif chosen in MODULES:
        modules.append(chosen)
    await keep_step(manager)


async def modules_done(manager: DialogManager) -> None:
    """All modules are named; there must be one."""
    if not manager.dialog_data["modules"]:
        raise RuleBroken("scope_empty", None, scope="module")
    await WALK.on(manager)


async def take_orders(manager: DialogManager, text: str) -> None:
    """Typed numbers of orders, each of which there is."""
    numbers = [int(each) for each in _NUMBER.findall(text)]
    if not numbers:
        raise RuleBroken("scope_empty", None, scope="orders")
    ctx = ctx_of(manager)
    await ctx.services.incidents.check_orders(ctx.actor, numbers)
    manager.dialog_data["orders"] = sorted(set(numbers))
    await WALK.on(manager)


async def others(ctx: Ctx, data: Values) -> list[IncidentRow]:
    """Open incidents of the same act, those that read alike first."""
    incidents, number = ctx.services.incidents, int(data["number"])
    view = await incidents.one(ctx.actor, number)
    alike = await incidents.similar(ctx.actor, view.title)
    going_on = await incidents.page(ctx.actor, JOINABLE, None, _OFFERED)
    rows = {row.number: row for row in (*alike, *going_on.incidents)}
    fitting = [row for row in rows.values() if row.number != number and row.regime == view.regime]
    return still_first(fitting, ctx.now)[:_OFFERED]


async def take_into(manager: DialogManager, chosen: str) -> None:
    """The incident that takes the reports."""
    rows = await others(ctx_of(manager), manager.dialog_data)
    if chosen in {str(row.number) for row in rows}:
        manager.dialog_data["into"] = int(chosen)
        await WALK.on(manager)


async def fitting_levels(manager: DialogManager) -> list[str]:
    """The levels whose definitions allow what was given."""
    in_hours, fitting = await _in_hours(manager), []
    for level in LEVELS:
        with suppress(RuleBroken):
            check_level(regime_of(manager), level, scope_of(manager.dialog_data), in_hours=in_hours)
            fitting.append(level)
    return fitting


async def take_level(manager: DialogManager, chosen: str) -> None:
    """A level that its definition allows; otherwise it is refused here."""
    data = manager.dialog_data
    in_hours = await _in_hours(manager)
    check_level(regime_of(manager), chosen, scope_of(data), in_hours=in_hours)
    data["level"] = chosen
    await WALK.on(manager)


async def _in_hours(manager: DialogManager) -> bool:
    """Whether the fault lies in working time."""
    ctx, data = ctx_of(manager), manager.dialog_data
    calendar = await ctx.services.working_time.calendar(ctx.actor)
    mended = data.get("mended")
    ended = datetime.fromisoformat(mended) if mended else ctx.now
    interval = Interval(datetime.fromisoformat(data["began"]), ended)
    return interval.in_hours(calendar, regime_of(manager).hours)


def scope_of(data: Values) -> Scope:
    """What the form says the fault touches."""
    kinds: dict[str, ScopeKind] = {"module": "module", "orders": "orders"}
    kind = kinds.get(str(data.get("scope")), "all")
    return Scope(kind, tuple(data.get("modules") or ()), tuple(data.get("orders") or ()))


# The last press


async def perform(manager: DialogManager) -> None:
    """Do it and show the card as it stands now."""
    ctx, data = ctx_of(manager), manager.dialog_data
    said = [texts.performed(ctx.t, data["act"], int(data["number"] or 0))]
    if data["act"] == "open":
        began = datetime.fromisoformat(data["began"])
        data["number"] = await ctx.services.incidents.open_by_operator(
            ctx.actor, said_in(data, "title"), began, regime=data["regime"]
        )
        said = [texts.performed(ctx.t, "open", data["number"])]
    else:
        said.append(await _act(ctx, data))
    card = await card_of(ctx, int(data["number"]))
    head = bold(join([each for each in said if each]))
    await finish(manager, Shown(join([head, card.text], "\n\n"), card.keyboard))


async def _act(ctx: Ctx, data: Values) -> Html:
    """The use case of the form; what else there is to say."""
    incidents, number = ctx.services.incidents, int(data["number"])
    match data["act"]:
        case "confirm":
            await _confirm(ctx, data)
        case "hold":
            held = await incidents.hold(ctx.actor, number, scope_of(data))
            return texts.held(ctx.t, held)
        case "join":
            data["number"] = await incidents.join(ctx.actor, number, int(data["into"]))
        case "refute":
            await incidents.refute(ctx.actor, number, said_in(data, "facts"))
        case "level":
            await incidents.propose_level(ctx.actor, number, data["level"], data["remark"])
        case "plan":
            await incidents.plan_mending(ctx.actor, number, datetime.fromisoformat(data["planned"]))
        case "mend":
            mended = datetime.fromisoformat(data["mended"])
            done = await incidents.mend(ctx.actor, number, mended, said_in(data, "measures"))
            return mended_text(ctx.t, done)
        case "act":
            day = date.fromisoformat(data["act_date"])
            await incidents.record_act(ctx.actor, number, data["act_number"], day)
        case "reopen":
            await incidents.reopen(ctx.actor, number, said_in(data, "reason"))
        case "spare":
            await incidents.spare(ctx.actor, number, data["orders"], data["ground"])
        case "return":
            await incidents.return_level(ctx.actor, number, data["note"])
    return Html("")


async def _confirm(ctx: Ctx, data: Values) -> None:
    mended, planned = data["mended"], data["planned"]
    await ctx.services.incidents.confirm(
        ctx.actor,
        int(data["number"]),
        said_in(data, "facts"),
        datetime.fromisoformat(data["began"]),
        scope_of(data),
        data["level"],
        mended_at=datetime.fromisoformat(mended) if mended else None,
        planned_mending_at=datetime.fromisoformat(planned) if planned and not mended else None,
        title=said_in(data, "title"),
    )
