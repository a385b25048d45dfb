"""Every refusal has its text: complete, short, escaped, in each language."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import structlog

from domain.clock import ASTANA
from domain.documents.sheets.errors import SheetError
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken, Unauthenticated
from handlers.views import format as fmt
from handlers.views import samples
from handlers.views.errors import SHEETS, TEXTS, describe, describe_sheet_error, toast
from handlers.views.errors.told import FIELDS, Told
from handlers.views.sample_errors import error, errors, sheet_errors
from handlers.views.translator import Translator, plain, translator
from tests.handlers.views import domain_calls
from tests.handlers.views.hearing import hearing
from tests.support.language import assert_catalogued

en, kk, ru = translator("en"), translator("kk"), translator("ru")
each_language = pytest.mark.parametrize("t", [kk, ru, en], ids=str)
DUE = datetime(2026, 11, 25, tzinfo=ASTANA).astimezone(UTC)

#: Codes that domain makes of parts.
FAMILIES = {
    "{}_format": {"money_format", "quantity_format"},
    "{}_ambiguous": {"money_ambiguous", "quantity_ambiguous"},
    "{}_too_large": {"money_too_large", "quantity_too_large"},
    "{}_decimals": {"money_decimals", "quantity_decimals"},
    "company_{}": {
        "company_bankrupt",
        "company_liquidation",
        "company_unfair",
        "company_excluded",
    },
}


def _codes(said: tuple[domain_calls.Said, ...]) -> set[str]:
    return {code for each in said for code in FAMILIES.get(each.text, {each.text})}


def test_every_code_of_domain_has_a_text_and_every_text_a_code() -> None:
    assert _codes(domain_calls.raised()) == TEXTS.keys()


def test_every_error_of_spreadsheets_has_a_text_and_every_text_a_code() -> None:
    noted = _codes(domain_calls.of_sheets())
    assert noted - TEXTS.keys() == SHEETS.keys() - TEXTS.keys()
    assert SHEETS.keys() <= noted


def test_values_in_texts_are_given_where_the_code_is_raised() -> None:
    missing = []
    for said in domain_calls.raised():
        told = TEXTS.get(said.text)
        if said.given is None or not isinstance(told, Told):
            continue
        texts = told.what.text + (told.do.text if told.do else "")
        lacking = set(re.findall(r"\{(\w+)\}", texts)) - said.given
        if lacking:
            missing.append((said.where, said.text, lacking))
    assert missing == []


@each_language
def test_every_refusal_is_whole(t: Translator) -> None:
    for broken in errors():
        with hearing() as heard:
            text = describe(t, broken)
            alert = toast(t, broken)
        assert "…" not in text, broken.code
        assert 20 < len(plain(text)) <= 4096
        assert len(alert) <= 200
        assert "<" not in alert
        assert_catalogued(plain(text), heard)
        if broken.clause:
            assert fmt.clause(t, broken.clause) in text


@each_language
def test_every_error_of_a_spreadsheet_is_one_whole_line(t: Translator) -> None:
    for each in sheet_errors():
        with hearing() as heard:
            text = describe_sheet_error(t, each)
        assert "\n" not in text
        assert "…" not in text
        assert len(plain(text)) < 300
        assert_catalogued(plain(text), heard, data=[each.cell])
        assert each.cell in text
        assert text.startswith("<b>") is bool(each.row)


def test_samples_hold_every_code() -> None:
    assert {each.code for each in errors()} == TEXTS.keys()
    assert SHEETS.keys() <= {each.code for each in sheet_errors()}


def test_a_refusal_says_what_happened_what_to_do_and_the_rule() -> None:
    late = Conflict("window_closed", "344-13.3a", due_at=DUE)
    assert plain(describe(en, late)).splitlines() == [
        "Price offers are closed. The deadline was: 24 November 2026, 24:00 (Astana).",
        "An offer can no longer be submitted, changed or withdrawn.",
        "The rule: act No. 344, clause 13, item 3",
    ]


def test_a_rule_of_the_house_names_no_act() -> None:
    assert "act No." not in describe(en, RuleBroken("too_many_files", None, limit=10))


def test_sums_volumes_and_lines_are_shown_as_people_write_them() -> None:
    broken = RuleBroken(
        "award_above_allocated",
        "344-13.6c",
        line=2,
        available=Decimal("1500000"),
        price=Decimal("1984000.50"),
    )
    said = plain(describe(ru, broken)).replace("\N{NO-BREAK SPACE}", " ")
    assert "1 984 000,50 ₸" in said
    assert "1 500 000 ₸" in said
    needed = RuleBroken("offer_above_need", "344-13.3b", needed=Decimal("1250.500"), line=3)
    said = plain(describe(en, needed))
    assert said.startswith("Line 3: ")
    assert "1,250.5." in said


def test_the_text_follows_the_field() -> None:
    texts = {describe(en, error("not_positive", field=name)) for name in ("quantity", "days", "")}
    assert len(texts) == 3


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_fields_are_named(field: str) -> None:
    assert plain(describe(en, RuleBroken("text_missing", None, field=field))).endswith(
        f"{plain(en(FIELDS[field]))}."
    )


def test_a_path_of_the_api_stays_as_it_is() -> None:
    assert "goods[0].unit" in describe(en, RuleBroken("text_missing", None, field="goods[0].unit"))


@each_language
def test_what_people_typed_is_escaped(t: Translator) -> None:
    hostile = "<b>&\u202e\0"
    for text in (
        describe(t, RuleBroken("bad_term", None, text=hostile)),
        describe(t, RuleBroken("text_missing", None, field=hostile)),
        describe_sheet_error(t, SheetError(3, "B", "code_corrupt", {"value": hostile})),
    ):
        assert "&lt;b&gt;&amp;" in text
        assert "\u202e" not in text
    assert "<b>&" in toast(t, RuleBroken("bad_term", None, text=hostile))


@pytest.mark.parametrize("kind", [RuleBroken, AccessDenied, NotFound, Conflict, Unauthenticated])
def test_an_unknown_code_is_logged_and_still_says_something(kind: type[RuleBroken]) -> None:
    with structlog.testing.capture_logs() as logged:
        text = describe(en, kind("never_heard_of", "344-13.3a"))
    assert [each["code"] for each in logged] == ["never_heard_of"]
    assert len(text.splitlines()) == 3


def test_a_missing_value_and_an_odd_clause_break_nothing() -> None:
    assert "…" in describe(en, RuleBroken("bad_term", "somewhere"))
    assert "…" in describe(en, RuleBroken("calendar_range", None, day="soon"))


def test_an_alert_keeps_what_happened_and_drops_what_has_no_room() -> None:
    long = RuleBroken("bad_term", "344-13.3a", text="x" * 300)
    assert len(toast(en, long)) == 200
    assert toast(en, long).endswith("…")
    middle = RuleBroken("token_name_taken", "344-13.3a", name="x" * 90)
    assert "Choose another name" in toast(en, middle)
    assert "act No. 344" in toast(en, Conflict("window_closed", "344-13.3a", due_at=DUE))


def test_an_import_lists_its_first_errors_and_counts_the_rest() -> None:
    problem = {"row": 7, "field": "goods[0].code", "code": "ens_tru_format", "params": {}}
    broken = RuleBroken("import_failed", "344-7", count=31, errors=[problem] * 31)
    lines = plain(describe(en, broken)).splitlines()
    assert lines[0] == "Nothing was loaded. Errors found: 31."
    assert lines[1] == "• row 7, goods[0].code: This is not an ENS TRU code."
    assert lines[11] == "and 21 more errors"


def test_missing_columns_are_named_as_in_the_sheet() -> None:
    broken = SheetError(0, "", "columns_missing", {"columns": (("name_ru", "name_kk"), ("unit",))})
    assert plain(describe_sheet_error(kk, broken)).endswith(
        plain(kk("Take the template and keep its titles."))
    )
    assert "Тауардың орысша атауы / Тауардың қазақша атауы; Өлшем бірлігі" in (
        describe_sheet_error(kk, broken)
    )


def test_sample_clauses_are_known() -> None:
    for clause in samples.words().clauses.values():
        assert fmt.clause(en, clause)
