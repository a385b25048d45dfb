"""From a sheet of a project's needs to what the goods lists take in (act 344, clause 3)."""

from __future__ import annotations

from domain.documents.sheets import ListedProject
from domain.goods_lists.rules import ItemData


def items_of(project: ListedProject) -> list[ItemData]:
    """The items of a project, as ``GoodsLists.put_list`` takes them."""
    return [
        ItemData(
            item=item.item,
            quantity=item.quantity,
            unit=item.unit,
            name_ru=item.name_ru,
            name_kk=item.name_kk,
            code=item.code,
            agsk3=item.agsk3,
            characteristics=item.characteristics,
        )
        for item in project.items
    ]
