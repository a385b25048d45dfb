"""Bad input and hard moments, as people meet them in the chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook

from bot.sandbox.client import Message
from domain.awards.rules import Choice
from domain.clock import ASTANA
from domain.people.rules import CONSENT_VERSIONS
from domain.registry.views import CompanyView
from domain.roles import Role
from handlers.views.errors import TEXTS
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.terms import UNITS
from handlers.views.translator import Lazy, plain
from tests.domain.documents.sheet_samples import (
    ORDER_HEADER,
    ORDER_ROW,
    changed,
    order_book,
    saved,
)
from tests.e2e.player import Player, pattern
from tests.e2e.town import Town
from tests.support.factories import (
    PIPE,
    admin_actor,
    again,
    integration_actor,
    make_customer,
    make_offer,
    make_order,
    make_person,
    make_producer,
    next_bin,
)


def refusal(player: Player, code: str, text: str) -> bool:
    """Whether a text says that this rule was broken."""
    what = getattr(TEXTS[code], "what", None)
    assert isinstance(what, Lazy), code
    return pattern(player.t, what.text).search(text) is not None


def refused(player: Player, code: str, answers: list[Message]) -> bool:
    """Whether one of the answers says that this rule was broken."""
    return any(refusal(player, code, each.text) for each in answers)


@dataclass
class Market:
    """A customer and a supplier who chat, and their companies."""

    town: Town
    buyer: CompanyView
    maker: CompanyView
    customer: Player
    supplier: Player

    async def awarded(self) -> tuple[int, int]:
        """An order in confirmation: its number and the award's."""
        number = await make_order(self.town.services, self.buyer)
        await make_offer(self.town.services, number, self.maker)
        await self.town.travel(await self.town.next_deadline("offer_window"))
        choice = [Choice(1, self.maker.bin, Decimal(100))]
        (award,) = await self.town.services.awards.select(integration_actor(), number, choice)
        await self.town.settled()
        return number, award.id

    async def state(self, award: int) -> str:
        """The award's state."""
        return (await self.town.services.awards.one(integration_actor(), award)).state


@pytest.fixture
async def market(town: Town) -> Market:
    """The market, with both chats open."""
    buyer, maker = await make_customer(town.site), await make_producer(town.site)
    customer = await town.person("Данияр", "ru", role=Role.CUSTOMER, company=buyer)
    supplier = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    return Market(town, buyer, maker, Player(town, customer, "ru"), Player(town, supplier, "kk"))


def assert_telegram_refused_nothing(town: Town) -> None:
    """Whatever was typed, the bot never asked Telegram for what Telegram refuses."""
    assert not [call["description"] for call in town.world.calls if not call["ok"]]


# Registration


async def newcomer(town: Town, link: str = "") -> Player:
    """Somebody at the step of the contact."""
    player = Player(town, await town.stranger("Дана"), "ru")
    await player.person.start(link)
    await town.settled()
    await player.press_data(press("language", "ru"))
    await player.press_data(press("consent.accept", *CONSENT_VERSIONS.values()))
    return player


async def test_registration_takes_nothing_wrong(town: Town) -> None:
    """Somebody else's contact, a wrong check digit, an unknown BIN; then the right ones."""
    maker, other = await make_producer(town.site), await town.stranger("Болат")
    dana = await newcomer(town)
    answers = await dana.share_contact(other.id)
    assert refused(dana, "contact_not_own", answers)
    await dana.share_contact()
    await dana.press("As a supplier")
    wrong = maker.bin[:-1] + str((int(maker.bin[-1]) + 1) % 10)
    assert refused(dana, "bin_check_digit", await dana.say(wrong))
    assert any("344" in each.text for each in await dana.say(next_bin()))
    await dana.say(maker.bin)
    await dana.press("Yes, this is us")


async def test_invitations_expire_and_work_once(town: Town) -> None:
    maker = await make_producer(town.site)
    head = await make_person(town.site, role=Role.SUPPLIER, company=maker)
    used, late = [await town.services.people.invite(again(head), Role.SUPPLIER) for _ in range(2)]
    dana = await newcomer(town, used.token)
    await dana.share_contact()
    await dana.press("Yes, this is us")
    await dana.press("Contact person")
    await dana.press("Use this name")
    await dana.say("dana@example.kz")
    await dana.press("Send")
    await dana.sees("You are registered by invitation and can act at once.")
    erlan = Player(town, await town.stranger("Ерлан"), "ru")
    assert refused(erlan, "invitation_used", await erlan.start(used.token))
    await town.travel(timedelta(days=60))
    assert refused(erlan, "invitation_expired", await erlan.start(late.token))


# Buttons


async def test_buttons_of_others_do_nothing(market: Market) -> None:
    """A forwarded or forged button gives nobody the rights of whom it was shown to."""
    town = market.town
    number, award = await market.awarded()
    rival = await make_producer(town.site)
    stranger = Player(town, await town.person(role=Role.SUPPLIER, company=rival), "ru")
    guest = Player(town, await town.person("Болат"), "ru")
    draft = await make_order(town.services, market.buyer, publish=False)
    for intruder in (stranger, guest, market.customer):
        for name in ("award.confirm", "award.confirmed", "award.refuse"):
            await intruder.press_data(press(name, award), forged=True)
    for intruder in (stranger, guest, market.supplier):
        for name in ("order.published", "order.edit", "choose.send", "choose.own"):
            await intruder.press_data(press(name, draft), forged=True)
        await intruder.press_data(press("order.choose", number), forged=True)
    for nonsense in ("1:order.card:", "1:order.card:-1", "1:order.card:99999999999999999999", "x"):
        await stranger.press_data(nonsense, forged=True)
    assert await market.state(award) == "pending"
    assert (await town.ok("GET", f"/orders/{draft}"))["state"] == "draft"
    shown = "\n".join(each.text for each in [*await stranger.messages(), *await guest.messages()])
    assert market.buyer.bin not in shown


async def test_double_press_confirms_once(market: Market) -> None:
    """Twice by one person at once, then by a colleague: one decision, everybody is answered."""
    town, supplier = market.town, market.supplier
    colleague = Player(
        town, await town.person("Ольга", role=Role.SUPPLIER, company=market.maker), "ru"
    )
    _, award = await market.awarded()
    for player in (supplier, colleague):
        await player.press_data(press("award.card", award))
        await player.press_data(press("award.confirm", award))
    data = press("award.confirmed", award)
    card = await supplier.person.find(lambda each: any(b.data == data for b in each.buttons))
    presses = [await supplier.person.press_data(data, card.id, forged=True) for _ in range(2)]
    await town.settled()
    for number in presses:
        await supplier.person.wait_answer(number)
    answer = await colleague.press_data(data)
    assert refusal(colleague, "award_decided", answer.text)
    acts = (await town.ok("GET", f"/audit?subject=award:{award}"))["items"]
    assert [each["action"] for each in acts].count("award.confirm") == 1
    assert await market.state(award) == "active"


@pytest.mark.clause("344-13.3a")
@pytest.mark.clause("344-13.7a")
async def test_the_end_of_a_term_is_exclusive(market: Market) -> None:
    """At the very instant it is too late, a moment before it is not; no sweep has run yet."""
    town, supplier = market.town, market.supplier
    number = await make_order(town.services, market.buyer)
    due = await town.next_deadline("offer_window")
    assert due.astimezone(ASTANA).isoformat() == "2026-11-25T00:00:00+05:00"
    town.clock.set(due - timedelta(microseconds=1))
    await make_offer(town.services, number, market.maker)
    town.clock.set(due)
    answer = await supplier.press_data(press("offer.withdrawn", number), forged=True)
    assert answer is not None
    closed = await town.api(
        "POST",
        f"/orders/{number}/offers",
        {
            "supplier_bin": market.maker.bin,
            "lines": [{"line": 1, "quantity": "1", "price": "1", "delivery_days": 60}],
        },
    )
    assert (closed.status, closed.body["code"]) == (409, "window_closed")
    await town.travel(due)
    choice = [Choice(1, market.maker.bin, Decimal(100))]
    (award,) = await town.services.awards.select(integration_actor(), number, choice)
    lapses = await town.next_deadline("confirmation")
    town.clock.set(lapses)
    late = await supplier.press_data(press("award.confirmed", award.id), forged=True)
    assert refusal(supplier, "award_lapsed", late.text)
    assert await market.state(award.id) != "active"


async def test_lapsed_form_says_so(market: Market) -> None:
    """A button of a form that was closed is answered, and the form can be opened anew."""
    customer = market.customer
    await customer.choose(ACTIONS["new_order"])
    await customer.press("Form in the chat")
    await customer.say("Труба")
    step = next(each for each in reversed(await customer.messages()) if each.buttons)
    stale = step.button(customer.label("Skip")).data
    assert stale is not None
    await customer.say("/cancel")
    answer = await customer.press_data(stale, step, forged=True)
    assert answer.text
    assert answer.show_alert


async def test_suspended_person_is_told_and_can_do_nothing(market: Market) -> None:
    town, supplier = market.town, market.supplier
    _, award = await market.awarded()
    admin = await admin_actor(town.site)
    people = await town.services.people.find_people(admin, "Нұрлан")
    await town.services.people.suspend(admin, people[0].id, "Проверка документов")
    await town.settled()
    answers = await supplier.say(supplier.label(ACTIONS["orders"]))
    assert any("Проверка документов" in each.text for each in answers)
    await supplier.press_data(press("award.confirmed", award), forged=True)
    assert await market.state(award) == "pending"


# What people type


async def at_sum(customer: Player) -> None:
    """The order form at the step of the allocated sum."""
    await customer.choose(ACTIONS["new_order"])
    await customer.press("Form in the chat")
    await customer.say("Труба")
    await customer.press("Skip")
    await customer.say(PIPE)
    await customer.say("100")
    await customer.press_shown(plain(customer.t(UNITS["m"])))


async def test_sums_that_cannot_be_read_keep_the_step(market: Market) -> None:
    """Each wrong sum is answered with the reason; the right one is then taken."""
    customer = market.customer
    await at_sum(customer)
    question = (await customer.messages())[-1].text
    wrong = ("1.25 млн", "0", "-5", "1e9", "1 250 000,505", "NaN", "9" * 30, "миллион", "🙂")
    for text in wrong:
        answers = await customer.say(text)
        assert answers[-1].text.splitlines()[0] == question.splitlines()[0], text
    await customer.say("1 250 000,50")
    await customer.say("ГОСТ")
    shown = (await customer.messages())[-1].text
    assert "250" in shown
    assert ",50" in shown
    assert_telegram_refused_nothing(market.town)


async def test_ten_thousand_characters_and_odd_letters(market: Market) -> None:
    """A text too long is refused; markup, emoji and right-to-left marks are only letters."""
    customer = market.customer
    odd = "<b>Труба</b> & \u202eабырт\u202c 🙂 &lt;/b&gt; é"
    await customer.choose(ACTIONS["new_order"])
    await customer.press("Form in the chat")
    # The app sends it as three messages: one is refused, the others are no answers of their own.
    assert refused(customer, "text_too_long", await customer.say("Ұ" * 10_000))
    await customer.say(odd)
    await customer.press("Skip")
    await customer.say(PIPE)
    await customer.say("100")
    await customer.press_shown(plain(customer.t(UNITS["m"])))
    await customer.say("1000000")
    await customer.say(f"{odd} {'Ж' * 3000}")
    await customer.press("Continue")
    await customer.say(odd)
    await customer.say(odd)
    await customer.say("60")
    await customer.press("Continue")
    await customer.press("Save the draft")
    await customer.press("Preview")
    await customer.press("Publish")
    await customer.press("Yes, publish")
    await market.supplier.press("Details")
    card = (await market.supplier.messages())[-1]
    assert "<b>Труба</b> & абырт 🙂 &lt;/b&gt;" in card.text
    assert "\u202e" not in card.text
    assert_telegram_refused_nothing(market.town)


async def test_files_and_voice_out_of_place(market: Market) -> None:
    """Answered with what is expected, outside a form and inside it; the step stays."""
    customer = market.customer
    for answers in (await customer.send_photo(), await customer.send_voice()):
        assert answers
    await at_sum(customer)
    for answers in (
        await customer.send_photo(),
        await customer.send_voice(),
        await customer.send_file(b"%PDF", "drawing.pdf"),
        await customer.say("/help"),
        await customer.choose(ACTIONS["notices"]),
        await customer.say("/nothing_of_the_kind"),
    ):
        assert answers
    await customer.say("1000000")
    await customer.say("ГОСТ")
    await customer.press("Continue")
    assert_telegram_refused_nothing(market.town)


async def test_huge_file_is_refused_before_it_is_fetched(market: Market) -> None:
    """25 MB: Telegram would not give it to a bot, so the bot says so at once."""
    customer = market.customer
    number = await make_order(market.town.services, market.buyer, publish=False)
    await customer.press_data(press("order.attach", number), forged=True)
    before = len(market.town.world.calls)
    answers = await customer.send_file(b"0" * (25 * 1024 * 1024), "huge.pdf")
    assert refused(customer, "file_too_big", answers)
    made = list(market.town.world.calls)[before:]
    assert not [call for call in made if call["method"] == "getFile"]


# Spreadsheets


def merged() -> Workbook:
    """Cells joined into one."""
    book = order_book([ORDER_ROW, ORDER_ROW])
    book.worksheets[0].merge_cells("C6:C7")
    return book


SHEETS: dict[str, Callable[[], Workbook]] = {
    "merged cells": merged,
    "formulas": lambda: order_book([changed(ORDER_ROW, ORDER_HEADER, "Количество", "=10*10")]),
    "corrupt codes": lambda: order_book(
        [changed(ORDER_ROW, ORDER_HEADER, "Код ЕНС ТРУ", "24.20.13")]
    ),
    "empty": Workbook,
    "ten thousand rows": lambda: order_book([ORDER_ROW] * 10_000),
}


async def test_bad_spreadsheets_are_refused_whole(market: Market) -> None:
    """Each is answered with what is wrong; nothing is taken in, and the right one then is."""
    customer, town = market.customer, market.town
    await customer.choose(ACTIONS["new_order"])
    await customer.press("By XLSX")
    for name, make in SHEETS.items():
        answers = await customer.send_file(saved(make()), f"{name}.xlsx")
        assert answers, name
        assert not any(each.has(customer.label("Save the draft")) for each in answers), name
    assert await customer.send_file(b"not a spreadsheet", "order.xlsx")
    assert (await town.ok("GET", "/orders"))["items"] == []
    await customer.send_file(saved(order_book()), "order.xlsx")
    await customer.press("Save the draft")
    (row,) = (await town.ok("GET", "/orders"))["items"]
    assert (row["state"], row["allocated_sum"]) == ("draft", "1250000.50")
    assert_telegram_refused_nothing(market.town)
