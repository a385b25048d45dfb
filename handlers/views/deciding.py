"""What an administrator's forms ask: whom or what to find, the company, the ground; the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.views.admin import QUESTIONS
from handlers.views.parts import cut
from handlers.views.shown import bold
from handlers.views.terms import ROLES
from handlers.views.translator import Html, Translator, join

_EXAMPLE = "990140001234"


def ask_person(t: Translator) -> Html:
    """Whom to find."""
    return t(
        "Type a part of the name, the phone, the BIN or the name of the company. "
        "Example: {example}",
        example="701 123",
    )


def ask_company(t: Translator) -> Html:
    """Which company to find."""
    return t(
        "Type a part of the company's name, the BIN or the number in the registry. "
        "Example: {example}",
        example="990140",
    )


def ask_invited(t: Translator) -> Html:
    """For which company a link shall be."""
    return t(
        "For which company is the invitation? Type its BIN or IIN: 12 digits. Example: {example}",
        example=_EXAMPLE,
    )


def _about(t: Translator, data: Mapping[str, Any]) -> Html:
    return join([bold(t(QUESTIONS[str(data["act"])])), cut(str(data["who"]), 200)])


def decision_company(t: Translator, data: Mapping[str, Any]) -> Html:
    """The company a role is given for."""
    ask = t("Type the BIN or IIN of the company: 12 digits. Example: {example}", example=_EXAMPLE)
    return join([_about(t, data), ask], "\n\n")


def decision_ground(t: Translator, data: Mapping[str, Any]) -> Html:
    """The ground of an act (act 366, clause 34)."""
    ask = t(
        "Type the ground: the document or the event, with its date. "
        "Example: letter No. 15 of 24 November 2026"
    )
    return join([_about(t, data), ask], "\n\n")


def decision_review(t: Translator, data: Mapping[str, Any]) -> Html:
    """An act with its ground, before it is done."""
    role, company = data.get("role"), data.get("company")
    return join(
        [
            bold(t(QUESTIONS[str(data["act"])])),
            t("Person: {name}", name=cut(str(data["who"]), 200) or "–"),
            t("Role: {role}", role=t(ROLES[str(role)])) if role else "",
            t("Company: {name}", name=cut(str(company), 300)) if company else "",
            t("Ground: {ground}", ground=cut(str(data["ground"]), 600)),
            t("The person will be told; the act and its ground are recorded."),
        ]
    )
