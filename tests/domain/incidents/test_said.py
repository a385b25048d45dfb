"""What operators tell stands in two languages, or says in which one it does."""

from __future__ import annotations

import pytest

from domain.errors import RuleBroken
from domain.incidents.said import Said, required
from tests.domain.incidents.desk import Desk
from tests.domain.stage import Stage, moment

KK, RU = "Ұсыныс берілмейді", "Не подаются предложения"
# A Kazakh name does not make a Russian text a Kazakh one.
NAMED = "Сбой подачи предложений у ТОО «Құрылыс Инвест»"


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (KK, Said(kk=KK)),
        (RU, Said(ru=RU)),
        (NAMED, Said(ru=NAMED)),
        ("", Said()),
        (Said(KK, RU), Said(KK, RU)),
    ],
)
def test_a_text_of_no_stated_language_is_told_by_its_letters(
    given: str | Said, found: Said
) -> None:
    assert Said.of(given) == found
    assert bool(found) is (given not in ("", Said()))


@pytest.mark.parametrize(
    ("said", "language", "found"),
    [
        (Said(KK, RU), "kk", (KK, "kk")),
        (Said(KK, RU), "ru", (RU, "ru")),
        (Said(KK, RU), "en", (RU, "ru")),
        (Said(ru=RU), "kk", (RU, "ru")),
        (Said(kk=KK), "ru", (KK, "kk")),
        (Said(), "kk", ("", "kk")),
    ],
)
def test_a_reader_gets_the_own_language_or_the_other_one(
    said: Said, language: str, found: tuple[str, str]
) -> None:
    assert said.in_(language) == found


def test_what_is_said_to_be_of_a_language_wins() -> None:
    assert Said.joined(RU, KK, "") == Said(KK, RU)
    assert Said.joined("Сбой", KK, RU) == Said(KK, RU)
    assert Said.joined("", "", "") == Said()


def test_neither_language_is_no_text() -> None:
    assert required(Said("  ", f" {RU} "), "facts", 100) == Said(ru=RU)
    with pytest.raises(RuleBroken, match="text_missing"):
        required(Said(" ", "\u200b"), "facts", 100)
    with pytest.raises(RuleBroken, match="text_too_long"):
        required(Said("а" * 101, RU), "facts", 100)


async def test_everybody_is_told_in_both_languages(desk: Desk, stage: Stage) -> None:
    customer = await stage.customer()
    number = await desk.incidents.open_by_operator(
        desk.operator, Said(KK, RU), moment("11-20 09:00")
    )
    facts = Said("Сервер жауап бермеді", "Сервер не отвечал")
    measures = Said("Қайта іске қосылды", "Перезапущен")
    await desk.report(customer, "11-20 09:30", join=number)
    await desk.incidents.confirm(
        desk.operator, number, facts, moment("11-20 09:00"), (await desk.one(number)).scope, "high"
    )
    await desk.incidents.mend(desk.operator, number, moment("11-20 09:45"), measures)
    view = await desk.one(number)
    assert (view.titles, view.said, view.done) == (Said(KK, RU), facts, measures)
    (told, *_) = await stage.told(customer, "incident.confirmed")
    said = facts.params("facts") | Said(KK, RU).params("title")
    assert {name: told.params[name] for name in said} == said
    (told, *_) = await stage.told(customer, "incident.mended")
    said = measures.params("measures")
    assert {name: told.params[name] for name in said} == said
