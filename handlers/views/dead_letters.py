"""Notices that were given up, as an administrator sees them: the list, the card, what was done."""

from __future__ import annotations

from collections.abc import Mapping

from domain.notices.dead import DeadLetter, DeadPage, Replayed
from handlers.views import format as fmt
from handlers.views.notices import title
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.reaching import CHANNELS
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

_NAME = 60
_REASON = 300

#: Why a notice is given up for good: a press each, and what goes on record.
REASONS: Mapping[str, Lazy] = {
    "told": lazy("The person knows by other means", context="reason to drop"),
    "needless": lazy("It is needed no more", context="reason to drop"),
    "mistaken": lazy("It was sent by mistake", context="reason to drop"),
}


def dead_list(t: Translator, page: DeadPage, *, first: bool) -> Shown:
    """Notices that could not be sent, the newest first."""
    head = bold(t("Notices that could not be sent: {count}", count=page.total))
    if not page.letters:
        empty = t("Every notice has been sent or is on its way. What fails for good shows here.")
        return Shown(join([head, empty], "\n\n"))
    buttons = [
        button(
            t.button("No. {number}", number=each.notice.shown_number),
            press("dead.card", each.notice.number),
        )
        for each in page.letters
    ]
    turn = []
    if not first:
        turn.append(button(t.button("To the first page"), press("dead.list")))
    if page.older is not None:
        turn.append(button(t.button("Next page"), press("dead.list", page.older)))
    everything = [button(t.button("Send all again"), press("dead.all"))]
    rows = [_row(t, each) for each in page.letters]
    return Shown(join([head, *rows], "\n\n"), keyboard(buttons, turn, everything))


def _row(t: Translator, each: DeadLetter) -> Html:
    notice = each.notice
    head = bold(t("No. {number}", number=notice.shown_number)) + Html(" · ") + title(t, notice)
    where = join([escape(cut(each.person, _NAME)), t(CHANNELS[notice.channel])], " · ")
    return join([head, where, fmt.moment(t, each.died_at), *_elsewhere(t, each)])


def _elsewhere(t: Translator, each: DeadLetter) -> list[Html]:
    """A line for every other channel by which the person knows."""
    return [
        t("On its way by another channel: {channel}", channel=t(CHANNELS[way.channel]))
        if way.sent_at is None
        else t(
            "Sent by another channel: {channel}, {when}",
            channel=t(CHANNELS[way.channel]),
            when=fmt.moment(t, way.sent_at),
        )
        for way in each.elsewhere
    ]


def dead_card(t: Translator, each: DeadLetter) -> Shown:
    """One of them: to whom, why, and what may be done."""
    notice = each.notice
    lines = [
        bold(t("Notice No. {number} could not be sent", number=notice.shown_number)),
        title(t, notice),
        t("To: {name}", name=cut(each.person, _NAME)),
        t("Channel: {channel}", channel=t(CHANNELS[notice.channel])),
        t("Written: {when}", when=fmt.moment(t, notice.created_at)),
        t("Given up: {when}", when=fmt.moment(t, each.died_at)),
        t("Attempts: {count}", count=notice.attempts),
        t("Answer of the service: {reason}", reason=cut(each.reason, _REASON)),
        *_elsewhere(t, each),
    ]
    if not each.useful:
        lines.append(t("Its deadline has passed: sent again, it would say nothing new."))
    number = notice.number
    return Shown(
        join(lines),
        keyboard(
            [button(t.button("Send again"), press("dead.replay", number))],
            [button(t.button("Give it up"), press("dead.drop", number), "danger")],
            [button(t.button("To the list"), press("dead.list"))],
        ),
    )


def all_question(t: Translator, page: DeadPage) -> Shown:
    """Asked before all of them go out."""
    text = t.plural(
        "Send {n} notice again? Whoever knows by another channel is not told twice.",
        "Send {n} notices again? Whoever knows by another channel is not told twice.",
        page.total,
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Back"), press("dead.list"))],
            [button(t.button("Send all again"), press("dead.replay"))],
        ),
    )


def drop_question(t: Translator, each: DeadLetter) -> Shown:
    """Why it is given up: goes on record."""
    number = each.notice.number
    return Shown(
        t("Why is notice No. {number} given up?", number=each.notice.shown_number),
        keyboard(
            [button(t.button("Back"), press("dead.card", number))],
            *(
                [button(t.button(label), press("dead.dropped", number, name))]
                for name, label in REASONS.items()
            ),
        ),
    )


def replayed(t: Translator, done: Replayed) -> Shown:
    """What became of them."""
    lines = [t("Sent again: {count}.", count=done.queued)]
    if done.delivered:
        lines.append(t("Known by another channel already: {count}.", count=done.delivered))
    if done.useless:
        lines.append(t("Left, for their deadline has passed: {count}.", count=done.useless))
    return Shown(join(lines), keyboard([button(t.button("To the list"), press("dead.list"))]))


def dropped(t: Translator) -> Shown:
    """It is given up."""
    return Shown(
        t("The notice is given up; the reason is on record."),
        keyboard([button(t.button("To the list"), press("dead.list"))]),
    )
