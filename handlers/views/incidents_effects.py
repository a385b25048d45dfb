"""What an incident does to deadlines: the preview, the second press, what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton

from domain.incidents.planning import UNDONE
from domain.incidents.views import Applied, EffectPreview, EffectView, IncidentView
from domain.roles import Role
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.incidents_cards import OPERATORS, to_card
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import DEADLINE_KINDS, KEPT_REASONS
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_WHAT: Mapping[str, Lazy] = {
    "moved": lazy("moves", context="effect of a fault"),
    "annulled": lazy("protocol is annulled", context="effect of a fault"),
    "rerun": lazy("procedure is run again", context="effect of a fault"),
    "cancelled": lazy("lapse is undone", context="effect of a fault"),
    "kept": lazy("stays as it is", context="effect of a fault"),
}
_NOTED: Mapping[str, Lazy] = {
    "need_covered": lazy("Another order asks for the same need since this one failed."),
}
#: How many effects one page lists.
PAGE = 8
_NAME_SHOWN = 120


def preview_page(
    t: Translator, view: IncidentView, found: EffectPreview, page: int, role: Role | None
) -> Shown:
    """Every deadline touched, old and new, a page of them; nothing is changed yet."""
    pages = max(1, -(-len(found.effects) // PAGE))
    page = min(page, pages - 1)
    shown = found.effects[page * PAGE : (page + 1) * PAGE]
    applies = role in OPERATORS and found.effects and view.level_state in words.IN_EFFECT
    waits = found.effects and view.level_state not in words.IN_EFFECT
    undone = any(each.what == "cancelled" for each in found.effects)
    # Only act 366 asks for the act.
    needs_act = undone and view.act_date is None and view.regime == "366"
    text = join(
        [
            bold(t("Deadlines touched by incident No. {number}", number=view.number)),
            _counted(t, found),
            *(effect(t, each) for each in shown),
            t("Page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else "",
            t("The level has not taken effect yet: nothing can be applied.") if waits else "",
            _needs_act(t) if needs_act else "",
            t("Nothing is changed yet. When you apply it, everything moves at once.")
            if applies
            else "",
        ],
        "\n\n",
    )
    apply, spare = [], []
    if applies:
        data = press("incident.apply", view.number, found.digest)
        apply.append(button(t.button("Apply"), data, "primary"))
        if needs_act:
            form = press("incident.form", "act", view.number)
            apply.append(button(t.button("Enter the act"), form))
    if role in OPERATORS and any(each.what in UNDONE for each in found.effects):
        spare.append(
            button(t.button("Leave some as they are"), press("incident.form", "spare", view.number))
        )
    return Shown(
        text,
        keyboard(
            _turns(t, "incident.preview", view.number, page, pages),
            spare,
            apply,
            [to_card(t, view.number)],
        ),
    )


def _needs_act(t: Translator) -> Html:
    return t(
        "Lapses are undone only after the act on the fault is approved ({clause}). "
        "Enter its number and date, or apply the rest now.",
        clause=fmt.clause(t, "366-29.6"),
    )


def _turns(
    t: Translator, name: str, number: int, page: int, pages: int
) -> list[InlineKeyboardButton]:
    row = []
    if page:
        row.append(button(t.button("Earlier deadlines"), press(name, number, page - 1)))
    if page + 1 < pages:
        row.append(button(t.button("Further deadlines"), press(name, number, page + 1)))
    return row


def _counted(t: Translator, found: EffectPreview) -> Html:
    if not found.effects:
        return t("It touches no deadline that can be moved.")
    kept = len(found.effects) - found.changes
    return join(
        [
            t("Will change: {count}", count=found.changes),
            t("Stays as it is: {count}", count=kept) if kept else "",
        ],
        " · ",
    )


def effect(t: Translator, each: EffectView) -> Html:
    """One effect: which order, what happens, old and new, the clause."""
    label = DEADLINE_KINDS.get(each.kind)
    about = [bold(t("Order No. {number}", number=each.order))] if each.order is not None else []
    what = _WHAT.get(each.what)
    if what is not None:
        about.append(t(what))
    lines = [join(about, " · ")]
    if label is not None:
        lines.append(t(label))
    company = each.company_kk if t.locale == "kk" else each.company_ru
    if company:
        lines.append(escape(cut(company, _NAME_SHOWN)))
    if each.what == "annulled" and each.old is not None:
        lines.append(t("The protocol of {moment}", moment=fmt.moment(t, each.old)))
    elif each.old is not None and each.new is not None:
        lines.append(fmt.deadline(t, each.old) + " → " + bold(fmt.due(t, each.new)))
    kept = KEPT_REASONS.get(each.reason)
    if kept is not None:
        lines.append(t("Reason: {reason}", reason=t(kept)))
    noted = _NOTED.get(each.reason)
    if noted is not None:
        lines.append(t(noted))
    if each.clause:
        lines.append(fmt.clause(t, each.clause))
    return join(lines)


def ask_apply(t: Translator, number: int, found: EffectPreview) -> Shown:
    """The second press: bound to exactly what was shown."""
    text = join(
        [
            bold(t("Apply incident No. {number}?", number=number)),
            _counted(t, found),
            t(
                "All deadlines move in one act, and everybody touched is told. "
                "It cannot be taken back."
            ),
        ],
        "\n\n",
    )
    data = press("incident.apply_yes", number, found.digest)
    return Shown(
        text,
        keyboard(
            [button(t.button("Back to the deadlines"), press("incident.preview", number, 0))],
            [button(t.button("Yes, move the deadlines"), data, "danger")],
        ),
    )


def applied(t: Translator, done: Applied) -> Shown:
    """What was done, in numbers."""
    counts = [
        t("Deadlines moved: {count}", count=done.moved),
        t("Procedures run again: {count}", count=done.rerun) if done.rerun else "",
        t("Lapses undone: {count}", count=done.cancelled) if done.cancelled else "",
        t("Protocols annulled: {count}", count=done.annulled) if done.annulled else "",
        t("Left for people to decide: {count}", count=done.kept) if done.kept else "",
        t("Notices written: {count}", count=done.told),
        _waits(t, done),
    ]
    text = join(
        [bold(t("Incident No. {number} is applied", number=done.incident)), join(counts)], "\n\n"
    )
    return Shown(text, keyboard([to_card(t, done.incident)]))


def mended(t: Translator, done: Applied) -> Html:
    """After the mending was entered: what moved once more because of it."""
    if not (done.moved or done.rerun or done.cancelled or done.annulled):
        return _waits(t, done)
    return join([t("Deadlines moved: {count}", count=done.moved), _waits(t, done)])


def _waits(t: Translator, done: Applied) -> Html:
    if not done.waiting:
        return escape("")
    return t("Wait for the approved act on the fault: {count}", count=done.waiting)


def done_page(
    t: Translator, number: int, effects: Sequence[EffectView], page: int, *, more: bool
) -> Shown:
    """What an incident has done so far, in the order of doing."""
    body = [effect(t, each) for each in effects] or [t("Nothing has been changed.")]
    turn = []
    if page:
        turn.append(button(t.button("Earlier deadlines"), press("incident.done", number, page - 1)))
    if more:
        turn.append(button(t.button("Further deadlines"), press("incident.done", number, page + 1)))
    head = bold(t("What incident No. {number} has done", number=number))
    return Shown(join([head, *body], "\n\n"), keyboard(turn, [to_card(t, number)]))
