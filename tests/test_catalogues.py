"""The catalogues are whole, agree with the code and with the glossary, and are spelt right."""

from __future__ import annotations

import io
import os
import shutil
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from locales import build, checks
from locales.build import TRANSLATED

each_language = pytest.mark.parametrize("locale", TRANSLATED)


def test_every_message_in_code_is_one_literal() -> None:
    assert list(checks.literal()) == []


def test_no_words_of_people_stand_in_code() -> None:
    assert list(checks.cyrillic_in_code()) == []


def test_template_and_catalogues_hold_just_what_the_code_says() -> None:
    assert list(checks.fresh()) == []


@each_language
def test_whole_and_reviewed(locale: str) -> None:
    assert list(checks.whole(locale)) == []


@each_language
def test_placeholders_and_tags_agree(locale: str) -> None:
    assert list(checks.same_marks(locale)) == []


def test_buttons_and_commands_are_short() -> None:
    assert list(checks.lengths()) == []


@each_language
def test_typography(locale: str) -> None:
    assert list(checks.typography(locale)) == []


@each_language
def test_terms_of_the_glossary(locale: str) -> None:
    assert list(checks.terms(locale)) == []


@each_language
def test_reviewed_words_are_used(locale: str) -> None:
    assert list(checks.reviewed_list_faults(locale)) == []


@each_language
def test_spelling(locale: str) -> None:
    if shutil.which("hunspell") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("hunspell with hunspell-kk and hunspell-ru is needed in CI")
        pytest.skip("hunspell is not installed: spelling is not checked")
    assert list(checks.spelling(locale)) == []


@each_language
def test_file_is_as_the_tools_write_it(locale: str) -> None:
    """So that the next update changes nothing but messages."""
    catalogue = build.read(locale)
    assert build.po_path(locale).read_text(encoding="utf-8") == build.as_text(catalogue)
    header = build.po_path(locale).read_text(encoding="utf-8").split("\n\n")[0]
    assert build.PLURALS[locale] in header.replace('"\n"', "")


def test_a_compiled_catalogue_is_what_its_source_says() -> None:
    for locale in TRANSLATED:
        compiled = GNUTranslations(io.BytesIO(build.compile_po(locale)))
        assert compiled.gettext("The time is over") != "The time is over"


# The checks themselves: each must find its fault.

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

"""  # noqa: E501  a header line of gettext cannot be broken


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Set ["po"] to the messages that every language then has."""
    held = {"po": ""}

    def read(locale: str) -> Catalog:
        return read_po(io.BytesIO((PO + held["po"]).encode()), locale=locale)

    monkeypatch.setattr(build, "read", read)
    return held


@pytest.mark.parametrize(
    ("po", "fault"),
    [
        ('msgid "Yes"\nmsgstr ""', "not translated"),
        ('#, fuzzy\nmsgid "Yes"\nmsgstr "Да"', "fuzzy"),
        ('#~ msgid "Yes"\n#~ msgstr "Да"', "obsolete"),
        ('msgid "{n} a"\nmsgid_plural "{n} b"\nmsgstr[0] "{n} а"', "not translated"),
        (
            'msgid "{n} a"\nmsgid_plural "{n} b"\nmsgstr[0] "а"\nmsgstr[1] "а"\nmsgstr[2] ""',
            "not translated",
        ),
    ],
)
def test_an_unfinished_message_is_found(catalogue: dict[str, str], po: str, fault: str) -> None:
    catalogue["po"] = po
    assert [each for each in checks.whole("ru") if fault in each]


@pytest.mark.parametrize(
    "po",
    [
        'msgid "Goods: {name}"\nmsgstr "Товар: {имя}"',
        'msgid "Goods: {name}"\nmsgstr "Товар"',
        'msgid "<b>Goods</b>"\nmsgstr "Товар"',
        'msgid "<b>Goods</b>"\nmsgstr "<b>Товар<b>"',
        'msgid "Goods\\n"\nmsgstr "Товар"',
        'msgid "One"\nmsgid_plural "{n} b"\nmsgstr[0] "{n}"\nmsgstr[1] "{n}"\nmsgstr[2] "{n}"',
    ],
)
def test_differing_marks_are_found(catalogue: dict[str, str], po: str) -> None:
    catalogue["po"] = po
    assert list(checks.same_marks("ru"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Тaуар", "Latin letter"),
        ("кəсіп", "Latin letter"),
        ("Товар - это", "hyphen"),
        ("Товар — это", "hyphen"),
        ("Товар ещё есть", "ё"),
        ("Для вас есть товар", "polite"),
        ("Товар  здесь", "double space"),
        ('Товар \\"А\\"', "quotes"),
    ],
)
def test_bad_typography_is_found(catalogue: dict[str, str], text: str, fault: str) -> None:
    catalogue["po"] = f'msgid "Goods"\nmsgstr "{text}"'
    assert [each for each in checks.typography("ru") if fault in each]


@pytest.mark.parametrize(
    "text",
    ["Товар – это", "Шот-фактура", "<b>PDF</b>-файл", "№ {n}", "Всё Ваше, и всё еще есть"],
)
def test_good_typography_passes(catalogue: dict[str, str], text: str) -> None:
    catalogue["po"] = f'msgid "Goods"\nmsgstr "{text}"'
    assert list(checks.typography("ru")) == []


def test_long_buttons_are_found(catalogue: dict[str, str]) -> None:
    catalogue["po"] = f'msgctxt "button"\nmsgid "Go"\nmsgstr "{"я" * 24}"'
    assert list(checks.lengths()) == []
    catalogue["po"] = f'msgctxt "button"\nmsgid "Go"\nmsgstr "{"я" * 25}"'
    assert len(list(checks.lengths())) == len(TRANSLATED)


def test_terms_take_the_longest_and_leave_placeholders_alone() -> None:
    assert [term for term, _ in checks.used_terms("Price offers for {order}")] == ["Price offers"]
    assert [term for term, _ in checks.used_terms("In order to go")] == ["In order to"]


def test_a_wrong_term_is_found(catalogue: dict[str, str]) -> None:
    catalogue["po"] = 'msgid "Price offers"\nmsgstr "Коммерческие предложения"'
    assert list(checks.terms("ru"))
    catalogue["po"] = 'msgid "Price offers"\nmsgstr "Ценовых предложений"'
    assert list(checks.terms("ru")) == []


def test_a_text_made_in_code_and_words_in_code_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "handlers"
    folder.mkdir()
    (folder / "view.py").write_text(
        '"""Слово."""\nt(f"Order {n}")\nt.button("Go" + x)\nt("A" if x else "B")\n'
        't(STATES["x"])\nt.button(LABEL)\nt("Good")\nname = "Слово"\n',
        encoding="utf-8",
    )
    lines = [fault.split(":")[1] for fault in checks.literal(tmp_path)]
    assert lines == ["2", "3", "4"]
    assert [fault.split(":")[1] for fault in checks.cyrillic_in_code(tmp_path)] == ["8"]


def test_extraction_reads_every_form(tmp_path: Path) -> None:
    folder = tmp_path / "handlers"
    folder.mkdir()
    (folder / "view.py").write_text(
        "# Translators: said after\n# the last step\n"
        't("A "\n  "b", x=t.context("c", "D"), y=t.plural("e", "f", n))\n'
        't.button("G")\nS = {"h": lazy("H", context="state"), "i": lazy("I")}\nother("no")\n',
        encoding="utf-8",
    )
    template = build.extract(tmp_path)
    found = {(message.context, message.id) for message in template if message.id}
    assert found == {
        (None, "A b"),
        ("c", "D"),
        (None, ("e", "f")),
        ("button", "G"),
        ("state", "H"),
        (None, "I"),
    }
    message = template.get("A b")
    assert message is not None
    assert message.auto_comments == ["Translators: said after", "the last step"]


def test_a_stale_compiled_catalogue_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    po = tmp_path / "ru" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    with pytest.raises(build.CatalogueMissingError, match="neither"):
        build.load("ru")
    po.write_text(PO + 'msgid "Yes"\nmsgstr "Да"\n', encoding="utf-8")
    assert build.load("ru").gettext("Yes") == "Да"
    build.mo_path("ru").write_bytes(build.compile_po("ru"))
    po.write_text(PO + 'msgid "Yes"\nmsgstr "Так"\n', encoding="utf-8")
    os.utime(po, (1, 1))
    assert build.load("ru").gettext("Yes") == "Да"
    os.utime(build.mo_path("ru"), (0, 0))
    assert build.load("ru").gettext("Yes") == "Так"
    po.unlink()
    assert build.load("ru").gettext("Yes") == "Да"


def test_an_update_keeps_translations_and_drops_what_is_unused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "FOLDER", tmp_path)
    first, second = Catalog(), Catalog()
    first.add("Yes")
    first.add(("{n} day", "{n} days"))
    second.add(("{n} day", "{n} days"))
    second.add("Yes!")
    assert build.update("kk", first) == []
    path = build.po_path("kk")
    path.write_text(
        path.read_text(encoding="utf-8").replace('msgstr[0] ""', 'msgstr[0] "{n} күн"'),
        encoding="utf-8",
    )
    assert build.update("kk", second) == ["Yes"]
    catalogue = build.read("kk")
    assert catalogue.num_plurals == 1
    kept = catalogue.get("{n} day")
    fresh = catalogue.get("Yes!")
    assert kept is not None
    assert kept.string == ("{n} күн",)
    assert fresh is not None
    assert not fresh.string
    compiled = GNUTranslations(io.BytesIO(build.compile_po("kk")))
    assert [compiled.ngettext("{n} day", "{n} days", n) for n in (1, 2)] == ["{n} күн"] * 2
