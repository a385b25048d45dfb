"""The fixed wording of documents: whole and alike in both languages."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from domain.documents.labels import labels

TABLE = json.loads(files("domain.documents").joinpath("labels.json").read_text("utf-8"))
ENTRIES = [
    pytest.param(texts, id=f"{section}.{key}")
    for section, entries in TABLE.items()
    for key, texts in entries.items()
]


@pytest.mark.parametrize("texts", ENTRIES)
def test_both_languages_say_it_with_the_same_placeholders(texts: dict[str, str]) -> None:
    assert set(texts) == {"kk", "ru"}
    assert all(text.strip() for text in texts.values())
    kazakh, russian = (sorted(re.findall(r"\{\w+\}", texts[code])) for code in ("kk", "ru"))
    assert kazakh == russian


def test_kazakh_uses_kazakh_letters_and_not_their_look_alikes() -> None:
    for section in ("protocol", "summary", "order_form"):
        for text in labels(section, "kk").values():
            assert not re.search(r"[а-яәіңғүұқөһ][a-zA-Z]|[a-zA-Z][а-яәіңғүұқөһ]|ə", text), text


@pytest.mark.parametrize(
    ("key", "kazakh", "russian"),
    [
        ("title", "қорытындыларының хаттамасы", "Протокол итогов"),
        ("customer_section", "Тапсырыс беруші", "Заказчик"),
        ("offers", "Әлеуетті өнім беруші", "потенциальных поставщиков"),
        ("winner_one", "жеңімпаз", "победителем"),
        ("contract_one", "шарт жасас", "заключить договор"),
        ("award_refused", "бас тарту", "Отказ"),
        ("refusal_reason", "Бас тарту себебі", "Причина отказа"),
        ("failed_goods", "өтпеді деп таныл", "несостоявшимся"),
        ("col_rejection", "баға ұсынысын қабылдамау", "отклонения ценового предложения"),
        ("signature", "Электрондық цифрлық қолтаңба (ЭЦҚ)", "Электронная цифровая подпись (ЭЦП)"),
    ],
)
def test_terms_are_those_of_the_glossary(key: str, kazakh: str, russian: str) -> None:
    assert kazakh in labels("protocol", "kk")[key]
    assert russian in labels("protocol", "ru")[key]
