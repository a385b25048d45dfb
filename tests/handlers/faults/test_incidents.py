"""Operators and the authorised body on incidents: lists, cards, forms, deadlines applied."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from domain.incidents.said import Said
from domain.incidents.views import Scope
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.work import Site
from handlers.views.translator import plain
from tests.handlers.faults.reader import TEXT, Reader, incident, operator_actor, reader
from tests.support.chat import Town, tap_label
from tests.support.factories import again, make_customer, make_order, make_person, make_producer

FACTS = "Сервер не отвечал с 11:00 до 13:00"
LIST = "No fault is open. If you see one, press “Open an incident”."
CARD = "Opened: {moment}, by {source}"
PHONE = "+7 701 000 00 00"


def at(text: str) -> datetime:
    """A moment of 2026 in Astana."""
    return datetime.fromisoformat(f"2026-{text}+05:00")


async def customer_with_supplier(town: Town) -> CompanyView:
    """A customer whose orders somebody can answer."""
    await make_producer(town.site)
    return await make_customer(town.site)


async def opened(town: Town, began: str = "11-20T09:30") -> int:
    """An incident in analysis."""
    incidents = town.services.incidents
    return await incidents.open_by_operator(await operator_actor(town), "Сбой подачи", at(began))


async def confirmed(town: Town, began: str, mended: str | None) -> int:
    """A confirmed incident whose high level waits, or is in effect where nobody agrees."""
    number = await opened(town, began)
    await town.services.incidents.confirm(
        await operator_actor(town),
        number,
        FACTS,
        at(began),
        Scope(),
        "high",
        mended_at=at(mended) if mended else None,
    )
    return number


async def agreed(town: Town, number: int) -> None:
    """The level takes effect."""
    authority = await make_person(town.site, role=Role.AUTHORITY)
    await town.services.incidents.agree_level(authority, number)


async def to_card(who: Reader, number: int = 1) -> None:
    """From the menu to the card."""
    await who.menu("faults", "Began: {moment}")
    await who.press("No. {number}", CARD, number=number)


async def leave_title(who: Reader) -> None:
    """Past the title, which stands in Russian alone."""
    began = "When did the fault begin?"
    if who.language == "kk":
        await who.press("Only in one language", who.other)
        await who.press("Leave as it stands", began)
    else:
        await who.press("Leave as it stands", who.other)
        await who.press("Only in one language", began)


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_an_incident_is_opened_by_form(town: Town, language: str) -> None:
    who = await reader(town, Role.SUPPORT, language)
    await who.menu("faults", LIST)
    title = "What is the fault called? Everybody will read it. Example: No offers submitted"
    await who.press("Open an incident", "By the rules of which act does it go?")
    await who.press("Act No. {act}", title, act=366)
    await who.say("Ұсыныс жіберілмейді", who.other)
    await who.say("Не подаются предложения", "When did the fault begin?")
    await who.say(
        "20.11 10:30", "It begins in the past and ends after its beginning, not in the future."
    )
    review = await who.say("20.11 09:30", "Title: {text}")
    assert "Ұсыныс жіберілмейді" in review.text
    assert "Не подаются предложения" in review.text
    assert who.shows(review, "Rules: act No. {act}", act=366)
    await who.press("Open the incident", CARD)
    view = await incident(town)
    assert (view.state, view.source, view.began_at) == ("analysing", "operator", at("11-20T09:30"))
    own, other = ("kk", "ru") if language == "kk" else ("ru", "kk")
    assert view.titles == Said(**{own: "Ұсыныс жіберілмейді", other: "Не подаются предложения"})


async def test_an_incident_goes_by_the_rules_that_are_chosen(town: Town) -> None:
    who = await reader(town, Role.SUPPORT)
    await who.menu("faults", LIST)
    await who.press(
        "Open an incident", "Here it is act No. {act}, unless something else is chosen."
    )
    title = "What is the fault called? Everybody will read it. Example: No offers submitted"
    await who.press("Act No. {act}", title, act=627)
    await who.say("Не подаются предложения", who.other)
    await who.press("Only in one language", "When did the fault begin?")
    await who.say("20.11 09:30", "Title: {text}")
    await who.press("Open the incident", CARD)
    view = await incident(town)
    assert view.regime == "627"
    assert "incident.decide" in view.deadlines


@pytest.mark.clause("366-28")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_fault_is_refuted_closed_and_analysed_again(town: Town, language: str) -> None:
    await opened(town)
    who = await reader(town, Role.ADMIN, language)
    await to_card(who)
    await who.press(
        "Refute the fault",
        "By which facts is there no fault? Those who reported it will read them.",
    )
    await who.say("Журнал чист", who.other)
    await who.press(
        "Only in one language", "Those who reported the fault are told, with the facts."
    )
    await who.press("Refute the fault", "The fault is refuted.")
    await who.press("Close", "Close incident No. {number}? Everything on it is done.")
    await who.press("Yes, close", CARD)
    await who.person.eventually(
        lambda each: any(b.text == who.t.button("Analyse again") for b in each.buttons)
    )
    assert (await incident(town)).state == "closed"
    await who.press(
        "Analyse again", "Why is it analysed again? Those who reported it will read it."
    )
    await who.say("Сбой вернулся", who.other)
    await who.say("Іркіліс қайталанды", "What was moved stays moved.")
    await who.press("Analyse again", "Done. It is on record.")
    assert (await incident(town)).state == "analysing"


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_one_fault_reported_twice_becomes_one_incident(town: Town, language: str) -> None:
    user = await reader(town, Role.SUPPLIER, company=await make_producer(town.site))
    await opened(town)
    await town.services.incidents.report(
        await town.actor(user.person), "Совсем другие слова", town.clock.now(), "+7 701 000 00 00"
    )
    who = await reader(town, Role.SUPPORT, language)
    await to_card(who, 2)
    asked = await who.press(
        "Join to another", "Which incident is it one fault with? Its reports go on there."
    )
    assert not any(b.text == who.t.button("No. {number}", number=2) for b in asked.buttons)
    await who.press("No. {number}", "Joins incident No. {number}", number=1)
    await who.press("Join them", "Done. It is on record.")
    assert (await incident(town)).reports == 1
    assert (await incident(town, 2)).joined_into == 1
    listed = await user.say("/faults", "My fault reports")
    assert user.shows(listed, "No. {number}", number=1)
    assert not user.shows(listed, "No. {number}", number=2)
    assert (await user.alert("fault.mine", 2)).show_alert, "it goes on in the other one"


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_lasting_fault_is_confirmed_planned_and_mended(town: Town, language: str) -> None:
    await opened(town)
    who = await reader(town, Role.SUPPORT, language)
    await to_card(who)
    await who.press(
        "Confirm the fault", "By which facts is the fault confirmed? Users will read them."
    )
    title = "What is the fault called? Everybody will read it. Example: No offers submitted"
    await who.say(FACTS, who.other)
    await who.say("Факты на другом языке", title)
    await leave_title(who)
    await who.press("Leave as it stands", "When was the fault mended?")
    await who.press("Not mended yet", "When will the fault be mended?")
    await who.say("20.11 09:45", "The time at which the fault will be mended is over.")
    await who.say("20.11 18:00", "What does the fault touch?")
    await who.press("Some modules", "Which modules does it touch? Press all of them.")
    await who.press("Price offers", "Chosen: {modules}")
    level = await who.press("Go on", "Which level is it?")
    # Each level that fits with its definition and its clause, and once what follows.
    for meaning in (
        "key sections do not work for any user, in working time",
        "the main functions are not touched, or it was outside working time",
        "Deadlines that end on a day of the fault move to the working day after its mending.",
    ):
        assert level.text.count(plain(who.t(meaning))) == 1
    offered = {button.text for button in level.buttons}
    assert who.t.button("Medium") in offered
    assert who.t.button("High") not in offered, "high is a fault of everything"
    assert plain(who.t("the platform is not available to any user, in working time")) not in (
        level.text
    )
    review = await who.press("Medium", "Will be mended, as planned: {moment}")
    assert who.shows(review, "Not mended yet.")
    await who.press("Confirm the fault", "The fault is confirmed.")
    await who.press("Plan the mending", "When will the fault be mended?")
    await who.say("20.11 19:00", "The users touched are told.")
    await who.press("Tell the users", "Done. It is on record.")
    town.clock.set(at("11-20T18:30"))
    await who.press("It is mended", "When was the fault mended?")
    await who.say("20.11 18:15", "What was done? Users will read it.")
    await who.say("Заменён диск", who.other)
    await who.press("Only in one language", "Measures: {text}")
    done = plain(who.t("Done. It is on record."))
    await tap_label(who.person, who.t.button("It is mended"))
    await who.person.eventually(lambda each: done in each.text and "Заменён диск" in each.text)
    view = await incident(town)
    assert (view.mended_at, view.measures) == (at("11-20T18:15"), "Заменён диск")
    assert (view.planned_mending_at, view.scope.modules) == (at("11-20T19:00"), ("offers",))
    assert view.level == "medium"


async def test_a_high_level_outside_working_time_is_not_offered(town: Town) -> None:
    town.clock.set(at("11-21T15:00"))
    await opened(town, "11-21T11:00")
    who = await reader(town, Role.SUPPORT)
    await to_card(who)
    await who.press(
        "Confirm the fault", "By which facts is the fault confirmed? Users will read them."
    )
    await who.say(FACTS, who.other)
    await who.press(
        "Only in one language",
        "What is the fault called? Everybody will read it. Example: No offers submitted",
    )
    await leave_title(who)
    await who.press("Leave as it stands", "When was the fault mended?")
    await who.say("21.11 12:00", "What does the fault touch?")
    asked = await who.press("The whole platform", "Which level is it?")
    offered = {button.text for button in asked.buttons}
    assert who.t.button("Low") in offered
    assert not offered & {who.t.button("High"), who.t.button("Medium")}
    assert who.shows(asked, "Only levels that fit what the fault touches and its time are offered.")
    await who.press("Low", "Level: {level}")
    await who.press("Back", "Which level is it?")
    await who.press("Low", "Level: {level}")
    await who.press("Confirm the fault", "The fault is confirmed.")
    assert (await incident(town)).level == "low"


async def test_only_who_may_sees_and_does_what(town: Town) -> None:
    await confirmed(town, "11-20T09:00", "11-20T09:30")
    supplier = await reader(town, Role.SUPPLIER, company=await make_producer(town.site))
    for name, ids in (
        ("faults", ("open", 0)),
        ("incident.card", (1,)),
        ("incident.reports", (1, 0)),
        ("incident.told", (1,)),
        ("incident.preview", (1, 0)),
        ("incident.apply_yes", (1, "0" * 16)),
        ("incident.do", ("close", 1)),
        ("incident.form", ("mend", 1)),
        ("incident.new", ()),
        ("works.form", ("announce", 0)),
    ):
        assert (await supplier.alert(name, *ids)).show_alert, name
    authority = await reader(town, Role.AUTHORITY)
    for act in ("mend", "plan", "level", "reopen"):
        assert (await authority.alert("incident.form", act, 1)).show_alert, act
    operator = await reader(town, Role.SUPPORT)
    assert (await operator.alert("incident.do", "agree", 1)).show_alert
    assert (await operator.alert("incident.form", "return", 1)).show_alert
    assert (await operator.alert("incident.card", 99)).show_alert
    view = await incident(town)
    assert (view.state, view.level_state) == ("confirmed", "proposed")


async def test_a_stale_press_says_so_and_shows_the_card_as_it_is(town: Town) -> None:
    await confirmed(town, "11-20T09:00", "11-20T09:30")
    first, second = await reader(town, Role.AUTHORITY), await reader(town, Role.AUTHORITY, "kk")
    for who in (first, second):
        await to_card(who)
        await who.press(
            "Agree to the level",
            "Agree to the level of incident No. {number}? It takes effect at once.",
        )
    await first.press("Yes, agree", CARD)
    pressed = await second.person.press(second.t.button("Yes, agree"))
    assert (await second.person.wait_answer(pressed)).show_alert
    card = await second.sees(CARD)
    assert second.shows(card, "Incident No. {number}", number=1)
    assert not any(b.text == second.t.button("Agree to the level") for b in card.buttons)
    refused = await second.alert("incident.form", "return", 1)
    assert not refused.show_alert, "the form opens; the last press would refuse"


async def test_what_changed_since_is_previewed_anew(town: Town) -> None:
    customer = await customer_with_supplier(town)
    await make_order(town.services, customer)
    town.clock.set(at("11-24T15:00"))
    await agreed(town, await confirmed(town, "11-24T11:00", "11-24T13:00"))
    who = await reader(town, Role.SUPPORT)
    await to_card(who)
    await who.press("Deadlines touched", "Will change: {count}")
    await who.press("Apply", "Apply incident No. {number}?")
    town.clock.set(at("11-20T11:00"))
    await make_order(town.services, customer)
    town.clock.set(at("11-24T15:00"))
    pressed = await who.person.press(who.t.button("Yes, move the deadlines"))
    assert (await who.person.wait_answer(pressed)).show_alert
    shown = await who.person.eventually(
        lambda each: plain(who.t("Will change: {count}", count=2)) in each.text
    )
    assert any(b.text == who.t.button("Apply") for b in shown.buttons)
    assert (await incident(town)).applied_at is None
    await who.press("Apply", "Apply incident No. {number}?")
    done = await who.press("Yes, move the deadlines", "Incident No. {number} is applied")
    assert who.shows(done, "Deadlines moved: {count}", count=2)
    await who.press("Back to the incident", "Deadlines moved: {moment}")
    await who.press("What was done", "What incident No. {number} has done")


async def test_many_deadlines_stand_on_pages(town: Town) -> None:
    customer = await customer_with_supplier(town)
    for _ in range(10):
        await make_order(town.services, customer)
    town.clock.set(at("11-24T15:00"))
    await agreed(town, await confirmed(town, "11-24T11:00", "11-24T13:00"))
    who = await reader(town, Role.SUPPORT, "kk")
    await to_card(who)
    first = await who.press("Deadlines touched", "Page {page} of {pages}")
    assert who.shows(first, "Order No. {number}", number=8)
    assert who.shows(
        first, "act No. {act}, clause {clause}, item {item}", act=366, clause=29, item=3
    )
    assert "24:00" in first.text
    await who.press("Further deadlines", "Page {page} of {pages}")
    second = await who.person.eventually(
        lambda each: plain(who.t("Order No. {number}", number=10)) in each.text
    )
    assert not who.shows(second, "Order No. {number}", number=8)
    assert any(b.text == who.t.button("Apply") for b in second.buttons)


async def test_lists_are_filtered_and_paged(town: Town) -> None:
    for _ in range(9):
        await opened(town)
    await town.services.incidents.refute(await operator_actor(town), 9, "Сбоя нет")
    who = await reader(town, Role.AUTHORITY)
    shown = await who.menu("faults", "Began: {moment}")
    numbers = {button.text for button in shown.buttons if "№" in button.text}
    assert numbers == {who.t.button("No. {number}", number=each) for each in range(1, 9)}
    await who.press("All", "Began: {moment}")
    older = await who.person.eventually(
        lambda each: any(b.text == who.t.button("Older") for b in each.buttons)
    )
    assert not any(b.text == who.t.button("No. {number}", number=1) for b in older.buttons)
    await who.press("Older", "Began: {moment}")
    await who.person.eventually(
        lambda each: any(b.text == who.t.button("No. {number}", number=1) for b in each.buttons)
    )
    await who.press("Refuted", "Began: {moment}")
    await who.press("Closed", "There are no incidents of this kind. Choose another filter.")


class TestUnified:
    """Act 627: its definitions, holding, the owner informed, the term of the decision."""

    @pytest.fixture
    async def site(self, site: Site) -> Site:
        """Support works under act 627."""
        return replace(site, regime="627")

    @pytest.mark.clause("627-19")
    @pytest.mark.parametrize("language", ["kk", "ru"])
    async def test_the_card_tells_the_term_of_the_decision_and_deadlines_are_held(
        self, town: Town, language: str
    ) -> None:
        number = await make_order(town.services, await customer_with_supplier(town))
        town.clock.set(at("11-24T15:00"))
        await opened(town, "11-24T14:30")
        who = await reader(town, Role.SUPPORT, language)
        await to_card(who)
        card = await who.sees("act No. {act}, clause {clause}")
        assert who.shows(card, "act No. {act}, clause {clause}", act=627, clause=19)
        await who.press("Hold deadlines", "What does the fault touch?")
        await who.press(
            "Some orders", "Which orders does it touch? Type their numbers with commas: 15, 16"
        )
        await who.say("нет", "Name at least one module or one order.")
        await who.say("4711", "Order No. {number} is not found.")
        await who.say(
            f"№ {number}",
            "Deadlines that would end during the analysis wait for the decision ({clause}).",
        )
        await who.press("Hold the deadlines", "Done. It is on record.")
        await who.person.eventually(
            lambda each: (
                plain(
                    who.t.plural(
                        "{n} deadline waits for the decision.",
                        "{n} deadlines wait for the decision.",
                        1,
                    )
                )
                in each.text
            )
        )

    async def test_levels_are_those_of_the_act_and_the_owner_gets_a_report(
        self, town: Town
    ) -> None:
        await confirmed(town, "11-20T09:00", "11-20T09:30")
        who = await reader(town, Role.SUPPORT)
        await to_card(who)
        shown = await who.press("Propose a level", "Which level is it?")
        meaning = "one or more modules have stopped or are not available to any user"
        assert plain(who.t(meaning)) in shown.text
        assert who.shows(shown, "The level takes effect at once, and the owner is informed.")
        await who.press("Cancel", "Cancelled. Nothing was sent.")
        await who.menu("faults", "Began: {moment}")
        await who.press("No. {number}", CARD, number=1)
        await who.press(
            "Owner has the report",
            "Was the written report on incident No. {number} given to the owner?",
        )
        await who.press("Yes, it was given", CARD)
        await who.person.eventually(
            lambda each: (
                plain(who.t("Incident No. {number}", number=1)) in each.text
                and not any(b.text == who.t.button("Owner has the report") for b in each.buttons)
                and any(b.text == who.t.button("Close") for b in each.buttons)
            )
        )
        assert "incident.owner_report" not in (await incident(town)).deadlines


async def test_a_report_shows_its_evidence(town: Town) -> None:
    company = await make_producer(town.site)
    supplier = await make_person(town.site, role=Role.SUPPLIER, company=company)
    for text in (TEXT, "Второе сообщение о том же"):
        join = 1 if text != TEXT else None
        await town.services.incidents.report(
            again(supplier), text, town.clock.now(), PHONE, join=join
        )
    who = await reader(town, Role.SUPPORT)
    await to_card(who)
    first = await who.press("Reports", "Report {page} of {pages}")
    assert TEXT in first.text
    assert PHONE in first.text
    assert company.name_ru in first.text
    await who.press("Later", "Report {page} of {pages}")
    await who.person.eventually(lambda each: "Второе сообщение о том же" in each.text)


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_procedure_that_a_fault_did_not_influence_is_left(
    town: Town, language: str
) -> None:
    order = await make_order(town.services, await customer_with_supplier(town))
    await town.come(at("11-25T10:00"))
    await agreed(town, await confirmed(town, "11-24T11:00", "11-24T13:00"))
    who = await reader(town, Role.SUPPORT, language)
    await to_card(who)
    await who.press("Deadlines touched", "Deadlines touched by incident No. {number}")
    asked = "Of which orders did the fault not influence the results?"
    await tap_label(who.person, who.t.button("Leave some as they are"))
    await who.sees(f"{asked} Type their numbers with commas: 15, 16")
    ground = "By which facts did the fault not influence their results? It goes on record."
    await who.say(str(order), ground)
    await who.say("Никто не обращался к заказу", "Ground: {text}")
    await who.press("Leave as they are", "Done. It is on record.")
    operator = await operator_actor(town)
    assert (await town.services.incidents.preview(operator, 1)).effects == []
    (left, *_) = await town.services.incidents.effects(again(operator), 1)
    assert (left.order, left.reason) == (order, "not_influenced")
