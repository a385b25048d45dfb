"""The way of a newcomer up to the form, step by step."""

from __future__ import annotations

from bot.sandbox.client import Person
from domain.people.rules import CONSENT_VERSIONS
from handlers.views.translator import Translator
from tests.support.chat import said, tap

VERSIONS = (CONSENT_VERSIONS["data"], CONSENT_VERSIONS["truth"])


async def to_contact(person: Person, t: Translator, payload: str = "") -> None:
    """Start, language, consent; the bot now asks for the contact."""
    await person.start(payload)
    await tap(person, "language", t.locale)
    await tap(person, "consent.accept", *VERSIONS)
    await person.eventually(lambda message: said(t, "Your phone number") in message.text)
