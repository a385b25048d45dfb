"""The card of an order, for each reader and state, and lists of orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.deadlines import DeadlineView
from domain.orders.views import (
    AwardView,
    ContractView,
    LineView,
    Mine,
    OrderCard,
    OrderPage,
    OrderRow,
    Party,
)
from domain.roles import Role
from handlers.views.orders import order_card, order_list
from handlers.views.parts import fits
from handlers.views.shown import Shown
from handlers.views.translator import LOCALES, Locale, plain, translator

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
CUSTOMER = Party("900140000012", "ТОО «Заказчик»", "«Тапсырыс беруші» ЖШС")
SUPPLIER = Party("900140000013", "ТОО <Алма> & Ко", "«Алма» ЖШС")


def line(number: int = 1, name: str = "Труба") -> LineView:
    """A line of pipes."""
    return LineView(
        number,
        name,
        "Құбыр",
        "242013.100.000000",
        "",
        Decimal(100),
        "m",
        Decimal("1000000.00"),
        "ГОСТ",
        None,
        Decimal(0),
    )


def card(**values: object) -> OrderCard:
    """A draft of one line, with other values by name."""
    plain_card = OrderCard(
        number=15,
        state="draft",
        revision=1,
        customer=CUSTOMER,
        delivery_place="Астана",
        delivery_terms="DDP",
        delivery_days=60,
        created_at=NOW,
        published_at=None,
        offers_due_at=None,
        closed_at=None,
        finished_at=None,
        failure_ground=None,
        lines=[line()],
        deadlines=[],
        invited=0,
        offers=None,
        awards=[],
        contracts=[],
        protocol_version=0,
        files=[],
        mine=None,
        signed=False,
        now=NOW,
    )
    return replace(plain_card, **values)  # type: ignore[arg-type]  # named by the test


def award(number: int = 7, state: str = "active", outcome: str | None = "confirmed") -> AwardView:
    """An award of 60 metres."""
    return AwardView(
        number,
        15,
        SUPPLIER,
        1,
        Decimal(60),
        Decimal("480000.00"),
        state,
        outcome,
        None,
        NOW,
        LATER,
        NOW,
        None,
    )


def contract(side: str, state: str = "proposed") -> ContractView:
    """A contract one side has entered."""
    return ContractView(
        3, 15, SUPPLIER, "N-1", NOW.date(), state, side, NOW, None, Decimal("480000.00")
    )


def deadline(kind: str, subject: str, state: str = "open", due: datetime = LATER) -> DeadlineView:
    """A term of two working days."""
    return DeadlineView(kind, subject, 1, NOW, due, "2wd", "344-13.9", state, None, "kz0")


def names(shown: Shown) -> set[str]:
    """The names of the presses under a card."""
    assert shown.keyboard is not None
    return {
        (each.callback_data or "").split(":")[1]
        for row in shown.keyboard.inline_keyboard
        for each in row
    }


DRAFT = {
    "order.preview",
    "order.publish",
    "order.edit",
    "order.attach",
    "order.discard",
    "order.goods",
}
MINE = Mine(True, (1,), False, None, None, None)


@pytest.mark.parametrize(
    ("role", "values", "expected"),
    [
        (Role.CUSTOMER, {}, DRAFT),
        (
            Role.CUSTOMER,
            {
                "state": "collecting",
                "published_at": NOW,
                "deadlines": [deadline("offer_window", "order:15")],
            },
            {"order.goods", "receipt"},
        ),
        (
            Role.CUSTOMER,
            {"state": "choosing", "published_at": NOW, "closed_at": NOW, "offers": 2},
            {"order.choose", "order.goods", "order.summary", "chains"},
        ),
        (
            Role.SUPPLIER,
            {"state": "collecting", "published_at": NOW, "mine": MINE},
            {"order.offer", "order.remind", "order.decline", "order.goods", "chains"},
        ),
        (
            Role.SUPPLIER,
            {"state": "collecting", "published_at": NOW, "mine": replace(MINE, declined=True)},
            {"order.offer", "order.remind", "order.goods", "chains"},
        ),
        (
            Role.SUPPLIER,
            {"state": "confirming", "published_at": NOW, "awards": [award(7, "pending", None)]},
            {"award.card", "order.goods", "chains"},
        ),
        (
            Role.SUPPLIER,
            {
                "state": "contracting",
                "published_at": NOW,
                "awards": [award()],
                "contracts": [contract("customer")],
                "protocol_version": 1,
            },
            {
                "chains",
                "contract.agree",
                "contract.dispute",
                "contract.enter",
                "order.goods",
                "order.protocol",
            },
        ),
        (
            Role.CUSTOMER,
            {
                "state": "contracting",
                "published_at": NOW,
                "awards": [award()],
                "contracts": [contract("customer")],
            },
            {"order.choose", "contract.enter", "order.goods", "chains"},
        ),
        (
            Role.ADMIN,
            {"state": "choosing", "published_at": NOW, "closed_at": NOW, "offers": 2},
            {"order.goods", "order.summary", "chains"},
        ),
        (Role.SUPPLIER, {"state": "collecting", "published_at": NOW}, {"order.goods"}),
    ],
)
def test_what_a_reader_can_do(role: Role, values: dict[str, object], expected: set[str]) -> None:
    asks = {"support"} if role in (Role.CUSTOMER, Role.SUPPLIER) else set()
    assert names(order_card(translator("ru"), card(**values), role)) == expected | asks


@pytest.mark.parametrize("locale", LOCALES)
def test_a_card_of_any_size_fits_one_message(locale: Locale) -> None:
    lines = [line(at, "Ң" * 300) for at in range(1, 501)]
    awards = [award(at, "unsuccessful", "refused") for at in range(1, 80)]
    long = card(
        state="choosing",
        published_at=NOW,
        lines=[replace(each, outside_quantity=Decimal(5)) for each in lines],
        awards=[replace(each, reason="<&>" * 300) for each in awards],
        contracts=[replace(contract("supplier"), contract_number="&" * 64)] * 20,
        delivery_place="&" * 500,
        delivery_terms="<" * 2000,
    )
    shown = order_card(translator(locale), long, Role.CUSTOMER)
    assert fits(shown.text)


@pytest.mark.parametrize("locale", ["kk", "ru"])
def test_the_name_is_the_readers_and_is_escaped(locale: Locale) -> None:
    shown = order_card(translator(locale), card(awards=[award()], published_at=NOW), Role.CUSTOMER)
    text = plain(shown.text)
    assert ("Құбыр" in text) == (locale == "kk")
    assert "<Алма>" not in shown.text
    assert ("ТОО <Алма> & Ко" in text) == (locale == "ru")


def test_a_lapsed_selection_is_shown_as_overdue() -> None:
    t = translator("ru")
    term = deadline("selection", "order:15", "fired", NOW - timedelta(days=1))
    overdue = order_card(
        t, card(state="choosing", published_at=NOW, deadlines=[term]), Role.CUSTOMER
    )
    assert t("The term is over: this is overdue.") in overdue.text
    chosen = order_card(
        t, card(state="contracting", published_at=NOW, deadlines=[term]), Role.CUSTOMER
    )
    assert t("The term is over: this is overdue.") not in chosen.text


def test_an_act_without_a_signature_says_so() -> None:
    t = translator("kk")
    unsigned = t("Every act here is confirmed in the chat, without a digital signature.")
    published = card(state="collecting", published_at=NOW)
    assert unsigned in order_card(t, published, Role.SUPPLIER).text
    assert unsigned not in order_card(t, replace(published, signed=True), Role.SUPPLIER).text


def test_a_list_leads_on_and_back() -> None:
    t = translator("ru")
    row = OrderRow(15, "draft", "Труба", "Құбыр", 3, CUSTOMER, Decimal(5), LATER)
    shown = order_list(t, OrderPage([row], 15), Role.CUSTOMER, "draft", first=False)
    data = (
        [each.callback_data for rows in shown.keyboard.inline_keyboard for each in rows]
        if shown.keyboard
        else []
    )
    assert data[:3] == ["1:order.card:15", "1:orders:draft:0", "1:orders:draft:15"]
    assert "1:order.new" in data


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.SUPPLIER, Role.ADMIN])
def test_an_empty_list_says_what_to_do(role: Role) -> None:
    shown = order_list(translator("ru"), OrderPage([], None), role)
    assert len(plain(shown.text)) > 40
    assert ("order.new" in names(shown)) == (role is Role.CUSTOMER)
