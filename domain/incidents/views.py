"""What incidents and maintenance show: plain values that leave the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from domain.incidents.said import Said
from domain.orders.views import FileView

ScopeKind = Literal["all", "module", "orders"]
#: What happens to a deadline or its consequences; ``kept`` changes nothing (see ``reason``).
What = Literal["moved", "annulled", "rerun", "cancelled", "kept"]


@dataclass(frozen=True)
class Scope:
    """What a fault touches: everything, some of ``MODULES``, or orders by their numbers."""

    kind: ScopeKind = "all"
    modules: tuple[str, ...] = ()
    orders: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reported:
    """A report was taken: of which incident, whether in time, and what follows.

    ``reported_by`` is the instant (exclusive) until which the report was in time; ``decide_by``
    the end of the term of the decision where the regime has one. ``joined`` tells that the
    incident was open before; ``held`` counts deadlines extended during the analysis.
    """

    incident: int
    report: int
    regime: str
    late: bool
    reported_by: datetime
    decide_by: datetime | None
    joined: bool
    held: int = 0


@dataclass(frozen=True)
class IncidentRow:
    """An incident in a list."""

    number: int
    regime: str
    titles: Said
    source: str
    state: str
    level: str | None
    level_state: str
    opened_at: datetime
    began_at: datetime
    mended_at: datetime | None
    reports: int

    @property
    def title(self) -> str:
        """Its title in one language, whichever there is."""
        return self.titles.any


@dataclass(frozen=True)
class IncidentPage:
    """A page of incidents, newest first; ``older`` is the ``before`` of the next page."""

    incidents: list[IncidentRow]
    older: int | None


@dataclass(frozen=True)
class IncidentView:
    """An incident whole, as operators and the authorised body see it.

    ``titles``, ``said`` (the facts) and ``done`` (the measures) may stand in two languages.
    ``deadlines``: the open terms about the incident itself by kind (``incident.decide`` ...).
    ``applied_at``: when its effects were last applied; ``round`` how many times.
    """

    number: int
    revision: int
    regime: str
    titles: Said
    source: str
    state: str
    level: str | None
    level_state: str
    level_note: str
    scope: Scope
    opened_at: datetime
    began_at: datetime
    mended_at: datetime | None
    planned_mending_at: datetime | None
    decided_at: datetime | None
    applied_at: datetime | None
    closed_at: datetime | None
    said: Said
    done: Said
    reports: int
    late_reports: int
    round: int
    deadlines: dict[str, datetime]
    # The number of the incident that has taken its reports.
    joined_into: int | None = None
    # Another level that waits for the authorised body, while ``level`` stays in force.
    proposed_level: str | None = None
    # The approved act on the fault, by which entries are cancelled (act 366, clause 29.6).
    act_number: str = ""
    act_date: date | None = None

    @property
    def title(self) -> str:
        """Its title in one language, whichever there is."""
        return self.titles.any

    @property
    def facts(self) -> str:
        """The facts in one language, whichever there is."""
        return self.said.any

    @property
    def measures(self) -> str:
        """The measures in one language, whichever there is."""
        return self.done.any


@dataclass(frozen=True)
class ReportView:
    """A user's report with its evidence."""

    id: int
    incident: int
    ticket: int | None
    person_id: int | None
    name: str
    company_ru: str
    company_kk: str
    text: str
    contacts: str
    found_at: datetime
    reported_at: datetime
    late: bool
    files: list[FileView]
    # Of a caller without an account.
    phone: str = ""


@dataclass(frozen=True)
class EffectView:
    """What an incident or maintenance does, or did, to one deadline, protocol or award.

    ``order`` is the order's number; ``step`` the extension as the receipt holds it
    (``domain.extensions.Step.as_json``), empty where nothing is extended. ``kept`` names in
    ``reason`` why: ``contracted``, ``given_to_another``, ``ended_before_known``, or
    ``not_influenced`` as an operator found. What is done all the same has the reason
    ``need_covered`` where another order asks for the same need since.
    """

    what: What
    kind: str
    subject: str
    order: int | None
    old: datetime | None
    new: datetime | None
    clause: str
    step: dict[str, object]
    reason: str = ""
    # The supplier whose award it is; empty for what concerns the order as a whole.
    company_kk: str = ""
    company_ru: str = ""


@dataclass(frozen=True)
class OwnIncident:
    """Of an incident what a user sees: without names, words and orders of others.

    ``confirmed`` tells whether the fault is a fact; ``others`` counts the reports of other users
    that it holds; ``effects`` are what it did to the deadlines of the user's own company, in the
    order of doing.
    """

    incident: IncidentView
    confirmed: bool
    reports: list[ReportView]
    others: int
    effects: list[EffectView]


@dataclass(frozen=True)
class EffectPreview:
    """Everything the incident does to deadlines as things stand; ``apply`` expects ``digest``."""

    incident: int
    digest: str
    effects: list[EffectView]

    @property
    def changes(self) -> int:
        """How many effects change anything."""
        return sum(each.what != "kept" for each in self.effects)


@dataclass(frozen=True)
class Applied:
    """What an application did, by number; ``told`` counts notices. All 0: nothing was left.

    ``kept``: what could not be undone and is left for people to decide; ``waiting``: entries that
    wait for the approved act on the fault.
    """

    incident: int
    round: int
    moved: int = 0
    rerun: int = 0
    cancelled: int = 0
    annulled: int = 0
    kept: int = 0
    told: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Annulled:
    """A version of an order's protocol that was annulled (act 366, clause 29.4)."""

    order: int
    version: int
    incident: int
    at: datetime


@dataclass(frozen=True)
class JournalRow:
    """A line of the journal of users' requests (act 627, clauses 15.2 and 16).

    ``registered_at``: the next working day for what came by e-mail out of hours.
    ``outcome``: analysing | confirmed | refuted | closed. A fault that nobody has reported has no
    ``report``: ``channel`` is operator where specialists have found it, health where our own watch
    has, and ``text`` its title, in the latter case the name of the part that fell silent.
    """

    incident: int
    report: int | None
    ticket: int | None
    channel: str
    name: str
    company_ru: str
    company_kk: str
    contacts: str
    text: str
    found_at: datetime
    reported_at: datetime
    registered_at: datetime
    late: bool
    outcome: str
    level: str | None
    began_at: datetime
    mended_at: datetime | None
    decided_at: datetime | None
    said: Said
    done: Said

    @property
    def facts(self) -> str:
        """The facts in one language, whichever there is."""
        return self.said.any

    @property
    def measures(self) -> str:
        """The measures in one language, whichever there is."""
        return self.done.any


@dataclass(frozen=True)
class MaintenanceView:
    """Planned works: text in both languages, interval in UTC (``ends_at`` exclusive)."""

    number: int
    regime: str
    text_kk: str
    text_ru: str
    emergency: str
    state: str
    announced_at: datetime
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class MaintenancePage:
    """A page of works, newest first."""

    works: list[MaintenanceView]
    older: int | None


@dataclass(frozen=True)
class PublicIncident:
    """A confirmed incident as everybody may see it; ``level`` only once it has taken effect."""

    number: int
    titles: Said
    level: str | None
    scope: ScopeKind
    modules: tuple[str, ...]
    began_at: datetime
    mended_at: datetime | None
    planned_mending_at: datetime | None
    done: Said
    # Numbers of the orders whose terms it has moved, as ranges (627, clause 26.12); where asked.
    orders: tuple[tuple[int, int], ...] = ()

    @property
    def title(self) -> str:
        """Its title in one language, whichever there is."""
        return self.titles.any

    @property
    def measures(self) -> str:
        """The measures in one language, whichever there is."""
        return self.done.any


@dataclass(frozen=True)
class StatusView:
    """How the platform is: for the banner, the API's ``/status`` and the public page.

    ``now``: ``ok`` | ``maintenance`` | ``incident`` (an incident outweighs maintenance).
    ``modules``: the same by module of ``MODULES``. ``incidents``: confirmed and not mended;
    ``running`` and ``planned`` works; ``history``: mended incidents, and finished works, of the
    last 90 days, newest first.
    """

    at: datetime
    now: str
    modules: dict[str, str]
    incidents: list[PublicIncident]
    running: list[MaintenanceView]
    planned: list[MaintenanceView]
    past_incidents: list[PublicIncident]
    past_maintenance: list[MaintenanceView]


@dataclass(frozen=True)
class GapView:
    """A time in which a part of ours was not alive, or Telegram did not answer."""

    part: str
    began_at: datetime
    ended_at: datetime | None
    incident: int | None
