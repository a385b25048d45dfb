"""Sections of the gallery for recordings: as their person sees them, and as the desk does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.clock import ASTANA
from domain.support.recording_views import (
    ActLine,
    DeletionAnswer,
    HeldView,
    OwnRecording,
    Preview,
    RecordingView,
    StepView,
)
from handlers.views import forms, recordings_own
from handlers.views import recordings_desk as desk
from handlers.views.gallery import Section, entry
from handlers.views.recordings import STEPS
from handlers.views.shown import Shown
from handlers.views.translator import Html, Locale, Translator

_AT = datetime(2026, 11, 20, 18, 31, tzinfo=ASTANA)
_UNTIL = datetime(2027, 11, 20, tzinfo=ASTANA)
_TODAY, _MONTH = date(2027, 10, 25), date(2027, 11, 1)
_GROUND, _BY, _COUNT = "№ 15", "Dana", 12


def recording() -> RecordingView:
    """A voice message in its term."""
    return RecordingView(
        id=7,
        ticket=41,
        kind="voice",
        size=9_000,
        duration=75,
        sha256="a" * 64,
        collected_at=_AT,
        until=_UNTIL,
        state="kept",
        stored=True,
        dispute=None,
        act=None,
    )


def disputed() -> RecordingView:
    """One that a dispute holds."""
    at = _AT + timedelta(days=1)
    return replace(recording(), until=None, dispute=_GROUND, dispute_at=at, dispute_by=_BY)


def destroyed() -> RecordingView:
    """One that is gone."""
    return replace(recording(), state="destroyed", stored=False, act=3)


def own() -> list[OwnRecording]:
    """Own recordings in each state."""
    kept = OwnRecording(7, 41, _AT, _UNTIL, "voice", 75)
    return [
        kept,
        replace(kept, id=8, until=None, kind="call"),
        replace(kept, id=9, state="destroyed", act=3),
        *(replace(kept, id=10 + each) for each in range(recordings_own.PAGE)),
    ]


def steps() -> list[StepView]:
    """A whole life."""
    said = {"transferred": "A. Serikov: № 15", "held": _GROUND, "destroyed": "3"}
    return [
        StepView(each, _AT, 7, "" if each == "destroyed" else _BY, said.get(each, ""))
        for each in STEPS
    ]


def preview(going: int, held: int, total: int = 0) -> Preview:
    """A month."""
    kept = recording()
    return Preview(
        month=_MONTH,
        going=(kept,) * going,
        going_total=max(going, total),
        going_bytes=kept.size * going,
        held=(HeldView(disputed(), _GROUND, _AT, _BY),) * held,
        held_total=held,
    )


def acts() -> list[ActLine]:
    """Acts of each ground, one of them not finished."""
    return [
        ActLine(3, "term_over", _UNTIL, None, 1),
        ActLine(2, "restored", _UNTIL, _UNTIL, 2),
        ActLine(1, "term_over", _UNTIL, _UNTIL, 5),
    ]


def recording_sections() -> list[Section]:
    """Pages of a person's own recordings and of the desk's."""
    answer = DeletionAnswer(tuple(own()[:2]), 2, True, 3)
    mine: dict[str, Callable[[Translator], Shown | str]] = {
        "own recordings": lambda t: recordings_own.own_page(t, own(), 0),
        "own recordings, last page": lambda t: recordings_own.own_page(t, own(), 1),
        "own recordings, none": lambda t: recordings_own.own_page(t, [], 0),
        "export": recordings_own.export_caption,
        "deletion, asked": recordings_own.ask_deletion,
        "deletion, answered": lambda t: recordings_own.deletion_answered(t, answer),
    }
    return [Section("Own recordings", _shown(mine)), Section("Recordings", _shown(_pages()))]


def _pages() -> dict[str, Callable[[Translator], Shown | str]]:
    one, held = recording(), disputed()
    going = replace(one, state="destroying", act=3)
    return {
        "recordings": lambda t: desk.menu(t, _TODAY),
        "month": lambda t: desk.preview_page(t, preview(2, 1), 0, _TODAY),
        "month, many": lambda t: desk.preview_page(t, preview(_COUNT, 0, 900), 1, _TODAY),
        "month, none": lambda t: desk.preview_page(t, preview(0, 0), 0, _TODAY),
        "acts": lambda t: desk.acts_page(t, acts(), more=True, first=False),
        "acts, none": lambda t: desk.acts_page(t, [], more=False, first=True),
        "act": lambda t: desk.act_caption(t, 3),
        "of a ticket": lambda t: desk.ticket_page(t, 41, [one, held, destroyed(), going], 0),
        "of a ticket, none": lambda t: desk.ticket_page(t, 41, [], 0),
        "card": lambda t: desk.card(t, one, private=True, operator=True),
        "card, disputed": lambda t: desk.card(t, held, private=True, operator=True, lead=True),
        "card, destroyed": lambda t: desk.card(t, destroyed(), private=True, operator=True),
        "dispute, settled": lambda t: desk.ask_settle(t, held),
        "steps": lambda t: desk.steps_page(t, one, steps() * 2, None),
        "heard": lambda t: desk.heard_caption(t, 41),
        "handed over": desk.handed_over,
    }


def recording_form_sections() -> list[Section]:
    """Every step of the form of handing over."""
    values = {"ticket": 41, "whom": "A. Serikov", "ground": "№ 15"}
    steps_: dict[str, Callable[[Translator], Html]] = {
        "resume": forms.resume,
        "leave": forms.leave,
        "whom": desk.ask_whom,
        "ground": desk.ask_ground,
        "review": lambda t: desk.give_review(t, values),
    }
    made = [entry(f"GiveForm:{name}", _alone(step)) for name, step in steps_.items()]
    return [Section("Handing a recording over", made)]


def _alone(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))


def _shown(
    pages: Mapping[str, Callable[[Translator], Shown | str]],
) -> list[tuple[str, Mapping[Locale, Shown | str]]]:
    return [entry(name, make) for name, make in pages.items()]
