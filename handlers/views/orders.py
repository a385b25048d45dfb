"""The card of an order and lists of orders, for every audience."""

from __future__ import annotations

from domain.deadlines import DeadlineView
from domain.orders.views import AwardView, ContractView, LineView, OrderCard
from domain.roles import WATCHERS, Role
from handlers.views import format as fmt
from handlers.views.order_buttons import card_keyboard
from handlers.views.order_list import FILTERS, order_list
from handlers.views.parts import cut, fits, name_of
from handlers.views.reaching import reached
from handlers.views.shown import Shown, bold
from handlers.views.terms import (
    AWARD_OUTCOMES,
    AWARD_STATES,
    CONTRACT_STATES,
    DEADLINE_KINDS,
    FAILURES,
    OFFER_STATES,
    ORDER_STATES,
    unit,
)
from handlers.views.translator import Html, Translator, join

__all__ = [
    "FILTERS",
    "award_row",
    "codes",
    "contract_row",
    "deadline_line",
    "goods_row",
    "order_card",
    "order_list",
    "shown_deadlines",
]

_NAME, _PLACE, _TERMS, _REASON = 120, 200, 300, 150
#: Goods and awards on the card, tried in turn until the card fits one message.
_ROOM = ((10, 8), (5, 5), (2, 3), (1, 1))


def order_card(t: Translator, card: OrderCard, role: Role | None) -> Shown:
    """The order as the reader may see it, with what the reader can do about it now."""
    for goods, awards in _ROOM:
        text = _card_text(t, card, role, goods, awards)
        if fits(text):
            break
    return Shown(text, card_keyboard(t, card, role))


def _card_text(t: Translator, card: OrderCard, role: Role | None, goods: int, awards: int) -> Html:
    blocks = [
        _head(t, card),
        _goods(t, card, goods),
        _delivery(t, card),
        _outcome(t, card),
        _deadlines(t, card),
        _mine(t, card),
        _counts(t, card, role),
        _awards(t, card, awards),
        _contracts(t, card, awards),
        _signature(t, card),
    ]
    return join(blocks, "\n\n")


def _head(t: Translator, card: OrderCard) -> Html:
    state = t(ORDER_STATES[card.state])
    return join(
        [
            bold(t("Order No. {number}", number=card.number)) + Html(" · ") + state,
            t(
                "Customer: {name}, BIN {bin}",
                name=cut(name_of(t, card.customer), _NAME),
                bin=card.customer.bin,
            ),
        ]
    )


def goods_row(t: Translator, line: LineView) -> Html:
    """``1. Pipe: 120 m, 1 250 000 ₸``, with the code under it."""
    return join(
        [
            t(
                "{line}. {name}: {quantity}, allocated sum {sum}",
                line=line.line,
                name=cut(name_of(t, line), _NAME),
                quantity=fmt.quantity(t, line.quantity, unit(t, line.unit)),
                sum=fmt.money(t, line.allocated_sum),
            ),
            codes(t, line.code, line.agsk3),
        ]
    )


def codes(t: Translator, code: str, agsk3: str) -> Html:
    """The codes of a good, each named by its classifier."""
    return join(
        [
            t("ENS TRU {code}", code=code) if code else "",
            t("AGSK-3 {code}", code=agsk3) if agsk3 else "",
        ],
        ", ",
    )


def _goods(t: Translator, card: OrderCard, room: int) -> Html:
    rows = [goods_row(t, line) for line in card.lines[:room]]
    more = len(card.lines) - room
    if more > 0:
        rows.append(t.plural("and {n} more good", "and {n} more goods", more))
    if len(card.lines) > 1:
        rows.append(t("Allocated sum in all: {sum}", sum=fmt.money(t, card.allocated)))
    return join(rows)


def _delivery(t: Translator, card: OrderCard) -> Html:
    return join(
        [
            t("Place of delivery: {place}", place=cut(card.delivery_place, _PLACE)),
            t("Terms of delivery: {terms}", terms=cut(card.delivery_terms, _TERMS)),
            t(
                "Delivery: at most {days} from the date of the contract",
                days=t.plural("{n} calendar day", "{n} calendar days", card.delivery_days),
            ),
        ]
    )


def _outcome(t: Translator, card: OrderCard) -> Html:
    lines = []
    if card.failure_ground is not None:
        lines.append(
            t(
                "Result: the purchase failed. {reason} ({clause}).",
                reason=FAILURES[card.failure_ground],
                clause=fmt.clause(t, f"344-{card.failure_ground}"),
            )
        )
    lines.extend(
        t(
            "Line {line}: {quantity} may be bought outside the rules.",
            line=line.line,
            quantity=fmt.quantity(t, line.outside_quantity, unit(t, line.unit)),
        )
        for line in card.lines
        if line.outside_quantity > 0
    )
    if len(lines) > 6:
        rest = len(lines) - 5
        lines = [*lines[:5], t.plural("and {n} more line", "and {n} more lines", rest)]
    return join(lines)


def shown_deadlines(card: OrderCard) -> list[DeadlineView]:
    """The deadlines a reader needs now: running ones and overdue ones, each once, by time."""
    selection = card.deadline("selection")
    awards = {f"award:{each.id}": each for each in card.awards}
    found: dict[tuple[str, object], DeadlineView] = {}
    for each in card.deadlines:
        award = awards.get(each.subject)
        if each.state == "fired":
            unchosen = each is selection and card.state == "choosing"
            unsigned = (
                each.kind == "contract"
                and award is not None
                and award.state == "active"
                and award.contract_number is None
            )
            if not (unchosen or unsigned or card.now < each.due_at):
                continue
        elif each.state != "open":
            continue
        found.setdefault((each.kind, each.due_at), each)
    return sorted(found.values(), key=lambda each: each.due_at)[:4]


def deadline_line(t: Translator, each: DeadlineView, card: OrderCard) -> Html:
    """What, until when, how long still, and by which clause."""
    rest = fmt.left(t, card.now, each.due_at)
    over = card.now >= each.due_at
    lines = [
        t(
            "{what}: {when}",
            what=DEADLINE_KINDS.get(each.kind, each.kind),
            when=fmt.due(t, each.due_at),
        ),
        t("The term is over: this is overdue.")
        if over and each.kind in ("selection", "contract")
        else rest,
        fmt.clause(t, each.clause) if each.clause else "",
    ]
    return join(lines, " · ")


def _deadlines(t: Translator, card: OrderCard) -> Html:
    return join([deadline_line(t, each, card) for each in shown_deadlines(card)])


def _mine(t: Translator, card: OrderCard) -> Html:
    mine = card.mine
    if mine is None:
        return Html("")
    if mine.offer_number is not None:
        return t(
            "Your price offer No. {offer}, version {version}: {state}",
            offer=mine.offer_number,
            version=mine.offer_version or 1,
            state=OFFER_STATES.get(mine.offer_state or "", mine.offer_state or ""),
        )
    if mine.declined:
        return t("You said: not this time. While offers are taken you can still make one.")
    if mine.invited and card.state == "collecting":
        return t("You are invited: your registered goods match this order.")
    return Html("")


def _counts(t: Translator, card: OrderCard, role: Role | None) -> Html:
    if card.published_at is None or role not in {Role.CUSTOMER, *WATCHERS}:
        return Html("")
    if card.offers is None:
        offers = t("The price offers are sealed until the term ends.")
    else:
        offers = t("Price offers: {count}", count=card.offers)
    return join(
        [
            t("Published: {when}", when=fmt.moment(t, card.published_at)),
            t("Suppliers invited: {count}", count=card.invited),
            *([reached(t, card.reach)] if card.reach and card.invited else []),
            offers,
        ]
    )


def award_row(t: Translator, each: AwardView, line: LineView | None) -> Html:
    """Who gets how much for how much, and what became of it."""
    measure = unit(t, line.unit) if line else None
    state = AWARD_OUTCOMES.get(each.outcome or "", AWARD_STATES[each.state])
    return join(
        [
            t(
                "{name}: line {line}, {quantity}, {price}. {state}",
                name=cut(name_of(t, each.supplier), _NAME),
                line=each.line,
                quantity=fmt.quantity(t, each.quantity, measure),
                price=fmt.money(t, each.price),
                state=state,
            ),
            t("Reason: {reason}", reason=cut(each.reason, _REASON)) if each.reason else "",
        ]
    )


def _awards(t: Translator, card: OrderCard, room: int) -> Html:
    if not card.awards:
        return Html("")
    lines = {line.line: line for line in card.lines}
    # The newest decide what happens next: they are the ones that must not be cut away.
    rows = [award_row(t, each, lines.get(each.line)) for each in card.awards[-room:]]
    more = len(card.awards) - len(rows)
    if more > 0:
        rows.insert(0, t.plural("{n} earlier selection", "{n} earlier selections", more))
    return join([bold(t("Selected suppliers")), *rows])


def contract_row(t: Translator, each: ContractView) -> Html:
    """Number, date, sum and state of a contract."""
    return t(
        "No. {number} of {date}, {name}, {sum}. {state}",
        number=cut(each.contract_number, 64),
        date=fmt.day(t, each.signed_on),
        name=cut(name_of(t, each.supplier), _NAME),
        sum=fmt.money(t, each.sum),
        state=CONTRACT_STATES[each.state],
    )


def _contracts(t: Translator, card: OrderCard, room: int) -> Html:
    if not card.contracts:
        return Html("")
    rows = [contract_row(t, each) for each in card.contracts[-room:]]
    return join([bold(t("Contracts")), *rows])


def _signature(t: Translator, card: OrderCard) -> Html:
    if card.published_at is None:
        return t("A draft: only you see it. Nobody has been invited yet.")
    if card.signed:
        return Html("")
    return t("Every act here is confirmed in the chat, without a digital signature.")
