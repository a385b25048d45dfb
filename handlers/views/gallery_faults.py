"""Sections of the gallery for faults and works: the steps of their forms, and their pages."""

from __future__ import annotations

from collections.abc import Callable

from domain.roles import Role
from handlers.views import faults, faults_own, faults_status, faults_works, forms, samples
from handlers.views import faults_words as words
from handlers.views import incidents_form as deciding
from handlers.views import sample_faults as content
from handlers.views.desk_phone import ask_name, ask_phone
from handlers.views.gallery import Section, entry
from handlers.views.incident_papers import ask_proposals, papers_page
from handlers.views.incidents_cards import incident_card
from handlers.views.incidents_effects import ask_apply, preview_page
from handlers.views.shown import Shown
from handlers.views.told import told_page
from handlers.views.translator import Html, Translator

Steps = dict[str, Callable[[Translator], Html]]


def fault_form_sections() -> list[Section]:
    """Every step of the forms of faults and works."""
    return [
        _section("Report of a fault", "ReportForm", {**_report_steps(), **_shared()}),
        _section("Acts on an incident", "IncidentForm", {**_incident_steps(), **_shared()}),
        _section("Form of works", "WorksForm", {**_works_steps(), **_shared()}),
        _section("Report on a fault", "OwnerReportForm", {"proposals": _proposals}),
        _section("Objection to a refutation", "DisagreeForm", {"why": _why}),
    ]


def fault_page_sections() -> list[Section]:
    """Cards and pages of faults, works and the status."""
    shown: dict[str, Callable[[Translator], Shown]] = {
        f"incident, {state}": _card(state)
        for state in ("analysing", "confirmed", "refuted", "closed")
    }
    preview = content.preview()
    shown["effects"] = lambda t: preview_page(
        t, content.incident(code="627"), preview, 0, Role.SUPPORT
    )
    shown["effects, asked"] = lambda t: ask_apply(t, content.NUMBER, preview)
    shown["documents"] = lambda t: papers_page(t, content.incident("confirmed"), Role.SUPPORT)
    shown["told"] = lambda t: told_page(t, content.NUMBER, content.told())
    shown["told, nobody"] = lambda t: told_page(t, content.NUMBER, content.told_nobody())
    own = content.own()
    shown["own report"] = lambda t: faults_own.own_card(t, own, 0)
    shown["own deadlines"] = lambda t: faults_own.moved_page(t, own, 0)
    shown["works"] = lambda t: faults_works.works_card(t, content.works(), Role.SUPPORT)
    shown["status"] = lambda t: faults_status.status_page(t, content.status(), reports=True)
    shown["status, history"] = lambda t: faults_status.history_page(t, content.status(), 0)
    return [Section("Faults and works", [entry(name, page) for name, page in shown.items()])]


def _card(state: str) -> Callable[[Translator], Shown]:
    return lambda t: incident_card(t, content.incident(state), Role.SUPPORT, samples.NOW)


def _section(title: str, form: str, steps: Steps) -> Section:
    return Section(title, [entry(f"{form}:{name}", _shown(step)) for name, step in steps.items()])


def _shown(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))


def _proposals(t: Translator) -> Html:
    return ask_proposals(t, content.NUMBER)


def _why(t: Translator) -> Html:
    return faults_own.ask_why(t, content.NUMBER)


def _shared() -> Steps:
    return {"resume": forms.resume, "leave": forms.leave}


def _report_steps() -> Steps:
    regime, data = content.regime(), content.report()
    return {
        "caller": ask_name,
        "phone": ask_phone,
        "text": lambda t: faults.ask_text(t, regime),
        "similar": lambda t: faults.ask_similar(t, [content.row()]),
        "found": lambda t: faults.ask_found(t, regime),
        "contacts": lambda t: faults.ask_contacts(t, data["contacts"]),
        "files": lambda t: faults.ask_files(t, data["files"]),
        "files, none": lambda t: faults.ask_files(t, []),
        "orders": lambda t: faults.ask_orders(t, data["orders"]),
        "review": lambda t: faults.review(t, data, regime, late=False),
        "review, late": lambda t: faults.review(
            t, content.report(filled=False), content.regime("627"), late=True
        ),
    }


_ACT_OF = {
    "title_kk": "open",
    "title_ru": "open",
    "facts_kk": "confirm",
    "facts_ru": "confirm",
    "began": "confirm",
    "mended": "mend",
    "planned": "plan",
    "scope": "confirm",
    "modules": "confirm",
    "orders": "confirm",
    "measures_kk": "mend",
    "measures_ru": "mend",
    "reason_kk": "reopen",
    "reason_ru": "reopen",
    "note": "return",
    "remark": "level",
    "ground": "spare",
    "act_number": "act",
    "act_date": "act",
}
_REVIEWED = {
    "open": ("regime", "title_ru", "title_kk", "began"),
    "confirm": (
        "facts_ru",
        "facts_kk",
        "title_ru",
        "title_kk",
        "began",
        "mended",
        "planned",
        "scope",
        "level",
    ),
    "hold": ("scope",),
    "join": ("into",),
    "refute": (
        "facts_ru",
        "facts_kk",
    ),
    "level": ("level", "remark"),
    "act": ("act_number", "act_date"),
    "plan": ("planned",),
    "mend": ("mended", "measures_ru", "measures_kk"),
    "reopen": (
        "reason_ru",
        "reason_kk",
    ),
    "return": ("note",),
    "spare": ("orders", "ground"),
}


def _incident_steps() -> Steps:
    steps = {step: _question(step, act) for step, act in _ACT_OF.items()}
    steps["into"] = lambda t: deciding.into_question(t, content.deciding("join"), [content.row()])
    steps["into, none"] = lambda t: deciding.into_question(t, content.deciding("join"), [])
    steps["regime"] = lambda t: words.ask_regime(t, "366")
    levels = {
        name: _level(code) for name, code in (("level", "366"), ("level, act No. 627", "627"))
    }
    return {
        **steps,
        "facts_ru, refuting": _question("facts_ru", "refute"),
        **levels,
        **{f"review, {act}": _review(act) for act in _REVIEWED},
    }


def _question(step: str, act: str) -> Callable[[Translator], Html]:
    return lambda t: deciding.question(t, content.deciding(act), step)


def _level(code: str) -> Callable[[Translator], Html]:
    regime = content.regime(code)
    levels = list(regime.levels)
    return lambda t: deciding.level_question(t, content.deciding("confirm"), regime, levels)


def _review(act: str) -> Callable[[Translator], Html]:
    regime = content.regime("627" if act == "hold" else "366")
    return lambda t: deciding.review(t, content.deciding(act), _REVIEWED[act], regime)


def _works_steps() -> Steps:
    regime = content.regime("627")
    asked = ("starts", "ends", "text_kk", "text_ru")
    return {
        "regime": lambda t: words.ask_regime(t, "366"),
        **{step: _works_question(step) for step in asked},
        "reason_kk": _works_question("reason_kk", "prolong"),
        "reason_ru": _works_question("reason_ru", "prolong"),
        "emergency": lambda t: faults_works.ask_emergency(t, samples.NOW, regime),
        "review": lambda t: faults_works.review(
            t, content.announcing(), content.effects(), 0, regime
        ),
        "review, prolonged": lambda t: faults_works.review(
            t, content.announcing("prolong"), [], 0, content.regime()
        ),
    }


def _works_question(step: str, act: str = "announce") -> Callable[[Translator], Html]:
    regime = content.regime()
    return lambda t: faults_works.question(t, content.announcing(act), step, regime)
