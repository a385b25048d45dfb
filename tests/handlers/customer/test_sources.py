"""Orders from a spreadsheet and from a goods list; drafts opened again; late presses."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from bot.sandbox.client import Person
from domain.files import FileInfo
from domain.goods_lists.rules import ItemData
from domain.orders.rules import OrderTerms
from domain.orders.service import NewLine
from domain.roles import Role
from handlers.views.press import press
from tests.domain.documents.sheet_samples import (
    GOODS_HEADER,
    GOODS_ROW,
    ORDER_ROW,
    CellValue,
    changed,
    order_book,
    saved,
    table,
)
from tests.handlers.customer.chatting import ask, choose, customer, fill_delivery, fill_good, label
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import PIPE, integration_actor, make_customer, make_producer


def order_file(*rows: Sequence[CellValue]) -> bytes:
    """A filled template with these lines."""
    return saved(order_book(rows))


async def own_bin(town: Town, person: Person) -> str:
    """The BIN of the company a person acts for."""
    _, seen = await town.services.people.actor_for(person.id, "test:own-bin")
    assert seen.membership is not None
    assert seen.membership.company is not None
    return seen.membership.company.bin


async def draft(town: Town, person: Person, name: str = "Труба") -> int:
    """A draft order of one line, made elsewhere."""
    line = NewLine(name, "", PIPE, "", Decimal(10), "m", Decimal("100.00"), "ГОСТ")
    made = await town.services.orders.create(
        integration_actor(), await own_bin(town, person), OrderTerms("Астана", "DDP", 60), [line]
    )
    return made.numbers[0]


async def open_upload(town: Town, person: Person) -> None:
    """The menu, the template, the wait for the file."""
    await person.say(label("ru", "New order"))
    await tap(person, "order.xlsx")
    wait = said(t_of("ru"), "Fill in the template above: delivery on top, one good in each row. ")
    await person.wait_for(lambda each: wait in each.text)


async def test_the_template_is_handed_out_and_a_filled_one_is_read(town: Town) -> None:
    aigul = await customer(town)
    await open_upload(town, aigul)
    template = await aigul.find(lambda each: each.kind == "document")
    assert (await aigul.sandbox.content(template.file_id or "")).startswith(b"PK")
    await aigul.send_document(order_file(ORDER_ROW), "order.xlsx")
    review = await aigul.wait_for(lambda each: each.has(label("ru", "Save the draft")))
    assert "Труба стальная" in review.text
    assert "склад № 2" in review.text
    await tap_label(aigul, label("ru", "Save the draft"))
    await aigul.wait_for(lambda each: each.has(label("ru", "Preview")))
    actor = await town.actor(aigul)
    (row,) = (await town.services.orders.page(actor)).orders
    (line,) = (await town.services.orders.card(actor, row.number)).lines
    assert (line.unit, line.quantity) == ("m", Decimal("1200.5"))


async def test_errors_of_a_sheet_come_by_row_and_column(town: Town) -> None:
    aigul = await customer(town)
    await open_upload(town, aigul)
    bad = (*ORDER_ROW[:4], "331312.1e5", "", "-5", *ORDER_ROW[7:])
    await aigul.send_document(order_file(*([bad] * 60)), "order.xlsx")
    told = await aigul.wait_for(lambda each: "120" in each.text)
    assert len(told.text) <= 4096
    await aigul.send_document(b"not a book", "order.xlsx")
    refused = await aigul.wait_for(lambda each: not each.buttons)
    assert refused.text
    await aigul.send_document(order_file(ORDER_ROW), "order.xlsx")
    await aigul.wait_for(lambda each: each.has(label("ru", "Save the draft")))


@pytest.mark.clause("344-3")
async def test_a_need_of_a_project_becomes_a_line(town: Town) -> None:
    aigul = await customer(town)
    items = [
        ItemData("7", Decimal(100), "м", "Труба проектная", "", PIPE, "", "ГОСТ 8732"),
        ItemData("8", Decimal(5), "шт", "Насос", "", "", "", ""),
    ]
    await town.services.goods_lists.put_list(
        integration_actor(), await own_bin(town, aigul), "P-1", "Школа & сад", items
    )
    await aigul.say(label("ru", "New order"))
    await tap(aigul, "order.pick")
    await aigul.wait_for(lambda each: each.has("Школа & сад"))
    needs = await choose(aigul, "Школа & сад")
    assert "Труба проектная" in needs.text
    step = await choose(aigul, "7")
    assert "100" in step.text
    await choose(aigul, label("ru", "Leave as it is"))  # the volume; the list says the unit
    await ask(aigul, "500000")
    goods = await choose(aigul, label("ru", "Leave as it is"))
    assert "Труба проектная" in goods.text
    await choose(aigul, label("ru", "Continue"))
    await fill_delivery(aigul)
    await choose(aigul, label("ru", "Continue"))
    await tap_label(aigul, label("ru", "Save the draft"))
    await aigul.wait_for(lambda each: each.has(label("ru", "Preview")))
    actor = await town.actor(aigul)
    (row,) = (await town.services.orders.page(actor)).orders
    (line,) = (await town.services.orders.card(actor, row.number)).lines
    assert line.goods_list_item_id is not None


async def test_the_menu_shows_goods_lists_with_their_needs(town: Town) -> None:
    aigul = await customer(town)
    await aigul.say(label("ru", "Goods lists"))
    none = said(t_of("ru"), "You have no goods lists yet. ")
    await aigul.wait_for(lambda each: none[:20] in each.text)
    await town.services.goods_lists.put_list(
        integration_actor(),
        await own_bin(town, aigul),
        "P-1",
        "Школа",
        [ItemData(str(at), Decimal(at), "м", f"Труба {at}", "", PIPE) for at in range(1, 12)],
    )
    await aigul.say(label("ru", "Goods lists"))
    await aigul.wait_for(lambda each: each.has("Школа"))
    first = await choose(aigul, "Школа")
    assert "Труба 8" in first.text
    second = await choose(aigul, label("ru", "Further items"))
    assert "Труба 11" in second.text


async def test_a_draft_is_edited(town: Town) -> None:
    aigul = await customer(town)
    number = await draft(town, aigul)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.edit", number)
    await aigul.wait_for(lambda each: each.has(label("ru", "Change delivery")))
    await choose(aigul, label("ru", "Change delivery"))
    await ask(aigul, "Шымкент")
    await choose(aigul, label("ru", "Leave as it is"))
    await choose(aigul, label("ru", "Leave as it is"))
    await choose(aigul, label("ru", "Continue"))
    await tap_label(aigul, label("ru", "Save the draft"))
    await aigul.wait_for(lambda each: "Шымкент" in each.text and each.has(label("ru", "Publish")))
    card = await town.services.orders.card(await town.actor(aigul), number)
    assert card.delivery_place == "Шымкент"


async def test_a_file_is_attached_to_a_draft(town: Town) -> None:
    aigul = await customer(town)
    number = await draft(town, aigul)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.attach", number)
    await aigul.wait_for(lambda each: each.has(label("ru", "Finish")))
    await aigul.send_photo(b"\xff\xd8\xff photo")
    await aigul.wait_for(lambda each: ".jpg" in each.text)
    await tap_label(aigul, label("ru", "Finish"))
    await aigul.wait_for(lambda each: each.has(label("ru", "Files")))


async def test_publishing_twice_shows_the_card_as_it_is(town: Town) -> None:
    await make_producer(town.site)
    aigul = await customer(town)
    number = await draft(town, aigul)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.publish", number)
    question = await aigul.eventually(lambda each: each.has(label("ru", "Yes, publish")))
    data = press("order.published", number)
    await aigul.press_data(data, question.id)
    await aigul.wait_for(lambda each: said(t_of("ru"), "Suppliers invited: {count}") in each.text)
    await aigul.catch_up()
    answer = await aigul.wait_answer(await aigul.press_data(data, question.id, forged=True))
    assert answer.show_alert
    await aigul.eventually(lambda each: each.has(label("ru", "? Deadline of offers")))


@pytest.mark.clause("344-16")
async def test_without_producers_the_preview_and_the_end_say_so(town: Town) -> None:
    aigul = await customer(town)
    number = await draft(town, aigul)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.preview", number)
    await aigul.wait_for(lambda each: "15" in each.text and each.has(label("ru", "Edit")))
    await tap(aigul, "order.publish", number)
    await tap(aigul, "order.published", number)
    told = said(t_of("ru"), "The purchase failed at once: ")
    await aigul.eventually(lambda each: told in each.text)
    card = await town.services.orders.card(await town.actor(aigul), number)
    assert (card.state, card.failure_ground) == ("failed", "15.3")


async def test_somebody_elses_draft_is_not_there(town: Town) -> None:
    aigul = await customer(town)
    number = await draft(town, aigul)
    other = await town.person("Болат", role=Role.CUSTOMER, company=await make_customer(town.site))
    await other.say(label("ru", "Orders"))
    message = await other.wait_for(lambda each: bool(each.buttons))
    for name in ("order.card", "order.edit", "order.publish", "order.published", "order.preview"):
        id_ = await other.press_data(press(name, number), message.id, forged=True)
        assert (await other.wait_answer(id_)).text
    assert (await town.services.orders.card(integration_actor(), number)).state == "draft"


async def test_the_list_is_filtered_and_turned(town: Town) -> None:
    aigul = await customer(town)
    for at in range(10):
        await draft(town, aigul, f"Труба {at}")
    await aigul.say(label("ru", "Orders"))
    first = await aigul.wait_for(lambda each: bool(each.buttons))
    assert "Труба 9" in first.text
    second = await choose(aigul, label("ru", "Older orders"))
    assert "Труба 0" in second.text
    empty = await choose(aigul, label("ru", "Finished"))
    assert (
        said(t_of("ru"), "There are no orders of this kind. Choose another filter.") in empty.text
    )


async def test_a_draft_that_became_mixed_is_offered_to_be_split(town: Town) -> None:
    aigul = await customer(town)
    number = await draft(town, aigul)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.edit", number)
    await choose(aigul, label("ru", "Change the goods"))
    await choose(aigul, label("ru", "One more good"))
    await fill_good(aigul, "ru", "Кран шаровой", "281413.000.000001")
    await choose(aigul, label("ru", "Continue"))
    await choose(aigul, label("ru", "Save the draft"))
    await tap_label(aigul, label("ru", "Split into orders"))
    await aigul.eventually(
        lambda each: said(t_of("ru"), "Draft orders are saved: {numbers}.") in each.text
    )
    orders = (await town.services.orders.page(await town.actor(aigul))).orders
    assert [row.state for row in orders] == ["draft", "draft"]


async def test_a_file_of_a_draft_is_removed_after_a_second_tap(town: Town) -> None:
    aigul = await customer(town)
    number = await draft(town, aigul)
    for name in ("первый.pdf", "второй.pdf"):
        file = FileInfo(name, "application/pdf", 3, name[0].encode().hex().ljust(64, "0"))
        await town.services.orders.attach(integration_actor(), number, file)
    await aigul.say(label("ru", "Orders"))
    await tap(aigul, "order.card", number)
    await tap(aigul, "order.detach", number)
    await tap(aigul, "order.detach", number, 1)
    asked = await aigul.eventually(lambda each: each.has(label("ru", "Yes, remove")))
    assert "первый.pdf" in asked.text
    assert asked.buttons[0].data == press("order.card", number)
    await tap(aigul, "order.detached", number, 1)
    await aigul.eventually(lambda each: each.id == asked.id and each.has(label("ru", "Preview")))
    card = await town.services.orders.card(await town.actor(aigul), number)
    assert [each.name for each in card.files] == ["второй.pdf"]


@pytest.mark.clause("344-3")
async def test_a_customer_brings_a_goods_list_in(town: Town) -> None:
    aigul = await customer(town)
    mine = changed(GOODS_ROW, GOODS_HEADER, "БИН заказчика", await own_bin(town, aigul))
    await aigul.say(label("ru", "Goods lists"))
    await tap(aigul, "goods.upload")
    await aigul.eventually(lambda each: "Код проекта" in each.text)
    await aigul.catch_up()
    await aigul.send_document(saved(table(GOODS_HEADER, [GOODS_ROW])), "list.xlsx")
    refused = await aigul.wait_for(lambda each: not each.buttons)
    assert refused.text
    await aigul.send_document(saved(table(GOODS_HEADER, [mine])), "list.xlsx")
    await tap_label(aigul, label("ru", "Take the list in"))
    await aigul.eventually(
        lambda each: said(t_of("ru"), "The goods list is taken in.") in each.text
    )
    (found,) = await town.services.goods_lists.lists(await town.actor(aigul))
    assert found.items == 1
