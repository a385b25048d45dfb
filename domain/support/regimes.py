"""The regimes of support: hours, terms, who agrees, what a fault does to deadlines. Data only.

Two acts live side by side. Flows ask the regime and never the number of an act, so a third one is
one more entry here. Versions follow the date from which a wording is in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal

from domain.calendar import WORKING_HOURS, WorkingHours
from domain.clock import astana
from domain.errors import RuleBroken
from domain.law import CONFIRMATION, CONTRACT, SELECTION, Period, Source
from domain.terms import Term

Level = Literal["low", "medium", "high"]
#: What a confirmed fault of a level does to terms that end within it: see ``domain.extensions``.
Effect = Literal["none", "next_working_day", "lost_time", "lost_days"]


@dataclass(frozen=True, slots=True)
class LevelRule(Source):
    """A level of a fault: its definition's clause, and what it does to terms."""

    level: Level
    effect: Effect
    effect_clause: str | None
    # Clauses of the kinds of deadlines that another one names.
    clauses: Mapping[str, str] = field(default_factory=dict)
    # Protocols formed within the fault, procedures, entries: the clauses that undo them.
    annul_clause: str | None = None
    rerun_clause: str | None = None
    cancel_clause: str | None = None
    # Whether entries are cancelled only after the act on the fault was approved.
    cancels_by_act: bool = False
    # Where the fault outlasted a whole window, the whole term begins anew.
    restart_clause: str | None = None
    # The authorised body or the owner gets a written report within this term.
    report: Period | None = None
    # Users are told of the fault within this term after it was confirmed.
    announced: Period | None = None


@dataclass(frozen=True, slots=True)
class Regime:
    """How support works under one act, from ``since`` on.

    Terms that an act does not have are ``None``. ``agreed`` says whether the level of a fault
    takes effect only when the authorised body agrees; otherwise the owner is informed.
    """

    code: str
    since: date
    hours: WorkingHours
    hours_clause: str
    # Requests of each channel are worked by the end of this term.
    promises: Mapping[str, Period]
    report: Period
    number: Period | None
    decision: Period | None
    refutation: Period | None
    # While a fault is analysed, terms that end are held until the decision.
    hold_clause: str | None
    levels: Mapping[Level, LevelRule]
    agreed: bool
    level_clause: str
    maintenance_notice: Period | None
    maintenance_clause: str
    # Terms that end on a day of maintenance move.
    maintenance_moves: str | None
    # Whether an e-mail out of hours is put into the journal on the next working day.
    registers_next_day: str | None

    def level(self, level: str) -> LevelRule:
        """The rule of a level; raises RuleBroken ``level_unknown``."""
        for name, rule in self.levels.items():
            if name == level:
                return rule
        raise RuleBroken("level_unknown", self.level_clause, level=level)


def _promises(act: str, chat: str, voice: str, email: str) -> Mapping[str, Period]:
    term = Term.parse(f"1sd/{act}")
    return MappingProxyType(
        {
            "chat": Period(chat, "promise_chat", term),
            "api": Period(chat, "promise_api", term),
            "phone": Period(chat, "promise_phone", term),
            "voice": Period(voice, "promise_voice", term),
            "email": Period(email, "promise_email", term),
        }
    )


def _r366_level(clause: str, level: Level) -> LevelRule:
    return LevelRule(
        clause,
        level,
        "next_working_day",
        "366-29.3",
        annul_clause="366-29.4",
        rerun_clause="366-29.5",
        cancel_clause="366-29.6",
        cancels_by_act=True,
    )


_R366 = Regime(
    code="366",
    since=date(2025, 9, 15),
    hours=WORKING_HOURS["366"],
    hours_clause="366-19.1",
    promises=_promises("366", "366-19.1", "366-19.2", "366-19.3"),
    report=Period("366-25", "fault_report", Term.parse("3wd")),
    number=None,
    decision=None,
    # The clause names no term: a rule of the house.
    refutation=Period("366-28", "refutation_told", Term.parse("1wd"), chosen=True),
    hold_clause=None,
    levels=MappingProxyType(
        {
            # Clause 29 asks whether the fault hindered, not of which level it is: one out of
            # working time is low, and may still take the last evening from everybody.
            "low": _r366_level("366-23.3", "low"),
            "medium": _r366_level("366-23.2", "medium"),
            "high": _r366_level("366-23.1", "high"),
        }
    ),
    agreed=True,
    level_clause="366-24",
    maintenance_notice=None,
    maintenance_clause="366-22",
    maintenance_moves=None,
    registers_next_day=None,
)

_R627 = Regime(
    code="627",
    since=date(2025, 1, 1),
    hours=WORKING_HOURS["627"],
    hours_clause="627-15.hours",
    promises=_promises("627", "627-15.hours", "627-15.hours", "627-16"),
    report=Period("627-15.1", "fault_report", Term.parse("1h")),
    number=Period("627-17", "ticket_number", Term.parse("1h")),
    decision=Period("627-19", "fault_decision", Term.parse("1wd")),
    refutation=Period("627-21", "refutation_told", Term.parse("2h")),
    hold_clause="627-20",
    levels=MappingProxyType(
        {
            "low": LevelRule("627-23", "low", "none", "627-24"),
            "medium": LevelRule(
                "627-23",
                "medium",
                "lost_time",
                "627-25",
                # The clause names no term: the house takes that of a high fault.
                report=Period("627-25.3", "owner_report", Term.parse("1wd"), chosen=True),
            ),
            "high": LevelRule(
                "627-23",
                "high",
                "lost_days",
                "627-26.4",
                clauses=MappingProxyType(
                    {
                        SELECTION.name: "627-26.2",
                        CONFIRMATION.name: "627-26.2",
                        CONTRACT.name: "627-26.5",
                    }
                ),
                rerun_clause="627-26.4",
                restart_clause="627-26.8",
                cancel_clause="627-27",
                report=Period("627-26.13", "owner_report", Term.parse("1wd")),
                announced=Period("627-26.3", "fault_announced", Term.parse("1h")),
            ),
        }
    ),
    agreed=False,
    level_clause="627-23",
    maintenance_notice=Period("627-31a", "maintenance_notice", Term.parse("2d")),
    maintenance_clause="627-31a",
    maintenance_moves="627-31b",
    registers_next_day="627-16",
)

#: Versions of each regime by the date from which they are in force, oldest first. Act 366 names no
#: date of its own but that of the order. Act 627 is in force from 1 January 2025; we hold its
#: wording by order 783 of 17 December 2025. Clauses 16, 17 and 32 have a new wording from
#: 12 July 2026 (order 297 of 8 May 2026), of which we hold no text: the values stay as they were,
#: and the version is the place and the date for what turns out to differ.
REGIMES: Mapping[str, tuple[Regime, ...]] = MappingProxyType(
    {
        "366": (_R366,),
        "627": (_R627, replace(_R627, since=date(2026, 7, 12))),
    }
)


def regime_at(code: str, at: datetime) -> Regime:
    """The regime as in force at an instant; the first version before its own date, too.

    Raises RuleBroken ``regime_unknown``.
    """
    versions = REGIMES.get(code)
    if versions is None:
        raise RuleBroken("regime_unknown", None, regime=code[:20], known=", ".join(REGIMES))
    day = astana(at).date()
    in_force = [each for each in versions if each.since <= day]
    return in_force[-1] if in_force else versions[0]


def cited(regime: str, clause: str) -> str | None:
    """A clause where its act governs the request; another act says no such thing."""
    return clause if clause.startswith(f"{regime}-") else None


def file_clause(regime: str) -> str | None:
    """What limits a file of a request; under another act it is a rule of the house."""
    return cited(regime, "627-8")
