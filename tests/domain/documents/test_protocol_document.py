"""The protocol of results: its form, its two languages, its hash, its bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.documents.protocol import ProtocolData, data_hash, render_protocol
from domain.documents.protocol_view import protocol_view
from domain.documents.typesetting import to_pngs
from tests.domain.documents.document_samples import NASTY, a_protocol, a_winner, an_offer, texts_of

# The headings of the form in annex 1, in its order.
ANNEX_1 = (
    "Общие сведения",
    "Сведения о приобретаемом товаре",
    "Финансовый год",
    "Наименование товара в ЭП",
    "Номер заказа в ЭП",
    "Дата и время оформления заказа",
    "Дата и время подтверждения заказа",
    "Наименование заказчика на казахском языке",
    "Наименование заказчика на русском языке",
    "БИН",
    "Список предложений потенциальных поставщиков",
    "Наименование потенциального поставщика, БИН/ИИН",
    "Наименование товара",
    "Код АГСК-3",
    "Сумма потенциального поставщика, в тенге",
    "Дата и время заказа в ЭП",
    "Причина отклонения ценового предложения поставщика",
)


def texts(data: ProtocolData) -> tuple[list[str], list[str]]:
    """What the Kazakh and the Russian part show, as separate strings."""
    parts = protocol_view(data, data_hash(data))["parts"]
    assert isinstance(parts, list)
    for part in parts:
        part["label"] = [part["label"][key] for key in part["label"]]
    kazakh, russian = parts
    return list(texts_of(kazakh)), list(texts_of(russian))


def shown(data: ProtocolData) -> tuple[str, str]:
    """What is particular to this protocol, the fixed wording left out."""
    parts = protocol_view(data, data_hash(data))["parts"]
    assert isinstance(parts, list)
    for part in parts:
        del part["label"]
    kazakh, russian = ("\n".join(texts_of(part)) for part in parts)
    return kazakh, russian


def pages(data: ProtocolData) -> int:
    return len(to_pngs("protocol.typ", protocol_view(data, data_hash(data))))


@pytest.mark.clause("344-13.8a")
def test_the_form_of_annex_1_stands_in_both_languages() -> None:
    kazakh, russian = texts(a_protocol())
    for heading in ANNEX_1:
        assert any(text.startswith(heading) for text in russian), heading
    assert len(kazakh) == len(russian)
    assert any(text.startswith("Қаржы жылы") for text in kazakh)
    assert render_protocol(a_protocol()).startswith(b"%PDF-")


@pytest.mark.clause("627-7")
def test_each_part_names_people_and_goods_in_its_language_and_the_customer_in_both() -> None:
    kazakh, russian = shown(a_protocol())
    assert "«Қарағанды құбыр зауыты» ЖШС" in kazakh
    assert "ТОО «Карагандинский трубный завод»" not in kazakh
    assert "ТОО «Карагандинский трубный завод»" in russian
    for part in (kazakh, russian):
        assert "«Жылу Құрылыс» ЖШС" in part
        assert "ТОО «Тепло Строй»" in part
        assert "1\u00a0250\u00a0000,50\u00a0₸" in part
        assert "20.11.2026 15:42:07 (Астана)" in part
        assert "1\u00a0200,5\u00a0м" in part
    assert "27 қараша 2026 ж., 14:15:00 (Астана)" in kazakh
    assert "27 ноября 2026 г., 14:15:00 (Астана)" in russian


def test_a_missing_name_falls_back_to_the_other_language() -> None:
    kazakh, _ = shown(replace(a_protocol(), offers=(replace(an_offer(), supplier_name_kk=""),)))
    assert "ТОО «Карагандинский трубный завод»" in kazakh


@pytest.mark.parametrize(
    ("reason", "kazakh_words", "russian_words"),
    [
        ("price_above_allocated", "бөлген сомадан асады", "цена превышает сумму, выделенную"),
        ("delivery_beyond_limit", "шекті жеткізу мерзімінен асады", "срок поставки превышает"),
    ],
)
def test_a_rejection_is_told_with_its_clause(
    reason: str, kazakh_words: str, russian_words: str
) -> None:
    rejected = replace(an_offer(), award=None, rejection=reason)  # type: ignore[arg-type]  # of parametrize
    kazakh, russian = shown(replace(a_protocol(), offers=(rejected,)))
    assert kazakh_words in kazakh
    assert "13-тармағының 4) тармақшасы" in kazakh
    assert russian_words in russian
    assert "подпункт 4) пункта 13" in russian


def test_a_refusal_is_told_with_the_reason_of_the_supplier() -> None:
    refused = replace(an_offer(), award="refused", award_reason="Нет сырья до весны")
    kazakh, russian = shown(replace(a_protocol(), offers=(refused,)))
    assert "Бас тарту себебі: Нет сырья до весны" in kazakh
    assert "Отказ от заказа" in russian


def test_several_winners_are_all_named_once_in_the_duty_to_contract() -> None:
    winners = (a_winner(), a_winner(), replace(a_winner("971240001315"), name_ru="АО «Второй»"))
    view = protocol_view(replace(a_protocol(), winners=winners), "")
    parts = view["parts"]
    assert isinstance(parts, list)
    assert parts[1]["winner_text"] == "Определить победителями по заказу № 15:"
    assert parts[1]["contract_parties"] == [
        "БИН/ИИН 940140000385, ТОО «Карагандинский трубный завод»",
        "БИН/ИИН 971240001315, АО «Второй»",
    ]


@pytest.mark.parametrize(
    ("ground", "kazakh_words", "russian_words"),
    [
        ("15.1", "тапсырысты растамауы", "неподтверждение потенциальными поставщиками заказа"),
        ("15.2", "тапсырыстан бас тартуы", "отказ потенциальных поставщиков от заказа"),
        ("15.3", "әлеуетті өнім берушілердің болмауы", "отсутствие потенциальных поставщиков"),
    ],
)
def test_a_failed_purchase_names_its_ground(
    ground: str, kazakh_words: str, russian_words: str
) -> None:
    failed = replace(a_protocol(), winners=(), failure=ground, confirmed_at=None)  # type: ignore[arg-type]  # of parametrize
    kazakh, russian = shown(failed)
    assert kazakh_words in kazakh
    assert russian_words in russian
    assert "Заказ не подтвержден" in russian
    assert "не определен" not in russian


def test_without_winner_and_failure_the_protocol_says_what_is_awaited() -> None:
    choosing = replace(a_protocol(), winners=())
    assert "иного потенциального поставщика" in shown(choosing)[1]
    waiting = replace(choosing, offers=(replace(an_offer(), award="pending"),))
    assert "ожидается решение" in shown(waiting)[1]
    assert "шешімі күтілуде" in shown(waiting)[0]


def test_the_unsigned_document_says_so() -> None:
    kazakh, russian = texts(a_protocol())
    assert any("қол қойылмаған" in text for text in kazakh)
    assert any("не подписан электронной цифровой подписью" in text for text in russian)


def test_the_data_comes_back_from_its_json() -> None:
    data = replace(a_protocol(), failure="15.2", confirmed_at=None)
    stored = json.loads(json.dumps(data.as_json()))
    assert ProtocolData.from_json(stored) == data
    assert stored["number"] == "15-2"
    assert stored["offers"][0]["amount"] == "1250000.50"
    assert stored["ordered_at"] == "2026-11-18T10:00:00+05:00"


def test_the_hash_is_of_what_is_said_and_not_of_how_it_was_written() -> None:
    data = a_protocol()
    winner = replace(a_winner(), quantity=Decimal("1200.5"), amount=Decimal("1250000.5"))
    assert data_hash(replace(data, winners=(winner,))) == data_hash(data)
    assert data_hash(ProtocolData.from_json(data.as_json())) == data_hash(data)
    assert data_hash(replace(data, signature="CMS")) == data_hash(data)
    assert data_hash(replace(data, version=3)) != data_hash(data)
    assert data_hash(replace(data, formed_at=data.formed_at + timedelta(seconds=1))) != data_hash(
        data
    )
    footer = protocol_view(data, data_hash(data))
    assert footer["hash"] == data_hash(data)
    assert footer["footer"] == "Хаттама № 15-2 · Протокол № 15-2"


def test_the_same_data_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; sys.path[:0] = sys.argv[1:];"
        "from tests.domain.documents.document_samples import a_protocol;"
        "from domain.documents.protocol import render_protocol;"
        "sys.stdout.buffer.write(render_protocol(a_protocol()))"
    )
    paths = [path for path in sys.path if path]
    other = subprocess.run([sys.executable, "-c", program, *paths], capture_output=True, check=True)
    assert other.stdout == render_protocol(a_protocol())
    assert render_protocol(replace(a_protocol(), version=3)) != other.stdout


def test_names_are_never_markup() -> None:
    nasty = replace(
        a_protocol(1),
        goods=((NASTY, NASTY),),
        customer_name_kk=NASTY,
        offers=(replace(an_offer(), supplier_name_ru=NASTY, award_reason=NASTY, agsk3=None),),
        winners=(replace(a_winner(), name_ru=NASTY, unit=NASTY),),
    )
    _, russian = shown(nasty)
    assert '#panic("x") #pagebreak() *a* _b_ $c$ <d> @e `f` // [g] \\ RLO' in russian
    assert pages(nasty) <= 6  # the same form; #pagebreak() would have torn it into dozens
    assert render_protocol(nasty).startswith(b"%PDF-")


def test_stars_around_a_name_are_drawn_and_not_obeyed() -> None:
    starred, bare = (
        to_pngs(
            "protocol.typ",
            protocol_view(replace(a_protocol(0), customer_name_kk=name, winners=()), ""),
        )[0]
        for name in ("*A*", "A")
    )
    assert starred != bare


def test_an_essay_of_a_reason_flows_over_pages_and_loses_nothing() -> None:
    essay = replace(an_offer(), award="refused", award_reason="сырья нет " * 1000)
    assert pages(replace(a_protocol(), offers=(essay,))) > pages(a_protocol(1))


def test_sixty_offers_go_on_over_pages() -> None:
    assert pages(a_protocol(60)) > 6
    assert pages(a_protocol(0)) <= 4
