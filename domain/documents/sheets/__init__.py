"""Spreadsheets that come in: an order, the producers' registry, a project's goods list.

Each reader answers the whole content or every error at once; nothing is taken in half.
"""

from domain.documents.sheets.errors import SheetError, SheetErrors
from domain.documents.sheets.goods_list import ListedItem, ListedProject, read_goods_list
from domain.documents.sheets.order import OrderSheet, OrderSheetLine, read_order
from domain.documents.sheets.order_form import order_template
from domain.documents.sheets.producers import ProducerEntry, ProducerGood, read_producers
from domain.documents.sheets.titles import titles

__all__ = [
    "ListedItem",
    "ListedProject",
    "OrderSheet",
    "OrderSheetLine",
    "ProducerEntry",
    "ProducerGood",
    "SheetError",
    "SheetErrors",
    "order_template",
    "read_goods_list",
    "read_order",
    "read_producers",
    "titles",
]
