"""Recordings as the desk sees them: those of a ticket, one with its steps, a month, the acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any

from aiogram.types import InlineKeyboardButton

from domain.clock import astana
from domain.support.recording_reading import SHOWN
from domain.support.recording_views import ActLine, HeldView, Preview, RecordingView, StepView
from domain.support.retention_rules import month_of
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.recordings import month_name, spoken, steps
from handlers.views.shown import Shown, bold, button, italic, keyboard
from handlers.views.translator import Html, Translator, escape, join

PAGE, STEPS_PAGE = 8, 12
_IN_A_ROW = 3
_GROUND = 300
_HASH = 16


def menu(t: Translator, today: date) -> Shown:
    """What there is to be seen of recordings."""
    text = join(
        [
            bold(t("Recordings of support")),
            t(
                "They are kept for at most 1 year, longer only while a dispute lasts, then "
                "destroyed with an act. One recording: open its ticket and press Recordings."
            ),
            italic(fmt.clauses(t, ["366-20", "366-21"])),
        ],
        "\n\n",
    )
    following = f"{month_of(today)[1]:%Y%m}"
    return Shown(
        text,
        keyboard(
            [button(t.button("Goes next month"), press("rec.ahead", following, 0), "primary")],
            [button(t.button("Acts of destruction"), press("rec.acts", 0))],
        ),
    )


def preview_page(t: Translator, found: Preview, page: int, today: date) -> Shown:
    """What goes in a month and what disputes keep, page by page; the months beside it."""
    rows: list[RecordingView | HeldView] = [*found.going, *found.held]
    page = min(page, max(0, ceil(len(rows) / PAGE) - 1))
    shown = rows[page * PAGE : (page + 1) * PAGE]
    total = found.going_total + found.held_total
    text = join(
        [
            bold(t("Recordings to be destroyed: {month}", month=month_name(t, found.month))),
            join(
                [
                    t("They go: {count}", count=found.going_total),
                    t("Kept because of a dispute: {count}", count=found.held_total),
                ]
            )
            if total
            else t("Nothing reaches its term in this month."),
            *(_going(t, place, each) for place, each in enumerate(shown, 1)),
            t("Only the first {count} of each are listed.", count=SHOWN)
            if total > len(rows)
            else "",
            italic(fmt.clause(t, "366-21.2")),
        ],
        "\n\n",
    )
    return Shown(text, keyboard(*_cards(t, shown), *_turns(t, found, page, len(rows), today)))


def _going(t: Translator, place: int, each: RecordingView | HeldView) -> Html:
    recording = each.recording if isinstance(each, HeldView) else each
    number = t("Ticket No. {number}", number=recording.ticket)
    head = bold(escape(f"{place}. ") + number) + " · "
    head = head + spoken(t, recording.kind, recording.duration)
    collected = t("Recording made: {when}", when=fmt.moment(t, recording.collected_at))
    if isinstance(each, HeldView):
        return join([head, collected, _dispute(t, cut(each.ground, 80), each.set_by)])
    return join([head, collected, _until(t, recording)])


def _cards(
    t: Translator, shown: Sequence[RecordingView | HeldView]
) -> list[list[InlineKeyboardButton]]:
    """A button for each, by its place on the page."""
    views = [each.recording if isinstance(each, HeldView) else each for each in shown]
    row = [_opens(t, place, each) for place, each in enumerate(views, 1)]
    return [row[at : at + _IN_A_ROW] for at in range(0, len(row), _IN_A_ROW)]


def _opens(t: Translator, place: int, view: RecordingView) -> InlineKeyboardButton:
    return button(t.button("Recording {place}", place=place), press("rec.card", view.id))


def _turns(
    t: Translator, found: Preview, page: int, count: int, today: date
) -> list[list[InlineKeyboardButton]]:
    here = f"{found.month:%Y%m}"
    turns = []
    if page > 0:
        turns.append(button(t.button("Sooner"), press("rec.ahead", here, page - 1)))
    if (page + 1) * PAGE < count:
        turns.append(button(t.button("Later"), press("rec.ahead", here, page + 1)))
    months = []
    if found.month > today.replace(day=1):
        before = found.month - timedelta(days=1)
        months.append(button(t.button("Month before"), press("rec.ahead", f"{before:%Y%m}", 0)))
    after = month_of(found.month)[1]
    # Whatever is collected today goes within a year and a month.
    if after <= today + timedelta(days=397):
        months.append(button(t.button("Month after"), press("rec.ahead", f"{after:%Y%m}", 0)))
    return [turns, months, [_back(t)]]


def acts_page(t: Translator, found: Sequence[ActLine], *, more: bool, first: bool) -> Shown:
    """Acts of destruction, newest first; a press brings the PDF."""
    head = bold(t("Acts of destruction"))
    if not found:
        nothing = t(
            "Nothing has been destroyed yet. An act is written when the first term is over."
        )
        return Shown(join([head, nothing], "\n\n"), keyboard([_back(t)]))
    pdfs = [
        button(t.button("Act No. {number}", number=each.number), press("rec.act", each.number))
        for each in found
    ]
    turns = []
    if not first:
        turns.append(button(t.button("Newest"), press("rec.acts", 0)))
    if more:
        turns.append(button(t.button("Older"), press("rec.acts", found[-1].number)))
    return Shown(
        join([head, *(_act(t, each) for each in found)], "\n\n"),
        keyboard(*(pdfs[at : at + 2] for at in range(0, len(pdfs), 2)), turns, [_back(t)]),
    )


def _act(t: Translator, each: ActLine) -> Html:
    why = t("came back with a backup") if each.ground == "restored" else t("the term was over")
    when = fmt.moment(t, each.finished_at) if each.finished_at else t("begun, not yet finished")
    count = t.plural("{n} recording", "{n} recordings", each.items)
    return join([bold(t("No. {number}", number=each.number)) + " · " + when, count + ", " + why])


def act_caption(t: Translator, number: int) -> Html:
    """Under the PDF of an act."""
    return join([t("Act of destruction No. {number}", number=number), fmt.clause(t, "366-21.3")])


def ticket_page(t: Translator, ticket: int, found: Sequence[RecordingView], page: int) -> Shown:
    """The recordings of a ticket, oldest first."""
    head = bold(t("Recordings of ticket No. {number}", number=ticket))
    if not found:
        return Shown(join([head, t("There are none in this ticket.")], "\n\n"))
    page = min(page, ceil(len(found) / PAGE) - 1)
    shown = list(enumerate(found, 1))[page * PAGE : (page + 1) * PAGE]
    rows = [
        join(
            [
                bold(escape(f"{place}. ")) + spoken(t, each.kind, each.duration),
                t("Recording made: {when}", when=fmt.moment(t, each.collected_at)),
                _until(t, each),
            ]
        )
        for place, each in shown
    ]
    opens = [_opens(t, place, each) for place, each in shown]
    turns = []
    if page > 0:
        turns.append(button(t.button("Sooner"), press("rec.of", ticket, page - 1)))
    if (page + 1) * PAGE < len(found):
        turns.append(button(t.button("Later"), press("rec.of", ticket, page + 1)))
    return Shown(
        join([head, *rows], "\n\n"),
        keyboard(*(opens[at : at + _IN_A_ROW] for at in range(0, len(opens), _IN_A_ROW)), turns),
    )


def card(
    t: Translator, view: RecordingView, *, private: bool, operator: bool, lead: bool = False
) -> Shown:
    """One recording: what it is, until when it is kept and why, what can be done with it."""
    text = join(
        [
            bold(t("Recording of ticket No. {number}", number=view.ticket)),
            spoken(t, view.kind, view.duration),
            t("Recording made: {when}", when=fmt.moment(t, view.collected_at)),
            t("In our store") if view.stored else "",
            _until(t, view),
            _marked(t, view),
            t("Hash: {hash}…", hash=view.sha256[:_HASH]) if view.sha256 else "",
            italic(fmt.clause(t, "366-21")),
        ]
    )
    return Shown(text, keyboard(*_rows(t, view, private=private, operator=operator, lead=lead)))


def _rows(
    t: Translator, view: RecordingView, *, private: bool, operator: bool, lead: bool
) -> list[list[InlineKeyboardButton]]:
    lives = view.state != "destroyed"
    rows = []
    # In a group anybody may listen in, so what is heard there stands in the topic only.
    if private and lives and view.stored:
        rows.append([button(t.button("Listen"), press("rec.hear", view.id), "primary")])
        rows.append([button(t.button("Hand over"), press("rec.give", view.id))])
    if lives and operator and view.dispute is None:
        rows.append([button(t.button("Mark a dispute"), press("desk.dispute", view.ticket))])
    elif lives and lead and view.dispute is not None:
        rows.append([button(t.button("Dispute settled"), press("rec.settle", view.id))])
    rows.append([button(t.button("Each step"), press("rec.steps", view.id))])
    if view.act is not None and not lives:
        act = t.button("Act No. {number}", number=view.act)
        rows.append([button(act, press("rec.act", view.act))])
    rows.append([button(t.button("All of the ticket"), press("rec.of", view.ticket, 0))])
    return rows


def _marked(t: Translator, view: RecordingView) -> Html:
    if view.dispute is None:
        return escape("")
    since = t("Marked: {when}", when=fmt.moment(t, view.dispute_at)) if view.dispute_at else ""
    return join([_dispute(t, cut(view.dispute, _GROUND), view.dispute_by), since])


def _dispute(t: Translator, ground: str, by: str) -> Html:
    """On what ground a dispute is marked, and who has set the mark."""
    said = t("Dispute: {ground}", ground=ground)
    return join([said, t("Marked by: {name}", name=by) if by else ""])


def _until(t: Translator, view: RecordingView) -> Html:
    if view.state == "destroyed":
        return t("Destroyed. Act No. {number}", number=view.act or 0)
    if view.until is None:
        return t("Kept until the dispute is settled")
    day = fmt.day(t, astana(view.until).date())
    if view.state == "destroying":
        return t("Is being destroyed now. Act No. {number}", number=view.act or 0)
    return t("Is destroyed on {day}", day=day)


def ask_settle(t: Translator, view: RecordingView) -> Shown:
    """Before the term of keeping resumes."""
    text = join(
        [
            bold(t("Is the dispute over ticket No. {number} finally settled?", number=view.ticket)),
            _marked(t, view),
            t(
                "The term of its recordings counts again from the day they were made. What is "
                "past its term is kept for one more working day, of which the administrators "
                "are told, and then destroyed. You will be asked for the final decision."
            ),
            italic(fmt.clause(t, "366-21.2")),
        ],
        "\n\n",
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("No, go back"), press("rec.card", view.id))],
            [button(t.button("Yes, it is settled"), press("desk.settle", view.ticket), "danger")],
        ),
    )


def steps_page(
    t: Translator, view: RecordingView, found: Sequence[StepView], page: int | None
) -> Shown:
    """Each step in the life of a recording, the newest page first (act 366, clause 21.1)."""
    last = max(0, ceil(len(found) / STEPS_PAGE) - 1)
    page = last if page is None else min(page, last)
    head = bold(t("Each step of the recording, ticket No. {number}", number=view.ticket))
    shown = found[page * STEPS_PAGE : (page + 1) * STEPS_PAGE]
    turns = []
    if page > 0:
        turns.append(button(t.button("Sooner"), press("rec.steps", view.id, page - 1)))
    if page < last:
        turns.append(button(t.button("Later"), press("rec.steps", view.id, page + 1)))
    return Shown(
        join([head, steps(t, shown), italic(fmt.clause(t, "366-21.1"))], "\n\n"),
        keyboard(turns, [button(t.button("Back"), press("rec.card", view.id))]),
    )


def _back(t: Translator) -> InlineKeyboardButton:
    return button(t.button("Recordings"), press("rec.menu"))


# Handing over


def ask_whom(t: Translator) -> Html:
    """To whom a recording goes."""
    return t(
        "To whom is the recording handed over? Type a name or an organisation, for example: "
        "Committee of Industry, A. Serikov."
    )


def ask_ground(t: Translator) -> Html:
    """On what ground."""
    return t("On what ground? For example: request No. 15 of 20 November 2026.")


def give_review(t: Translator, values: Mapping[str, Any]) -> Html:
    """Before it goes on record and the file comes."""
    return join(
        [
            bold(
                t("Hand over the recording of ticket No. {number}?", number=int(values["ticket"]))
            ),
            t("To: {name}", name=cut(str(values["whom"]), _GROUND)),
            t("Ground: {ground}", ground=cut(str(values["ground"]), _GROUND)),
            t(
                "It goes on record with your name. Then the file comes here for one day: send it "
                "on to them, and to nobody else."
            ),
            italic(fmt.clause(t, "366-21.1")),
        ],
        "\n\n",
    )


def handed_over(t: Translator) -> Html:
    """What was done."""
    return t("It is on record to whom the recording was handed over. Here is the file.")


def heard_caption(t: Translator, ticket: int) -> Html:
    """Under a recording that somebody listens to."""
    said = t("Ticket No. {number}. That you listen is on record.", number=ticket)
    return join([said, t("The file stays here for one day.")])
