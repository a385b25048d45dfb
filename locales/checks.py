"""What a catalogue must be: whole, with its placeholders, terms, lengths and spelling right.

Each check returns its findings as sentences, none when all is well. Reviewed word lists and the
table of terms stand in ``tests/data``.
"""

from __future__ import annotations

import ast
import csv
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message

from locales import build, extraction
from locales.build import ROOT, TRANSLATED

DATA = ROOT / "tests" / "data"
#: context of a message -> how many characters its text may have
LIMITS = {"button": 24, "command": 256}
DICTIONARIES = {"kk": "kk_KZ", "ru": "ru_RU"}
#: Where code speaks to people, and so must not hold their words itself.
SPEAKING = ("handlers", "scheduler")

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_TAG = re.compile(r"<[^<>]*>")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]+")
_MIXED = re.compile(r"(?:[Ѐ-ӿ][A-Za-zə]|[A-Za-zə][Ѐ-ӿ])")
#: How we write where a language lets one write in two ways: one text must not mix them.
_HOUSE = {
    "ru": (
        ("the letter ё, which stands in «всё» alone", re.compile(r"(?<!\b[Вв]с)ё|Ё")),
        ("a polite word without its capital", re.compile(r"\b(?:вы|вас|вам|вами|ваш\w*)\b")),
    ),
    "kk": (("a polite word without its capital", re.compile(r"\bсіз(?:ге|де|ден|ді|дің|бен)?\b")),),
}
_NOT_WORDS = re.compile(r"<[^<>]*>|\{[^{}]*\}|'[^']*'|https?://\S+|[/@]\w+")


def messages(locale: str) -> list[Message]:
    """The messages of a catalogue without its header."""
    return _of(build.read(locale))


def _of(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def sources(message: Message) -> tuple[str, ...]:
    """The English text, or singular and plural."""
    return message.id if isinstance(message.id, tuple) else (str(message.id),)


def forms(message: Message) -> tuple[str, ...]:
    """The translated text, or every plural form."""
    string = message.string
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def is_whole(message: Message) -> bool:
    """Whether every form is translated and none is a guess."""
    return all(forms(message)) and not message.fuzzy


def _name(locale: str, message: Message) -> str:
    context = f" ({message.context})" if message.context else ""
    return f"{locale}: {sources(message)[0]!r}{context}"


def everything() -> list[str]:
    """Every finding of every check; spelling too, if hunspell is there."""
    found = [*literal(), *cyrillic_in_code(), *fresh()]
    for locale in TRANSLATED:
        found += [*whole(locale), *same_marks(locale), *typography(locale), *terms(locale)]
        if shutil.which("hunspell"):
            found += spelling(locale)
        else:
            found.append(f"{locale}: spelling not checked: hunspell is not installed")
    return [*found, *lengths()]


def literal(root: Path = ROOT) -> Iterator[str]:
    """Texts made in code before they are translated: the catalogue cannot hold them."""
    for path in _python(root, ("handlers", "bot")):
        for found in extraction.find(path.read_text(encoding="utf-8")):
            if found.texts is None:
                where = f"{path.relative_to(root).as_posix()}:{found.line}"
                yield f"{where}: the text of a message must be one literal"


def cyrillic_in_code(root: Path = ROOT) -> Iterator[str]:
    """Words of people's languages in code that speaks to people."""
    for path in _python(root, SPEAKING):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = set(_docstrings(tree))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or node in told:
                continue
            if isinstance(node.value, str) and re.search(r"[Ѐ-ӿ]{2}", node.value):
                where = f"{path.relative_to(root).as_posix()}:{node.lineno}"
                yield f"{where}: Cyrillic outside the catalogue"


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        # A text that stands alone as a statement is written for readers of the code.
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _python(root: Path, folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            # The sandbox plays Telegram and its people: it says nothing of ours.
            if path.relative_to(root).parts[:2] != ("bot", "sandbox"):
                yield path


def fresh() -> Iterator[str]:
    """Messages of the code that the template or a catalogue lacks, and the reverse."""
    wanted = {_key(message) for message in _of(build.extract())}
    held = {"messages.pot": _of(build.read_template())}
    held |= {locale: messages(locale) for locale in TRANSLATED}
    for name, catalogue in held.items():
        keys = {_key(message) for message in catalogue}
        for context, source in sorted(wanted - keys):
            yield f"{name} lacks {source!r} {context}: run python -m locales update"
        for context, source in sorted(keys - wanted):
            yield f"{name} has {source!r} {context}, which no code uses"


def _key(message: Message) -> tuple[str, tuple[str, ...]]:
    return message.context or "", sources(message)


def whole(locale: str) -> Iterator[str]:
    """Missing, partly translated, fuzzy and obsolete messages."""
    catalogue = build.read(locale)
    for message in _of(catalogue):
        if message.fuzzy:
            yield f"{_name(locale, message)} is fuzzy"
        count = catalogue.num_plurals if message.pluralizable else 1
        if not all(forms(message)) or len(forms(message)) != count:
            yield f"{_name(locale, message)} is not translated"
    for message in catalogue.obsolete.values():
        yield f"{_name(locale, message)} is obsolete"


def same_marks(locale: str) -> Iterator[str]:
    """Placeholders, tags and spaces at the ends that differ from the source in any form."""
    for message in messages(locale):
        wanted = {_marks(text) for text in sources(message)}
        for text in filter(None, forms(message)):
            if _marks(text) not in wanted:
                yield f"{_name(locale, message)}: placeholders, tags or ends differ: {text!r}"
        if len(wanted) > 1:
            yield f"{_name(locale, message)}: singular and plural differ in placeholders or tags"


def _marks(text: str) -> tuple[str, ...]:
    start = text[: len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()) :]
    return (
        *sorted(_PLACEHOLDER.findall(text)),
        "\0",
        *sorted(_TAG.findall(text)),
        "\0",
        start,
        end,
    )


def lengths() -> Iterator[str]:
    """Buttons and command descriptions that are too long, in every language."""
    for locale in TRANSLATED:
        for message in messages(locale):
            limit = LIMITS.get(message.context or "")
            for text in (*sources(message), *forms(message)) if limit else ():
                length = len(_PLACEHOLDER.sub("", text))
                if limit and length > limit:
                    yield f"{_name(locale, message)}: {length} characters of {limit}: {text!r}"


def typography(locale: str) -> Iterator[str]:
    """Latin letters inside Cyrillic words, hyphens for dashes, double spaces, typewriter quotes.

    Also small letters in polite words, and ё.
    """
    for message in messages(locale):
        for text in forms(message):
            words = _NOT_WORDS.sub(" ¤ ", text)
            for fault, pattern in (
                ("a Latin letter inside a Cyrillic word", _MIXED),
                ("a hyphen in place of a dash", re.compile(r"(?:^|\s)[-—]\s|\w - ")),
                ("a double space", re.compile(r"\S {2,}\S")),
                ("typewriter quotes", re.compile(r"[\"“”]")),
                *_HOUSE.get(locale, ()),
            ):
                checked = _TAG.sub("", text) if "dash" in fault or "space" in fault else words
                if pattern.search(checked):
                    yield f"{_name(locale, message)}: {fault}: {text!r}"


class Term(NamedTuple):
    """An English term and the stems that its translations must hold, by language."""

    pattern: re.Pattern[str]
    stems: dict[str, list[list[str]]]


@cache
def glossary() -> tuple[Term, ...]:
    """The table of terms, longest first so that "price offer" is taken before "offer"."""
    with (DATA / "glossary.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: -len(row["en"]))
    return tuple(
        Term(_term(row["en"]), {locale: _stems(row[locale]) for locale in TRANSLATED})
        for row in rows
    )


def _term(english: str) -> re.Pattern[str]:
    ending = r"(?:y|ies)" if english.endswith("y") else r"(?:s|es)?"
    body = re.escape(english.removesuffix("y") if english.endswith("y") else english)
    return re.compile(rf"(?<![\w{{]){body}{ending}(?![\w}}])", re.IGNORECASE)


def _stems(cell: str) -> list[list[str]]:
    return [variant.split() for variant in cell.split("|") if variant.strip()]


def terms(locale: str) -> Iterator[str]:
    """Translations that do not use the term of the glossary for a term of the source."""
    for message in messages(locale):
        for term, wanted in used_terms(sources(message)[0]):
            for text in filter(None, forms(message)):
                words = text.casefold()
                variants = wanted[locale]
                if variants and not any(all(stem in words for stem in each) for each in variants):
                    said = " / ".join(" ".join(each) for each in variants)
                    yield f"{_name(locale, message)}: {term!r} must be {said!r}: {text!r}"


def used_terms(source: str) -> Iterator[tuple[str, dict[str, list[list[str]]]]]:
    """The terms of the glossary in an English text; a part of a longer term is not one."""
    rest = _NOT_WORDS.sub(" ", source.replace("'s", ""))
    for term in glossary():
        found = term.pattern.search(rest)
        if found:
            rest = term.pattern.sub(" ", rest)
            yield found[0], term.stems


def words(locale: str) -> set[str]:
    """Every Cyrillic word of the translations."""
    texts = (text for message in messages(locale) for text in forms(message))
    return {word for text in texts for word in _CYRILLIC.findall(_words_only(text))}


def _words_only(text: str) -> str:
    return _PLACEHOLDER.sub(" ", _TAG.sub(" ", text))


def reviewed(locale: str) -> list[str]:
    """Words a person has found right though the dictionary does not know them, in lower case."""
    return (DATA / f"spelling_{locale}.txt").read_text(encoding="utf-8").split()


def unknown_words(locale: str) -> set[str]:
    """Words of the translations that hunspell does not know, in lower case."""
    text = "\n".join(sorted(words(locale)))
    command = [
        shutil.which("hunspell") or "hunspell",
        "-d",
        DICTIONARIES[locale],
        "-i",
        "utf-8",
        "-l",
    ]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)  # noqa: S603  fixed command, our own words
    return {word.casefold() for word in done.stdout.split()}


def spelling(locale: str) -> Iterator[str]:
    """Words neither hunspell nor the reviewed list knows; words of the list that nothing uses."""
    listed = reviewed(locale)
    for word in sorted(unknown_words(locale) - set(listed)):
        yield f"{locale}: unknown word {word!r}"
    yield from reviewed_list_faults(locale)


def reviewed_list_faults(locale: str) -> Iterator[str]:
    """What is wrong with the reviewed list itself."""
    listed = reviewed(locale)
    if listed != sorted(set(listed)):
        yield f"{locale}: the list of reviewed words is not sorted or repeats a word"
    used = {word.casefold() for word in words(locale)}
    for word in sorted(set(listed) - used):
        yield f"{locale}: reviewed word {word!r} is not used any more"
