"""Sections of the gallery for the form of a call."""

from __future__ import annotations

from collections.abc import Callable

from handlers.views import desk_phone, forms, samples
from handlers.views.gallery import Section, entry
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator


def phone_form_sections() -> list[Section]:
    """Every step of the form."""
    words = samples.words()
    data = {
        "name": words.person,
        "phone": "+77015550001",
        "at": samples.NOW.isoformat(),
        "language": "kk",
        "text": words.ground,
        "recording": None,
    }
    steps: dict[str, Callable[[Translator], Html]] = {
        "name": desk_phone.ask_name,
        "phone": desk_phone.ask_phone,
        "at": desk_phone.ask_called_at,
        "language": desk_phone.ask_language,
        "text": desk_phone.ask_text,
        "recording": desk_phone.ask_recording,
        "review": lambda t: desk_phone.review(t, data),
        "review, recorded": lambda t: desk_phone.review(t, {**data, "recording": {"size": 1}}),
        "resume": forms.resume,
        "leave": forms.leave,
    }
    return [
        Section(
            "Form of a call",
            [entry(f"PhoneForm:{name}", _shown(step)) for name, step in steps.items()],
        )
    ]


def _shown(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))
