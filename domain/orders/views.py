"""What an order shows: plain values that leave the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.deadlines import DeadlineView
from domain.files import Attachment
from domain.goods_lists.needs import Excess
from domain.notices.receipts import Reach
from domain.orders.model import OrderLine
from domain.registry.model import Company


@dataclass(frozen=True)
class Party:
    """A company as it is shown: BIN or IIN and its names in both languages."""

    bin: str
    name_ru: str
    name_kk: str


def party(company: Company) -> Party:
    """The company as a party."""
    return Party(company.bin, company.name_ru, company.name_kk)


@dataclass(frozen=True)
class LineView:
    """A line of an order; sums in tenge, ``outside`` the volume bought outside the rules."""

    line: int
    name_ru: str
    name_kk: str
    code: str
    agsk3: str
    quantity: Decimal
    unit: str
    allocated_sum: Decimal
    characteristics: str
    goods_list_item_id: int | None
    outside_quantity: Decimal


#: The columns of a ``LineView``, in its order.
LINE = (
    OrderLine.position,
    OrderLine.name_ru,
    OrderLine.name_kk,
    OrderLine.code,
    OrderLine.agsk3,
    OrderLine.quantity,
    OrderLine.unit,
    OrderLine.allocated_sum,
    OrderLine.characteristics,
    OrderLine.goods_list_item_id,
    OrderLine.outside_quantity,
)


def line_view(row: OrderLine) -> LineView:
    """The line as a value."""
    return LineView(*(getattr(row, column.key) for column in LINE))


@dataclass(frozen=True)
class FileView:
    """An attached file: its number within the subject, and where its bytes are."""

    file: int
    name: str
    mime: str
    size: int
    sha256: str
    telegram_file_id: str


def file_view(row: Attachment) -> FileView:
    """The attachment as a value."""
    return FileView(row.position, row.name, row.mime, row.size, row.sha256, row.telegram_file_id)


@dataclass(frozen=True)
class AwardView:
    """An award: the volume given, its price in tenge, and what became of it."""

    id: int
    order_number: int
    supplier: Party
    line: int
    quantity: Decimal
    price: Decimal
    state: str
    outcome: str | None
    reason: str | None
    selected_at: datetime
    due_at: datetime
    decided_at: datetime | None
    contract_number: str | None


@dataclass(frozen=True)
class ContractView:
    """A contract: entered by one side, agreed by the other."""

    id: int
    order_number: int
    supplier: Party
    contract_number: str
    signed_on: date
    state: str
    entered_by_side: str
    entered_at: datetime
    agreed_at: datetime | None
    sum: Decimal
    # how many files were attached to the entry
    files: int = 0


@dataclass(frozen=True)
class Elsewhere:
    """Another company of the reader that the order came to, and the membership to switch to."""

    membership_id: int
    company: Party


@dataclass(frozen=True)
class Mine:
    """What the order is to the supplier who looks at it."""

    invited: bool
    matched_lines: tuple[int, ...]
    declined: bool
    offer_number: int | None
    offer_version: int | None
    offer_state: str | None
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class OrderCard:
    """Everything an order shows to one reader; what the reader may not see is left empty."""

    number: int
    state: str
    revision: int
    customer: Party
    delivery_place: str
    delivery_terms: str
    delivery_days: int
    created_at: datetime
    published_at: datetime | None
    offers_due_at: datetime | None
    closed_at: datetime | None
    finished_at: datetime | None
    failure_ground: str | None
    lines: Sequence[LineView]
    deadlines: Sequence[DeadlineView]
    invited: int
    # None while the offers are sealed.
    offers: int | None
    awards: Sequence[AwardView]
    contracts: Sequence[ContractView]
    protocol_version: int
    files: Sequence[FileView]
    mine: Mine | None
    signed: bool
    now: datetime
    # How the invited were told; only for those who see all of an order.
    reach: Reach | None = None

    @property
    def allocated(self) -> Decimal:
        """The allocated sum of all lines in tenge."""
        return sum((line.allocated_sum for line in self.lines), Decimal("0.00"))

    def deadline(self, kind: str) -> DeadlineView | None:
        """The newest deadline of a kind."""
        found = [each for each in self.deadlines if each.kind == kind]
        return found[-1] if found else None


def by_selection(awards: Sequence[AwardView]) -> list[list[AwardView]]:
    """The awards by the act of selection they belong to, each in the place of its first one."""
    found: dict[tuple[object, ...], list[AwardView]] = {}
    for each in awards:
        found.setdefault((each.order_number, each.supplier.bin, each.selected_at), []).append(each)
    return list(found.values())


@dataclass(frozen=True)
class OrderRow:
    """An order in a list."""

    number: int
    state: str
    name_ru: str
    name_kk: str
    lines: int
    customer: Party
    allocated: Decimal
    next_due_at: datetime | None
    mine: str | None = None


@dataclass(frozen=True)
class OrderPage:
    """A page of orders, newest first; ``after`` is the cursor of the next page."""

    orders: Sequence[OrderRow]
    after: int | None


@dataclass(frozen=True)
class Preview:
    """Who would be invited if the order were published now, and until when they could offer."""

    number: int
    suppliers: int
    # by line number: how many producers match it, and the codes by which they do
    by_line: dict[int, int]
    codes: tuple[str, ...]
    offers_due_at: datetime
    # what is asked for beyond the uncovered needs of goods lists (act 344, clause 3)
    excesses: tuple[Excess, ...] = ()


@dataclass(frozen=True)
class Published:
    """What publishing brought about."""

    number: int
    state: str
    invited: int
    offers_due_at: datetime | None


@dataclass(frozen=True)
class Created:
    """The numbers of the orders made, one for each homogeneous basket."""

    numbers: tuple[int, ...]
    state: str = "draft"
