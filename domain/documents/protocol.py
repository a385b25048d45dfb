"""The protocol of results (act 344, clause 13.8 and annex 1): its data and its hash.

A protocol is formed anew, with the next version, at every confirmation or refusal. The data is
what is stored, published over the API and hashed; the PDF is drawn from it and from nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Self, TypeAlias, cast

from domain.clock import astana
from domain.documents.protocol_view import protocol_view
from domain.documents.typesetting import to_pdf

RejectionReason: TypeAlias = Literal["price_above_allocated", "delivery_beyond_limit"]
AwardState: TypeAlias = Literal["confirmed", "refused", "lapsed", "pending", "not_selected"]
FailureGround: TypeAlias = Literal["15.1", "15.2", "15.3"]
Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | None


@dataclass(frozen=True, slots=True)
class ProtocolOffer:
    """One line of one offer. ``amount`` is tenge for the volume offered.

    ``rejection`` is one of the two grounds of clause 13.4 or None; ``award`` says what came of
    an offer that was not rejected, ``award_reason`` is the supplier's own reason of a refusal.
    """

    supplier_bin: str
    supplier_name_kk: str
    supplier_name_ru: str
    goods_name_kk: str
    goods_name_ru: str
    agsk3: str | None
    amount: Decimal
    submitted_at: datetime
    rejection: RejectionReason | None = None
    award: AwardState | None = None
    award_reason: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Plain values: sums as decimal strings, times as ISO 8601 in Astana's time."""
        return {
            "supplier_bin": self.supplier_bin,
            "supplier_name_kk": self.supplier_name_kk,
            "supplier_name_ru": self.supplier_name_ru,
            "goods_name_kk": self.goods_name_kk,
            "goods_name_ru": self.goods_name_ru,
            "agsk3": self.agsk3,
            "amount": _money(self.amount),
            "submitted_at": _instant(self.submitted_at),
            "rejection": self.rejection,
            "award": self.award,
            "award_reason": self.award_reason,
        }


@dataclass(frozen=True, slots=True)
class ProtocolWinner:
    """A supplier that confirmed, with the goods, the volume and the sum (tenge) it confirmed."""

    bin: str
    name_kk: str
    name_ru: str
    goods_name_kk: str
    goods_name_ru: str
    quantity: Decimal
    unit: str
    amount: Decimal

    def as_json(self) -> dict[str, Json]:
        """Plain values: sums and volumes as decimal strings."""
        return {
            "bin": self.bin,
            "name_kk": self.name_kk,
            "name_ru": self.name_ru,
            "goods_name_kk": self.goods_name_kk,
            "goods_name_ru": self.goods_name_ru,
            "quantity": _quantity(self.quantity),
            "unit": self.unit,
            "amount": _money(self.amount),
        }


@dataclass(frozen=True, slots=True)
class UncoveredLine:
    """A volume that is bought outside the rules (act 344, clause 13.6)."""

    goods_name_kk: str
    goods_name_ru: str
    quantity: Decimal
    unit: str

    def as_json(self) -> dict[str, Json]:
        """Plain values: the volume as a decimal string."""
        return {
            "goods_name_kk": self.goods_name_kk,
            "goods_name_ru": self.goods_name_ru,
            "quantity": _quantity(self.quantity),
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True)
class Notified:
    """An invited producer and when it was told: ``sent_at`` by ``channel`` (None: not reached),
    ``seen_at`` when it was first seen to know."""

    bin: str
    name_kk: str
    name_ru: str
    channel: str | None
    sent_at: datetime | None
    seen_at: datetime | None

    def as_json(self) -> dict[str, Json]:
        """Plain values: times as ISO 8601 in Astana's time."""
        return {
            "bin": self.bin,
            "name_kk": self.name_kk,
            "name_ru": self.name_ru,
            "channel": self.channel,
            "sent_at": None if self.sent_at is None else _instant(self.sent_at),
            "seen_at": None if self.seen_at is None else _instant(self.seen_at),
        }


@dataclass(frozen=True, slots=True)
class ProtocolData:
    """All that a protocol of results says. Times are aware.

    ``goods`` are pairs (Kazakh, Russian), an empty one falls back to the other when drawn.
    ``failure`` is the paragraph of clause 15, and None while the purchase has not failed.
    ``signature`` stays None until the platform signs documents.
    """

    order_number: int
    version: int
    financial_year: int
    goods: tuple[tuple[str, str], ...]
    ordered_at: datetime
    confirmed_at: datetime | None
    customer_name_kk: str
    customer_name_ru: str
    customer_bin: str
    offers: tuple[ProtocolOffer, ...]
    winners: tuple[ProtocolWinner, ...]
    uncovered: tuple[UncoveredLine, ...]
    failure: FailureGround | None
    formed_at: datetime
    signature: str | None = None
    # Protocols formed before they were kept have none.
    notified: tuple[Notified, ...] = ()

    @property
    def number(self) -> str:
        """The number people know it by: order and version, ``15-2``."""
        return f"{self.order_number}-{self.version}"

    def as_json(self) -> dict[str, Json]:
        """Plain values for storage and the API; ``from_json`` reads them back."""
        values: dict[str, Json] = {
            "number": self.number,
            "order_number": self.order_number,
            "version": self.version,
            "financial_year": self.financial_year,
            "goods": [{"name_kk": kk, "name_ru": ru} for kk, ru in self.goods],
            "ordered_at": _instant(self.ordered_at),
            "confirmed_at": None if self.confirmed_at is None else _instant(self.confirmed_at),
            "customer": {
                "name_kk": self.customer_name_kk,
                "name_ru": self.customer_name_ru,
                "bin": self.customer_bin,
            },
            "offers": [offer.as_json() for offer in self.offers],
            "winners": [winner.as_json() for winner in self.winners],
            "uncovered": [line.as_json() for line in self.uncovered],
            "failure": self.failure,
            "formed_at": _instant(self.formed_at),
            "signature": self.signature,
        }
        if self.notified:
            values["notified"] = [each.as_json() for each in self.notified]
        return values

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Self:
        """The data that ``as_json`` gave. Raises KeyError, ValueError on anything else."""
        customer = cast("Mapping[str, str]", value["customer"])
        goods = cast("Sequence[Mapping[str, str]]", value["goods"])
        confirmed_at = cast("str | None", value["confirmed_at"])
        return cls(
            order_number=cast("int", value["order_number"]),
            version=cast("int", value["version"]),
            financial_year=cast("int", value["financial_year"]),
            goods=tuple((names["name_kk"], names["name_ru"]) for names in goods),
            ordered_at=_moment(value["ordered_at"]),
            confirmed_at=None if confirmed_at is None else _moment(confirmed_at),
            customer_name_kk=customer["name_kk"],
            customer_name_ru=customer["name_ru"],
            customer_bin=customer["bin"],
            offers=tuple(ProtocolOffer(**_read(row)) for row in _rows(value["offers"])),
            winners=tuple(ProtocolWinner(**_read(row)) for row in _rows(value["winners"])),
            uncovered=tuple(UncoveredLine(**_read(row)) for row in _rows(value["uncovered"])),
            failure=cast("FailureGround | None", value["failure"]),
            formed_at=_moment(value["formed_at"]),
            signature=cast("str | None", value["signature"]),
            notified=tuple(Notified(**_read(row)) for row in _rows(value.get("notified", ()))),
        )


def data_hash(data: ProtocolData) -> str:
    """SHA-256 (hex) of the canonical JSON of everything but the signature.

    Canonical: ``as_json`` without ``signature``, keys sorted, no spaces, UTF-8. The signature is
    left out because it is put on what the hash stands for, and must not change it.
    """
    content = data.as_json()
    del content["signature"]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def render_protocol(data: ProtocolData) -> bytes:
    """The protocol as a PDF, Kazakh first, then Russian; the same bytes for the same data."""
    view = protocol_view(data, data_hash(data))
    return to_pdf("protocol.typ", view, created_at=data.formed_at)


def _money(value: Decimal) -> str:
    return f"{value:.2f}"


def _quantity(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instant(value: datetime) -> str:
    return astana(value).isoformat()


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(cast("str", value))


def _rows(value: object) -> Sequence[Mapping[str, object]]:
    return cast("Sequence[Mapping[str, object]]", value)


# Any: the constructors' own types are restored here from strings, by the name of the field.
def _read(row: Mapping[str, object]) -> dict[str, Any]:
    return {key: _restored(key, value) for key, value in row.items()}


def _restored(key: str, value: object) -> object:
    if key in ("amount", "quantity"):
        return Decimal(cast("str", value))
    return _moment(value) if key.endswith("_at") and value is not None else value
