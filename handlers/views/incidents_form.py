"""The questions of operators' forms on incidents, and their reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from domain.incidents.views import IncidentRow
from domain.support.regimes import Regime
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.terms import INCIDENT_STATES, LEVELS, MODULES
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_SHOWN = 500

#: Each form by its act: the headline of its review, and the button that performs it.
HEADLINES: Mapping[str, Lazy] = {
    "open": lazy("Open an incident"),
    "confirm": lazy("Confirm the fault"),
    "hold": lazy("Hold deadlines during the analysis"),
    "join": lazy("Join the incident to another one"),
    "refute": lazy("Refute the fault"),
    "level": lazy("Propose a level"),
    "plan": lazy("Say when it will be mended"),
    "mend": lazy("Say that it is mended"),
    "reopen": lazy("Analyse the incident again"),
    "return": lazy("Return the level"),
    "spare": lazy("Leave procedures as they are"),
    "act": lazy("Enter the approved act"),
}
PERFORM: Mapping[str, Lazy] = {
    "open": lazy("Open the incident", context="button"),
    "confirm": lazy("Confirm the fault", context="button"),
    "hold": lazy("Hold the deadlines", context="button"),
    "join": lazy("Join them", context="button"),
    "refute": lazy("Refute the fault", context="button"),
    "level": lazy("Propose the level", context="button"),
    "plan": lazy("Tell the users", context="button"),
    "mend": lazy("It is mended", context="button"),
    "reopen": lazy("Analyse again", context="button"),
    "return": lazy("Return the level", context="button"),
    "spare": lazy("Leave as they are", context="button"),
    "act": lazy("Enter the act", context="button"),
}

_QUESTIONS: Mapping[str, Lazy] = {
    "title": lazy("What is the fault called? Everybody will read it. Example: No offers submitted"),
    "refuting": lazy("By which facts is there no fault? Those who reported it will read them."),
    "facts": lazy("By which facts is the fault confirmed? Users will read them."),
    "measures": lazy("What was done? Users will read it."),
    "reason": lazy("Why is it analysed again? Those who reported it will read it."),
    "note": lazy("Why do you return the level? Operators will read it."),
    "remark": lazy("Is there a note on the level for the authorised body?"),
    "act_number": lazy("Which number has the approved act on the fault?"),
    "act_date": lazy("Of which date is the act? Example: 20.11.2026"),
    "began": lazy("When did the fault begin?"),
    "mended": lazy("When was the fault mended?"),
    "planned": lazy("When will the fault be mended?"),
    "scope": lazy("What does the fault touch?"),
    "modules": lazy("Which modules does it touch? Press all of them."),
    "ground": lazy("By which facts did the fault not influence their results? It goes on record."),
    "sparing": lazy(
        "Of which orders did the fault not influence the results? "
        "Type their numbers with commas: 15, 16"
    ),
    "orders": lazy("Which orders does it touch? Type their numbers with commas: 15, 16"),
}
_OTHERWISE = {("refute", "facts"): "refuting", ("spare", "orders"): "sparing"}
_MOMENTS = ("began", "mended", "planned")
_IN: Mapping[str, Lazy] = {
    "kk": lazy("Type it in Kazakh."),
    "ru": lazy("Type it in Russian."),
}


def question(t: Translator, data: Mapping[str, Any], step: str) -> Html:
    """One question of a form, with what is known so far."""
    base, _, language = step.rpartition("_")
    base, language = (base, language) if language in _IN else (step, "")
    name = _OTHERWISE.get((str(data["act"]), base), base)
    chosen = data.get("modules") or []
    return join(
        [
            _head(t, data),
            bold(t(_QUESTIONS[name])),
            t(_IN[language]) if language else "",
            t("Now: {value}", value=cut(str(data[step]), 120))
            if base == "title" and data.get(step)
            else "",
            t("As it stands: {moment}", moment=_moment(t, data[step]))
            if step in _MOMENTS and data.get(step)
            else "",
            words.ask_moment(t) if step in _MOMENTS else "",
            t("Chosen: {modules}", modules=join([t(MODULES[each]) for each in chosen], ", "))
            if step == "modules" and chosen
            else "",
        ],
        "\n\n",
    )


def into_question(t: Translator, data: Mapping[str, Any], rows: Sequence[IncidentRow]) -> Html:
    """Which of the open incidents is the same fault."""
    shown = [
        join(
            [
                bold(t("No. {number}", number=row.number)) + " · " + t(INCIDENT_STATES[row.state]),
                words.title(t, row.titles),
                *words.times(t, row),
            ]
        )
        for row in rows
    ]
    nothing = [t("No other incident is open.")]
    asked = bold(t("Which incident is it one fault with? Its reports go on there."))
    return join([_head(t, data), asked, *(shown or nothing)], "\n\n")


def level_question(
    t: Translator, data: Mapping[str, Any], regime: Regime, levels: Sequence[str]
) -> Html:
    """The ``levels`` that may be chosen, each with its definition under the regime."""
    offered = [rule for rule in regime.levels.values() if rule.level in levels]
    left_out = len(offered) < len(regime.levels)
    agreed = (
        t(
            "The level takes effect when the authorised body agrees ({clause}).",
            clause=fmt.clause(t, regime.level_clause),
        )
        if regime.agreed
        else t("The level takes effect at once, and the owner is informed.")
    )
    return join(
        [
            _head(t, data),
            bold(t("Which level is it?")),
            *words.level_choices(t, regime, offered),
            t("Only levels that fit what the fault touches and its time are offered.")
            if left_out
            else "",
            agreed,
        ],
        "\n\n",
    )


def _head(t: Translator, data: Mapping[str, Any]) -> Html:
    number = data.get("number")
    about = t("Incident No. {number}", number=int(number)) + " · " if number else Html("")
    return about + t(HEADLINES[str(data["act"])])


def _moment(t: Translator, value: object) -> Html:
    return fmt.moment(t, datetime.fromisoformat(str(value)))


def review(t: Translator, data: Mapping[str, Any], steps: Sequence[str], regime: Regime) -> Html:
    """Everything that was given, before the last press."""
    return join(
        [
            bold(_head(t, data)),
            join([_said(t, data, step, regime) for step in steps]),
            _consequence(t, data, regime),
        ],
        "\n\n",
    )


_TEXTS: Mapping[str, Lazy] = {
    "title": lazy("Title: {text}"),
    "facts": lazy("Facts: {text}"),
    "measures": lazy("Measures: {text}"),
    "reason": lazy("Reason: {text}"),
    "note": lazy("Note: {text}"),
    "remark": lazy("Note: {text}"),
    "ground": lazy("Ground: {text}"),
    "act_number": lazy("Number of the act: {text}"),
}


_SAID_IN: Mapping[str, Lazy] = {"kk": lazy("In Kazakh"), "ru": lazy("In Russian")}


def _said(t: Translator, data: Mapping[str, Any], step: str, regime: Regime) -> Html:
    value = data.get(step)
    match step:
        case "regime":
            return words.act_of(t, regime)
        case "scope":
            modules, orders = data.get("modules") or (), data.get("orders") or ()
            return words.scope_of(t, str(value), modules, orders)
        case "into":
            return t("Joins incident No. {number}", number=int(value or 0))
        case "level":
            return t("Level: {level}", level=t(LEVELS[str(value)]))
    known = _TIMES.get(step)
    if known is not None:
        lasting = t("Not mended yet.") if step == "mended" else escape("")
        return t(known, moment=_moment(t, value)) if value else lasting
    return _written(t, step, str(value or ""))


def _written(t: Translator, step: str, text: str) -> Html:
    """A typed text; one of two languages says which, and that it was left out."""
    if step == "act_date":
        return t("Date of the act: {day}", day=fmt.day(t, date.fromisoformat(text)))
    base, _, language = step.rpartition("_")
    if language in _SAID_IN:
        given = t(_TEXTS[base], text=cut(text, _SHOWN)) if text else t("left out")
        return t(_SAID_IN[language]) + " – " + given
    known = _TEXTS.get(step)
    return t(known, text=cut(text, _SHOWN)) if known and text else escape("")


_TIMES: Mapping[str, Lazy] = {
    "began": lazy("Began: {moment}"),
    "mended": lazy("Mended: {moment}"),
    "planned": lazy("Will be mended, as planned: {moment}"),
}


_CONSEQUENCES: Mapping[str, Lazy] = {
    "refute": lazy("Those who reported the fault are told, with the facts."),
    "plan": lazy("The users touched are told."),
    "mend": lazy(
        "The users touched are told. What was applied follows the whole time of the fault."
    ),
    "reopen": lazy("What was moved stays moved."),
    "join": lazy("Its reports go on there, and those who gave them are told. This one is closed."),
    "return": lazy("The operators propose a level again."),
    "act": lazy("Then apply it: the lapses made because of the fault are undone."),
}


def _consequence(t: Translator, data: Mapping[str, Any], regime: Regime) -> Html:
    """What the last press brings about."""
    act = str(data["act"])
    if act in ("confirm", "level"):
        if regime.agreed:
            return t(
                "The authorised body is asked to agree to the level. Deadlines move after that."
            )
        return t("The owner is informed. Then look at the deadlines touched and apply them.")
    if act == "hold" and regime.hold_clause:
        return t(
            "Deadlines that would end during the analysis wait for the decision ({clause}).",
            clause=fmt.clause(t, regime.hold_clause),
        )
    known = _CONSEQUENCES.get(act)
    return t(known) if known else escape("")


def performed(t: Translator, act: str, number: int) -> Html:
    """What was just done."""
    match act:
        case "open":
            return t("Incident No. {number} is open, in analysis.", number=number)
        case "confirm":
            return t("The fault is confirmed.")
        case "refute":
            return t("The fault is refuted.")
        case "level":
            return t("The level is proposed.")
        case "return":
            return t("The level is returned.")
    return t("Done. It is on record.")


def held(t: Translator, count: int) -> Html:
    """How many deadlines wait for the decision."""
    if not count:
        return t("No deadline would end during the analysis.")
    return t.plural(
        "{n} deadline waits for the decision.", "{n} deadlines wait for the decision.", count
    )


_SCOPES: Mapping[str, Lazy] = {
    "all": lazy("The whole platform", context="button"),
    "module": lazy("Some modules", context="button"),
    "orders": lazy("Some orders", context="button"),
}
_LEVEL_BUTTONS: Mapping[str, Lazy] = {
    "low": lazy("Low", context="button"),
    "medium": lazy("Medium", context="button"),
    "high": lazy("High", context="button"),
}
_MODULE_BUTTONS: Mapping[str, Lazy] = {
    "offers": lazy("Price offers", context="button"),
    "awards": lazy("Selection, confirmation", context="button"),
    "contracts": lazy("Contracts", context="button"),
}


def scope_button(t: Translator, kind: str) -> str:
    """How wide the fault is."""
    return t.button(_SCOPES[kind])


def module_button(t: Translator, module: str, chosen: Sequence[str]) -> str:
    """A module, marked where it is chosen."""
    return ("• " if module in chosen else "") + t.button(_MODULE_BUTTONS[module])


def level_button(t: Translator, level: str) -> str:
    """A level."""
    return t.button(_LEVEL_BUTTONS[level])
