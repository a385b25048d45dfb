"""What answers say: sums and volumes as decimal strings, times with the offset of Astana."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from bot.web.api.fields import ClauseOut, MomentOut, VolumeOut

# Under its own name a field called "date" would hide it.
DateOut: TypeAlias = date


class Answer(BaseModel):
    """Root of all answers; made from the views of the domain."""

    # Its checks are made when it is first used: the start does not wait for a hundred of them.
    model_config = ConfigDict(from_attributes=True, defer_build=True)


class PartyOut(Answer):
    """A company."""

    bin: str
    name_ru: str
    name_kk: str


class CompanyOut(Answer):
    """A company of the registry; ``goods`` counts its registered goods."""

    bin: str
    name_ru: str
    name_kk: str
    is_producer: bool
    is_customer: bool
    status: str
    registry_number: str
    goods: int
    updated_at: MomentOut


class GoodOut(Answer):
    """A registered good; ``local_content`` in per cent."""

    code: str
    agsk3: str
    tnved: str
    name_ru: str
    name_kk: str
    capacity: str
    unit: str
    local_content: VolumeOut | None
    kpved: str
    oked: str
    kato: str
    localisation_level: str
    included_on: date | None


class GoodsPageOut(Answer):
    """A page of goods."""

    items: list[GoodOut]
    total: int
    next: str | None


class InvitationOut(Answer):
    """A link that works once."""

    link: str
    role: str
    bin: str
    expires_at: MomentOut


class GoodsListOut(Answer):
    """What taking a goods list in did."""

    id: int
    customer_bin: str
    project_code: str
    added: int
    changed: int
    gone: int
    items: int


class GoodsListRowOut(Answer):
    """A goods list; ``items`` counts those still in it."""

    id: int
    customer_bin: str
    project_code: str
    project_name: str
    imported_at: MomentOut
    items: int


class GoodsListsOut(Answer):
    """The goods lists of a customer, newest first."""

    items: list[GoodsListRowOut]
    next: str | None = None


class ItemOut(Answer):
    """A need: its volume, what orders hold of it, and what is uncovered."""

    id: int
    item: str
    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    quantity: VolumeOut
    unit: str
    characteristics: str
    ordered: VolumeOut
    uncovered: VolumeOut


class ItemPageOut(Answer):
    """A page of a goods list."""

    items: list[ItemOut]
    next: str | None


class OverrideOut(Answer):
    """A decision in force on one day."""

    date: DateOut = Field(validation_alias="day")
    working: bool
    name_kk: str
    name_ru: str
    basis: str
    entered_by: str
    entered_at: MomentOut


class OverridesOut(Answer):
    """The overrides in force, and the version of the calendar they make."""

    overrides: list[OverrideOut]
    calendar: str


class MoveOut(Answer):
    """A deadline that ends otherwise."""

    order: int | None = Field(validation_alias="number")
    subject: str
    kind: str
    clause: ClauseOut
    old_due_at: MomentOut = Field(validation_alias="old")
    new_due_at: MomentOut = Field(validation_alias="new")


class MovesOut(Answer):
    """What the change would do; ``calendar`` goes into ``expected_version``."""

    moves: list[MoveOut]
    calendar: str
    new_calendar: str


class AppliedOut(Answer):
    """What the change did; ``told`` counts the notices."""

    overrides: list[OverrideOut]
    calendar: str
    moves: list[MoveOut]
    told: int


class ReceiptDayOut(Answer):
    """A day of the count."""

    date: str
    counted: bool
    reason: str


class ReceiptOut(Answer):
    """How a term was counted."""

    start: str = Field(validation_alias="from", serialization_alias="from")
    term: str
    due_at: str
    days: list[ReceiptDayOut]
    calendar: str


class AuditActorOut(Answer):
    """Who acted; nobody is named while an offer is sealed."""

    kind: str
    label: str
    person_id: int | None
    company_id: int | None


class AuditEntryOut(Answer):
    """An entry; ``sealed`` hides actor and data of an offer until the window closes."""

    position: int
    at: MomentOut
    actor: AuditActorOut
    action: str
    subject: str
    data: dict[str, object]
    source: str
    cause: str
    sealed: bool
    previous_hash: str
    hash: str


class AuditPageOut(Answer):
    """A page of entries, oldest first."""

    items: list[AuditEntryOut]
    next: str | None


class HealthOut(Answer):
    """The process answers."""

    status: str


class ReadyOut(Answer):
    """Whether every part works; ``silent`` names the parts that have not come through lately,
    ``ill`` says what else is wrong and what to do. ``parts`` tells how many seconds ago each came
    through (null: not yet)."""

    ready: bool
    database: bool
    silent: list[str]
    ill: dict[str, str]
    parts: dict[str, int | None]
