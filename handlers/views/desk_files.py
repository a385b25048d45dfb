"""Files of a ticket that are not in our store, as operators see them: on their way, or lost."""

from __future__ import annotations

from domain.support.views import FileView, TicketView
from handlers.views.shown import bold
from handlers.views.translator import Html, Translator, join


def files_lines(t: Translator, view: TicketView) -> Html:
    """What has become of the files that are not in our store; nothing where all are."""
    files = [file for message in view.messages for file in message.files]
    waiting = [file for file in files if file.state == "waiting"]
    tried = sum(1 for file in waiting if file.attempts)
    fresh, failed, big = len(waiting) - tried, _count(files, "failed"), _count(files, "too_big")
    lines = [
        t.plural("{n} file is on its way", "{n} files are on their way", fresh),
        t.plural(
            "{n} file was not fetched at once and is tried again",
            "{n} files were not fetched at once and are tried again",
            tried,
        ),
        bold(
            t.plural(
                "{n} file could not be fetched: the user is asked to send it once more",
                "{n} files could not be fetched: the user is asked to send them once more",
                failed,
            )
        ),
        t.plural("{n} file is over 20 MB", "{n} files are over 20 MB", big),
    ]
    counts = (fresh, tried, failed, big)
    return join([line for line, count in zip(lines, counts, strict=True) if count])


def _count(files: list[FileView], state: str) -> int:
    return sum(1 for file in files if file.state == state)
