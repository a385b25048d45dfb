"""The written report on a fault: all that the act asks for, in two languages, to be signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.documents.owner_report import (
    ORDERS_SHOWN,
    OwnerReport,
    owner_report_view,
    render_owner_report,
)
from domain.incidents.said import Said
from domain.incidents.views import Scope
from tests.domain.documents.document_samples import NASTY, texts_of
from tests.domain.documents.incident_samples import MENDED, an_effect, an_incident

REPORT = OwnerReport(
    an_incident(),
    (an_effect(15), an_effect(17), an_effect(17, what="annulled", new=None)),
    "Қосымша диск орнату.\nУстановить второй диск.",
    MENDED,
)


def parts(report: OwnerReport) -> list[Any]:
    """The Kazakh part and the Russian one, without the labels they are made of."""
    found: Any = owner_report_view(report)["parts"]
    for part in found:
        del part["label"]
    return list(found)


def said(report: OwnerReport) -> tuple[str, str]:
    kazakh, russian = ("\n".join(texts_of(part)) for part in parts(report))
    return kazakh, russian


@pytest.mark.clause("627-26.13")
def test_it_says_what_the_owner_must_be_told_of_a_high_fault() -> None:
    kazakh, russian = said(REPORT)
    for text in (kazakh, russian):
        for fact in ("Баға ұсыныстары жіберілмейді", "11:00:00", "13:30:00", "15, 17"):
            assert fact in text
        for typed in ("Причина: отказ диска.", "Диск заменен", "Установить второй диск."):
            assert typed in text
    assert "26-тармағының 13) тармақшасына" in kazakh
    assert "подпунктом 13) пункта 26" in russian
    assert parts(REPORT)[0]["to"] == "Меншік иесіне"
    assert parts(REPORT)[1]["to"] == "Собственнику"
    assert "высокий (собственник проинформирован)" in russian
    assert "жоғары" in kazakh
    assert "Продлено сроков: 2. Аннулировано протоколов: 1." in russian
    assert "2 ч 30 мин" in russian
    assert "5, в том числе позже срока: 1" in russian


@pytest.mark.parametrize(
    ("regime", "level", "basis", "to"),
    [
        ("627", "medium", "подпунктом 3) пункта 25", "Уполномоченному органу"),
        ("366", "high", "по пунктам 24 и 29", "Уполномоченному органу"),
        ("366", "medium", "№ 366", "Уполномоченному органу"),
        ("627", "low", "по пункту 24", "Собственнику"),
    ],
)
def test_it_goes_to_whom_the_act_names(regime: str, level: str, basis: str, to: str) -> None:
    incident = an_incident(regime=regime, level=level)
    russian = parts(replace(REPORT, incident=incident))[1]
    assert basis in russian["basis"]
    assert russian["to"] == to


def test_what_is_not_known_yet_is_said_so_and_left_to_be_written() -> None:
    incident = an_incident(mended_at=None, measures="", scope=Scope("orders", orders=(4, 5)))
    kazakh, russian = parts(OwnerReport(incident, (), "  \n", MENDED))
    sections = dict(russian["sections"])
    assert sections["Предложения по недопущению технического сбоя"] == []
    assert sections["Выполненные мероприятия по устранению"] == ["Не указано."]
    assert sections["Факт продления сроков"] == ["Сроки не продлевались."]
    assert "не устранен" in sections["Результат устранения"][0]
    assert ["Что затронуто", "заказы: № 4, 5"] in russian["facts"]
    assert len(kazakh["facts"]) == len(russian["facts"])


def test_many_orders_are_counted() -> None:
    effects = [an_effect(number) for number in range(1, ORDERS_SHOWN + 31)]
    russian = said(replace(REPORT, effects=effects))[1]
    assert f", {ORDERS_SHOWN} и еще 30" in russian


def test_it_is_drawn_the_same_each_time_whatever_was_typed() -> None:
    drawn = render_owner_report(REPORT)
    assert drawn.startswith(b"%PDF-")
    assert drawn == render_owner_report(REPORT)
    nasty = replace(REPORT, incident=an_incident(title=NASTY, facts=NASTY), proposals=NASTY)
    assert render_owner_report(nasty).startswith(b"%PDF-")


def test_each_part_is_in_its_language_or_says_in_which_it_stands() -> None:
    titles = Said("Ұсыныс берілмейді", "Не подаются предложения")
    both = an_incident(title=titles, facts=Said("Диск істен шықты"), measures=Said(ru="Заменён"))
    kazakh, russian = parts(replace(REPORT, incident=both))
    assert kazakh["facts"][0][1] == titles.kk
    assert russian["facts"][0][1] == titles.ru
    assert kazakh["sections"][0][1] == ["Диск істен шықты"]
    assert russian["sections"][0][1] == ["Диск істен шықты (текст дан только на казахском языке)"]
    assert kazakh["sections"][1][1] == ["Заменён (мәтін тек орыс тілінде берілген)"]
    assert russian["sections"][1][1] == ["Заменён"]
