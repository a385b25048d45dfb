"""Sections of the gallery for the cards of orders, awards and contracts."""

from __future__ import annotations

from collections.abc import Sequence

from domain.goods_lists.service import ItemPage
from domain.orders.views import AwardView, ContractView, OrderCard
from domain.roles import Role
from handlers.views import sample_forms, samples
from handlers.views.award_groups import confirm_all_question, selection_card
from handlers.views.awards import award_card, confirm_question
from handlers.views.contracts import agree_question, contract_concluded, dispute_question
from handlers.views.customer import discard_question
from handlers.views.gallery import Section, entries
from handlers.views.gallery_addresses import address_sections
from handlers.views.gallery_broadcasts import broadcast_sections
from handlers.views.gallery_dead_letters import dead_letter_sections
from handlers.views.gallery_desk import desk_sections
from handlers.views.gallery_duty import duty_sections
from handlers.views.gallery_faults import fault_page_sections
from handlers.views.gallery_preferences import preference_sections
from handlers.views.gallery_recordings import recording_sections
from handlers.views.gallery_support import support_sections
from handlers.views.gallery_unchatty import unchatty_sections
from handlers.views.gallery_webhooks import webhook_sections
from handlers.views.goods_lists import items_card, lists_card
from handlers.views.orders import order_card
from handlers.views.selection import proposal_card, selection_sent, send_question
from handlers.views.shown import Shown
from handlers.views.terms import AWARD_OUTCOMES, ORDER_STATES
from handlers.views.translator import Translator

_READERS = (Role.CUSTOMER, Role.SUPPLIER, Role.AUTHORITY)


def card_sections() -> list[Section]:
    """Cards of the sample order in every state, as each side sees them."""
    orders = [
        (f"{state}, {role}", (_order(state, role), role))
        for state in ORDER_STATES
        for role in _READERS
        if state != "draft" or role is Role.CUSTOMER
    ]
    awards = [
        (f"{outcome or 'waiting'}, {role}", (samples.award(outcome), role))
        for outcome in (None, *AWARD_OUTCOMES)
        for role in (Role.SUPPLIER, Role.CUSTOMER)
    ]
    board, page = sample_forms.board(), sample_forms.needs()
    waiting, proposed = samples.award(None), samples.contract("proposed")
    return [
        Section("Orders", entries(orders, _order_card)),
        Section(
            "Orders for confirmation",
            [
                *entries(awards, _award_card),
                *entries([("several lines", samples.selection())], _selection),
            ],
        ),
        Section(
            "Selection",
            [
                *entries([("proposal", board)], proposal_card),
                *entries([("send", board)], send_question),
                *entries([("sent", [waiting])], _sent),
            ],
        ),
        Section(
            "Goods lists",
            [
                *entries([("lists", [sample_forms.goods_list()]), ("lists, none", [])], lists_card),
                *entries([("items", page), ("items, none", ItemPage([], None))], _items),
            ],
        ),
        Section(
            "Questions before an act",
            [
                *entries([("order.discard", _order("draft", Role.CUSTOMER))], discard_question),
                *entries([("award.confirm", waiting)], _confirm),
                *entries([("awards.confirm", samples.selection())], _confirm_all),
                *entries([("contract.agree", proposed)], agree_question),
                *entries([("contract.dispute", proposed)], dispute_question),
                *entries([("contract concluded", samples.contract("concluded"))], _concluded),
            ],
        ),
        *support_sections(),
        *desk_sections(),
        *recording_sections(),
        *webhook_sections(),
        *dead_letter_sections(),
        *broadcast_sections(),
        *address_sections(),
        *unchatty_sections(),
        *duty_sections(),
        *preference_sections(),
        *fault_page_sections(),
    ]


def _order(state: str, role: Role) -> OrderCard:
    return samples.order_card(state, published=state != "draft", mine=role is Role.SUPPLIER)


def _order_card(t: Translator, seen: tuple[OrderCard, Role]) -> Shown:
    return order_card(t, *seen)


def _award_card(t: Translator, seen: tuple[AwardView, Role]) -> Shown:
    award, role = seen
    return award_card(t, award, _order("confirming", role), None, role)


def _confirm(t: Translator, award: AwardView) -> Shown:
    return confirm_question(t, award, _order("confirming", Role.SUPPLIER))


def _selection(t: Translator, awards: Sequence[AwardView]) -> Shown:
    return selection_card(t, awards, _order("confirming", Role.SUPPLIER), 0, Role.SUPPLIER)


def _confirm_all(t: Translator, awards: Sequence[AwardView]) -> Shown:
    return confirm_all_question(t, awards, _order("confirming", Role.SUPPLIER))


def _concluded(t: Translator, contract: ContractView) -> Shown:
    return contract_concluded(t, contract)


def _sent(t: Translator, awards: Sequence[AwardView]) -> Shown:
    return selection_sent(t, samples.ORDER, awards)


def _items(t: Translator, page: ItemPage) -> Shown:
    return items_card(t, 1, page, first=True)
