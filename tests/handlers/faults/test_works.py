"""Planned works: announced with what they move, cancelled, finished, prolonged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from domain.incidents.views import MaintenanceView
from domain.roles import Role
from domain.work import Site
from handlers.views.translator import plain
from tests.handlers.faults.reader import Reader, operator_actor, reader
from tests.support.chat import Town
from tests.support.factories import again, make_customer, make_order, make_producer

TEXTS = ("Дерекқор жаңартылады", "Обновление базы данных")
STARTS = "When do the works begin?"
ENDS = "When will the works be over?"
WHY = "Why do the works take longer? Everybody will read it. Type it in Russian."
OTHER_WHY = "Why do the works take longer? Everybody will read it. Type it in Kazakh."
ACT = "By the rules of which act does it go?"
KK = "Type the announcement in Kazakh, as people will read it."
RU = "Type the announcement in Russian, as people will read it."
REVIEW = "Nothing is announced yet. After the last press everybody is told."
CARD = "Announced: {moment}"


def at(text: str) -> datetime:
    """A moment of 2026 in Astana."""
    return datetime.fromisoformat(f"2026-{text}+05:00")


async def works(town: Town, number: int = 1) -> MaintenanceView:
    """Works as they stand."""
    return await town.services.maintenance.one(await operator_actor(town), number)


async def announced(town: Town, starts: str = "11-23T20:00", ends: str = "11-23T23:00") -> int:
    """Works announced elsewhere."""
    actor = await operator_actor(town)
    return await town.services.maintenance.announce(actor, at(starts), at(ends), *TEXTS)


async def to_works(who: Reader) -> None:
    """From the menu to the list of works."""
    await who.menu("faults", "No fault is open. If you see one, press “Open an incident”.")
    await who.press("Works", "Technical and preventive works")


async def to_form(who: Reader, act: int) -> None:
    """From the list of works to the first question after the act."""
    await who.press("Announce works", ACT)
    await who.press("Act No. {act}", STARTS, act=act)


async def to_review(who: Reader, starts: str, ends: str, act: int = 627) -> None:
    """Each step of an announcement in time."""
    await to_form(who, act)
    await who.say(starts, ENDS)
    await who.say(ends, KK)
    await who.say(TEXTS[0], RU)
    await who.say(TEXTS[1], REVIEW)


@pytest.mark.clause("366-22")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_works_are_announced_by_form(town: Town, language: str) -> None:
    who = await reader(town, Role.ADMIN, language)
    await to_works(who)
    await to_form(who, 366)
    await who.say("20.11 09:00", "The works would begin in the past.")
    await who.say("23.11 20:00", ENDS)
    await who.say("23.11 19:00", "The time of the works is not right.")
    await who.say("23.11 23:00", KK)
    await who.say(TEXTS[0], RU)
    review = await who.say(TEXTS[1], REVIEW)
    assert who.shows(
        review,
        "Works do not move deadlines under act No. {act}. If they keep people from acting on "
        "a last day, open an incident.",
        act=366,
    )
    assert all(text in review.text for text in TEXTS)
    await who.press("Announce to everybody", "The works are announced. Everybody is told.")
    view = await works(town)
    assert (view.starts_at, view.ends_at) == (at("11-23T20:00"), at("11-23T23:00"))
    assert (view.text_kk, view.text_ru, view.state) == (*TEXTS, "planned")


async def test_works_are_prolonged_finished_and_cancelled(town: Town) -> None:
    await announced(town)
    await announced(town, "11-25T20:00", "11-25T23:00")
    who = await reader(town, Role.SUPPORT)
    await to_works(who)
    await who.press("No. {number}", CARD, number=1)
    await who.press("Prolong", ENDS)
    await who.say("23.11 22:00", "The time of the works is not right.")
    await who.say("23.11 23:30", WHY)
    await who.say("Копирование идёт дольше", OTHER_WHY)
    await who.say("Көшіру созылды", REVIEW)
    await who.press("Announce to everybody", "The works take longer. Everybody is told.")
    assert (await works(town)).ends_at == at("11-23T23:30")
    await town.come(at("11-23T20:00"))
    await to_works(who)
    await who.press("No. {number}", CARD, number=1)
    await who.press(
        "Finish now",
        "Finish works No. {number} now? Everybody is told that the platform works.",
    )
    await who.press("Yes, finish now", "Over: {moment}")
    assert (await works(town)).state == "finished"
    await who.press("All works", "Technical and preventive works")
    await who.press("No. {number}", CARD, number=2)
    question = "Cancel works No. {number}? Everybody is told; what was moved stays moved."
    await who.press("Cancel the works", question)
    await town.services.maintenance.cancel(again(await operator_actor(town)), 2)
    pressed = await who.person.press(who.t.button("Yes, cancel the works"))
    assert (await who.person.wait_answer(pressed)).show_alert, "somebody was first"
    await who.person.eventually(
        lambda each: (
            plain(who.t("Works No. {number}", number=2)) in each.text
            and not any(b.text == who.t.button("Prolong") for b in each.buttons)
        )
    )
    assert (await who.alert("works.form", "prolong", 2)).show_alert


async def test_who_watches_reads_and_changes_nothing(town: Town) -> None:
    await announced(town)
    who = await reader(town, Role.AUTHORITY, "kk")
    await who.menu("faults", "No fault is open. You will be told when one waits for you.")
    shown = await who.press("Works", "Technical and preventive works")
    assert TEXTS[0] in shown.text
    assert TEXTS[1] not in shown.text
    assert not any(b.text == who.t.button("Announce works") for b in shown.buttons)
    assert (await who.alert("works.do", "cancel", 1)).show_alert
    assert (await works(town)).state == "planned"


class TestUnified:
    """Act 627: two calendar days before, and windows that end on a day of the works move."""

    @pytest.fixture
    async def site(self, site: Site) -> Site:
        """Support works under act 627."""
        return replace(site, regime="627")

    @pytest.mark.clause("627-31a")
    @pytest.mark.clause("627-31b")
    @pytest.mark.parametrize("language", ["kk", "ru"])
    async def test_windows_moved_are_shown_before_the_last_press(
        self, town: Town, language: str
    ) -> None:
        await make_producer(town.site)
        number = await make_order(town.services, await make_customer(town.site))
        who = await reader(town, Role.SUPPORT, language)
        await to_works(who)
        await to_review(who, "24.11 20:00", "24.11 23:00")
        review = await who.sees(REVIEW)
        assert who.shows(review, "Order No. {number}", number=number)
        assert who.shows(review, "act No. {act}, clause {clause}", act=627, clause=31), review.text
        await who.press("Announce to everybody", "The works are announced. Everybody is told.")
        card = await town.services.orders.card(await operator_actor(town), number)
        assert card.offers_due_at is not None
        assert card.offers_due_at > at("11-25T00:00")

    async def test_too_late_asks_for_the_ground_of_the_emergency(self, town: Town) -> None:
        who = await reader(town, Role.SUPPORT)
        await to_works(who)
        await to_form(who, 627)
        shown = await who.say("21.11 20:00", "It is too late for an ordinary announcement")
        assert "18 ноября 2026 г., 24:00" in shown.text
        await who.press("Back", STARTS)
        await who.say("23.11 10:00", ENDS)
        await who.press("Back", STARTS)
        await who.say("21.11 20:00", "It is too late for an ordinary announcement")
        await who.say("Отказ диска", ENDS)
        await who.say("21.11 21:00", KK)
        await who.say(TEXTS[0], RU)
        await who.say(TEXTS[1], "Ground of the emergency: {text}")
        await who.press("Announce to everybody", "The works are announced. Everybody is told.")
        assert (await works(town)).emergency == "Отказ диска"

    async def test_another_time_typed_as_the_ground_is_taken_as_the_beginning(
        self, town: Town
    ) -> None:
        late = "It is too late for an ordinary announcement"
        who = await reader(town, Role.SUPPORT)
        await to_works(who)
        await to_form(who, 627)
        await who.say("21.11 20:00", late)
        await who.say("22.11 02:00", late)
        await who.person.eventually(lambda each: "19 ноября 2026 г., 24:00" in each.text)
        short = "The ground is too short: at least {minimum} letters are needed."
        await who.say("24.11", short)
        await who.say("20.11 02:00", "The works would begin in the past.")
        await who.press("Give another time", STARTS)
        await who.say("21.11 20:00", late)
        await who.say("24.11 02:00", ENDS)
        await who.say("24.11 04:00", KK)
        await who.say(TEXTS[0], RU)
        await who.say(TEXTS[1], REVIEW)
        await who.press("Announce to everybody", "The works are announced. Everybody is told.")
        view = await works(town)
        assert (view.starts_at, view.emergency) == (at("11-24T02:00"), "")

    async def test_time_that_ran_out_meanwhile_asks_for_the_ground(self, town: Town) -> None:
        who = await reader(town, Role.SUPPORT)
        await to_works(who)
        await to_review(who, "23.11 10:00", "23.11 12:00")
        town.clock.set(at("11-21T00:00"))
        await who.press(
            "Announce to everybody",
            "It is too late to announce these works. The term ended: {latest}.",
        )
        await who.sees("It is too late for an ordinary announcement")
        await who.say("Отказ диска", ENDS)
        await who.say("23.11 12:00", KK)
        await who.say(TEXTS[0], RU)
        await who.say(TEXTS[1], "Ground of the emergency: {text}")
        await who.press("Announce to everybody", "The works are announced. Everybody is told.")
        assert (await works(town)).emergency == "Отказ диска"

    @pytest.mark.clause("627-31b")
    async def test_what_longer_works_would_move_is_shown_while_they_run(self, town: Town) -> None:
        await make_producer(town.site)
        number = await make_order(town.services, await make_customer(town.site))
        await announced(town, "11-24T20:00", "11-24T23:00")
        await town.come(at("11-24T20:00"))
        who = await reader(town, Role.SUPPORT)
        await to_works(who)
        await who.press("No. {number}", CARD, number=1)
        await who.press("Prolong", ENDS)
        await who.say("25.11 02:00", WHY)
        await who.say("Копирование идёт дольше", OTHER_WHY)
        review = await who.press("Only in one language", REVIEW)
        assert who.shows(review, "Order No. {number}", number=number)
        await who.press("Announce to everybody", "The works take longer. Everybody is told.")
        card = await town.services.orders.card(await operator_actor(town), number)
        assert card.offers_due_at == at("11-27T00:00")


async def test_works_of_another_act_are_announced_by_its_rules(town: Town) -> None:
    who = await reader(town, Role.SUPPORT)
    await to_works(who)
    await to_form(who, 366)
    await who.say("21.11 20:00", ENDS)
    # Back to the act: the beginning given before is judged by the new one.
    await who.press("Back", STARTS)
    await who.press("Back", ACT)
    await who.press("Act No. {act}", STARTS, act=627)
    await who.say("21.11 20:00", "It is too late for an ordinary announcement")
    await who.say("Отказ диска", ENDS)
    await who.say("21.11 21:00", KK)
    await who.say(TEXTS[0], RU)
    await who.say(TEXTS[1], "Ground of the emergency: {text}")
    await who.press("Announce to everybody", "The works are announced. Everybody is told.")
    assert (await works(town)).regime == "627"
