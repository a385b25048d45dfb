"""Announcing works and prolonging them: the steps and the last press (366-22; 627-31)."""

from __future__ import annotations

from datetime import datetime

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager

from domain.errors import Conflict, RuleBroken
from domain.incidents.rules import latest_announcement
from domain.incidents.service import OPERATORS
from domain.incidents.views import EffectView
from domain.support.regimes import Regime, regime_at
from domain.texts import MIN_LETTERS, is_statement, required_text
from handlers.context import Ctx, ctx_of
from handlers.faults.both import empty, expanded, language_of, said_in, take_text
from handlers.faults.moments import parse_moment
from handlers.faults.walk import Walk
from handlers.faults.works import card_of
from handlers.forms import Values, finish, open_form
from handlers.ids import number_in
from handlers.sending import send_shown
from handlers.steps import Take
from handlers.views.errors import describe
from handlers.views.faults_works import done
from handlers.views.shown import Shown

LIMIT = 1000


class WorksForm(StatesGroup):
    """Works: announced, or prolonged."""

    resume = State()
    leave = State()
    regime = State()
    starts = State()
    ends = State()
    emergency = State()
    text_kk = State()
    text_ru = State()
    reason_kk = State()
    reason_ru = State()
    review = State()


def steps_of(data: Values) -> list[str]:
    """The steps; the ground of an emergency only where it is too late without one."""
    if data["act"] == "prolong":
        return expanded(["ends", "reason"], BOTH, data)
    emergency = ["emergency"] if data["late"] else []
    return ["regime", "starts", *emergency, "ends", "text_kk", "text_ru"]


#: Given in two languages, either of which may be left out.
BOTH = ("reason",)
WALK = Walk(WorksForm, steps_of)


def regime_of(manager: DialogManager) -> Regime:
    """The regime of the works."""
    return regime_at(str(manager.dialog_data["regime"]), ctx_of(manager).now)


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Announce new works, or prolong those of a number."""
    ctx.actor.check_role(OPERATORS)
    number, act = number_in(ids, 1), ids[0]
    values: Values = {
        "act": "announce",
        "number": None,
        "regime": ctx.services.site.regime,
        "late": False,
        "page": 0,
        "language": language_of(ctx),
        **empty(BOTH),
    }
    if act == "prolong":
        works = await ctx.services.maintenance.one(ctx.actor, number)
        if works.state not in ("planned", "running"):
            raise Conflict("maintenance_state", None, number=number, state=works.state)
        values |= {
            "act": "prolong",
            "number": number,
            "regime": works.regime,
            "starts": works.starts_at.isoformat(),
            "until": works.ends_at.isoformat(),
        }
    await open_form(dialog_manager, "works", WALK.first(values), values, ("act", "number"))


# Steps


async def take_regime(manager: DialogManager, chosen: str) -> None:
    """By the rules of which act they go; a beginning given before is judged by them anew."""
    data = manager.dialog_data
    data["regime"] = regime_at(chosen, ctx_of(manager).now).code
    if data.get("starts"):
        _judge(manager, datetime.fromisoformat(str(data["starts"])))
    await WALK.on(manager)


def latest(manager: DialogManager) -> datetime | None:
    """Until when these works are announced in time; None: at any time."""
    starts = datetime.fromisoformat(str(manager.dialog_data["starts"]))
    return latest_announcement(regime_of(manager), starts)


def check_starts(manager: DialogManager, at: datetime) -> None:
    """Works are still to come; a beginning that is too near asks for its ground."""
    if at <= ctx_of(manager).now:
        raise RuleBroken("maintenance_past", None)
    _judge(manager, at)


def _judge(manager: DialogManager, at: datetime) -> None:
    """Whether works that begin then are announced in time."""
    now = ctx_of(manager).now
    until = latest_announcement(regime_of(manager), at)
    manager.dialog_data["late"] = until is not None and now >= until
    if not manager.dialog_data["late"]:
        manager.dialog_data["emergency"] = ""


def check_ends(manager: DialogManager, at: datetime) -> None:
    """The end comes after the beginning, and after the end announced before."""
    data = manager.dialog_data
    before = datetime.fromisoformat(str(data.get("until") or data["starts"]))
    if at <= max(before, ctx_of(manager).now):
        raise RuleBroken("maintenance_interval", None)
    data["page"] = 0


def take_announcement(step: str) -> Take:
    """Takes a typed text."""
    return take_text(WALK, step, step, LIMIT)


async def take_emergency(manager: DialogManager, text: str) -> None:
    """The ground of the emergency; a moment typed instead of it is another beginning."""
    data = manager.dialog_data
    at = parse_moment(text, ctx_of(manager).now)
    if at is not None:
        check_starts(manager, at)
        data["starts"] = at.isoformat()
        await WALK.to(manager, "emergency" if data["late"] else "ends")
        return
    ground = required_text(text, "emergency", LIMIT)
    if not is_statement(ground):
        raise RuleBroken("ground_too_short", None, minimum=MIN_LETTERS)
    data["emergency"] = ground
    await WALK.on(manager)


async def another_time(manager: DialogManager) -> None:
    """Back to the beginning of the works."""
    await WALK.to(manager, "starts")


async def turn_back(manager: DialogManager) -> None:
    """The page before."""
    manager.dialog_data["page"] = max(0, manager.dialog_data["page"] - 1)


async def turn_on(manager: DialogManager) -> None:
    """The page after."""
    manager.dialog_data["page"] += 1


async def moves(ctx: Ctx, data: Values) -> list[EffectView]:
    """The deadlines that the works would move; none once their time has run out meanwhile."""
    starts = datetime.fromisoformat(str(data["starts"]))
    ends = datetime.fromisoformat(str(data["ends"]))
    works = int(data["number"]) if data["act"] == "prolong" else None
    try:
        return await ctx.services.maintenance.preview(
            ctx.actor, starts, ends, data["regime"], works=works
        )
    except RuleBroken:
        # The last press says what is wrong now, and where to go on from.
        return []


# The last press


async def perform(manager: DialogManager) -> None:
    """Announce or prolong; time that ran out meanwhile asks for the ground of the emergency."""
    ctx, data = ctx_of(manager), manager.dialog_data
    maintenance, ends = ctx.services.maintenance, datetime.fromisoformat(data["ends"])
    if data["act"] == "prolong":
        reason = said_in(data, "reason")
        number = await maintenance.prolong(ctx.actor, int(data["number"]), ends, reason)
    else:
        try:
            number = await maintenance.announce(
                ctx.actor,
                datetime.fromisoformat(data["starts"]),
                ends,
                data["text_kk"],
                data["text_ru"],
                emergency=str(data.get("emergency") or ""),
                regime=data["regime"],
            )
        except RuleBroken as error:
            if error.code != "maintenance_late":
                raise
            data["late"] = True
            if isinstance(manager.event, CallbackQuery):
                await send_shown(manager.event, Shown(describe(ctx.t, error)))
            await WALK.to(manager, "emergency")
            return
    await finish(manager, done(ctx.t, data["act"], await card_of(ctx, number)))
