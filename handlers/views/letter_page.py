"""The page that a letter leads to: what the notice is, and the button that says "I have seen it".

In the reader's language, with a way to the other one: no account and no script is needed.
"""

from __future__ import annotations

from datetime import datetime

from domain.errors import RuleBroken
from domain.escalations.by_letter import Letter
from domain.escalations.views import Acknowledged
from handlers.views import format as fmt
from handlers.views.errors import describe
from handlers.views.notices import title
from handlers.views.notices.facts import Facts
from handlers.views.translator import (
    Html,
    Lazy,
    Locale,
    Translator,
    escape,
    join,
    lazy,
    plain,
    translator,
)

# Translators: the name of the language of this catalogue in this language itself.
_OWN_NAME = lazy("English", context="name of this language")
_STYLE = (
    "body{margin:0;padding:24px;font:18px/1.5 sans-serif;color:#1a1a1a;background:#fff}"
    "main{max-width:36em;margin:auto}h1{font-size:1.25em}nav{text-align:right;font-size:.85em}"
    "button{font:inherit;padding:12px 22px;border:0;border-radius:6px;background:#1d5fa8;"
    "color:#fff}button:focus-visible,a:focus-visible{outline:3px solid #f0a000}"
    "a{color:#1d5fa8}.note{color:#555;font-size:.85em}.said{border-left:4px solid #2e7d32;"
    "padding-left:12px}.no{border-left:4px solid #b3261e;padding-left:12px}"
)
_LANGUAGES: tuple[Locale, ...] = ("kk", "ru")
_SERVED: Lazy = lazy("Orders and deadlines are answered as the letter says: this page cannot.")


def seen_page(t: Translator, letter: Letter, now: datetime, why: RuleBroken | None = None) -> str:
    """Before the button is pressed; ``why``: what stood in the way when it was."""
    if letter.acked_at is not None:
        said = t("You said at {when} that you have seen it.", when=fmt.moment(t, letter.acked_at))
        return _page(t, letter, _box("said", said))
    if why is not None:
        return _page(t, letter, _box("no", describe(t, why)))
    if letter.over:
        over = t("This link serves no more: the term of the notice is over.")
        return _page(t, letter, _box("no", over))
    due_at = Facts(letter.notice, now).at("due_at")
    until = t("Deadline: {when}", when=fmt.deadline(t, due_at)) if due_at else escape("")
    what = t(
        "Press the button when you have seen the notice. While nobody has, others are woken for it."
    )
    label = escape(t.button("I have seen it"))
    form = f'<form method="post"><button type="submit">{label}</button></form>'
    return _page(t, letter, _box("", until), _box("", what), form, _box("note", t(_SERVED)))


def seen(t: Translator, letter: Letter, done: Acknowledged) -> str:
    """After it."""
    if done.stopped:
        said = t("Noted. Nobody else is woken for this.")
    else:
        said = t("Noted: you have seen it.")
    when = t("You said at {when} that you have seen it.", when=fmt.moment(t, done.at))
    return _page(t, letter, _box("said", join([said, when], " ")), _box("note", t(_SERVED)))


def gone(language: Locale) -> str:
    """An address that is none of ours, or was cut in two by a mail program."""
    t = translator(language)
    text = t(
        "This address is not whole. Copy the whole link out of the letter, or answer the letter: "
        "support will help."
    )
    return _frame(t, t("No such page"), _box("no", text))


def _page(t: Translator, letter: Letter, *parts: str) -> str:
    number = t("Notice No. {number}", number=letter.notice.shown_number)
    head = _box("note", number) + f"<h1>{escape(plain(title(t, letter.notice)))}</h1>"
    return _frame(t, number, head, *parts)


def _box(kind: str, text: Html) -> str:
    lines = text.replace("\n", "<br>")
    return f'<p class="{kind}">{lines}</p>' if text else ""


def _frame(t: Translator, name: Html, *parts: str) -> str:
    others = " ".join(
        f'<a href="?lang={each}" lang="{each}" hreflang="{each}">'
        f"{escape(translator(each).button(_OWN_NAME))}</a>"
        for each in _LANGUAGES
        if each != t.locale
    )
    return (
        f'<!doctype html>\n<html lang="{t.locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{name} · Tapsyrys</title><style>{_STYLE}</style></head>\n"
        f"<body><main><nav>{others}</nav>{''.join(parts)}</main></body></html>\n"
    )
