"""What answers say of orders, offers, awards and contracts."""

from __future__ import annotations

from datetime import date

from pydantic import AliasPath, Field

from bot.web.api.answers import Answer, PartyOut
from bot.web.api.fields import ClauseOut, MomentOut, MoneyOut, VolumeOut


class FileOut(Answer):
    """A file; `GET /files/{sha256}` gives its content."""

    file: str = Field(validation_alias=AliasPath("sha256"), description="Its id: the SHA-256.")
    name: str
    mime: str
    size: int
    sha256: str = Field(description="The same as `file`.")


class CreatedOut(Answer):
    """The order made; with ``split`` every one of them."""

    number: int
    state: str
    numbers: list[int]


class PreviewOut(Answer):
    """Who would be invited if the order were published now."""

    number: int
    suppliers: int
    by_line: dict[int, int]
    codes: list[str]
    offers_due_at: MomentOut


class PublishedOut(Answer):
    """What publishing brought about."""

    number: int
    state: str
    invited: int
    offers_due_at: MomentOut | None


class OrderRowOut(Answer):
    """An order in a list."""

    number: int
    state: str
    name_ru: str
    name_kk: str
    lines: int
    customer_bin: str = Field(validation_alias=AliasPath("customer", "bin"))
    customer: PartyOut
    allocated_sum: MoneyOut = Field(validation_alias="allocated")
    next_due_at: MomentOut | None


class OrderPageOut(Answer):
    """A page of orders, newest first."""

    items: list[OrderRowOut]
    next: str | None


class OrderLineOut(Answer):
    """A line; ``outside_quantity`` is the volume bought outside the rules (clause 13.6)."""

    line: int
    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    quantity: VolumeOut
    unit: str
    allocated_sum: MoneyOut
    characteristics: str
    goods_list_item_id: int | None
    outside_quantity: VolumeOut


class DeadlineOut(Answer):
    """A deadline; ``due_at`` is exclusive, ``receipt`` tells how the days were counted."""

    kind: str
    subject: str
    generation: int
    started_at: MomentOut
    due_at: MomentOut
    term: str
    clause: ClauseOut
    state: str = Field(description="open, done, fired, cancelled, moved or dropped.")
    calendar: str = Field(validation_alias="calendar_version")
    receipt: dict[str, object] | None


class AwardOut(Answer):
    """An award; ``price`` in tenge is for the volume given."""

    id: int
    order: int = Field(validation_alias="order_number")
    supplier_bin: str = Field(validation_alias=AliasPath("supplier", "bin"))
    supplier: PartyOut
    line: int
    quantity: VolumeOut
    price: MoneyOut
    state: str = Field(description="pending, active or unsuccessful.")
    outcome: str | None = Field(description="confirmed, refused or lapsed.")
    reason: str | None
    selected_at: MomentOut
    due_at: MomentOut
    decided_at: MomentOut | None
    contract_number: str | None


class AwardsOut(Answer):
    """Awards."""

    awards: list[AwardOut]


class ContractOut(Answer):
    """A contract: proposed by one side or concluded."""

    id: int
    order: int = Field(validation_alias="order_number")
    supplier_bin: str = Field(validation_alias=AliasPath("supplier", "bin"))
    supplier: PartyOut
    contract_number: str
    signed_on: date
    state: str
    entered_by: str = Field(validation_alias="entered_by_side")
    entered_at: MomentOut
    agreed_at: MomentOut | None
    sum: MoneyOut
    file: FileOut | None = None


class OrderOut(Answer):
    """An order; ``offers`` counts them and is null while they are sealed."""

    number: int
    state: str = Field(
        description="draft, collecting, choosing, confirming, contracting, done or failed."
    )
    revision: int
    customer_bin: str = Field(validation_alias=AliasPath("customer", "bin"))
    customer: PartyOut
    delivery_place: str
    delivery_terms: str
    delivery_days: int
    allocated_sum: MoneyOut = Field(validation_alias="allocated")
    created_at: MomentOut
    published_at: MomentOut | None
    offers_due_at: MomentOut | None
    closed_at: MomentOut | None
    finished_at: MomentOut | None
    failure_ground: str | None = Field(description="15.1, 15.2 or 15.3 of act 344.")
    lines: list[OrderLineOut]
    deadlines: list[DeadlineOut]
    invited: int
    offers: int | None
    awards: list[AwardOut]
    contracts: list[ContractOut]
    protocol_version: int
    files: list[FileOut]
    signed: bool


class WarningOut(Answer):
    """A ground that will reject the line when the window closes."""

    line: int
    reason: str
    clause: ClauseOut


class SubmittedOut(Answer):
    """The confirmation of an offer: its number and the exact recorded time."""

    number: int
    order: int
    version: int
    submitted_at: MomentOut
    warnings: list[WarningOut]


class WithdrawnOut(Answer):
    """The offer that was withdrawn."""

    number: int
    state: str


class DeclinedOut(Answer):
    """The order that was declined."""

    order: int
    declined: bool


class OfferLineOut(Answer):
    """An offered line, judged; ``price`` in tenge is for the whole volume."""

    line: int
    quantity: VolumeOut
    price: MoneyOut
    unit_price: MoneyOut
    delivery_days: int
    characteristics: str
    warranty: str
    accepted: bool | None
    reason: str | None = Field(description="price_above_allocated or delivery_beyond_limit.")
    photos: list[FileOut]


class OfferOut(Answer):
    """An offer in its newest version."""

    number: int
    order: int = Field(validation_alias="order_number")
    supplier_bin: str = Field(validation_alias=AliasPath("supplier", "bin"))
    supplier: PartyOut
    version: int
    state: str
    submitted_at: MomentOut
    lines: list[OfferLineOut]


class OffersOut(Answer):
    """All standing offers of an order."""

    items: list[OfferOut]
    next: str | None = None


class PickOut(Answer):
    """A volume the planner proposes to give to a supplier."""

    supplier_bin: str
    line: int
    quantity: VolumeOut
    price: MoneyOut


class PlanLineOut(Answer):
    """The proposal for a line."""

    line: int
    picks: list[PickOut]
    uncovered: VolumeOut
    cost: MoneyOut


class PlanOut(Answer):
    """The proposal; ``awards`` are all picks, as `POST /orders/{number}/awards` takes them."""

    lines: list[PlanLineOut]
    awards: list[PickOut]
    cost: MoneyOut
    complete: bool


class ProtocolOut(Answer):
    """The protocol of results, just as it was hashed: times here are in UTC.

    ``hash`` is the SHA-256 of all fields but ``hash`` and ``signature``, as JSON with sorted
    keys and no spaces.
    """

    number: str
    order_number: int
    version: int
    financial_year: int
    goods: list[dict[str, object]]
    ordered_at: str
    confirmed_at: str | None
    customer: dict[str, object]
    offers: list[dict[str, object]]
    winners: list[dict[str, object]]
    uncovered: list[dict[str, object]]
    failure: str | None
    formed_at: str
    signature: str | None
    notified: list[dict[str, object]] = Field(
        default=[],
        exclude_if=lambda told: not told,
        description="Invited producers: when each was told, by which channel, when it was opened. "
        "Protocols formed before this was kept have none, nor does their hash.",
    )
    hash: str
