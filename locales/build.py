"""Extracting, merging, compiling and loading the catalogues (gettext files through Babel)."""

from __future__ import annotations

import io
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from locales.extraction import COMMENT, KEYWORDS

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
TEMPLATE = FOLDER / "messages.pot"
#: The languages with a catalogue; English is the language of the source.
TRANSLATED = ("kk", "ru")
#: Kazakh has one form after a numeral (2 жұмыс күні, 5 жұмыс күні): a second could only differ
#: by mistake. Russian has its three.
PLURALS = {
    "kk": "nplurals=1; plural=0;",
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
        "n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    ),
}
PROJECT, VERSION = "tapsyrys", "0.3"


class CatalogueMissingError(RuntimeError):
    """A catalogue is absent from the installation."""


def po_path(locale: str) -> Path:
    """Where translators write."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def mo_path(locale: str) -> Path:
    """Where the compiled catalogue stands; it is never committed."""
    return po_path(locale).with_suffix(".mo")


def extract(root: Path = ROOT) -> Catalog:
    """The messages of the code below ``root``, as a template in memory."""
    template = Catalog(project=PROJECT, version=VERSION, charset="utf-8", header_comment="#")
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]  # Babel's
    for name, line, message, comments, context in extract_from_dir(
        root, methods, options, dict(KEYWORDS), (COMMENT,), strip_comment_tags=False
    ):
        where = [(Path(name).as_posix(), line)]
        template.add(message, None, where, auto_comments=comments, context=context)
    return template


def read(locale: str) -> Catalog:
    """The catalogue of ``locale`` as its translators wrote it, obsolete messages included."""
    with po_path(locale).open("rb") as file:
        return read_po(file, locale=locale)


def read_template() -> Catalog:
    """The committed template."""
    with TEMPLATE.open("rb") as file:
        return read_po(file)


def update(locale: str, template: Catalog) -> list[str]:
    """Merge ``template`` into a catalogue; returns the messages dropped because unused.

    Nothing is guessed: a changed message is a new one, to be translated by a person.
    """
    path = po_path(locale)
    if path.exists():
        catalogue = read(locale)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        header = f'msgid ""\nmsgstr ""\n"Plural-Forms: {PLURALS[locale]}\\n"\n'
        catalogue = read_po(io.BytesIO(header.encode()), locale=locale)
    catalogue.project, catalogue.version = PROJECT, VERSION
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    dropped = [str(message.id) for message in catalogue.obsolete.values()]
    path.write_text(as_text(catalogue), encoding="utf-8")
    return dropped


def as_text(catalogue: Catalog) -> str:
    """The file of a catalogue, without anything that changes from run to run.

    Dates and line numbers would set every two branches at odds.
    """
    for message in catalogue:
        # The order is by these: with line numbers it would change when the file is read again.
        message.locations = [(name, 0) for name in sorted({name for name, _ in message.locations})]
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalogue,
        width=100,
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    volatile = tuple(
        f'"{name}:'
        for name in (
            "POT-Creation-Date",
            "PO-Revision-Date",
            "Generated-By",
            "Last-Translator",
            "Language-Team",
            "Report-Msgid-Bugs-To",
        )
    )
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(volatile))


def compile_po(locale: str) -> bytes:
    """The binary catalogue made from the translators' file; fuzzy messages are left out."""
    buffer = io.BytesIO()
    write_mo(buffer, read(locale))
    return buffer.getvalue()


def compile_all() -> list[Path]:
    """Write every compiled catalogue; returns their paths."""
    paths = []
    for locale in TRANSLATED:
        path = mo_path(locale)
        path.write_bytes(compile_po(locale))
        paths.append(path)
    return paths


def load(locale: str) -> GNUTranslations:
    """The catalogue of ``locale``, ready for use.

    A compiled one that is absent or older than its source is made anew in memory, so that nobody
    ever sees yesterday's text. Raises CatalogueMissingError when there is neither.
    """
    po, mo = po_path(locale), mo_path(locale)
    if mo.exists() and not (po.exists() and po.stat().st_mtime > mo.stat().st_mtime):
        return GNUTranslations(io.BytesIO(mo.read_bytes()))
    if po.exists():
        return GNUTranslations(io.BytesIO(compile_po(locale)))
    raise CatalogueMissingError(f"No catalogue for {locale!r}: there is neither {po} nor {mo.name}")
