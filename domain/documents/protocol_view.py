"""What the template of the protocol draws: finished strings in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.documents.formatting import (
    moment_text,
    money_text,
    quantity_text,
    short_moment_text,
    shown,
)
from domain.documents.labels import LANGUAGES, Language, labels, unit_text

if TYPE_CHECKING:
    from domain.documents.protocol import Notified, ProtocolData, ProtocolOffer, ProtocolWinner

_LONG_ROW = 700  # characters; such a row may be higher than what is left of a page


def protocol_view(data: ProtocolData, digest: str) -> dict[str, object]:
    """Everything ``protocol.typ`` needs; ``digest`` is the hash printed in the footer."""
    footers = [labels("protocol", language)["footer"] for language in LANGUAGES]
    return {
        "number": data.number,
        "footer": " · ".join(footer.format(number=data.number) for footer in footers),
        "hash": digest,
        "parts": [_part(data, language) for language in LANGUAGES],
    }


def _part(data: ProtocolData, language: Language) -> dict[str, object]:
    text = labels("protocol", language)
    goods = [_name(language, kk, ru) for kk, ru in data.goods]
    return {
        "language": language,
        "label": text,
        "head": _pairs(text, number=data.number, formed_at=moment_text(data.formed_at, language)),
        "general": _pairs(
            text,
            financial_year=str(data.financial_year),
            goods_name="; ".join(goods),
            order_number=f"№ {data.order_number}",
            ordered_at=moment_text(data.ordered_at, language),
            confirmed_at=moment_text(data.confirmed_at, language)
            if data.confirmed_at
            else text["not_confirmed"],
        ),
        "customer": _pairs(
            text,
            customer_kk=shown(data.customer_name_kk),
            customer_ru=shown(data.customer_name_ru),
            bin=data.customer_bin,
        ),
        "offers": [
            _offer(number, offer, language) for number, offer in enumerate(data.offers, start=1)
        ],
        "uncovered": [
            f"{_name(language, line.goods_name_kk, line.goods_name_ru)}: "
            f"{quantity_text(line.quantity, unit_text(line.unit, language))}"
            for line in data.uncovered
        ],
        "notified": [_notified(each, language) for each in data.notified],
        "signature": data.signature,
        **_decision(data, language, "; ".join(goods)),
    }


def _decision(data: ProtocolData, language: Language, goods: str) -> dict[str, object]:
    """The operative part: winners, or the ground of failure, or why there is neither yet."""
    text = labels("protocol", language)
    order = data.order_number
    shape = "many" if len({winner.bin for winner in data.winners}) > 1 else "one"
    awaited = any(offer.award == "pending" for offer in data.offers)
    undecided = text["awaited" if awaited else "undecided"].format(order=order)
    ground = data.failure and text[f"ground_{data.failure.replace('.', '_')}"]
    return {
        "winners": [_winner(winner, language) for winner in data.winners],
        "winner_text": text[f"winner_{shape}"].format(order=order),
        "contract_text": text[f"contract_{shape}"],
        "contract_parties": list(
            dict.fromkeys(
                f"{text['bin_iin']} {winner.bin}, {_name(language, winner.name_kk, winner.name_ru)}"
                for winner in data.winners
            )
        ),
        "customer_name": _name(language, data.customer_name_kk, data.customer_name_ru),
        "failed": {"goods": goods, "ground": ground} if ground else None,
        "undecided": None if ground or (data.winners and not awaited) else undecided,
    }


def _offer(number: int, offer: ProtocolOffer, language: Language) -> dict[str, object]:
    text = labels("protocol", language)
    reason = shown(offer.award_reason or "")
    return {
        "number": str(number),
        "supplier": _name(language, offer.supplier_name_kk, offer.supplier_name_ru),
        "bin": f"{text['bin_iin']} {offer.supplier_bin}",
        "goods": _name(language, offer.goods_name_kk, offer.goods_name_ru),
        "agsk3": offer.agsk3 or "—",
        "amount": money_text(offer.amount),
        "moment": short_moment_text(offer.submitted_at, language),
        "rejected": offer.rejection is not None,
        "rejection": text[offer.rejection or "not_rejected"],
        "award": text[f"award_{offer.award}"] if offer.award else None,
        "award_reason": f"{text['refusal_reason']}: {reason}" if reason else None,
        "long": len(reason) + len(offer.supplier_name_ru) + len(offer.goods_name_ru) > _LONG_ROW,
    }


def _notified(each: Notified, language: Language) -> dict[str, str]:
    text = labels("protocol", language)
    return {
        "name": _name(language, each.name_kk, each.name_ru),
        "bin": f"{text['bin_iin']} {each.bin}",
        "sent": short_moment_text(each.sent_at, language) if each.sent_at else text["not_reached"],
        "channel": text[f"channel_{each.channel}"] if each.channel else "—",
        "seen": short_moment_text(each.seen_at, language) if each.seen_at else "—",
    }


def _winner(winner: ProtocolWinner, language: Language) -> dict[str, str]:
    return {
        "bin": winner.bin,
        "name": _name(language, winner.name_kk, winner.name_ru),
        "goods": _name(language, winner.goods_name_kk, winner.goods_name_ru),
        "volume": quantity_text(winner.quantity, unit_text(winner.unit, language)),
        "amount": money_text(winner.amount),
    }


def _pairs(text: dict[str, str], **values: str) -> list[list[str]]:
    return [[text[key], value] for key, value in values.items()]


def _name(language: Language, kk: str, ru: str) -> str:
    """The name in the part's language, or in the other one where that is all there is."""
    return shown((kk or ru) if language == "kk" else (ru or kk))
