"""Sections of the gallery for broadcasts: the steps of the form, the list, cards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from domain.broadcasts.rules import Audience, Button, Content
from domain.broadcasts.views import Reach
from handlers.views import broadcasts as cards
from handlers.views import broadcasts_form as texts
from handlers.views import forms, samples
from handlers.views import sample_broadcasts as content
from handlers.views.gallery import Section, entry
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator

_STEPS = (
    *("text_kk", "text_ru", "file", "button", "url", "label_kk", "label_ru"),
    *("roles", "language", "region", "code", "when"),
)


def _said() -> Content:
    day = samples.words().day_off
    return content.content(day.name_kk, day.name_ru)


def broadcast_form_sections() -> list[Section]:
    """Every step of the form."""
    said, found, nobody = _said(), content.reach(), Reach(0, 0, 0, 0)
    some = next(each.audience for each in content.broadcasts(samples.NOW, said).values())
    later = samples.NOW + timedelta(days=1)
    screen = Content(said.text_kk, said.text_ru, None, Button(screen="menu"))
    steps: dict[str, Callable[[Translator], Html]] = {
        **{step: _step(step, found) for step in _STEPS},
        "review": lambda t: texts.review(t, said, some, later, found),
        "review, at once": lambda t: texts.review(t, screen, Audience(), None, nobody),
        "resume": forms.resume,
        "leave": forms.leave,
    }
    return [
        Section(
            "Form of a broadcast",
            [entry(f"BroadcastForm:{name}", _shown(step)) for name, step in steps.items()],
        )
    ]


def _step(step: str, found: Reach) -> Callable[[Translator], Html]:
    return lambda t: texts.question(t, step, found)


def _shown(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))


def broadcast_sections() -> list[Section]:
    """The list, cards in each state, questions before acts."""
    views = content.broadcasts(samples.NOW, _said())
    pages = content.pages(samples.NOW, _said())
    shown: dict[str, Callable[[Translator], Shown | str]] = {
        **{f"list, {name}": _page(name) for name in pages},
        **{f"card, {name}": _card(name) for name in views},
        **{f"asked, {act}": _asked(act) for act in cards.ASKED},
        "begun": lambda t: texts.done(t, _card("running")(t), later=False),
        "scheduled": lambda t: texts.done(t, _card("scheduled")(t), later=True),
        "test": texts.test_sent,
        "preview, kk": lambda t: texts.preview_head(t, "kk"),
        "preview, ru": lambda t: texts.preview_head(t, "ru"),
    }
    return [Section("Broadcasts", [entry(name, make) for name, make in shown.items()])]


def _page(name: str) -> Callable[[Translator], Shown]:
    page = content.pages(samples.NOW, _said())[name]
    return lambda t: cards.broadcast_list(t, page)


def _card(name: str) -> Callable[[Translator], Shown]:
    view = content.broadcasts(samples.NOW, _said())[name]
    return lambda t: cards.broadcast_card(t, view)


def _asked(act: str) -> Callable[[Translator], Shown]:
    view = content.broadcasts(samples.NOW, _said())["scheduled" if act == "start" else "running"]
    return lambda t: cards.asked(t, act, view, content.reach())
