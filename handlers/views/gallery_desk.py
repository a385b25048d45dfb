"""Sections of the gallery for ready answers, calls back, and who may not write to the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from domain.support.views import CannedView, MuteView
from handlers.views import desk_people as desk
from handlers.views import forms
from handlers.views.gallery import Section, entry
from handlers.views.shown import Shown
from handlers.views.translator import Html, Locale, Translator, escape

_NUMBER = 41
_SINCE = datetime.fromisoformat("2026-11-20T10:00:00+05:00")
_UNTIL = datetime.fromisoformat("2026-11-27T10:00:00+05:00")
_ANSWER = CannedView(7, "Signing in", "Kazakh <b>text</b>", "Russian <b>text</b>")
_MUTED = MuteView(12, "Serik Ospanov", "Insults", _SINCE, _UNTIL)

Look = Callable[[Translator], Shown | Html]


def desk_sections() -> list[Section]:
    """Pages and questions."""
    pages: Mapping[str, Look] = {
        "answers": lambda t: desk.answers_page(t, [_ANSWER], lead=True),
        "answers, of an operator": lambda t: desk.answers_page(t, [_ANSWER], lead=False),
        "answers, none": lambda t: desk.answers_page(t, [], lead=True),
        "answers, none, of an operator": lambda t: desk.answers_page(t, [], lead=False),
        "answer": lambda t: desk.answer_card(t, _ANSWER, lead=True),
        "answer, to remove": lambda t: desk.answer_card(t, _ANSWER, lead=True, sure=True),
        "muted": lambda t: desk.muted_page(t, [_MUTED]),
        "muted, none": lambda t: desk.muted_page(t, []),
        "mute": lambda t: Shown(escape("…"), desk.mute_terms(t, _NUMBER, muted=False)),
        "mute, muted": lambda t: Shown(escape("…"), desk.mute_terms(t, _NUMBER, muted=True)),
        "mute, why": lambda t: desk.ask_mute(t, _NUMBER, 7),
        "mute, done": lambda t: desk.muted_now(t, _MUTED),
        "call": lambda t: Shown(escape("…"), desk.call_results(t, _NUMBER, 3)),
        "call, what was said": lambda t: desk.ask_called(t, _NUMBER),
        "call, nobody to mute": lambda t: escape(desk.nobody_to_mute(t)),
        "in private": lambda t: escape(desk.in_private(t)),
        "no private chat": lambda t: escape(desk.no_private(t)),
    }
    return [Section("Calls, mutes, ready answers", _entries("desk", pages))]


def answer_form_sections() -> list[Section]:
    """The steps of a ready answer."""
    values = {"title": _ANSWER.title, "kk": _ANSWER.text_kk, "ru": _ANSWER.text_ru}
    steps: Mapping[str, Look] = {
        "title": desk.ask_title,
        "kk": desk.ask_kazakh,
        "ru": desk.ask_russian,
        "review": lambda t: desk.review_answer(t, values),
        "review, kept": lambda t: desk.answer_kept(t, _ANSWER.title),
        "resume": forms.resume,
        "leave": forms.leave,
    }
    return [Section("Form of a ready answer", _entries("AnswerForm", steps))]


def _entries(of: str, looks: Mapping[str, Look]) -> list[tuple[str, Mapping[Locale, Shown | str]]]:
    return [entry(f"{of}:{name}", _shown(look)) for name, look in looks.items()]


def _shown(look: Look) -> Callable[[Translator], Shown]:
    def made(t: Translator) -> Shown:
        found = look(t)
        return found if isinstance(found, Shown) else Shown(found)

    return made
