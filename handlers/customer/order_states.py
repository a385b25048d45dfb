"""The states of the order form, and moving among the steps of one good."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager

from handlers.customer.order_draft import Line, has_terms
from handlers.forms import go
from handlers.views.order_questions import LINE_STEPS


class OrderForm(StatesGroup):
    """Making a draft order, or changing one."""

    resume = State()
    leave = State()
    upload = State()
    lists = State()
    items = State()
    name = State()
    other_name = State()
    code = State()
    quantity = State()
    unit = State()
    sum = State()
    characteristics = State()
    goods = State()
    place = State()
    terms = State()
    days = State()
    files = State()
    review = State()
    split = State()


def current(manager: DialogManager) -> Line:
    """The good being described; changes to it are kept with the step."""
    line: Line = manager.dialog_data.setdefault("line", {})
    return line


def _steps(manager: DialogManager) -> tuple[str, ...]:
    """The steps of the good being described: the goods list says the unit of its items."""
    line = manager.dialog_data.get("line", {})
    listed = line.get("item") is not None and line.get("unit")
    return tuple(step for step in LINE_STEPS if not (listed and step == "unit"))


async def line_step_done(manager: DialogManager, step: str) -> None:
    """On to the next step of the good, or to the list of goods after the last."""
    steps = _steps(manager)
    place = steps.index(step) + 1
    if place < len(steps):
        await go(manager, getattr(OrderForm, steps[place]))
    else:
        await close_line(manager)


async def line_step_back(manager: DialogManager, step: str) -> None:
    """To the step before, or out of the good before the first."""
    steps = _steps(manager)
    place = steps.index(step)
    if place:
        await go(manager, getattr(OrderForm, steps[place - 1]))
    else:
        await leave_line(manager)


async def close_line(manager: DialogManager) -> None:
    """Put the finished good into the order, in its old place when it was being changed."""
    data = manager.dialog_data
    lines = list(data.get("lines", []))
    at = data.pop("at", None)
    line = data.pop("line", {})
    if at is not None and at < len(lines):
        lines[at] = line
    else:
        lines.append(line)
    data["lines"] = lines
    await go(manager, OrderForm.goods)


async def begin_line(manager: DialogManager) -> None:
    """A new good."""
    manager.dialog_data.pop("at", None)
    manager.dialog_data["line"] = {}
    await go(manager, OrderForm.name)


async def leave_line(manager: DialogManager) -> None:
    """Back out of the good being described; what stood before it stays."""
    manager.dialog_data.pop("at", None)
    manager.dialog_data.pop("line", None)
    await go(manager, OrderForm.goods)


async def after_goods(manager: DialogManager) -> None:
    """From the goods to delivery, or straight to the review when delivery is told already."""
    told = has_terms(manager.dialog_data)
    await go(manager, OrderForm.review if told else OrderForm.place)
