"""What the registry takes in, as plain functions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.errors import RuleBroken
from domain.registry.rules import (
    GoodData,
    ProducerData,
    check_producer,
    check_producers,
    fold,
    import_failed,
)
from tests.support.factories import good, next_bin


def producer(**values: object) -> ProducerData:
    given: dict[str, object] = {"bin": next_bin(), "name_ru": "ТОО", "goods": (good(),), **values}
    return ProducerData(**given)  # type: ignore[arg-type]  # columns are named by the test


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"bin": "123"}, "bin_format", "bin"),
        ({"bin": "900140000001"}, "bin_check_digit", "bin"),
        ({"name_ru": " "}, "text_missing", "name_ru"),
        ({"name_kk": "x" * 301}, "text_too_long", "name_kk"),
        ({"status": "dead"}, "status_unknown", "status"),
        ({"registry_number": "9" * 65}, "text_too_long", "registry_number"),
    ],
)
def test_a_producer_refused_names_the_field(
    values: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_producer(producer(**values))
    assert (refused.value.code, refused.value.params["field"]) == (code, field)


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"code": "331312.1"}, "ens_tru_format", "code"),
        ({"agsk3": "24-1"}, "agsk3_format", "agsk3"),
        ({"tnved": "73"}, "tn_ved_format", "tnved"),
        ({"code": ""}, "code_missing", "code"),
        ({"name_ru": "", "name_kk": ""}, "text_missing", "name_ru"),
        ({"unit": "x" * 33}, "text_too_long", "unit"),
        ({"local_content": Decimal("100.01")}, "local_content_range", "local_content"),
        ({"local_content": Decimal("NaN")}, "local_content_range", "local_content"),
        ({"local_content": Decimal("-1")}, "local_content_range", "local_content"),
    ],
)
def test_a_good_refused_names_the_path(values: dict[str, object], code: str, field: str) -> None:
    goods = (good(), replace(good(), **values))  # type: ignore[arg-type]  # as above
    with pytest.raises(RuleBroken) as refused:
        check_producer(producer(goods=goods))
    assert (refused.value.code, refused.value.params["field"]) == (code, f"goods[1].{field}")


def test_codes_and_texts_become_canonical() -> None:
    row = GoodData(name_ru=" Труба\0 ", code=" 242013.100.000000 ", tnved="7304 11 000 0")
    (checked,) = check_producer(producer(goods=(row,))).goods
    assert (checked.name_ru, checked.code, checked.tnved) == (
        "Труба",
        "242013.100.000000",
        "7304110000",
    )


def test_every_problem_of_an_import_is_listed_with_its_row() -> None:
    twice = next_bin()
    rows = [
        producer(bin=twice, row=2),
        producer(bin="1", row=3, goods=(replace(good("x"), row=3), replace(good(), row=4))),
        producer(bin=twice, row=5, goods=(replace(good("y"), row=6),)),
    ]
    _, problems = check_producers(rows)
    assert [(problem.row, problem.field, problem.code) for problem in problems] == [
        (3, "bin", "bin_format"),
        (3, "goods[0].code", "ens_tru_format"),
        (6, "goods[0].code", "ens_tru_format"),
        (5, "bin", "bin_repeated"),
    ]
    many = import_failed(problems * 100, "344-7")
    assert (many.params["count"], len(many.params["errors"])) == (400, 200)


def test_folding_levels_case_and_kazakh_letters() -> None:
    assert fold("  Әлемнің ҚҰБЫРЫ — Ёлка ") == "алемнин кубыры — елка"
