"""Notices of deadlines that a fault or works have moved, and of what they have undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from handlers.views import format as fmt
from handlers.views.notices.facts import Draft, Facts, Row, cite
from handlers.views.notices.incidents import fault, menu
from handlers.views.order_buttons import receipt_of
from handlers.views.press import press
from handlers.views.shown import bold, button
from handlers.views.terms import DEADLINE_KINDS, KEPT_REASONS
from handlers.views.translator import Html, Translator, escape, join

#: Of how many deadlines of one order the receipts are offered.
_RECEIPTS = 4


def moved(t: Translator, f: Facts) -> Draft:
    """To each company: its deadlines that a fault or works have moved, and the ground."""
    moves = f.items("moves")
    if f.whole("maintenance"):
        headline = t("Deadlines have moved: works No. {number}", number=f.whole("maintenance"))
    elif f.text("held") == "True":
        headline = t("Deadlines wait for the decision: incident No. {number}", number=f.number)
    else:
        headline = t("Deadlines have moved: incident No. {number}", number=f.number)
    more = f.whole("more")
    return Draft(
        headline,
        [
            join([_ground(t, f), _act(t, f, moves)]),
            join([_move(t, each) for each in moves], "\n\n"),
            t.plural("and {n} more deadline", "and {n} more deadlines", more)
            if more
            else escape(""),
        ],
        [*_to_order(t, moves), *menu(t)],
    )


def _act(t: Translator, f: Facts, moves: Iterable[Mapping[str, object]]) -> Html:
    """The approved act by which entries are cancelled (act 366, clause 29.6)."""
    undone = any(each.get("what") == "cancelled" for each in moves)
    day, number = f.on("act_date"), f.text("act_number")
    if not undone or not number or day is None:
        return escape("")
    return t("Approved act on the fault: No. {number} of {day}", number=number, day=fmt.day(t, day))


def _ground(t: Translator, f: Facts) -> Html:
    if not f.whole("maintenance"):
        return fault(t, f)
    since, until = f.at("began_at"), f.at("mended_at")
    if since is None or until is None:
        return escape("")
    return t("Works: {since} – {until}", since=fmt.moment(t, since), until=fmt.moment(t, until))


def _to_order(t: Translator, moves: Sequence[Mapping[str, object]]) -> list[Row]:
    numbers = {number for each in moves if isinstance(number := each.get("number"), int)}
    if len(numbers) != 1:
        return []
    order = button(t.button("Open the order"), press("order.card", numbers.pop()))
    return [[order], *([each] for each in _receipts(t, moves))]


def _receipts(
    t: Translator, moves: Iterable[Mapping[str, object]]
) -> Iterator[InlineKeyboardButton]:
    """How each new end was counted, with what has extended it."""
    ends = {
        (str(each.get("subject") or ""), str(each.get("kind")))
        for each in moves
        if each.get("what") != "kept" and each.get("new")
    }
    for subject, kind in sorted(ends)[:_RECEIPTS]:
        # A notice of an older version does not say on what its deadlines are.
        if subject.startswith(("order:", "award:")):
            yield receipt_of(t, subject, kind)


def _move(t: Translator, move: Mapping[str, object]) -> Html:
    old, new = _instant(move.get("old")), _instant(move.get("new"))
    label = DEADLINE_KINDS.get(str(move.get("kind")))
    lines = [bold(t("Order No. {number}", number=str(move.get("number") or "")))]
    match move.get("what"):
        case "rerun":
            lines.append(
                t("The procedure is run again. Offers made stand, sealed, and may be changed.")
            )
        case "cancelled":
            lines.append(t("The lapse is undone: the supplier may confirm again."))
        case "annulled":
            when = fmt.moment(t, old) if old else escape("")
            lines.append(t("The protocol of {moment} is annulled.", moment=when))
            old = None
        case "kept":
            lines.append(t("The fault fell on this term, and it stays as it is."))
            if reason := KEPT_REASONS.get(str(move.get("reason"))):
                lines.append(t("Reason: {reason}", reason=t(reason)))
    if move.get("reason") == "need_covered":
        lines.append(
            t(
                "Since it failed, another order of yours asks for the same need: "
                "both are open now, and what you select is up to you."
            )
        )
    if label and new:
        lines.append(t(label) + ": " + bold(fmt.due(t, new)))
    if old:
        lines.append(t("It was: {due_at}", due_at=fmt.deadline(t, old)))
    lines.append(cite(t, str(move.get("clause") or "")))
    return join(lines)


def _instant(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
