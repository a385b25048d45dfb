"""Texts of faults in requests: in Kazakh, in Russian, or one of a language nobody has told."""

from __future__ import annotations

from pydantic import Field

from bot.web.api.fields import Text
from bot.web.api.models import Asked
from domain.incidents.said import Said

_EITHER = "In one language, where it is not given in both."


class TitleIn(Asked):
    """What everybody reads of a fault."""

    title: Text = Field("", description=_EITHER)
    title_kk: Text = ""
    title_ru: Text = ""

    def titles(self) -> Said:
        """What was given, by language."""
        return Said.joined(self.title, self.title_kk, self.title_ru)


class FactsTold(Asked):
    """By which facts it was decided."""

    facts: Text = Field("", description=_EITHER)
    facts_kk: Text = ""
    facts_ru: Text = ""

    def told(self) -> Said:
        """What was given, by language."""
        return Said.joined(self.facts, self.facts_kk, self.facts_ru)


class MeasuresTold(Asked):
    """What was done about it."""

    measures: Text = Field("", description=_EITHER)
    measures_kk: Text = ""
    measures_ru: Text = ""

    def done(self) -> Said:
        """What was given, by language."""
        return Said.joined(self.measures, self.measures_kk, self.measures_ru)


class ReasonTold(Asked):
    """Why, as people read it."""

    reason: Text = Field("", description=_EITHER)
    reason_kk: Text = ""
    reason_ru: Text = ""

    def why(self) -> Said:
        """What was given, by language."""
        return Said.joined(self.reason, self.reason_kk, self.reason_ru)
