"""Words that faults and works share: what they touch, their time, their level, typed moments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from domain.incidents.said import Said
from domain.incidents.views import IncidentRow, Scope
from domain.support.regimes import LevelRule, Regime
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.terms import LEVEL_STATES, LEVELS, MODULES, PARTS
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

#: Typed as people are shown it.
EXAMPLE = "20.11 14:30"
#: States of a level in which it has taken effect.
IN_EFFECT = ("agreed", "informed")
_ORDERS_SHOWN = 20

#: What a level means, by regime (act 366, clause 23; act 627, clause 23).
LEVEL_MEANINGS: Mapping[tuple[str, str], Lazy] = {
    ("366", "high"): lazy("the platform is not available to any user, in working time"),
    ("366", "medium"): lazy("key sections do not work for any user, in working time"),
    ("366", "low"): lazy("the main functions are not touched, or it was outside working time"),
    ("627", "high"): lazy("one or more modules have stopped or are not available to any user"),
    ("627", "medium"): lazy(
        "one or several participants could not take part, agree or sign because of it"
    ),
    ("627", "low"): lazy("it does not prevent anybody from taking part, agreeing or signing"),
}

#: What a fault of a level does to terms that end within it.
_EFFECTS: Mapping[str, Lazy] = {
    "none": lazy("Deadlines stay as they are."),
    "next_working_day": lazy(
        "Deadlines that end on a day of the fault move to the working day after its mending."
    ),
    "lost_time": lazy("Deadlines that end on a day of the fault move by the time of the fault."),
    "lost_days": lazy(
        "Deadlines that end on a day of the fault move by its days, by at least 1 calendar day."
    ),
}


_ONLY: Mapping[str, Lazy] = {
    "kk": lazy("{text} (only in Kazakh)"),
    "ru": lazy("{text} (only in Russian)"),
}


def ranges(found: Iterable[Sequence[int]]) -> str:
    """Numbers of orders, those in a row by the first and the last."""
    return ", ".join(
        f"{each[0]}" if each[0] == each[1] else f"{each[0]}–{each[1]}" for each in found
    )


def title(t: Translator, titles: Said, limit: int = 120) -> Html:
    """A title in a line, in the reader's language where it stands in it."""
    if titles.any in PARTS:
        return silent(t, titles.any)
    return escape(cut(titles.in_(t.locale)[0], limit))


def silent(t: Translator, part: str) -> Html:
    """Which part of the platform gave no sign of life."""
    known = PARTS.get(part)
    return t("No sign of life from: {part}", part=t(known) if known else part)


def typed(titles: Said) -> Said:
    """A title as people gave it: none where the platform named an outage of its own by a part."""
    return Said() if titles.any in PARTS else titles


def said(t: Translator, text: Said, limit: int = 600) -> Html:
    """What operators tell, in the reader's language; where it is not there, in which it stands."""
    shown, language = text.in_(t.locale)
    if not shown:
        return escape("")
    if t.locale in (language, "en"):
        return escape(cut(shown, limit))
    return t(_ONLY[language], text=cut(shown, limit))


def scope(t: Translator, reach: Scope) -> Html:
    """What a fault touches."""
    return scope_of(t, reach.kind, reach.modules, reach.orders)


def scope_of(
    t: Translator, kind: str, modules: Sequence[str] = (), orders: Sequence[int] = ()
) -> Html:
    """What a fault touches, from its parts."""
    if kind == "module" and modules:
        names = join([t(MODULES[each]) for each in modules if each in MODULES], ", ")
        return t("Touches the modules: {modules}", modules=names)
    if kind == "orders" and orders:
        more = "…" if len(orders) > _ORDERS_SHOWN else ""
        numbers = ", ".join(map(str, orders[:_ORDERS_SHOWN])) + more
        return t("Touches the orders: No. {numbers}", numbers=numbers)
    if kind == "all":
        return t("Touches the whole platform")
    if kind == "module":
        return t("Touches some modules")
    return t("Touches some orders")


def interval(
    t: Translator, began: datetime, mended: datetime | None, planned: datetime | None = None
) -> Html:
    """From when to when; while it lasts, when it will be mended."""
    lines = [t("Began: {moment}", moment=fmt.moment(t, began))]
    if mended is not None:
        lines.append(t("Mended: {moment}", moment=fmt.moment(t, mended)))
    elif planned is not None:
        lines.append(t("Will be mended, as planned: {moment}", moment=fmt.moment(t, planned)))
    else:
        lines.append(t("Not mended yet."))
    return join(lines)


def times(t: Translator, row: IncidentRow) -> list[Html]:
    """When a fault of a list began and, where it is over, was mended."""
    lines = [t("Began: {moment}", moment=fmt.moment(t, row.began_at))]
    if row.mended_at is not None:
        lines.append(t("Mended: {moment}", moment=fmt.moment(t, row.mended_at)))
    return lines


def level(t: Translator, code: str | None, state: str) -> Html:
    """The level with what became of it."""
    known = LEVELS.get(code or "")
    named = t(known) if known else t("not set")
    said = t("Level: {level}", level=bold(named))
    stands = LEVEL_STATES.get(state)
    return said + " · " + t(stands) if stands is not None and state != "none" else said


def level_choices(t: Translator, regime: Regime, rules: Sequence[LevelRule]) -> list[Html]:
    """Levels with their definitions, their clauses, and what follows for deadlines.

    What follows from all of them alike stands once, behind them.
    """
    effects = [_effect_of(t, rule) for rule in rules]
    if len(set(effects)) == 1:
        return [*(_defined(t, regime, rule) for rule in rules), effects[0]]
    return [
        join([_defined(t, regime, rule), effect])
        for rule, effect in zip(rules, effects, strict=True)
    ]


def _defined(t: Translator, regime: Regime, rule: LevelRule) -> Html:
    meaning = LEVEL_MEANINGS.get((regime.code, rule.level))
    head = bold(t(LEVELS[rule.level]))
    if meaning:
        head = head + ": " + t(meaning)
    return head + " · " + cited(t, rule.clause)


def _effect_of(t: Translator, rule: LevelRule) -> Html:
    effect = t(_EFFECTS[rule.effect])
    return effect + " " + fmt.clause(t, rule.effect_clause) if rule.effect_clause else effect


def cited(t: Translator, clause: str | None) -> Html:
    """An act and a clause; empty where a rule of the house has none."""
    return fmt.clause(t, clause) if clause else escape("")


def act_of(t: Translator, regime: Regime) -> Html:
    """By which act it goes."""
    return t("Rules: act No. {act}", act=regime.code)


def ask_regime(t: Translator, ours: str) -> Html:
    """By the rules of which act; ``ours`` is that of the installation."""
    return join(
        [
            bold(t("By the rules of which act does it go?")),
            t("They fix levels, terms and what happens to deadlines."),
            t("Here it is act No. {act}, unless something else is chosen.", act=ours),
        ],
        "\n\n",
    )


def regime_button(t: Translator, code: str) -> str:
    """An act to choose."""
    return t.button("Act No. {act}", act=code)


def ask_moment(t: Translator) -> Html:
    """How a moment is typed."""
    return t("Type the date and time in Astana. Example: {example}", example=EXAMPLE)


def moment_unclear(t: Translator) -> Html:
    """A moment that cannot be read."""
    return t(
        "I cannot read this date and time. Type the day, the month and the time: {example}",
        example=EXAMPLE,
    )
