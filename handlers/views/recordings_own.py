"""What support keeps of a person, as the person sees it: own recordings, the export, deletion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aiogram.types import InlineKeyboardButton

from domain.clock import astana
from domain.support.recording_views import DeletionAnswer, OwnRecording
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.recordings import deletion_answer, spoken
from handlers.views.shown import Shown, bold, button, italic, keyboard
from handlers.views.translator import Html, Translator, join

PAGE = 8


def own_page(t: Translator, found: Sequence[OwnRecording], page: int) -> Shown:
    """Own recordings, newest first, and what can be asked for."""
    most = max(0, (len(found) - 1) // PAGE)
    page = min(page, most)
    rows = [_line(t, each) for each in found[page * PAGE : (page + 1) * PAGE]]
    nothing = t(
        "No recordings of your voice are kept. When you leave a voice message, it stands here "
        "with the day on which it is destroyed."
    )
    text = join(
        [
            bold(t("My recordings and data")),
            t("Recordings: {count}", count=len(found)) if found else "",
            *(rows or [nothing]),
            italic(fmt.clauses(t, ["366-20", "366-21"])),
        ],
        "\n\n",
    )
    turns = []
    if page > 0:
        turns.append(button(t.button("Newer"), press("own.data", page - 1)))
    if page < most:
        turns.append(button(t.button("Older"), press("own.data", page + 1)))
    return Shown(
        text,
        keyboard(
            turns,
            [button(t.button("Get all my data"), press("own.file"))],
            [button(t.button("Ask for deletion"), press("own.delete"))],
            [_support(t)],
        ),
    )


def _line(t: Translator, each: OwnRecording) -> Html:
    head = bold(t("Request No. {number}", number=each.ticket))
    collected = t("Recording made: {when}", when=fmt.moment(t, each.collected_at))
    return join([head + " · " + spoken(t, each.kind, each.duration), collected, _end(t, each)])


def _end(t: Translator, each: OwnRecording) -> Html:
    if each.state == "destroyed":
        return t("Destroyed. Act No. {number}", number=each.act or 0)
    if each.until is None:
        return t("Kept until the dispute is settled")
    return t("Is destroyed on {day}", day=fmt.day(t, astana(each.until).date()))


def export_name(day: date) -> str:
    """How the file of the export is called."""
    return f"my-data-{day:%Y-%m-%d}.json"


def export_caption(t: Translator) -> Html:
    """What the file holds."""
    return t(
        "All that support keeps of you: your account, consents, roles, requests with their "
        "messages, recordings with each of their steps. Any text editor opens the file."
    )


def ask_deletion(t: Translator) -> Shown:
    """Before the request goes on record."""
    text = join(
        [
            bold(t("Ask for the deletion of your recordings and data?")),
            t(
                "Your request goes on record. The answer comes at once: what is deleted and on "
                "which day, and what the law makes us keep."
            ),
        ],
        "\n\n",
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("No, go back"), press("own.data", 0))],
            [button(t.button("Yes, ask for deletion"), press("own.delete.yes"), "danger")],
        ),
    )


def deletion_answered(t: Translator, answer: DeletionAnswer) -> Shown:
    """The answer, with the way back."""
    back = button(t.button("My recordings"), press("own.data", 0))
    return Shown(deletion_answer(t, answer), keyboard([back], [_support(t)]))


def own_button(t: Translator) -> InlineKeyboardButton:
    """The way to this page."""
    return button(t.button("My recordings and data"), press("own.data", 0))


def _support(t: Translator) -> InlineKeyboardButton:
    return button(t.button("Ask support"), press("support"))
