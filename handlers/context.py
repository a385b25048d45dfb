"""What every handler is given: the use cases, the reader's language, and who acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aiogram_dialog import DialogManager

from domain.actor import Actor
from domain.errors import AccessDenied
from domain.people.views import PersonView
from domain.services import Services
from handlers.views.translator import Locale, Translator, translator


@dataclass(frozen=True)
class Ctx:
    """The context of one update. Handlers take it as the argument ``ctx``."""

    services: Services
    actor: Actor
    person: PersonView
    t: Translator
    bot_username: str

    @property
    def now(self) -> datetime:
        """The moment of this update, UTC: when it was received."""
        return self.services.site.moment(self.actor)

    @property
    def own_bin(self) -> str:
        """The BIN of the company the person acts for; raises AccessDenied without one."""
        membership = self.person.membership
        if membership is None or membership.company is None:
            raise AccessDenied("role_not_allowed", "366-8", role=str(self.actor.role))
        return membership.company.bin

    def step(self, name: str) -> Actor:
        """The actor for a further act of the same update.

        The same cause with the same use case answers what it answered before, so a handler that
        performs one use case several times in one update names each time.
        """
        return self.actor.because(f"{self.actor.cause}/{name}")

    def seen_as(self, person: PersonView) -> Ctx:
        """The context after the person has changed: another language, another role."""
        return replace(self, person=person, t=translator(locale_of(person.language)))


def locale_of(language: str) -> Locale:
    """The catalogue for a person's language; Russian for anything else."""
    return "kk" if language == "kk" else "ru"


def ctx_of(manager: DialogManager) -> Ctx:
    """The context inside a dialog."""
    ctx = manager.middleware_data["ctx"]
    if not isinstance(ctx, Ctx):  # pragma: no cover - the middleware always puts one
        raise TypeError("no context: the middleware is not set up")
    return ctx
