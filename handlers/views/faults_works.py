"""Planned works for operators: the list, the card, the form of the announcement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiogram.types import InlineKeyboardButton

from domain.incidents.views import EffectView, MaintenancePage, MaintenanceView
from domain.roles import Role
from domain.support.regimes import Regime, regime_at
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.faults_status import works_lines
from handlers.views.incidents_cards import OPERATORS
from handlers.views.incidents_effects import PAGE, effect
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import MAINTENANCE_STATES
from handlers.views.translator import Html, Lazy, Translator, join, lazy

_IN_A_ROW = 4
_TEXT = 600


def works_list(t: Translator, page: MaintenancePage, role: Role | None) -> Shown:
    """A page of works, newest first; an empty one says what to do."""
    head = bold(t("Technical and preventive works"))
    nothing = t("No works have been announced.")
    if role in OPERATORS:
        nothing = t("No works have been announced. Press “Announce works” to plan some.")
    body = [
        join([works_lines(t, each), t("State: {state}", state=t(MAINTENANCE_STATES[each.state]))])
        for each in page.works
    ]
    numbers = [
        button(t.button("No. {number}", number=each.number), press("works.card", each.number))
        for each in page.works
    ]
    older = []
    if page.older is not None:
        older.append(button(t.button("Older"), press("works", page.older)))
    announce = button(t.button("Announce works"), press("works.form", "announce", 0), "primary")
    return Shown(
        join([head, *(body or [nothing])], "\n\n"),
        keyboard(
            *(numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)),
            older,
            [announce] if role in OPERATORS else [],
            [button(t.button("All faults"), press("faults", "open", 0))],
        ),
    )


def works_card(t: Translator, works: MaintenanceView, role: Role | None) -> Shown:
    """Works whole, with what may be done with them now."""
    regime = regime_at(works.regime, works.announced_at)
    text = join(
        [
            bold(t("Works No. {number}", number=works.number)),
            join(
                [
                    t("State: {state}", state=bold(t(MAINTENANCE_STATES[works.state]))),
                    t("From: {moment}", moment=fmt.moment(t, works.starts_at)),
                    t("To: {moment}", moment=fmt.moment(t, works.ends_at)),
                    t("Over: {moment}", moment=fmt.moment(t, works.finished_at))
                    if works.finished_at
                    else "",
                    t("Announced: {moment}", moment=fmt.moment(t, works.announced_at)),
                    fmt.clause(t, regime.maintenance_clause),
                ]
            ),
            _texts(t, works.text_kk, works.text_ru, works.emergency),
        ],
        "\n\n",
    )
    acts: list[list[InlineKeyboardButton]] = []
    if role in OPERATORS:
        acts = _acts(t, works)
    return Shown(text, keyboard(*acts, [button(t.button("All works"), press("works"))]))


def _texts(t: Translator, kk: str, ru: str, emergency: str) -> Html:
    return join(
        [
            t("In Kazakh: {text}", text=cut(kk, _TEXT)),
            t("In Russian: {text}", text=cut(ru, _TEXT)),
            t("Ground of the emergency: {text}", text=cut(emergency, _TEXT)) if emergency else "",
        ]
    )


def _acts(t: Translator, works: MaintenanceView) -> list[list[InlineKeyboardButton]]:
    prolong = button(t.button("Prolong"), press("works.form", "prolong", works.number))
    if works.state == "planned":
        return [[prolong, button(t.button("Cancel the works"), _ask("cancel", works.number))]]
    if works.state == "running":
        return [[prolong, button(t.button("Finish now"), _ask("finish", works.number))]]
    return []


def _ask(act: str, number: int) -> str:
    return press("works.ask", act, number)


_ASKED: Mapping[str, tuple[Lazy, Lazy]] = {
    "cancel": (
        lazy("Cancel works No. {number}? Everybody is told; what was moved stays moved."),
        lazy("Yes, cancel the works", context="button"),
    ),
    "finish": (
        lazy("Finish works No. {number} now? Everybody is told that the platform works."),
        lazy("Yes, finish now", context="button"),
    ),
}
ASKED = tuple(_ASKED)


def asked(t: Translator, act: str, works: MaintenanceView) -> Shown:
    """The question before works are cancelled or finished."""
    question, yes = _ASKED[act]
    text = join([bold(t(question, number=works.number)), works_lines(t, works)], "\n\n")
    back = button(t.button("Back to the works"), press("works.back", works.number))
    act_button = button(t.button(yes), press("works.do", act, works.number), "danger")
    return Shown(text, keyboard([back], [act_button]))


# The form


_QUESTIONS: Mapping[str, Lazy] = {
    "starts": lazy("When do the works begin?"),
    "ends": lazy("When will the works be over?"),
    "text_kk": lazy("Type the announcement in Kazakh, as people will read it."),
    "text_ru": lazy("Type the announcement in Russian, as people will read it."),
    "reason_kk": lazy("Why do the works take longer? Everybody will read it. Type it in Kazakh."),
    "reason_ru": lazy("Why do the works take longer? Everybody will read it. Type it in Russian."),
}
_MOMENTS = ("starts", "ends")


def question(t: Translator, data: Mapping[str, Any], step: str, regime: Regime) -> Html:
    """One question of the form."""
    return join(
        [
            _head(t, data),
            bold(t(_QUESTIONS[step])),
            words.ask_moment(t) if step in _MOMENTS else "",
            notice_note(t, regime) if step == "starts" else "",
        ],
        "\n\n",
    )


def _head(t: Translator, data: Mapping[str, Any]) -> Html:
    if data["act"] == "prolong":
        return t("Prolong works No. {number}", number=int(data["number"]))
    return t("Announcement of works")


def notice_note(t: Translator, regime: Regime) -> Html:
    """How early works are announced."""
    clause = fmt.clause(t, regime.maintenance_clause)
    notice = regime.maintenance_notice
    if notice is None:
        return t("Works are announced in advance ({clause}).", clause=clause)
    return t(
        "Works are announced at least {term} before ({clause}).",
        term=fmt.term(t, notice.term),
        clause=clause,
    )


def ask_emergency(t: Translator, latest: datetime, regime: Regime) -> Html:
    """Too late for an ordinary announcement: the ground of the emergency, or another time."""
    return join(
        [
            bold(t("It is too late for an ordinary announcement")),
            t("The term ended: {latest}.", latest=fmt.deadline(t, latest)),
            notice_note(t, regime),
            t("If it is an emergency, type its ground. Otherwise type another time of beginning."),
        ],
        "\n\n",
    )


def review(
    t: Translator, data: Mapping[str, Any], moves: Sequence[EffectView], page: int, regime: Regime
) -> Html:
    """The announcement, and a page of the deadlines it moves (pages from 0)."""
    pages = max(1, -(-len(moves) // PAGE))
    shown = moves[page * PAGE : (page + 1) * PAGE]
    return join(
        [
            bold(_head(t, data)),
            _given(t, data),
            _moves(t, moves, regime),
            *(effect(t, each) for each in shown),
            t("Page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else "",
            t("Nothing is announced yet. After the last press everybody is told."),
        ],
        "\n\n",
    )


def _given(t: Translator, data: Mapping[str, Any]) -> Html:
    until = t("To: {moment}", moment=fmt.moment(t, datetime.fromisoformat(str(data["ends"]))))
    if data["act"] == "prolong":
        reasons = [str(data.get(f"reason_{each}") or "") for each in ("kk", "ru")]
        said = [t("Reason: {reason}", reason=cut(each, _TEXT)) for each in reasons if each]
        return join([until, *said])
    since = t("From: {moment}", moment=fmt.moment(t, datetime.fromisoformat(str(data["starts"]))))
    emergency = str(data.get("emergency") or "")
    texts = _texts(t, str(data["text_kk"]), str(data["text_ru"]), emergency)
    return join([since, until, texts])


def _moves(t: Translator, moves: Sequence[EffectView], regime: Regime) -> Html:
    if moves:
        count = t.plural("{n} deadline moves:", "{n} deadlines move:", len(moves))
        return bold(count)
    if regime.maintenance_moves is None:
        return t(
            "Works do not move deadlines under act No. {act}. If they keep people from acting on "
            "a last day, open an incident.",
            act=regime.code,
        )
    return t("No deadline ends on a day of the works.")


def done(t: Translator, act: str, card: Shown) -> Shown:
    """The card with what was just done on top."""
    said = t("The works are announced. Everybody is told.")
    if act == "prolong":
        said = t("The works take longer. Everybody is told.")
    return Shown(join([bold(said), card.text], "\n\n"), card.keyboard)
