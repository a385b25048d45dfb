"""Broadcasts for administrators: the list, the card with its progress, questions before acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton

from domain.broadcasts.rules import Audience, Button, Content
from domain.broadcasts.views import BroadcastPage, BroadcastView, Progress, Reach
from domain.support.texts import plain as words_of
from handlers.views import format as fmt
from handlers.views.notices.broadcasts import SCREENS
from handlers.views.pages import turning
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.regions import region_name
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import BROADCAST_STATES, ROLES
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

LANGUAGES: Mapping[str, Lazy] = {
    "kk": lazy("Kazakh", context="language of readers"),
    "ru": lazy("Russian", context="language of readers"),
}

_IN_A_ROW = 4
_WORDS, _LINE = 300, 80
_CELLS, _FULL, _EMPTY = 12, "\N{BLACK SQUARE}", "\N{WHITE SQUARE}"


# The list


def broadcast_list(t: Translator, page: BroadcastPage) -> Shown:
    """A page of broadcasts, newest first; an empty one says what to do."""
    head = bold(t("Broadcasts"))
    new = button(t.button("New broadcast"), press("broadcast.new"), "primary")
    if not page.broadcasts and page.first:
        nothing = t(
            "Nothing has been sent to many people yet. Press “New broadcast” to write to all "
            "users or to a part of them."
        )
        return Shown(join([head, nothing], "\n\n"), keyboard([new]))
    numbers = [
        button(t.button("No. {number}", number=each.number), press("broadcast.card", each.number))
        for each in page.broadcasts
    ]
    turn = turning(t, "broadcasts", first=page.first, older=page.older)
    return Shown(
        join([head, *(_line(t, each) for each in page.broadcasts)], "\n\n"),
        keyboard(
            *(numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)),
            turn,
            [new],
        ),
    )


def _line(t: Translator, each: BroadcastView) -> Html:
    state = [bold(t("Broadcast No. {number}", number=each.number)), t(BROADCAST_STATES[each.state])]
    if each.started_at is not None and each.progress.total:
        state.append(_sent(t, each.progress))
    when = each.started_at or each.starts_at or each.created_at
    return join([join(state, " · "), fmt.moment(t, when), _words(t, each.content, _LINE)])


def _words(t: Translator, content: Content, limit: int) -> Html:
    text = content.text_kk if t.locale == "kk" else content.text_ru
    return escape(cut(" ".join(words_of(text).split()), limit))


def _sent(t: Translator, progress: Progress) -> Html:
    return t(
        "sent: {sent} of {total}",
        sent=fmt.number(t, progress.sent),
        total=fmt.number(t, progress.total),
    )


# The card


def broadcast_card(t: Translator, each: BroadcastView) -> Shown:
    """A broadcast with what has become of it, and what may be done now."""
    facts = [
        t("State: {state}", state=bold(t(BROADCAST_STATES[each.state]))),
        t("Starts: {moment}", moment=fmt.moment(t, each.starts_at))
        if each.starts_at and each.started_at is None
        else "",
        t("Started: {moment}", moment=fmt.moment(t, each.started_at)) if each.started_at else "",
        t.context("broadcast", "Over: {moment}", moment=fmt.moment(t, each.over_at))
        if each.over_at
        else "",
        t("Made by: {name}", name=cut(each.created_by, _LINE)) if each.created_by else "",
    ]
    blocks = [
        bold(t("Broadcast No. {number}", number=each.number)),
        join(facts),
        progress_lines(t, each) if each.started_at else "",
        audience_lines(t, each.audience),
        join([_words(t, each.content, _WORDS), *extras(t, each.content)]),
    ]
    return Shown(join(blocks, "\n\n"), keyboard(*_acts(t, each)))


def progress_lines(t: Translator, each: BroadcastView) -> Html:
    """The bar, and people by what became of them; each line only where there is somebody."""
    progress = each.progress
    full = _CELLS * progress.settled // progress.total if progress.total else _CELLS
    bar = Html(f"{_FULL * full}{_EMPTY * (_CELLS - full)} ") + fmt.percent(t, progress.percent)
    lines = [
        (lazy("Waiting: {count}"), progress.waiting),
        (lazy("Wait for their digest: {count}"), progress.digest),
        (lazy("Had it in their digest: {count}"), progress.digested),
        (lazy("Have blocked the bot or never wrote to it: {count}"), progress.unreachable),
        (lazy("Want no news: {count}"), progress.muted),
        (lazy("Could not be sent: {count}"), progress.dead),
        (lazy("Not sent because it was stopped: {count}"), progress.dropped),
    ]
    told = [t(text, count=fmt.number(t, count)) for text, count in lines if count]
    return join([bar, _sent(t, progress), *told])


def progress_key(each: BroadcastView) -> str:
    """Told apart by what the card shows: the same key means the same card."""
    counts = ".".join(str(value) for value in vars(each.progress).values())
    return f"{each.state}.{counts}.{int(each.over_at is not None)}"


def audience_lines(t: Translator, audience: Audience) -> Html:
    """Whom it is for."""
    roles = join([t(ROLES[role]) for role in audience.roles], ", ")
    region, code = audience.region, audience.code
    found = [
        t("Roles: {roles}", roles=roles) if roles else "",
        t("Language: {language}", language=t(LANGUAGES[audience.language]))
        if audience.language
        else "",
        t("Region of the goods: {region}", region=region_name(t, region)) if region else "",
        t("Code of the goods: {code}", code=code) if code else "",
    ]
    whom = join(found)
    return join([bold(t("For whom")), whom or t("All registered users")])


def extras(t: Translator, content: Content) -> Sequence[Html]:
    """What goes with the text."""
    found = []
    if content.file is not None:
        photo = content.file.kind == "photo"
        name = cut(content.file.name, _LINE)
        found.append(t("With a photo") if photo else t("With a file: {name}", name=name))
    if content.button is not None:
        found.append(_button_line(t, content.button))
    return found


def _button_line(t: Translator, given: Button) -> Html:
    if given.screen:
        return t("Button: {label}", label=t.button(SCREENS[given.screen]))
    label = given.label_kk if t.locale == "kk" else given.label_ru
    return t("Button: {label}, {url}", label=label, url=cut(given.url, _LINE))


def _acts(t: Translator, each: BroadcastView) -> list[list[InlineKeyboardButton]]:
    number = each.number
    pause = button(t.button("Pause"), press("broadcast.do", "pause", number))
    resume = button(t.button("Go on sending"), press("broadcast.do", "resume", number), "primary")
    start = button(t.button("Send now"), press("broadcast.ask", "start", number))
    stop = button(t.button("Stop for good"), press("broadcast.ask", "stop", number), "danger")
    refresh = button(t.button("Refresh"), press("broadcast.show", number))
    by_state = {
        "scheduled": [[refresh], [start, stop]],
        "running": [[refresh, pause], [stop]],
        "paused": [[refresh, resume], [stop]],
    }
    return [
        *by_state.get(each.state, []),
        [button(t.button("How people see it"), press("broadcast.look", number))],
        [button(t.button("All broadcasts"), press("broadcasts"))],
    ]


_ASKED: Mapping[str, tuple[Lazy, Lazy]] = {
    "start": (
        lazy("Send broadcast No. {number} now?"),
        lazy("Yes, send now", context="button"),
    ),
    "stop": (
        lazy("Stop broadcast No. {number}? Those who have not got it yet never will."),
        lazy("Yes, stop for good", context="button"),
    ),
}
ASKED = tuple(_ASKED)


def asked(t: Translator, act: str, each: BroadcastView, reached: Reach) -> Shown:
    """The question before a broadcast starts or stops."""
    question, yes = _ASKED[act]
    count = reach_lines(t, reached) if act == "start" else progress_lines(t, each)
    said = count if act == "start" or each.started_at else ""
    back = button(t.button("Back to the broadcast"), press("broadcast.show", each.number))
    go = button(t.button(yes), press("broadcast.do", act, each.number), "danger")
    text = join([bold(t(question, number=each.number)), said], "\n\n")
    return Shown(text, keyboard([back], [go]))


def reach_lines(t: Translator, found: Reach) -> Html:
    """How many people an audience has, and how many of them a message reaches."""
    if not found.total:
        return t("Nobody fits these conditions.")
    lines = [
        (lazy("Reached in Telegram: {count}"), found.telegram),
        (lazy("Have blocked the bot or never wrote to it: {count}"), found.unreachable),
        (lazy("Want no news: {count}"), found.muted),
    ]
    told = [t(text, count=fmt.number(t, count)) for text, count in lines if count]
    return join([bold(t.plural("{n} person", "{n} people", found.total)), *told])
