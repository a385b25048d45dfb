"""What requests say. Fields that are not named here are ignored."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from bot.web.api.fields import (
    Amount,
    Bin,
    Day,
    LooseText,
    Moment,
    Number,
    Percent,
    Text,
    Volume,
    Whole,
)
from domain.roles import Role


class Asked(BaseModel):
    """Root of all requests: unknown fields are ignored, so that newer clients do no harm."""

    # As for answers, its checks are made when it is first used.
    model_config = ConfigDict(extra="ignore", populate_by_name=True, defer_build=True)


class GoodIn(Asked):
    """A registered good; one of the three codes must be there."""

    code: LooseText = Field("", description="ENS TRU code.", examples=["242013.900.000001"])
    agsk3: LooseText = ""
    tnved: LooseText = ""
    name_ru: Text = ""
    name_kk: Text = Field("", description="The Russian name when left out.")
    capacity: LooseText = ""
    unit: Text = ""
    local_content: Percent = None
    kpved: LooseText = ""
    oked: LooseText = ""
    kato: LooseText = ""
    localisation_level: LooseText = ""
    included_on: Day | None = None


class ProducerIn(Asked):
    """A producer with all its goods: what is not in the list any more is gone."""

    name_ru: Text = ""
    name_kk: Text = Field("", description="The Russian name when left out.")
    status: Text = Field("active", description="active, bankrupt, liquidation, unfair or excluded.")
    registry_number: LooseText = ""
    goods: list[GoodIn] = []


class CustomerIn(Asked):
    """A customer."""

    name_ru: Text = ""
    name_kk: Text = Field("", description="The Russian name when left out.")


class InvitationIn(Asked):
    """Whom to invite: somebody who will act for this company in this role."""

    bin: Bin
    role: Role


FileId = Annotated[str, Field(description="As `POST /files` answered it.", examples=["9f86d081…"])]


class UploadIn(Asked):
    """A file of at most 20 MB."""

    file: bytes = Field(min_length=1)
    name: Text = Field("", description="Shown to people; the name in the form when left out.")
    mime: Text = Field("", description="The media type, when the request itself does not bear it.")


class OrderLineIn(Asked):
    """A line: goods, volume and the sum allocated to it (act 344, clauses 12.1 and 12.2)."""

    name_ru: Text = ""
    name_kk: Text = Field("", description="The Russian name when left out.")
    code: LooseText = Field("", description="ENS TRU code.", examples=["242013.900.000001"])
    agsk3: LooseText = ""
    quantity: Volume
    unit: Text = ""
    allocated_sum: Amount
    characteristics: Text = ""
    goods_list_item_id: Whole | None = Field(None, description="The item of the goods list.")


class OrderContent(Asked):
    """What an order says (act 344, clause 12)."""

    delivery_place: Text = ""
    delivery_terms: Text = ""
    delivery_days: Whole = Field(description="Calendar days from the contract, 60 or more.")
    lines: list[OrderLineIn]
    files: list[FileId] | None = Field(
        None, description="At most 10; left out in a revision, the files stay as they are."
    )


class OrderIn(OrderContent):
    """A new order."""

    customer_bin: Bin
    split: bool = Field(False, description="Make one order of each homogeneous basket.")


class OfferLineIn(Asked):
    """An offered line; the price is for the whole volume offered."""

    line: Whole
    quantity: Volume
    price: Amount
    delivery_days: Whole
    characteristics: Text = ""
    warranty: Text = ""
    photos: list[FileId] | None = Field(None, description="Pictures, at most 10.")


class OfferIn(Asked):
    """An offer, or its next version."""

    supplier_bin: Bin
    lines: list[OfferLineIn]


class SupplierIn(Asked):
    """The company on whose behalf something is done."""

    supplier_bin: Bin


class DeclineIn(SupplierIn):
    """ "Not this time", with or without a reason."""

    reason: Text = ""


class ChoiceIn(Asked):
    """A volume of a line given to a supplier."""

    supplier_bin: Bin
    line: Whole
    quantity: Volume


class AwardsIn(Asked):
    """A selection."""

    awards: list[ChoiceIn]


class SelectionIn(Asked):
    """A selection of one supplier, named by any of its awards."""

    award: Number = Field(description="The `id` of one of the awards.")


class RefusalIn(Asked):
    """A refusal; the reason must be stated (act 344, clause 15.2)."""

    reason: Text = ""


class ContractIn(Asked):
    """A contract that the two sides have concluded."""

    supplier_bin: Bin
    contract_number: LooseText = ""
    signed_on: Day
    file: FileId | None = None


class ItemIn(Asked):
    """A need of a project; without ``item`` its place in the list is its number."""

    item: LooseText = ""
    name_ru: Text = ""
    name_kk: Text = Field("", description="The Russian name when left out.")
    code: LooseText = ""
    agsk3: LooseText = ""
    quantity: Volume
    unit: Text = ""
    characteristics: Text = ""


class GoodsListIn(Asked):
    """The goods list of a project, whole: an item that is missing is gone."""

    project_name: Text = Field("", description="The project's code when left out.")
    items: list[ItemIn]


class OverrideIn(Asked):
    """A decision on one day; ``working`` null takes an earlier decision back."""

    date: Day = Field(validation_alias=AliasChoices("date", "day"))
    working: bool | None
    name_kk: Text = ""
    name_ru: Text = ""
    basis: Text = Field("", description="The act by which the day is moved.")


class OverridesIn(Asked):
    """All overrides that are to be in force: a day that is missing is taken back."""

    overrides: list[OverrideIn]
    expected_version: str | None = Field(
        None, description="The calendar of the preview; another one now gives 409."
    )

    @model_validator(mode="before")
    @classmethod
    def _bare_list(cls, value: object) -> object:
        return {"overrides": value} if isinstance(value, list) else value


class PageQuery(Asked):
    """A page: ``cursor`` is the ``next`` of the page before."""

    cursor: str | None = Field(None, validation_alias=AliasChoices("cursor", "after"))
    limit: Whole = 50

    @property
    def size(self) -> int:
        """How many entries the page holds, 1 to 200."""
        return min(max(self.limit, 1), 200)


class OrdersQuery(PageQuery):
    """Which orders; several states are joined by commas."""

    state: str | None = None
    customer_bin: str | None = None


class AuditQuery(PageQuery):
    """Which entries: ``after`` also takes a position."""

    cursor: str | None = Field(
        None,
        validation_alias=AliasChoices("after", "cursor"),
        description="A cursor, or the position of the last entry that is known already.",
    )
    subject: str | None = Field(None, examples=["order:15"])


class GoodsQuery(PageQuery):
    """A page of goods or items."""


class ProtocolQuery(Asked):
    """Which version; the newest when left out."""

    version: Whole | None = None


class DueQuery(Asked):
    """A term and the event it begins with; without ``from`` it begins now."""

    start: Moment | None = Field(None, validation_alias="from")
    term: str = Field(examples=["2wd", "30d", "1h", "90wm"])
