"""What each step of the order form takes and does."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from aiogram.types import Message
from aiogram_dialog import DialogManager

from domain.documents.sheets import OrderSheet, SheetErrors, read_order
from domain.errors import RuleBroken
from domain.files import FileInfo
from domain.goods_lists.needs import excesses
from domain.goods_lists.service import ItemPage
from domain.money import parse_days, parse_money, parse_quantity
from domain.orders.attaching import MAX_FILES, check_document
from domain.orders.rules import check_delivery_days, parse_position
from domain.texts import (
    CHARACTERISTICS_LIMIT,
    NAME_LIMIT,
    PLACE_LIMIT,
    TERMS_LIMIT,
    UNIT_LIMIT,
    required_text,
)
from handlers.context import Ctx, ctx_of
from handlers.customer.order_draft import (
    Values,
    items_asked,
    line_of_item,
    new_lines,
    parse_codes,
    terms_of,
    values_of_sheet,
    without,
)
from handlers.customer.order_states import (
    OrderForm,
    after_goods,
    current,
    leave_line,
    line_step_done,
)
from handlers.forms import finish, go, tell
from handlers.views.needs import excess_block
from handlers.views.order_form import orders_saved, sheet_errors
from handlers.views.order_questions import name_keys
from handlers.views.orders import order_card
from handlers.views.units import known_unit, same_unit

_MOST_LISTED = 1_000


# One good


async def take_name(manager: DialogManager, text: str) -> None:
    """The name in the person's own language."""
    key, _ = name_keys(ctx_of(manager).t)
    current(manager)[key] = required_text(text, "name", NAME_LIMIT, "344-12.1")
    await line_step_done(manager, "name")


async def take_other_name(manager: DialogManager, text: str) -> None:
    """The name in the other language."""
    _, key = name_keys(ctx_of(manager).t)
    current(manager)[key] = required_text(text, "name", NAME_LIMIT)
    await line_step_done(manager, "other_name")


async def take_code(manager: DialogManager, text: str) -> None:
    """ENS TRU, AGSK-3 or both."""
    line = current(manager)
    line["code"], line["agsk3"] = parse_codes(text)
    await line_step_done(manager, "code")


async def take_quantity(manager: DialogManager, text: str) -> None:
    """How much; beyond the need of a goods list it is taken with a warning."""
    line = current(manager)
    unit = str(line.get("unit") or "")
    line["quantity"] = str(parse_quantity(text, lambda word: bool(unit) and same_unit(word, unit)))
    beyond = (await excesses_now(manager))["excesses"] if line.get("item") is not None else []
    number = len(items_asked(manager.dialog_data))
    mine = [each for each in beyond if _number_now(manager, number) in each.lines]
    if mine and isinstance(manager.event, Message):
        await tell(manager.event, manager, excess_block(ctx_of(manager).t, mine))
    await line_step_done(manager, "quantity")


def _number_now(manager: DialogManager, last: int) -> int:
    """The number of the good being described: its old one, or the next after the others."""
    at = manager.dialog_data.get("at")
    return last if at is None else int(at) + 1


async def need_now(dialog_manager: DialogManager, **_: object) -> Values:
    """What the goods list still needs of the good being described."""
    ctx, item = ctx_of(dialog_manager), dialog_manager.dialog_data.get("line", {}).get("item")
    found = await ctx.services.goods_lists.needs(ctx.actor, [item]) if item is not None else {}
    return {"need": found.get(item)}


async def excesses_now(dialog_manager: DialogManager, **_: object) -> Values:
    """What the order asks for beyond the needs of goods lists, as they stand now."""
    ctx, asked = ctx_of(dialog_manager), items_asked(dialog_manager.dialog_data)
    items = [item for _, item, _ in asked if item is not None]
    needs = await ctx.services.goods_lists.needs(ctx.actor, items) if items else {}
    return {"excesses": excesses(asked, needs)}


async def take_unit(manager: DialogManager, text: str) -> None:
    """A unit by its button or typed, known or not."""
    current(manager)["unit"] = known_unit(required_text(text, "unit", UNIT_LIMIT, "344-12.2"))
    await line_step_done(manager, "unit")


async def take_sum(manager: DialogManager, text: str) -> None:
    """The sum set aside for the whole quantity."""
    current(manager)["sum"] = str(parse_money(text))
    await line_step_done(manager, "sum")


async def take_characteristics(manager: DialogManager, text: str) -> None:
    """What the good must be like."""
    found = required_text(text, "characteristics", CHARACTERISTICS_LIMIT, "344-12.1")
    current(manager)["characteristics"] = found
    await line_step_done(manager, "characteristics")


# All goods


async def take_line_number(manager: DialogManager, text: str) -> None:
    """The number of a good to be changed."""
    lines = manager.dialog_data.get("lines", [])
    at = parse_position(text, len(lines)) - 1
    manager.dialog_data["at"] = at
    manager.dialog_data["line"] = dict(lines[at])
    await go(manager, OrderForm.name)


async def remove_line(manager: DialogManager) -> None:
    """Take the good being changed out of the order."""
    data = manager.dialog_data
    if data.get("at") is not None:
        data["lines"] = without(data.get("lines", []), data["at"])
    await leave_line(manager)


async def goods_done(manager: DialogManager) -> None:
    """No more goods."""
    if not manager.dialog_data.get("lines"):
        raise RuleBroken("order_empty", "344-12.1")
    await after_goods(manager)


# Delivery and files


async def take_place(manager: DialogManager, text: str) -> None:
    """Where to."""
    found = required_text(text, "delivery_place", PLACE_LIMIT, "344-12.3")
    manager.dialog_data["place"] = found
    await go(manager, OrderForm.terms)


async def take_terms(manager: DialogManager, text: str) -> None:
    """On which terms."""
    found = required_text(text, "delivery_terms", TERMS_LIMIT, "344-12.3")
    manager.dialog_data["terms"] = found
    await go(manager, OrderForm.days)


async def take_days(manager: DialogManager, text: str) -> None:
    """Within how many days."""
    days = parse_days(text)
    check_delivery_days(days)
    manager.dialog_data["days"] = days
    await go(manager, OrderForm.files)


async def take_order_file(manager: DialogManager, file: FileInfo, content: bytes) -> None:
    """One more file of the order."""
    check_document(file, content)
    data = manager.dialog_data
    files = [*data.get("files", []), asdict(file)]
    if len(files) + int(data.get("attached", 0)) > MAX_FILES:
        raise RuleBroken("too_many_files", None, limit=MAX_FILES)
    data["files"] = files
    await go(manager, OrderForm.files)


async def drop_files(manager: DialogManager) -> None:
    """Forget the files sent in this form."""
    manager.dialog_data["files"] = []
    await go(manager, OrderForm.files)


# From a spreadsheet and from a goods list


async def take_sheet(manager: DialogManager, _: FileInfo, content: bytes) -> None:
    """An order filled in as XLSX: read whole, or answered with everything that is wrong."""
    ctx = ctx_of(manager)
    sheet = await asyncio.to_thread(read_order, content)
    if isinstance(sheet, SheetErrors):
        if isinstance(manager.event, Message):
            await manager.event.answer(sheet_errors(ctx.t, sheet))
        return
    manager.dialog_data.update(values_of_sheet(sheet, await _items_by_number(ctx, sheet)))
    await go(manager, OrderForm.review)


async def _items_by_number(ctx: Ctx, sheet: OrderSheet) -> dict[str, int]:
    """Ids of the goods list items a sheet names; a number in two lists is nobody's."""
    wanted = {line.list_item for line in sheet.lines if line.list_item}
    found: dict[str, list[int]] = {}
    if not wanted:
        return {}
    for each in await ctx.services.goods_lists.lists(ctx.actor):
        page = await ctx.services.goods_lists.items(ctx.actor, each.id, size=_MOST_LISTED)
        for item in page.items:
            if item.item in wanted:
                found.setdefault(item.item, []).append(item.id)
    return {number: ids[0] for number, ids in found.items() if len(ids) == 1}


async def choose_list(manager: DialogManager, list_id: str) -> None:
    """A project's list."""
    manager.dialog_data.update({"list": int(list_id), "after": 0})
    await go(manager, OrderForm.items)


async def items_page(manager: DialogManager) -> ItemPage:
    """The page of the chosen list that is looked at: needs that no order covers yet."""
    ctx, data = ctx_of(manager), manager.dialog_data
    return await ctx.services.goods_lists.items(
        ctx.actor, data["list"], data.get("after", 0), only_uncovered=True
    )


async def further_items(manager: DialogManager) -> None:
    """The next page of a list."""
    manager.dialog_data["after"] = (await items_page(manager)).after or 0


async def choose_item(manager: DialogManager, item_id: str) -> None:
    """A need: its uncovered volume becomes a good of the order."""
    ctx = ctx_of(manager)
    item = await ctx.services.goods_lists.item(ctx.actor, int(item_id))
    line = line_of_item(item)
    manager.dialog_data.pop("at", None)
    manager.dialog_data["line"] = line
    coded = line["code"] or line["agsk3"]
    await go(manager, OrderForm.quantity if coded else OrderForm.code)


# The end


async def save(manager: DialogManager) -> None:
    """Save the draft; goods of several kinds are first offered to be split."""
    try:
        await _save(manager, split=False)
    except RuleBroken as error:
        if error.code != "order_mixed":
            raise
        await go(manager, OrderForm.split)


async def save_split(manager: DialogManager) -> None:
    """Save one draft for each kind of goods."""
    await _save(manager, split=True)


async def _save(manager: DialogManager, *, split: bool) -> None:
    ctx, data = ctx_of(manager), manager.dialog_data
    terms, lines, orders = terms_of(data), new_lines(data), ctx.services.orders
    if data.get("edit"):
        made = await orders.revise(ctx.actor, data["edit"], terms, lines, split=split)
    else:
        made = await orders.create(ctx.actor, data["bin"], terms, lines, split=split)
    for number in made.numbers:
        for place, file in enumerate(data.get("files", [])):
            step = ctx.step(f"file.{number}.{place}")
            await orders.attach(step, number, FileInfo(**file))
    shown = [orders_saved(ctx.t, made.numbers)]
    if len(made.numbers) == 1:
        card = await orders.card(ctx.actor, made.numbers[0])
        shown = [order_card(ctx.t, card, ctx.actor.role)]
    await finish(manager, *shown)
