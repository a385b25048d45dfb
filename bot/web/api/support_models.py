"""What requests to support, reports of faults and announcements of works say."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field

from bot.web.api.fields import Beginning, Bin, Day, LooseText, Moment, Number, Text, Whole
from bot.web.api.models import Asked, FileId, PageQuery
from bot.web.api.said_models import FactsTold, MeasuresTold, ReasonTold, TitleIn
from domain.incidents.views import Scope, ScopeKind
from domain.support.promise import Channel

_REGIME = "366 or 627; that of the installation when left out."


class MessageIn(Asked):
    """What the user says: plain text, files, or both."""

    text: Text = Field("", description="Plain text.")
    files: list[FileId] | None = Field(None, description="At most 10.")


class TicketIn(MessageIn):
    """A request to support on behalf of whoever needs help."""

    bin: Bin = Field("", description="The company that asks; nobody's when left out.")
    name: Text = Field("", description="Who asks, where they have no account here.")
    address: Text = Field("", description="Their e-mail address or phone.")
    language: Literal["kk", "ru"] | None = Field(None, description="In which they are answered.")
    subject: Text = Field("", description="The first line of the text when left out.")
    channel: Channel = "api"
    order: Number | None = Field(None, description="The order that is at stake.")
    regime: str | None = Field(None, description=_REGIME)


class ReopenIn(Asked):
    """Why the answer does not help."""

    text: Text = ""


class RatingIn(Asked):
    """How good the answer was."""

    rating: Whole = Field(description="1 to 5.")
    word: Text = ""


class TicketsQuery(PageQuery):
    """Which requests; several states are joined by commas."""

    state: str | None = None
    bin: str | None = None


class PromiseQuery(Asked):
    """When and how somebody asks."""

    at: Moment | None = Field(None, description="Now when left out.")
    channel: Channel = Field("chat", validation_alias=AliasChoices("channel", "kind"))
    regime: str | None = Field(None, description=_REGIME)


class PeriodQuery(Asked):
    """A period; ``until`` is exclusive."""

    since: Beginning
    until: Beginning


class SupportReportQuery(PeriodQuery):
    """The period of a report, and of which act's requests."""

    regime: str | None = Field(None, description="366 or 627; both when left out.")


class MonthQuery(Asked):
    """A month, by any of its days."""

    month: Day = Field(examples=["2027-11-01"])


class FaultReportIn(Asked):
    """A user's report of a technical fault (act 366, clause 25; act 627, clause 15.1)."""

    text: Text = ""
    found_at: Moment
    contacts: LooseText = Field("", description="Where the user can be reached.")
    files: list[FileId] | None = Field(None, description="Screenshots and documents, at most 10.")
    incident: Number | None = Field(None, description="The open incident it is about, if any.")
    ticket: Number | None = Field(None, description="The request it came in.")
    orders: list[Number] = Field([], description="The orders at stake.")
    bin: Bin = Field("", description="The company that reports; nobody's when left out.")
    name: Text = Field("", description="Of a caller without an account.")
    phone: Text = Field("", description="Of that caller; who is told of a refutation there.")
    regime: str | None = Field(None, description=_REGIME)


class ScopeIn(Asked):
    """What a fault touches: everything, modules, or orders."""

    kind: ScopeKind = "all"
    modules: list[str] = Field([], description="offers, awards, contracts.")
    orders: list[Number] = Field([], description="Numbers of orders.")

    def value(self) -> Scope:
        """The scope as the use cases take it."""
        return Scope(self.kind, tuple(self.modules), tuple(self.orders))


class IncidentIn(TitleIn):
    """An incident without a user's report."""

    began_at: Moment
    scope: ScopeIn = ScopeIn()
    ticket: Number | None = None
    regime: str | None = Field(None, description=_REGIME)


class ConfirmIn(TitleIn, FactsTold):
    """The fault is a fact: since when, how wide, of which level; without a title it keeps its."""

    began_at: Moment
    mended_at: Moment | None = None
    planned_mending_at: Moment | None = None
    scope: ScopeIn = ScopeIn()
    level: str = Field(description="low, medium or high.")


class FactsIn(FactsTold):
    """What shows that there is no fault."""


class JoinIn(Asked):
    """The incident that is the same fault."""

    into: Number = Field(description="It takes the reports; the other one is closed.")


class LevelIn(Asked):
    """A level, or another one, with a note to the authorised body."""

    level: str = Field(description="low, medium or high.")
    note: Text = ""


class LevelReturnIn(Asked):
    """Why the authorised body does not agree to a level."""

    note: Text


class ApplyIn(Asked):
    """What the preview showed, and the approved act where entries are cancelled."""

    digest: str = Field(description="Of the preview; 409 when it is not how things stand.")
    act_number: Text = Field("", description="Of the approved act on the fault (366, 29.6).")
    act_date: Day | None = Field(None, description="Of that act; without one entries wait.")


class ActIn(Asked):
    """The approved act on a fault, without which no entry is cancelled (act 366, clause 29.6)."""

    number: Text
    date: Day


class SpareIn(Asked):
    """Orders whose results the fault did not influence."""

    orders: list[int] = Field(min_length=1, max_length=1000)
    ground: str = Field(description="By which facts; it goes on record.")


class PlanIn(Asked):
    """When it will be mended."""

    planned_mending_at: Moment


class MendIn(MeasuresTold):
    """When and how it was mended."""

    mended_at: Moment


class ReasonIn(ReasonTold):
    """Why."""


class IncidentsQuery(PageQuery):
    """Which incidents; several states are joined by commas."""

    state: str | None = None


class EffectsQuery(PageQuery):
    """A page of effects: they are many, so a page may hold more than elsewhere."""

    limit: Whole = Field(1000, description="1 to 20000.")

    @property
    def size(self) -> int:
        """How many entries the page holds, 1 to 20000."""
        return min(max(self.limit, 1), 20_000)


class WorksTimeIn(Asked):
    """The time of works; its end is exclusive."""

    starts_at: Moment
    ends_at: Moment
    regime: str | None = Field(None, description=_REGIME)


class WorksPreviewIn(WorksTimeIn):
    """Works of this time; or works that are announced, prolonged to ``ends_at``."""

    works: Number | None = Field(
        None, description="The number of planned or running works that would take longer."
    )


class WorksIn(WorksTimeIn):
    """Planned works as everybody will read of them."""

    text_kk: Text = ""
    text_ru: Text = ""
    emergency: Text = Field("", description="Why they are announced later than the act demands.")


class ProlongIn(ReasonTold):
    """Until when works go on, and why."""

    ends_at: Moment
