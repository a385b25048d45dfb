"""The summary that goes to the customer: the formed list (act 344, clauses 13.4 and 13.5)."""

from __future__ import annotations

from typing import cast

from domain.awards.listing import FormedList
from domain.documents.labels import Language, unit_text
from domain.documents.summary import Rejection, SummaryData, SummaryLine, SummaryOffer
from domain.money import unit_price


def summary_of(formed: FormedList, language: Language) -> SummaryData:
    """Everything that clause 13.5 names of every offer, with the proposal marked."""
    proposed = {pick.offer_id: pick.quantity for line in formed.plan().lines for pick in line.picks}

    def name(kk: str, ru: str) -> str:
        return kk if language == "kk" else ru

    return SummaryData(
        order_number=formed.order.number,
        language=language,
        lines=tuple(
            SummaryLine(
                name=name(line.name_kk, line.name_ru),
                quantity=line.quantity,
                unit=unit_text(line.unit, language),
                allocated=line.allocated_sum,
                delivery_limit=formed.order.delivery_days,
                code=line.code or line.agsk3,
                offers=tuple(
                    SummaryOffer(
                        supplier=name(company.name_kk, company.name_ru),
                        supplier_bin=company.bin,
                        quantity=offered.quantity,
                        price=offered.price,
                        unit_price=unit_price(offered.price, offered.quantity),
                        delivery_days=offered.delivery_days,
                        rejected=cast("Rejection | None", offered.reason),
                        proposed=proposed.get(offered.id),
                        characteristics=offered.characteristics,
                        warranty=offered.warranty,
                    )
                    for offered, _, company, asked in formed.rows
                    if asked.id == line.id
                ),
            )
            for line in formed.order.lines
        ),
    )
