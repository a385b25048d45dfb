"""Data for the tests of documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.documents.labels import Language
from domain.documents.protocol import ProtocolData, ProtocolOffer, ProtocolWinner, UncoveredLine
from domain.documents.summary import SummaryData, SummaryLine, SummaryOffer

#: Whatever is markup to Typst, HTML or a reader's eye.
NASTY = (
    '#panic("x") #pagebreak() *a* _b_ $c$ <d> @e `f` // [g] \\ \u202eRLO שלום مرحبا 🏗 ' + "Ұ" * 90
)


def an_offer(place: int = 1) -> ProtocolOffer:
    return ProtocolOffer(
        supplier_bin="940140000385",
        supplier_name_kk="«Қарағанды құбыр зауыты» ЖШС",
        supplier_name_ru="ТОО «Карагандинский трубный завод»",
        goods_name_kk="Болат құбыр",
        goods_name_ru="Труба стальная",
        agsk3="241-101-0101-0001",
        amount=Decimal("1250000.50"),
        submitted_at=datetime(2026, 11, 20, 10, 42, 7, tzinfo=UTC) + timedelta(minutes=place),
        award="not_selected",
    )


def a_winner(number: str = "940140000385") -> ProtocolWinner:
    return ProtocolWinner(
        bin=number,
        name_kk="«Қарағанды құбыр зауыты» ЖШС",
        name_ru="ТОО «Карагандинский трубный завод»",
        goods_name_kk="Болат құбыр",
        goods_name_ru="Труба стальная",
        quantity=Decimal("1200.500"),
        unit="м",
        amount=Decimal("1250000.50"),
    )


def a_protocol(offers: int = 3) -> ProtocolData:
    return ProtocolData(
        order_number=15,
        version=2,
        financial_year=2026,
        goods=(("Болат құбыр", "Труба стальная"),),
        ordered_at=datetime(2026, 11, 18, 5, tzinfo=UTC),
        confirmed_at=datetime(2026, 11, 27, 9, 15, tzinfo=UTC),
        customer_name_kk="«Жылу Құрылыс» ЖШС",
        customer_name_ru="ТОО «Тепло Строй»",
        customer_bin="971240001315",
        offers=tuple(an_offer(place) for place in range(offers)),
        winners=(a_winner(),),
        uncovered=(UncoveredLine("Болат құбыр", "Труба стальная", Decimal("12.50"), "м"),),
        failure=None,
        formed_at=datetime(2026, 11, 27, 9, 15, tzinfo=UTC),
    )


def a_summary_offer() -> SummaryOffer:
    return SummaryOffer(
        supplier="ТОО «Восток Металл»",
        supplier_bin="020240000555",
        quantity=Decimal("1200"),
        price=Decimal("1000000.50"),
        unit_price=Decimal("833.33"),
        delivery_days=75,
    )


def a_summary(language: Language = "ru", offers: int = 4, lines: int = 1) -> SummaryData:
    one = a_summary_offer()
    kinds = (
        replace(one, proposed=Decimal("700")),
        replace(one, price=Decimal("1300000"), rejected="price_above_allocated"),
        replace(one, delivery_days=120, rejected="delivery_beyond_limit"),
        one,
    )
    line = SummaryLine(
        name="Труба стальная",
        quantity=Decimal("1200.5"),
        unit="м",
        allocated=Decimal("1250000.50"),
        delivery_limit=90,
        offers=tuple(kinds[place % len(kinds)] for place in range(offers)),
        code="241-101-0101",
    )
    return SummaryData(15, language, (line,) * lines)


def texts_of(value: object) -> Iterator[str]:
    """Every string inside plain nested data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
