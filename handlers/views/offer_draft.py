"""A price offer while it is being typed: plain values that survive as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from domain.files import FileInfo
from domain.offers.rules import AskedLine, OfferedLine, check_offer_line
from domain.offers.service import OfferInput
from domain.offers.views import OfferView
from domain.orders.views import OrderCard

#: What is asked of each line, in this order.
STEPS = ("quantity", "price", "days", "characteristics", "photos", "warranty")


@dataclass
class LineDraft:
    """What has been typed for one line; ``price`` in tenge is for the whole volume.

    None and an empty text mean "not typed yet"; a warranty of ``""`` was skipped.
    """

    quantity: Decimal | None = None
    price: Decimal | None = None
    days: int | None = None
    characteristics: str = ""
    photos: list[FileInfo] = field(default_factory=list)
    warranty: str | None = None
    skipped: bool = False

    def has(self, step: str) -> bool:
        """Whether this step has its answer."""
        if step == "warranty":
            return self.warranty is not None
        return bool(getattr(self, step))

    @property
    def missing(self) -> str | None:
        """The first step without an answer; None for a line that is whole or left out."""
        if self.skipped:
            return None
        return next((step for step in STEPS if not self.has(step)), None)

    def checked(self, asked: AskedLine, **typed: Any) -> OfferedLine:
        """The line with what was ``typed`` now, by the rules of offers; raises RuleBroken.

        What has not been typed yet stands as a value that no rule refuses.
        """
        so_far: dict[str, Any] = {
            "quantity": self.quantity or asked.quantity,
            "price": self.price or asked.allocated_sum,
            "delivery_days": self.days or 1,
            "characteristics": self.characteristics or "-",
            "warranty": self.warranty or "",
        }
        offered = OfferedLine(line=0, photos=len(self.photos), **{**so_far, **typed})
        return check_offer_line(asked, offered, photos_required=False)


@dataclass
class OfferDraft:
    """The whole form: the order, the lines by number, and where the person stands in it."""

    number: int
    # For which of the person's companies it is being typed.
    bin: str
    lines: dict[int, LineDraft]
    at: int = 0
    step: str = STEPS[0]
    # Came from the review to mend one thing and goes back there.
    mending: bool = False
    page: int = 0

    @property
    def line(self) -> LineDraft:
        """The line that is being typed."""
        return self.lines[self.at]

    @property
    def positions(self) -> list[int]:
        """The lines the supplier may offer for."""
        return sorted(self.lines)

    @property
    def offered(self) -> dict[int, LineDraft]:
        """Lines that are whole and not left out."""
        return {
            at: self.lines[at]
            for at in self.positions
            if not self.lines[at].skipped and self.lines[at].missing is None
        }

    def unfinished(self) -> int | None:
        """The next line with something missing, the ones after the present one first."""
        after = [at for at in self.positions if at > self.at]
        before = [at for at in self.positions if at <= self.at]
        return next((at for at in after + before if self.lines[at].missing), None)

    def as_data(self) -> dict[str, Any]:
        """The draft as JSON."""
        return {
            "number": self.number,
            "bin": self.bin,
            "at": self.at,
            "step": self.step,
            "mending": self.mending,
            "page": self.page,
            "lines": {str(at): _line_data(line) for at, line in self.lines.items()},
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> OfferDraft:
        """The draft out of JSON."""
        return cls(
            number=int(data["number"]),
            bin=str(data["bin"]),
            at=int(data["at"]),
            step=str(data["step"]),
            mending=bool(data["mending"]),
            page=int(data["page"]),
            lines={int(at): _line(line) for at, line in data["lines"].items()},
        )

    def inputs(self) -> list[OfferInput]:
        """What is submitted; lines left out are not in it."""
        return [
            OfferInput(
                line=at,
                quantity=line.quantity or Decimal(0),
                price=line.price or Decimal(0),
                delivery_days=line.days or 0,
                characteristics=line.characteristics,
                warranty=line.warranty or "",
                photos=tuple(line.photos),
            )
            for at, line in self.offered.items()
        ]


def _line_data(line: LineDraft) -> dict[str, Any]:
    return {
        "quantity": None if line.quantity is None else str(line.quantity),
        "price": None if line.price is None else str(line.price),
        "days": line.days,
        "characteristics": line.characteristics,
        "photos": [asdict(photo) for photo in line.photos],
        "warranty": line.warranty,
        "skipped": line.skipped,
    }


def _line(data: Mapping[str, Any]) -> LineDraft:
    return LineDraft(
        quantity=None if data["quantity"] is None else Decimal(data["quantity"]),
        price=None if data["price"] is None else Decimal(data["price"]),
        days=data["days"],
        characteristics=data["characteristics"],
        photos=[FileInfo(**photo) for photo in data["photos"]],
        warranty=data["warranty"],
        skipped=data["skipped"],
    )


def new_draft(card: OrderCard, supplier_bin: str) -> OfferDraft:
    """An empty form for the lines that match the supplier's goods."""
    matched = card.mine.matched_lines if card.mine else ()
    lines = {at: LineDraft() for at in matched}
    return OfferDraft(card.number, supplier_bin, lines, at=min(matched, default=0))


def draft_of(card: OrderCard, versions: Sequence[OfferView], supplier_bin: str) -> OfferDraft:
    """A form filled in with the newest version of the supplier's offer."""
    draft = new_draft(card, supplier_bin)
    if not versions:
        return draft
    for line in draft.lines.values():
        line.skipped = True
    for offered in versions[-1].lines:
        if offered.line in draft.lines:
            draft.lines[offered.line] = LineDraft(
                quantity=offered.quantity,
                price=offered.price,
                days=offered.delivery_days,
                characteristics=offered.characteristics,
                photos=[
                    FileInfo(each.name, each.mime, each.size, each.sha256, each.telegram_file_id)
                    for each in offered.photos
                ],
                warranty=offered.warranty,
            )
    draft.step = "review"
    return draft
