"""Webhooks as their owners see them: the list, the card, what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.webhooks.rules import host_of
from domain.webhooks.views import AttemptView, DeliveryView, Enabled, EndpointPage, EndpointView
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy
from handlers.views.webhook_events import event_name

#: Webhooks on a page.
PAGE = 5
_EVENTS = 8

_WHY: Mapping[str, Lazy] = {
    "owner": lazy("disabled by its owner", context="webhook"),
    "gone": lazy("disabled: its server says there is no such address (410)", context="webhook"),
    "failing": lazy("disabled: its server has taken nothing for days", context="webhook"),
    "token": lazy("disabled: the API token that made it was revoked", context="webhook"),
}
_STATES: Mapping[str, Lazy] = {
    "held": lazy("waits for an administrator since a restore", context="event of a webhook"),
    "waiting": lazy("waits for the one before it", context="event of a webhook"),
    "queued": lazy("waits to be sent", context="event of a webhook"),
    "sending": lazy("being sent", context="event of a webhook"),
    "delivered": lazy("delivered", context="event of a webhook"),
    "dead": lazy("given up after the last attempt", context="event of a webhook"),
    "skipped": lazy("not sent, as the webhook was disabled", context="event of a webhook"),
}
_OUTCOMES: Mapping[str, Lazy] = {
    "delivered": lazy("taken", context="attempt of a webhook"),
    "refused": lazy("not taken", context="attempt of a webhook"),
    "redirected": lazy("sent elsewhere, which is not followed", context="attempt of a webhook"),
    "timeout": lazy("no answer in time", context="attempt of a webhook"),
    "unreachable": lazy("no connection", context="attempt of a webhook"),
    "forbidden_address": lazy("the address is not public", context="attempt of a webhook"),
    "gone": lazy("no such address", context="attempt of a webhook"),
}


def webhook_list(t: Translator, page: EndpointPage, *, first: bool) -> Shown:
    """The reader's webhooks, the oldest first."""
    head = bold(t("Webhooks"))
    if not page.endpoints:
        empty = t(
            "There are none. A webhook tells a program of yours what happens; it is made by API "
            "or by the administrators, and the head of the company looks after it here."
        )
        return Shown(join([head, empty], "\n\n"), None)
    buttons = [
        button(t.button("No. {number}", number=each.id), press("webhook.card", each.id))
        for each in page.endpoints
    ]
    turn = []
    if not first:
        turn.append(button(t.button("To the first page"), press("webhook.list")))
    if page.after is not None:
        turn.append(button(t.button("Next page"), press("webhook.list", page.after)))
    rows = [_row(t, each) for each in page.endpoints]
    return Shown(join([head, *rows], "\n\n"), keyboard(buttons, turn))


def _row(t: Translator, each: EndpointView) -> Html:
    head = bold(t("No. {number}", number=each.id)) + Html(" · ") + escape(host_of(each.url))
    return join([head, _state(t, each), _failing(t, each)])


def _state(t: Translator, each: EndpointView) -> Html:
    if each.state == "enabled":
        return t("Takes events")
    why = _WHY.get(each.disabled_why or "", _WHY["owner"])
    if each.disabled_at is None:
        return t("State: {state}", state=t(why))
    return t("State: {state}, {when}", state=t(why), when=fmt.moment(t, each.disabled_at))


def _failing(t: Translator, each: EndpointView) -> Html:
    if each.failing_since is None:
        return escape("")
    return t("Nothing has been taken since {when}", when=fmt.moment(t, each.failing_since))


def webhook_card(t: Translator, each: EndpointView, last: Sequence[DeliveryView]) -> Shown:
    """One of them: for whom, what it is told, how it fares, and what may be done."""
    shown = each.events[:_EVENTS]
    events = join([event_name(t, each) for each in shown], ", ") if shown else t("all")
    if rest := len(each.events) - len(shown):
        events = join([events, t.plural("and {n} more", "and {n} more", rest)], " ")
    lines = [
        bold(t("Webhook No. {number}: {host}", number=each.id, host=host_of(each.url))),
        t("Company: BIN {bin}", bin=each.company_bin) if each.company_bin else escape(""),
        t("Purpose: {text}", text=each.description) if each.description else escape(""),
        t("Events: {events}", events=events),
        _state(t, each),
        _failing(t, each),
        _last(t, last[0]) if last else t("Nothing has been sent to it yet."),
    ]
    if each.succeeded_at is not None:
        lines.append(t("Last taken: {when}", when=fmt.moment(t, each.succeeded_at)))
    rows = [[button(t.button("Enable the webhook"), press("webhook.on", each.id), "primary")]]
    if each.state == "enabled":
        rows = [
            [button(t.button("Send what did not arrive"), press("webhook.replay", each.id))],
            [button(t.button("Disable the webhook"), press("webhook.ask", each.id), "danger")],
        ]
    back = [button(t.button("To the list"), press("webhook.list"))]
    return Shown(join(lines), keyboard(*rows, back))


def _last(t: Translator, each: DeliveryView) -> Html:
    said = t(
        "Last event: {type}, {state}",
        type=event_name(t, each.type),
        state=t(_STATES[each.state]),
    )
    if not each.attempts:
        return said
    return join([said, _attempt(t, each.attempts[-1])])


def _attempt(t: Translator, each: AttemptView) -> Html:
    outcome = t(_OUTCOMES[each.outcome])
    if each.status is not None:
        outcome = outcome + escape(f" ({each.status})")
    return t("Last attempt: {when}, {outcome}", when=fmt.moment(t, each.at), outcome=outcome)


def disable_question(t: Translator, each: EndpointView) -> Shown:
    """Asked before a program hears of nothing more."""
    text = t(
        "Disable the webhook to {host}? Its program is told nothing more; events are kept and can "
        "be sent later.",
        host=host_of(each.url),
    )
    return Shown(
        text,
        keyboard(
            [button(t.button("Back"), press("webhook.card", each.id))],
            [button(t.button("Disable the webhook"), press("webhook.off", each.id), "danger")],
        ),
    )


def enabled(t: Translator, done: Enabled) -> Shown:
    """It takes events again; what it has missed is sent if they wish."""
    headline = bold(t("The webhook to {host} is enabled", host=done.host))
    if not done.missed:
        return Shown(join([headline, t("New events go to it again.")], "\n\n"), None)
    missed = t.plural("It has missed {n} event.", "It has missed {n} events.", done.missed)
    return Shown(
        join([headline, join([missed, t("New events go to it again.")])], "\n\n"),
        keyboard([button(t.button("Send what it missed"), press("webhook.replay", done.endpoint))]),
    )


def replayed(t: Translator, count: int) -> Shown:
    """How many events go once more."""
    if not count:
        return Shown(t("There is nothing to send again."), None)
    return Shown(
        t.plural("{n} event is being sent again.", "{n} events are being sent again.", count), None
    )
