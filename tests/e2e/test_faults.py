"""A fault from its report to the moved deadlines, in the chat alone and in either language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from bot.config import Settings
from bot.sandbox.demo.main import demo_settings
from domain.clock import ManualClock
from domain.roles import Role
from domain.support.regimes import regime_at
from handlers.views import format as fmt
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.translator import Html, plain
from tests.e2e.player import Player, heard_by_people, pattern
from tests.e2e.test_story import (
    OTHER,
    assert_readers_language,
    assert_telegram_took_everything,
)
from tests.e2e.town import Town, open_town
from tests.support.factories import make_customer, make_order, make_producer
from tests.support.language import assert_catalogued, listening

FAULT = "2026-11-24T15:00:00+05:00"
TEXT = "Баға ұсынысы жіберілмейді, қате 502 / Не отправляется предложение, ошибка 502"
FACTS = "Сервер 11:00–13:00 жауап бермеді / Сервер не отвечал с 11:00 до 13:00"
TITLE = "Ұсыныс берілмейді – не подаются предложения"
NOTE = "Фактілер аз / Мало фактов"


@dataclass
class Cast:
    """Who takes part; ``beta`` reads the other language."""

    customer: Player
    alpha: Player
    beta: Player
    operator: Player
    authority: Player
    order: int

    @property
    def everybody(self) -> tuple[Player, ...]:
        """All people of the story."""
        return self.customer, self.alpha, self.beta, self.operator, self.authority


@pytest.fixture
async def unified(
    database_url: str, clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """A town whose support works under act 627."""

    def settings(data: Path, host: str, port: int) -> Settings:
        return demo_settings(data, host, port).model_copy(update={"regime": "627"})

    monkeypatch.setattr("tests.e2e.town.demo_settings", settings)
    async with open_town(database_url, tmp_path, clock) as town:
        yield town


async def gather(town: Town, language: str) -> Cast:
    """An order whose window ends on 24 November, and everybody around it."""
    contractor = await make_customer(town.site)
    alpha = await make_producer(town.site, name_ru="ТОО «Альфа»", name_kk="«Альфа» ЖШС")
    beta = await make_producer(town.site, name_ru="ТОО «Бета»", name_kk="«Бета» ЖШС")

    async def player(
        name: str, role: Role, company: object = None, tongue: str = language
    ) -> Player:
        made = await town.person(name, tongue, role=role, company=company)  # type: ignore[arg-type]  # a company's view, or none for staff
        return Player(town, made, tongue)

    cast = Cast(
        await player("Данияр", Role.CUSTOMER, contractor),
        await player("Нұрлан", Role.SUPPLIER, alpha),
        await player("Ольга", Role.SUPPLIER, beta, OTHER[language]),
        await player("Мұрат", Role.SUPPORT),
        await player("Сәуле", Role.AUTHORITY),
        await make_order(town.services, contractor),
    )
    await town.settled()
    return cast


async def report(reporter: Player, order: int, found: str) -> None:
    """From the page of support to the number of the incident."""
    await reporter.choose(ACTIONS["support"])
    await reporter.press("Report a fault")
    await reporter.say(TEXT)
    await reporter.say(found)
    await reporter.press("As registered")
    await reporter.send_photo()
    await reporter.press("Done, go on")
    await reporter.press("No. {number}", number=order)
    await reporter.press("Go on")
    await reporter.sees("Check the report")
    await reporter.press("Send the report")


async def open_incident(reader: Player) -> None:
    """From the menu to the card of incident 1."""
    await reader.choose(ACTIONS["faults"])
    await reader.press("No. {number}", number=1)


async def confirm(operator: Player, mended: str, *, began: str = "") -> None:
    """The fault is a fact."""
    await operator.press("Confirm the fault")
    await operator.say(FACTS)
    await operator.press("Only in one language")
    await operator.say(TITLE)
    await operator.say(TITLE)
    if began:
        await operator.say(began)
    else:
        await operator.press("Leave as it stands")
    await operator.say(mended)
    await operator.press("The whole platform")
    await operator.press("High")
    await operator.press("Confirm the fault")


async def apply(operator: Player) -> str:
    """Look at the deadlines and apply; what the last button carried."""
    await operator.press("Deadlines touched")
    await operator.press("Apply")
    label = operator.label("Yes, move the deadlines")
    shown = await operator.sees("Apply incident No. {number}?")
    (data,) = [each.data for each in shown.buttons if each.text == label]
    await operator.press("Yes, move the deadlines")
    assert data is not None
    return data


def end(reader: Player, at: str) -> str:
    """An end of a term as the reader sees it."""
    return plain(fmt.deadline(reader.t, datetime.fromisoformat(at)))


@pytest.mark.clause("366-24")
@pytest.mark.clause("366-25")
@pytest.mark.clause("366-27")
@pytest.mark.clause("366-29.2")
@pytest.mark.clause("366-29.3")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_fault_reported_agreed_and_applied_moves_a_real_order(
    town: Town, language: str
) -> None:
    with listening() as heard:
        cast = await gather(town, language)
        await town.travel(FAULT)
        await report(cast.alpha, cast.order, "24.11 11:00")
        await cast.alpha.sees("Your report of a fault is taken: incident No. {number}")
        await evidence(cast)
        await confirm(cast.operator, "24.11 13:00")
        await returned_then_agreed(cast)
        data = await apply(cast.operator)
        await cast.operator.sees("Incident No. {number} is applied")
        await told(cast)
        await once(town, cast, data)
    for reader, text in heard_by_people(town, cast.everybody):
        assert_catalogued(plain(Html(text)), heard)
        assert_readers_language(reader, text)
    assert_telegram_took_everything(town)


async def evidence(cast: Cast) -> None:
    """The operator reads the report and sees the screenshot."""
    operator = cast.operator
    await operator.sees("New incident No. {number}")
    await open_incident(operator)
    await operator.press("Reports")
    shown = (await operator.sees("Report {page} of {pages}")).text
    assert TEXT in shown
    assert plain(fmt.moment(operator.t, datetime.fromisoformat("2026-11-24T11:00+05:00"))) in shown
    await operator.press("Show the files")
    files = [each for each in await operator.messages() if each.kind == "document"]
    content = await operator.person.sandbox.content(files[-1].file_id or "")
    assert content == b"\xff\xd8\xff\xe0photo"
    await operator.press("Back to the incident")


async def returned_then_agreed(cast: Cast) -> None:
    """The authorised body returns the level with a note; proposed again, it agrees."""
    operator, authority = cast.operator, cast.authority
    await authority.sees("Agree to the level of incident No. {number}")
    await operator.press("Deadlines touched")
    shown = await operator.sees("The level has not taken effect yet: nothing can be applied.")
    assert operator.label("Apply") not in [each.text for each in shown.buttons]
    await open_incident(authority)
    await authority.press("Return the level")
    await authority.say(NOTE)
    await authority.press("Return the level")
    await operator.sees("The level of incident No. {number} is returned")
    await open_incident(operator)
    assert NOTE in (await operator.sees("Note on the level: {note}")).text
    await operator.press("Propose a level")
    await operator.press("High")
    await operator.press("Without a note")
    await operator.press("Propose the level")
    await open_incident(authority)
    await authority.press("Agree to the level")
    await authority.press("Yes, agree")
    await operator.sees("The level of incident No. {number} is agreed")
    await open_incident(operator)


async def told(cast: Cast) -> None:
    """Customer and both suppliers read of the new end, each in their language; so the receipt."""
    headline = "Deadlines have moved: incident No. {number}"
    for player in (cast.customer, cast.alpha, cast.beta):
        shown = (await player.sees(headline)).text
        assert end(player, "2026-11-25T00:00:00+05:00") in shown
        assert end(player, "2026-11-26T00:00:00+05:00") in shown
    for player in (cast.customer, cast.beta):
        receipt = press("receipt", "o", cast.order, "offer_window")
        await player.press_data(receipt, forged=True)
        shown = (await player.messages())[-1].text
        assert plain(player.t("Extended")) in shown
        assert plain(player.t("Fault, incident No. {number}", number="1")) in shown
        assert end(player, "2026-11-26T00:00:00+05:00") in shown


async def once(town: Town, cast: Cast, data: str) -> None:
    """The same press once more finds other deadlines than were shown, and does nothing."""
    operator = cast.operator
    answer = await operator.press_data(data, forged=True)
    assert pattern(operator.t, "The deadlines touched have changed since you looked.").search(
        answer.text or ""
    )
    headline = pattern(cast.customer.t, "Deadlines have moved: incident No. {number}")
    notices = [each for each in await cast.customer.messages() if headline.search(each.text)]
    assert len(notices) == 1
    assert (await town.next_deadline("offer_window")).isoformat() == "2026-11-25T19:00:00+00:00"


@pytest.mark.clause("627-20")
@pytest.mark.clause("627-26.4")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_under_act_627_a_window_is_held_then_moved_by_days(
    unified: Town, language: str
) -> None:
    town = unified
    regime = regime_at("627", town.clock.now())
    assert (regime.agreed, regime.hold_clause) == (False, "627-20")
    cast = await gather(town, language)
    await town.travel("2026-11-24T17:00:00+05:00")
    await report(cast.alpha, cast.order, "24.11 16:30")
    taken = await cast.alpha.sees("Your report of a fault is taken: incident No. {number}")
    assert pattern(cast.alpha.t, "It will be confirmed or refuted by {due_at}.").search(taken.text)
    for player in (cast.customer, cast.beta):
        await player.sees("Deadlines wait for the decision: incident No. {number}")
    held = await town.next_deadline("offer_window")
    assert held > datetime.fromisoformat("2026-11-25T00:00:00+05:00")
    await town.travel("2026-11-25T10:00:00+05:00")
    await open_incident(cast.operator)
    await confirm(cast.operator, "24.11 17:30", began="23.11 15:00")
    await cast.authority.sees("A fault is confirmed: incident No. {number}")
    await apply(cast.operator)
    await cast.operator.sees("Incident No. {number} is applied")
    # Two calendar days of the fault, counted from the window's own end.
    moved = await town.next_deadline("offer_window")
    assert moved == datetime.fromisoformat("2026-11-27T00:00:00+05:00")
    for player in (cast.customer, cast.alpha, cast.beta):
        await player.sees("Deadlines have moved: incident No. {number}")
    assert_telegram_took_everything(town)


async def test_a_late_report_is_taken_and_says_so(unified: Town) -> None:
    town = unified
    cast = await gather(town, "ru")
    await town.travel("2026-11-24T17:00:00+05:00")
    await report(cast.alpha, cast.order, "24.11 11:00")
    await cast.alpha.sees(
        "The term is over: your report is late. It is taken and analysed all the same."
    )
    await cast.alpha.sees("Your report of a fault is taken: incident No. {number}")
