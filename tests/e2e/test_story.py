"""One order's whole way in the chat alone, in either language: what people see, press and type."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest

from domain.clock import astana
from domain.registry.views import CompanyView
from domain.roles import Role
from handlers.views import format as fmt
from handlers.views.awards import REASON_BUTTONS
from handlers.views.press import MOST_BYTES
from handlers.views.terms import UNITS
from handlers.views.translator import LOCALES, Html, Lazy, plain, translator
from tests.e2e.player import Player, heard_by_people
from tests.e2e.town import Town
from tests.e2e.walks import enter_contract, fill_offer, give, publish
from tests.support.factories import make_customer, make_offer, make_order, make_producer
from tests.support.language import assert_catalogued, listening

OTHER = {"kk": "ru", "ru": "kk"}


@dataclass
class Cast:
    """Who takes part; ``dear`` asks more than there is; ``stranger`` makes something else."""

    customer: Player
    alpha: Player
    beta: Player
    dear: Player
    stranger: Player
    alpha_company: CompanyView
    beta_company: CompanyView

    @property
    def suppliers(self) -> tuple[Player, Player, Player]:
        """Everybody who offers."""
        return self.alpha, self.beta, self.dear

    @property
    def everybody(self) -> tuple[Player, ...]:
        """All people of the story."""
        return self.customer, *self.suppliers, self.stranger


async def gather(town: Town, language: str) -> Cast:
    """The customer and the first supplier read ``language``, the others the other one."""
    contractor = await make_customer(town.site)
    alpha = await make_producer(town.site, name_ru="ТОО «Альфа»", name_kk="«Альфа» ЖШС")
    beta = await make_producer(town.site, name_ru="ТОО «Бета»", name_kk="«Бета» ЖШС")
    dear = await make_producer(town.site, name_ru="ТОО «Гамма»", name_kk="«Гамма» ЖШС")
    pumps = await make_producer(town.site, goods=["281314.100.000004"])

    async def player(name: str, tongue: str, role: Role, company: CompanyView) -> Player:
        return Player(town, await town.person(name, tongue, role=role, company=company), tongue)

    return Cast(
        await player("Данияр", language, Role.CUSTOMER, contractor),
        await player("Нұрлан", language, Role.SUPPLIER, alpha),
        await player("Ольга", OTHER[language], Role.SUPPLIER, beta),
        await player("Сергей", OTHER[language], Role.SUPPLIER, dear),
        await player("Асхат", OTHER[language], Role.SUPPLIER, pumps),
        alpha,
        beta,
    )


async def offer(supplier: Player, price: str, *, warned: bool = False) -> None:
    """From the invitation to the submitted offer."""
    await supplier.sees("New order No. {number}: your goods are needed")
    await fill_offer(supplier, price, warned=warned)
    shown = await supplier.sees("Offer No. {offer} is submitted")
    recorded = fmt.moment(supplier.t, supplier.town.clock.now(), seconds=True)
    assert plain(recorded) in shown.text
    assert "10:00:00" in shown.text, "20 November 2026, 05:00 UTC, is ten in the morning in Astana"


@pytest.mark.clause("344-8")
@pytest.mark.clause("344-13.2a")
@pytest.mark.clause("344-13.4a")
@pytest.mark.clause("344-13.4b")
@pytest.mark.clause("344-13.5")
@pytest.mark.clause("344-13.6b")
@pytest.mark.clause("344-13.8b")
@pytest.mark.clause("344-13.10")
@pytest.mark.clause("366-16")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_from_publication_to_contract(town: Town, language: str) -> None:
    with listening() as heard:
        cast = await gather(town, language)
        await publish(cast.customer)
        await invited_with_all_they_need(cast)
        await offer(cast.alpha, "900 000")
        await offer(cast.beta, "950000,00")
        await offer(cast.dear, "1 200 000", warned=True)
        await town.travel(await town.next_deadline("offer_window"))
        await summary_came(cast)
        await selection(cast)
        await contract(town, cast)
    for reader, text in heard_by_people(town, cast.everybody):
        assert_catalogued(plain(Html(text)), heard)
        assert_readers_language(reader, text)
    assert_telegram_took_everything(town)


async def invited_with_all_they_need(cast: Cast) -> None:
    """Every matching supplier, and nobody else, at the moment of publication."""
    invitation = "New order No. {number}: your goods are needed"
    for supplier in cast.suppliers:
        await supplier.sees(invitation)
    assert await cast.stranger.sees_none(invitation)
    alpha = cast.alpha
    await alpha.press("Details")
    shown = (await alpha.messages())[-1].text
    await alpha.press("Goods in detail")
    shown += (await alpha.messages())[-1].text
    for wanted in (
        "ГОСТ 10704, сталь Ст20",
        "Астана, склад 3",
        "Одной партией, разгрузка поставщиком",
        plain(fmt.money(alpha.t, Decimal(1_000_000))),
        plain(fmt.quantity(alpha.t, Decimal(100), alpha.t(UNITS["m"]))),
    ):
        assert wanted in shown


async def summary_came(cast: Cast) -> None:
    """The window closed by itself: picture and table for the customer, a fate for each offer."""
    await cast.customer.sees("Order No. {number}: the summary of offers is ready")
    files = {each.kind: each for each in await cast.customer.messages()}
    picture = await cast.customer.person.sandbox.content(files["photo"].file_id or "")
    assert picture.startswith(b"\x89PNG")
    sheet = await cast.customer.person.sandbox.content(files["document"].file_id or "")
    rows = [
        row
        for page in openpyxl.load_workbook(io.BytesIO(sheet)).worksheets
        for row in page.iter_rows(values_only=True)
    ]
    (own,) = ["|".join(map(str, row)) for row in rows if cast.alpha_company.bin in map(str, row)]
    for wanted in ("Альфа", "900000", "100", "75", "ГОСТ 10704, сталь Ст20"):
        assert wanted in own
    await cast.alpha.sees("Order No. {number}: your offer is accepted")
    await cast.dear.sees("Order No. {number}: your offer is rejected")


async def selection(cast: Cast) -> None:
    """Parts to two suppliers; one refuses, and the other takes the rest."""
    customer, alpha, beta = cast.customer, cast.alpha, cast.beta
    await customer.press("Choose suppliers")
    await customer.press("Set volumes myself")
    await give(customer, cast.alpha_company, "60")
    await give(customer, cast.beta_company, "40")
    await customer.press("Review")
    await customer.press("Send for confirmation")
    await alpha.sees("You are chosen: confirm order No. {number}")
    await alpha.press("Details")
    await alpha.press("Confirm")
    await alpha.press("Yes, confirm")
    await beta.press("Details")
    await beta.press("Refuse")
    await beta.press_shown(beta.label(REASON_BUTTONS["material"]))
    await beta.press("Yes, refuse")
    await customer.sees("Order No. {number}: choose another supplier")
    await customer.press("Choose suppliers")
    await customer.press("Send this proposal")
    await customer.press("Yes, send")
    await alpha.press("Details")
    await alpha.press("Confirm")
    await alpha.press("Yes, confirm")


async def contract(town: Town, cast: Cast) -> None:
    """Protocols have come to everybody; the contract is entered and agreed."""
    for player in (cast.customer, *cast.suppliers):
        shown = await player.sees("Order No. {number}: protocol of results")
        pdf = await player.person.sandbox.content(shown.file_id or "")
        assert pdf.startswith(b"%PDF"), player.language
    await enter_contract(cast.alpha, "14-2026")
    await cast.customer.press("Agree")
    await cast.customer.press("Yes, I agree")
    await cast.customer.sees("Order No. {number} is completed")
    (row,) = (await town.ok("GET", "/orders"))["items"]
    order = await town.ok("GET", f"/orders/{row['number']}")
    assert order["state"] == "done"
    assert [each["contract_number"] for each in order["contracts"]] == ["14-2026"]
    assert order["contracts"][0]["signed_on"] == astana(town.clock.now()).date().isoformat()


def assert_telegram_took_everything(town: Town) -> None:
    """No call of the bot was refused, and no button carries more than Telegram lets it."""
    refused = [(call["method"], call["description"]) for call in town.world.calls if not call["ok"]]
    assert not refused
    for call in town.world.calls:
        markup = call["params"].get("reply_markup") or {}
        for row in markup.get("inline_keyboard") or []:
            for button in row:
                assert len(str(button.get("callback_data") or "").encode()) <= MOST_BYTES


def assert_readers_language(reader: Player, text: str) -> None:
    """No sentence of the other catalogue stands in a text."""
    shown = set(plain(Html(text)).splitlines())
    other = _sentences(OTHER[reader.language]) - _sentences(reader.language)
    assert not shown & other, (reader.language, shown & other)


_cache: dict[str, frozenset[str]] = {}


def _sentences(language: str) -> frozenset[str]:
    """Whole messages of a catalogue, those without values."""
    if language not in _cache:
        t = next(translator(each) for each in LOCALES if each == language)
        found = (
            plain(t(Lazy(key)))
            for key in getattr(t._catalogue, "_catalog", {})
            if isinstance(key, str) and key and "{" not in key and "\x04" not in key
        )
        _cache[language] = frozenset(each for each in found if len(each) > 12)
    return _cache[language]


@pytest.mark.clause("344-13.9")
async def test_contract_overdue_is_shown_to_both_sides(town: Town) -> None:
    """Two working days after the confirmation nobody has entered a contract."""
    contractor, maker = await make_customer(town.site), await make_producer(town.site)
    customer = Player(town, await town.person(role=Role.CUSTOMER, company=contractor), "ru")
    supplier = Player(
        town, await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker), "kk"
    )
    number = await make_order(town.services, contractor)
    await make_offer(town.services, number, maker)
    await town.travel(await town.next_deadline("offer_window"))
    choice = {"supplier_bin": maker.bin, "line": 1, "quantity": "100"}
    await town.ok("POST", f"/orders/{number}/awards", {"awards": [choice]})
    await town.settled()
    await supplier.press("Details")
    await supplier.press("Confirm")
    await supplier.press("Yes, confirm")
    due = await town.next_deadline("contract")
    confirmed = astana(town.clock.now())
    assert (astana(due) - confirmed).days >= 2, "two whole working days at the least"
    overdue = "Order No. {number}: the contract is overdue"
    await town.travel(due - timedelta(seconds=1))
    assert await customer.sees_none(overdue)
    await town.travel(due)
    for player in (customer, supplier):
        await player.sees(overdue)
