"""What operators tell people: in Kazakh, in Russian, or in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from domain.errors import RuleBroken
from domain.support.texts import language_of
from domain.texts import clean_text


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in two languages, either of which may be missing; false when both are."""

    kk: str = ""
    ru: str = ""

    def __bool__(self) -> bool:
        return bool(self.kk or self.ru)

    @classmethod
    def of(cls, given: str | Said) -> Self:
        """A text whose language nobody has told: by its letters, as of a message."""
        if isinstance(given, Said):
            return cls(given.kk, given.ru)
        return cls(kk=given) if language_of(given) == "kk" else cls(ru=given)

    @classmethod
    def joined(cls, given: str, kk: str, ru: str) -> Self:
        """``given``, of whatever language, where there is no text said to be of that language."""
        told = cls.of(given)
        return cls(kk or told.kk, ru or told.ru)

    @property
    def any(self) -> str:
        """It in one language, whichever there is."""
        return self.ru or self.kk

    def in_(self, language: str) -> tuple[str, str]:
        """It for a reader of ``language``, and the language in which it stands."""
        first, second = ("kk", "ru") if language == "kk" else ("ru", "kk")
        there = {"kk": self.kk, "ru": self.ru}
        found = first if there[first] or not there[second] else second
        return there[found], found

    def params(self, name: str) -> dict[str, str]:
        """How notices hold it: under its name for whoever knows no languages, and by language."""
        return {name: self.any, f"{name}_kk": self.kk, f"{name}_ru": self.ru}


def required(given: str | Said, field: str, limit: int) -> Said:
    """Both texts tidied; raises ``text_missing`` when neither says anything, ``text_too_long``."""
    told = Said.of(given)
    tidy = Said(clean_text(told.kk, field, limit), clean_text(told.ru, field, limit))
    if not tidy:
        raise RuleBroken("text_missing", None, field=field)
    return tidy
