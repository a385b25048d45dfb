"""One page that shows every text as people see it, in Kazakh and Russian side by side.

It is for a native speaker who reviews the catalogues without running anything: no server, no
scripts or pictures from elsewhere. Names of kinds and codes stay as they are in the code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from aiogram.types import InlineKeyboardButton

from domain.deadlines import DeadlineView
from domain.errors import RuleBroken
from domain.notices.views import NoticeView
from handlers.views import samples
from handlers.views.errors import describe, describe_sheet_error, toast
from handlers.views.gallery_page import PAGE
from handlers.views.notices import render, title
from handlers.views.receipts import receipt_text, receipt_view
from handlers.views.sample_errors import errors, sheet_errors
from handlers.views.shown import Attachment, Shown
from handlers.views.translator import Html, Locale, Translator, plain, translator

#: The languages of the columns; English, the source, is folded away below them.
COLUMNS: tuple[Locale, ...] = ("kk", "ru")
SOURCE: Locale = "en"

ThingT = TypeVar("ThingT")

_NOT_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Section:
    """A part of the page: entries by name, each shown in every language it is given in.

    A plain text stands for what has no markup: the answer to a press, a command.
    """

    title: str
    entries: Sequence[tuple[str, Mapping[Locale, Shown | str]]]


def gallery(extra: Sequence[Section] = ()) -> str:
    """The page as HTML: every notice, refusal and receipt, then the sections of ``extra``."""
    sections = [*own_sections(), *extra]
    return PAGE.substitute(
        count=sum(len(section.entries) for section in sections),
        contents="".join(map(_contents, sections)),
        sections="".join(map(_section, sections)),
    )


def entry(
    name: str, make: Callable[[Translator], Shown | str]
) -> tuple[str, Mapping[Locale, Shown | str]]:
    """What ``make`` shows in each language, for a section."""
    return name, {locale: make(translator(locale)) for locale in (*COLUMNS, SOURCE)}


def entries(
    named: Iterable[tuple[str, ThingT]], show: Callable[[Translator, ThingT], Shown | str]
) -> list[tuple[str, Mapping[Locale, Shown | str]]]:
    """What ``show`` makes of each thing, for a section."""
    return [entry(name, partial(_shown, show, thing)) for name, thing in named]


def _shown(
    show: Callable[[Translator, ThingT], Shown | str], thing: ThingT, t: Translator
) -> Shown | str:
    return show(t, thing)


def own_sections() -> list[Section]:
    """The sections of notices, refusals, spreadsheets and receipts."""
    notices = samples.notices()
    refusals = [(error.code, error) for error in errors()]
    cells = [(error.code, error) for error in sheet_errors()]
    law = [(f"{each.kind}, {each.clause}", each) for each in samples.deadlines()]
    terms = [(term, samples.counted(term)) for term in ("2wd", "60d", "5h", "480wm")]
    return [
        Section("Notices", entries(notices, _notice)),
        Section("Titles of notices", entries(notices, title)),
        Section("Refusals", entries(refusals, _refusal)),
        Section("Answers to a press", entries(refusals, toast)),
        Section("Errors in spreadsheets", entries(cells, describe_sheet_error)),
        Section("Receipts", [*entries(law, _receipt), *entries(terms, receipt_text)]),
    ]


def _notice(t: Translator, notice: NoticeView) -> Shown:
    return render(t, notice, samples.NOW)


def _refusal(t: Translator, error: RuleBroken) -> Shown:
    return Shown(describe(t, error))


def _receipt(t: Translator, deadline: DeadlineView) -> Shown:
    return receipt_view(t, deadline, samples.NOW, samples.ORDER)


def _anchor(*names: str) -> str:
    return _NOT_NAME.sub("-", "-".join(names).casefold()).strip("-")


def _contents(section: Section) -> str:
    name = html.escape(section.title)
    return f'<li><a href="#{_anchor(section.title)}">{name}</a> {len(section.entries)}</li>'


def _section(section: Section) -> str:
    entries = "".join(_entry(section, name, shown) for name, shown in section.entries)
    anchor, name = _anchor(section.title), html.escape(section.title)
    return f'<section><h2 id="{anchor}">{name}</h2>{entries}</section>'


def _entry(section: Section, name: str, shown: Mapping[Locale, Shown | str]) -> str:
    anchor = _anchor(section.title, name)
    columns = "".join(_column(locale, shown[locale]) for locale in COLUMNS if locale in shown)
    source = _column(SOURCE, shown[SOURCE]) if SOURCE in shown else ""
    folded = f"<details><summary>{SOURCE}</summary>{source}</details>" if source else ""
    return (
        f'<article id="{anchor}"><h3><a href="#{anchor}">{html.escape(name)}</a></h3>'
        f'<div class="columns">{columns}</div>{folded}</article>'
    )


def _column(locale: Locale, shown: Shown | str) -> str:
    if isinstance(shown, Html):
        shown = Shown(shown)
    body = _message(shown) if isinstance(shown, Shown) else _plain(shown)
    return f'<div class="column" lang="{locale}"><b class="tongue">{locale}</b>{body}</div>'


def _plain(text: str) -> str:
    return f'<p class="toast">{html.escape(text)}</p>{_length(len(text))}'


def _message(shown: Shown) -> str:
    """The message as Telegram shows it; its markup is our own and already escaped."""
    files = "".join(map(_file, shown.attachments))
    rows = shown.keyboard.inline_keyboard if shown.keyboard else []
    buttons = "".join(f'<div class="row">{"".join(map(_button, row))}</div>' for row in rows)
    length = _length(len(plain(shown.text)))
    return f'<div class="message">{files}<p>{shown.text}</p></div>{buttons}{length}'


def _length(count: int) -> str:
    return f'<small class="length">{count}</small>'


def _file(file: Attachment) -> str:
    return f'<span class="file">{html.escape(file.kind)}</span>'


def _button(button: InlineKeyboardButton) -> str:
    goes = html.escape(button.callback_data or button.url or "", quote=True)
    style = html.escape(button.style or "plain", quote=True)
    return f'<span class="button {style}" title="{goes}">{html.escape(button.text)}</span>'
