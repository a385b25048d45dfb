"""From a sheet of order 327's columns to what the registry takes in."""

from __future__ import annotations

from collections.abc import Sequence

from domain.documents.sheets import ProducerEntry
from domain.registry.rules import GoodData, ProducerData, Status


def producers_of(entries: Sequence[ProducerEntry]) -> list[ProducerData]:
    """The producers of a sheet, as ``Registry.import_producers`` takes them."""
    return [
        ProducerData(
            bin=entry.bin,
            name_ru=entry.name_ru,
            name_kk=entry.name_kk,
            status=Status(entry.status),
            registry_number=entry.registry_number,
            goods=tuple(
                GoodData(
                    name_ru=good.name_ru,
                    name_kk=good.name_kk,
                    code=good.code,
                    agsk3=good.agsk3,
                    tnved=good.tnved,
                    kpved=good.kpved,
                    oked=good.oked,
                    kato=good.kato,
                    capacity=good.capacity,
                    unit=good.unit,
                    local_content=good.local_content,
                    localisation_level=good.localisation_level,
                    included_on=good.included_on,
                )
                for good in entry.goods
            ),
        )
        for entry in entries
    ]
