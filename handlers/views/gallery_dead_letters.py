"""A section of the gallery for notices that could not be sent."""

from __future__ import annotations

from datetime import timedelta

from domain.notices.dead import DeadLetter, DeadPage, Elsewhere, Replayed
from handlers.views import samples
from handlers.views.dead_letters import (
    all_question,
    dead_card,
    dead_list,
    drop_question,
    dropped,
    replayed,
)
from handlers.views.gallery import Section, entries, entry

_INVITED = dict(samples.notices())["order.invited"]
_SENT = Elsewhere("email", samples.NOW)
_COMES = Elsewhere("sms", None)
_LETTERS = [
    DeadLetter(
        _INVITED,
        samples.words().person,
        "Bad Request: can't parse entities",
        samples.NOW + timedelta(minutes=1),
        useful,
        elsewhere,
    )
    for useful, elsewhere in ((True, ()), (True, (_SENT,)), (False, (_COMES,)))
]


def dead_letter_sections() -> list[Section]:
    """The list, a card of each sort, the questions, and what was done."""
    whole = DeadPage(_LETTERS, 7, 3)
    found = [
        entry("list", lambda t: dead_list(t, whole, first=False)),
        entry("list, empty", lambda t: dead_list(t, DeadPage([], 0, None), first=True)),
        *entries(list(zip(("card", "card, sent", "card, late"), _LETTERS, strict=True)), dead_card),
        entry("send all again?", lambda t: all_question(t, whole)),
        entry("give up?", lambda t: drop_question(t, _LETTERS[0])),
        entry("sent again", lambda t: replayed(t, Replayed(4, 2, 1))),
        entry("given up", dropped),
    ]
    return [Section("Notices that could not be sent", found)]
