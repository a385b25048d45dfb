"""What waits since a restore, as an administrator decides about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from aiogram.types import InlineKeyboardButton

from domain.notices.kinds import KINDS
from domain.notices.model import Lane
from domain.restored import Held
from handlers.views.acts import deadline_name
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_MOST_KINDS = 15

LANES: Mapping[Lane, Lazy] = {
    Lane.STATUTORY: lazy("statutory", context="urgency"),
    Lane.WORK: lazy("of work", context="urgency"),
    Lane.NEWS: lazy("news", context="urgency"),
}


@dataclass(frozen=True)
class Decision:
    """What may be decided: the button, the question before it, the answer after it."""

    label: Lazy
    question: Lazy
    answer: Lazy


#: By the names that buttons carry.
DECISIONS: Mapping[str, Decision] = {
    "send": Decision(
        lazy("Send what is of use"),
        lazy("Send everything that is still of use? Some of it may have been sent before."),
        lazy("On their way: {count}."),
    ),
    "drop": Decision(
        lazy("Never send them"),
        lazy("Never send any of these notices? They stay in their readers' lists."),
        lazy("Will not be sent: {count}."),
    ),
    "fire": Decision(
        lazy("Carry out deadlines"),
        lazy(
            "Let these deadlines take effect now? Offers and answers of the lost time are not "
            "here. Where people lost time, put it on record as a fault first: then their "
            "deadlines are moved."
        ),
        lazy("Deadlines that take effect now: {count}."),
    ),
}


def held_card(t: Translator, held: Held) -> Shown:
    """How much of what waits, and what may be done about it."""
    head = bold(t("Held since the restore"))
    if not held.total:
        return Shown(join([head, t("Nothing waits for a decision.")], "\n\n"))
    told = sum(held.notices.values()) + sum(held.letters.values())
    events = sum(held.events.values())
    parts, rows = [head], []
    if told:
        parts.append(join([t("Notices and letters: {count}", count=told), *_lanes(t, held)]))
    if events:
        parts.append(t("Events for programs (webhooks): {count}", count=events))
    if told or events:
        rows += [_ask(t, "send"), _ask(t, "drop")]
    if held.deadlines:
        count = sum(held.deadlines.values())
        parts.append(join([t("Deadlines that have ended: {count}", count=count), *_kinds(t, held)]))
        rows.append(_ask(t, "fire"))
    return Shown(join(parts, "\n\n"), keyboard(*([each] for each in rows)))


def _ask(t: Translator, name: str) -> InlineKeyboardButton:
    return button(t.button(DECISIONS[name].label), press("held.ask", name))


def _lanes(t: Translator, held: Held) -> list[Html]:
    counts: Counter[Lane] = Counter()
    for kind, count in held.notices.items():
        counts[KINDS[kind].lane if kind in KINDS else Lane.WORK] += count
    return [_counted(t(LANES[lane]), counts[lane]) for lane in Lane if counts[lane]]


def _kinds(t: Translator, held: Held) -> list[Html]:
    shown = list(held.deadlines.items())[:_MOST_KINDS]
    lines = [_counted(deadline_name(t, kind), count) for kind, count in shown]
    if (rest := len(held.deadlines) - len(shown)) > 0:
        lines.append(t.plural("and {n} more", "and {n} more", rest))
    return lines


def _counted(name: Html, count: int) -> Html:
    return escape("• ") + name + escape(f": {count}")


def held_question(t: Translator, name: str) -> Shown:
    """Asked once more: what goes out cannot be taken back."""
    decision = DECISIONS[name]
    return Shown(
        t(decision.question),
        keyboard(
            [button(t.button("Back"), press("held.list"))],
            [button(t.button(decision.label), press("held.do", name), "danger")],
        ),
    )


def held_done(t: Translator, name: str, count: int) -> Shown:
    """What became of them."""
    return Shown(
        t(DECISIONS[name].answer, count=count),
        keyboard([button(t.button("What else is held"), press("held.list"))]),
    )
