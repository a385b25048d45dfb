"""Sections of the gallery for a person's choices about notices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from domain.orders.reminder_choices import ReminderChoice
from domain.preferences.reminders import OwnReminder, RemindersView, TermChoices
from domain.preferences.rhythm import USUAL
from domain.preferences.rules import QuietHours
from domain.preferences.running_terms import RunningTerm
from domain.preferences.views import DigestPage, PreferencesView
from domain.roles import Role
from handlers.views import samples, settings, settings_calendar, settings_reminders
from handlers.views.gallery import Section, entries, entry
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator


def preferences(*, chosen: bool = True) -> PreferencesView:
    """Everything chosen, or nothing."""
    if not chosen:
        return PreferencesView("kk")
    quiet = QuietHours(22 * 60, 7 * 60 + 30, 0b0011111)
    return PreferencesView("kk", quiet, 18 * 60, ("course", "news"), 4, samples.NOW)


def _events(page: int) -> DigestPage:
    events = [notice for _, notice in samples.notices()][:10]
    return DigestPage(123, page, 3, 27, events)


_EVENTS = settings.digest_events


def _muted(t: Translator, mine: PreferencesView) -> Shown:
    return settings.muted_page(t, mine, Role.SUPPLIER)


def _terms() -> list[RunningTerm]:
    due_at = samples.NOW + timedelta(days=1)
    return [
        RunningTerm(kind, f"order:{place}", place, due_at, "344-13.3a")
        for place, kind in enumerate(settings_calendar.SUMMARIES, start=15)
    ]


def _desk_terms() -> list[RunningTerm]:
    due_at = samples.NOW + timedelta(days=1)
    things = [("ticket:7", kind) for kind in settings_reminders.TICKET_TERMS]
    return [
        RunningTerm(kind, subject, None, due_at, "366-19")
        for subject, kind in [*things, ("incident:3", "incident.decide")]
    ]


def _desk_reminders() -> RemindersView:
    at = samples.NOW + timedelta(hours=1)
    return RemindersView(
        (),
        [
            OwnReminder(place, each.kind, each.subject, None, at, each.due_at)
            for place, each in enumerate(_desk_terms(), start=1)
        ],
    )


def _choices() -> TermChoices:
    moments = ("in_1_hour", "in_3_hours", "next_morning", "last_day")
    found = [
        ReminderChoice(name, samples.NOW + timedelta(hours=at)) for at, name in enumerate(moments)
    ]
    return TermChoices(_terms()[0], found)


def _own(number: int) -> OwnReminder:
    kinds = [*settings_calendar.SUMMARIES, "incident.agree"]
    at = samples.NOW + timedelta(hours=number)
    kind = kinds[number % len(kinds)]
    return OwnReminder(number, kind, "order:15", 15, at, at + timedelta(hours=5))


def _reminders(count: int) -> RemindersView:
    rhythm = USUAL if not count else USUAL[:1]
    return RemindersView(rhythm, [_own(each) for each in range(1, count + 1)])


def _settings(t: Translator, mine: PreferencesView) -> Shown:
    return settings.settings_page(t, mine, in_company=True, reminded=True)


def _address(t: Translator) -> Shown:
    return Shown(settings_calendar.calendar_address(t, "https://example.kz/calendar/x.ics"))


def preference_sections() -> list[Section]:
    """The pages of choices and of a digest."""
    stands = [("chosen", preferences()), ("nothing chosen", preferences(chosen=False))]
    return [
        Section(
            "Notices: how and when",
            [
                *entries(stands, _settings),
                entry(
                    "at the desk",
                    lambda t: settings.settings_page(
                        t, preferences(chosen=False), in_company=False, reminded=True
                    ),
                ),
                *entries([(f"quiet, {name}", each) for name, each in stands], settings.quiet_page),
                *entries(
                    [(f"digest, {name}", each) for name, each in stands], settings.digest_settings
                ),
                *entries([(f"mute, {name}", each) for name, each in stands], _muted),
                *entries([(f"events, {at}", _events(at)) for at in (1, 2)], settings.digest_events),
                *entries(
                    [("calendar", samples.NOW), ("calendar, no address", None)],
                    settings_calendar.calendar_page,
                ),
                entry("calendar, address", _address),
                entry("calendar, file", lambda t: Shown(settings_calendar.calendar_caption(t, 3))),
                entry("calendar, nothing", lambda t: Shown(settings_calendar.no_deadlines(t))),
                *entries(
                    [
                        ("reminders", _reminders(5)),
                        ("reminders, none", _reminders(0)),
                        ("reminders, the desk", _desk_reminders()),
                        ("reminders, the desk, none", RemindersView((), [])),
                    ],
                    settings_reminders.reminders_page,
                ),
                entry(
                    "reminders, page 2",
                    lambda t: settings_reminders.reminders_page(t, _reminders(20), 1),
                ),
                entry("terms", lambda t: settings_reminders.terms_page(t, _terms() * 5, 1)),
                entry("terms, none", lambda t: settings_reminders.terms_page(t, [], 0)),
                entry(
                    "terms, the desk",
                    lambda t: settings_reminders.terms_page(t, _desk_terms(), 0, in_company=False),
                ),
                entry(
                    "terms, the desk, none",
                    lambda t: settings_reminders.terms_page(t, [], 0, in_company=False),
                ),
                entry("moments", lambda t: settings_reminders.choices_page(t, _choices())),
                entry("set", lambda t: Shown(settings_reminders.reminder_is_set(t, _own(1)))),
                entry(
                    "events, none",
                    lambda t: settings.digest_events(t, DigestPage(123, 1, 1, 0, [])),
                ),
            ],
        )
    ]


def preference_form_sections() -> list[Section]:
    """Hours that are typed."""
    steps: dict[str, Callable[[Translator], Html]] = {
        "quiet": settings.ask_hours,
        "digest": settings.ask_time,
    }
    return [
        Section(
            "A reminder of one's own",
            [entry("RemindForm:at", _step(settings_reminders.ask_moment))],
        ),
        Section(
            "Hours of one's own",
            [entry(f"HoursForm:{each}", _step(step)) for each, step in steps.items()],
        ),
    ]


def _step(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))
