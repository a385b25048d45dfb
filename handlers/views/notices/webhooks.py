"""The notice that a webhook was disabled: to the administrators and the head of its company."""

from __future__ import annotations

from handlers.views import format as fmt
from handlers.views.notices.facts import Draft, Facts, in_language, short
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Html, Translator, escape, join


def disabled(t: Translator, f: Facts) -> Draft:
    """Its server says that it is gone, or has taken nothing for days."""
    company = in_language(t, f.notice.params)
    endpoint = f.whole("endpoint")
    again = t("When its server takes events again, enable the webhook here.")
    if f.text("why") == "token":
        again = t("If you know its address and still need it, enable the webhook here.")
    return Draft(
        t("The webhook to {host} is disabled", host=short(f.text("host"))),
        [
            join([*(_whose(t, company) if company else []), _why(t, f)]),
            join([_skipped(t, f.whole("skipped")), again]),
        ],
        [[button(t.button("Enable the webhook"), press("webhook.on", endpoint), "primary")]]
        if endpoint
        else [],
    )


def _whose(t: Translator, company: str) -> list[Html]:
    # The head of a company need not know the word.
    return [
        t("Company: {name}", name=company),
        t("A webhook tells a program of the company what happens."),
    ]


def _why(t: Translator, f: Facts) -> Html:
    if f.text("why") == "gone":
        return t("Its server says that there is no such address any more (410).")
    if f.text("why") == "token":
        return t("The API token that made it was revoked.")
    since = f.at("since")
    if since is None:
        return t("Its server does not take events.")
    return t("Its server has taken no event since {since}.", since=fmt.moment(t, since))


def _skipped(t: Translator, count: int) -> Html:
    if not count:
        return escape("")
    return t.plural("{n} event was not delivered.", "{n} events were not delivered.", count)
