"""The approved act on a fault, by which entries made because of it are cancelled (366, 29.6)."""

from __future__ import annotations

from datetime import date

from domain.clock import astana
from domain.errors import RuleBroken
from domain.incidents.model import Incident
from domain.texts import required_text
from domain.work import Work

ACT_LIMIT = 64
_CLAUSE = "366-29.6"


def take_act(work: Work, incident: Incident, act_number: str, act_date: date | None) -> None:
    """Put the number and the date of the act on an incident that is held.

    Raises ``text_missing`` (``act_number``), ``act_date_wrong`` for no date, one to come or one
    before the fault.
    """
    named = required_text(act_number, "act_number", ACT_LIMIT, _CLAUSE)
    check_act_date(astana(incident.began_at).date(), act_date, astana(work.now).date())
    incident.act_number, incident.act_date = named, act_date


def check_act_date(began: date, act_date: date | None, today: date) -> None:
    """An act is approved between the fault and today; raises ``act_date_wrong``."""
    if act_date is None or not began <= act_date <= today:
        raise RuleBroken("act_date_wrong", _CLAUSE, since=began)
