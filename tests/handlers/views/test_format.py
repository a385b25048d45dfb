"""Figures, dates and terms as people write them in each language."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from domain.clock import ASTANA
from domain.terms import Term, Unit
from handlers.views import format as fmt
from handlers.views.terms import UNITS, unit
from handlers.views.translator import plain, translator

en, kk, ru = translator("en"), translator("kk"), translator("ru")
ALL = (kk, ru, en)
N = "\N{NO-BREAK SPACE}"
MIDNIGHT = datetime(2026, 11, 25, tzinfo=ASTANA).astimezone(UTC)
THREE = datetime(2026, 11, 24, 15, 4, 5, tzinfo=ASTANA).astimezone(UTC)


@pytest.mark.parametrize(
    ("amount", "local", "english"),
    [
        ("1250000.50", f"1{N}250{N}000,50{N}₸", f"1,250,000.50{N}₸"),
        ("1250000.00", f"1{N}250{N}000{N}₸", f"1,250,000{N}₸"),
        ("0.05", f"0,05{N}₸", f"0.05{N}₸"),
        ("999", f"999{N}₸", f"999{N}₸"),
        ("9999999999999999.99", f"9{N}999{N}999{N}999{N}999{N}999,99{N}₸", None),
    ],
)
def test_money(amount: str, local: str, english: str | None) -> None:
    assert [fmt.money(t, Decimal(amount)) for t in (kk, ru)] == [local, local]
    if english:
        assert fmt.money(en, Decimal(amount)) == english


def test_quantities_and_percent() -> None:
    assert fmt.number(ru, Decimal("1250.500")) == f"1{N}250,5"
    assert fmt.number(kk, Decimal("1E+3")) == f"1{N}000"
    assert fmt.quantity(kk, 5, unit(kk, "piece")) == f"5{N}дана"
    assert fmt.quantity(ru, Decimal("2.5"), unit(ru, "<m>")) == f"2,5{N}&lt;m&gt;"
    assert fmt.quantity(ru, 5) == "5"
    assert [fmt.percent(t, Decimal("12.5")) for t in ALL] == [f"12,5{N}%", f"12,5{N}%", "12.5%"]
    assert all(plain(t(name)) for name in UNITS.values() for t in ALL)


def test_dates_and_times() -> None:
    told = [fmt.day(t, date(2026, 11, 24)) for t in ALL]
    assert told == ["24 қараша 2026 ж.", "24 ноября 2026 г.", "24 November 2026"]
    told = [fmt.weekday(t, date(2026, 11, 24)) for t in ALL]
    assert told == ["сс, 24 қараша", "вт, 24 ноября", "Tue, 24 November"]
    assert fmt.clock(ru, THREE) == "15:04"
    assert fmt.clock(ru, time(9)) == "09:00"
    assert [fmt.moment(t, THREE) for t in ALL] == [
        "24 қараша 2026 ж., 15:04 (Астана)",
        "24 ноября 2026 г., 15:04 (Астана)",
        "24 November 2026, 15:04 (Astana)",
    ]
    assert fmt.moment(ru, THREE, seconds=True) == "24 ноября 2026 г., 15:04:05 (Астана)"


def test_an_exclusive_midnight_is_24_00_of_the_day_before() -> None:
    assert fmt.deadline(ru, MIDNIGHT) == "24 ноября 2026 г., 24:00 (Астана)"
    assert fmt.deadline(kk, MIDNIGHT) == "24 қараша 2026 ж., 24:00 (Астана)"
    assert fmt.deadline(ru, MIDNIGHT - timedelta(minutes=1)) == "24 ноября 2026 г., 23:59 (Астана)"
    assert fmt.deadline(ru, THREE) == fmt.moment(ru, THREE)


def test_telegram_time_keeps_the_text_and_names_the_instant() -> None:
    unix = int(MIDNIGHT.timestamp())
    assert fmt.due(ru, MIDNIGHT) == (
        f'<tg-time unix="{unix}">24 ноября 2026 г., 24:00 (Астана)</tg-time>'
    )
    assert plain(fmt.due(ru, MIDNIGHT)) == "24 ноября 2026 г., 24:00 (Астана)"
    assert (
        fmt.tg_time(MIDNIGHT, "<", "wDT") == f'<tg-time unix="{unix}" format="wDT">&lt;</tg-time>'
    )
    for wrong in ("rD", "x", "Dd", '"'):
        with pytest.raises(ValueError, match="no time format"):
            fmt.tg_time(MIDNIGHT, "x", wrong)


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        (
            timedelta(days=2, hours=3, minutes=59),
            (
                "2 күн 3 сағат 59 минут қалды",
                "Осталось: 2 дня 3 часа 59 минут",
                "2 days 3 hours 59 minutes left",
            ),
        ),
        (
            timedelta(days=1, minutes=30),
            ("1 күн 30 минут қалды", "Осталось: 1 день 30 минут", "1 day 30 minutes left"),
        ),
        (
            timedelta(days=1, hours=23, minutes=59, seconds=59),
            ("2 күн қалды", "Осталось: 2 дня", "2 days left"),
        ),
        (
            timedelta(minutes=59, microseconds=1),
            ("1 сағат қалды", "Осталось: 1 час", "1 hour left"),
        ),
        (
            timedelta(hours=21, minutes=1),
            ("21 сағат 1 минут қалды", "Осталось: 21 час 1 минута", "21 hours 1 minute left"),
        ),
        (
            timedelta(minutes=1),
            ("1 минут қалды", "Осталось: 1 минута", "1 minute left"),
        ),
        (
            timedelta(seconds=59),
            ("Бір минуттан аз қалды", "Осталось меньше минуты", "Less than a minute left"),
        ),
        (timedelta(), ("Уақыт бітті", "Время вышло", "The time is over")),
    ],
)
def test_what_is_left(rest: timedelta, told: tuple[str, str, str]) -> None:
    assert tuple(fmt.left(t, MIDNIGHT - rest, MIDNIGHT) for t in ALL) == told


def test_terms_and_clauses() -> None:
    assert [fmt.term(t, Term.parse("2wd")) for t in ALL] == [
        "2 жұмыс күні",
        "2 рабочих дня",
        "2 working days",
    ]
    assert fmt.term(ru, Term.parse("30d")) == "30 календарных дней"
    assert fmt.term(kk, Term.parse("1h")) == "1 сағат"
    assert fmt.term(ru, Term.parse("21wm")) == "21 рабочая минута"
    assert fmt.clause(ru, "344-13.3a") == "приказ № 344, пункт 13, подпункт 3"
    assert fmt.clause(kk, "344-13.10") == "№ 344 бұйрық, 13-тармақ, 10) тармақша"
    assert fmt.clause(en, "366-6.refuse") == "act No. 366, clause 6"
    assert fmt.clauses(ru, ["366-20", "366-21"]) == "приказ № 366, пункты 20, 21"
    assert fmt.clauses(kk, ["366-20", "366-21"]) == "№ 366 бұйрық, 20, 21-тармақтар"
    assert fmt.clauses(ru, ["366-20", "366-20"]) == "приказ № 366, пункт 20"
    assert fmt.clauses(ru, ["366-20", "627-8"]) == "приказ № 366, пункт 20; приказ № 627, пункт 8"
    assert fmt.clauses(en, ["366-20", "366-21.2"]) == (
        "act No. 366, clause 20; act No. 366, clause 21, item 2"
    )
    assert fmt.clauses(ru, []) == ""
    day = Term(1, Unit.SUPPORT_DAYS)
    assert fmt.term(ru, day) == "1 рабочий день поддержки"
    assert fmt.term(kk, day) == "қолдау қызметінің 1 жұмыс күні"
    with pytest.raises(ValueError, match="not an act"):
        fmt.clause(en, "somewhere")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ж\u0259рдем", "Жәрдем"),
        ("С\u018f\u0422", "сәт"),
        ("өнiм", "ӨНІМ"),
        ("Қaзaқcтaн", "қазақстан"),
        ("счёт", "Счет"),
        ("  труба\u00a0\n ПВХ ", "Труба пвх"),
        ("й", "и\u0306"),
    ],
)
def test_search_finds_what_was_meant(typed: str, meant: str) -> None:
    assert fmt.fold(typed) == fmt.fold(meant)


@pytest.mark.parametrize(
    ("one", "other"), [("қ", "к"), ("ұ", "у"), ("ү", "ұ"), ("і", "и"), ("һ", "х")]
)
def test_search_keeps_kazakh_letters_apart(one: str, other: str) -> None:
    assert fmt.fold(one) != fmt.fold(other)
    assert fmt.fold("PVC ip65") == "pvc ip65"


def test_kazakh_order() -> None:
    names = [
        "Үміт",
        "Әлем",
        "Ұлан",
        "Бек",
        "Уран",
        "Арал",
        "Ілияс",
        "Ыбырай",
        "Қала",
        "Кен",
        "7",
        "Pipe",
    ]
    ordered = ["7", "Арал", "Әлем", "Бек", "Кен", "Қала", "Уран", "Ұлан", "Үміт", "Ыбырай", "Ілияс"]
    assert sorted(names, key=lambda name: fmt.sort_key(name, "kk")) == [*ordered, "Pipe"]
    assert sorted(names, key=lambda name: fmt.sort_key(name, "en"))[:3] == ["7", "Pipe", "Арал"]
    assert sorted(["Ёж", "Ель", "Еж"], key=lambda name: fmt.sort_key(name, "ru"))[-1] == "Ель"
