"""A supplier's own offers: the list, the card with every version, and what became of each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiogram.types import InlineKeyboardButton

from domain.deadlines import DeadlineView
from domain.offers.rules import AskedLine, RejectionGround, grounds
from domain.offers.views import OfferLineView, OfferPage, OfferRow, OfferView, Submitted
from domain.orders.views import AwardView, LineView, OrderCard
from handlers.views import format as fmt
from handlers.views.order_buttons import receipt_button
from handlers.views.parts import cut, fits, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import (
    AWARD_OUTCOMES,
    AWARD_STATES,
    DEADLINE_KINDS,
    OFFER_STATES,
    ORDER_STATES,
    REJECTIONS,
    unit,
)
from handlers.views.translator import Html, Translator, join

Row = list[InlineKeyboardButton]

_NAME = 100
#: Lines of the card and characters of each text, tried in turn until one message holds them.
_ROOM = ((12, 700), (12, 250), (8, 150), (5, 80))


def is_open(card: OrderCard) -> bool:
    """Whether offers are taken at the moment the card was read."""
    return (
        card.state == "collecting"
        and card.offers_due_at is not None
        and card.now < card.offers_due_at
    )


def asked_of(card: OrderCard, line: LineView) -> AskedLine:
    """What the rules compare an offered line with."""
    return AskedLine(line.quantity, line.allocated_sum, card.delivery_days)


def line_at(card: OrderCard, position: int) -> LineView:
    """The order's line with this number."""
    return next(line for line in card.lines if line.line == position)


def price_row(t: Translator, offered: OfferLineView, line: LineView) -> Html:
    """``10 pcs for 1 000 000 ₸ (100 000 ₸ for 1 pcs)``."""
    measure = unit(t, line.unit)
    return t(
        "{quantity} for {price} ({unit_price} for 1 {unit})",
        quantity=fmt.quantity(t, offered.quantity, measure),
        price=fmt.money(t, offered.price),
        unit_price=fmt.money(t, offered.unit_price),
        unit=measure,
    )


def days(t: Translator, count: int) -> Html:
    """60 calendar days."""
    return t.plural("{n} calendar day", "{n} calendar days", count)


def ground_row(t: Translator, ground: RejectionGround, card: OrderCard, line: LineView) -> Html:
    """Which limit is broken, what it is, and the clause that will reject the line."""
    if ground is RejectionGround.PRICE_ABOVE_ALLOCATED:
        return t(
            "⚠️ The price is above the allocated sum of {limit}. When the term ends this line "
            "will be rejected under {clause}.",
            limit=fmt.money(t, line.allocated_sum),
            clause=fmt.clause(t, ground.clause),
        )
    return t(
        "⚠️ The delivery period is beyond the limit of {limit}. When the term ends this line "
        "will be rejected under {clause}.",
        limit=days(t, card.delivery_days),
        clause=fmt.clause(t, ground.clause),
    )


def characteristics_row(t: Translator, text: str, line: LineView, room: int) -> Html:
    """What was stated, or that it is what the order requires."""
    if text == line.characteristics:
        return t("Characteristics: as required by the order")
    return t("Characteristics: {text}", text=cut(text, room))


def offer_list(t: Translator, page: OfferPage, *, first: bool) -> Shown:
    """A page of the company's offers, newest first; an empty one says how to make an offer."""
    if not page.offers:
        text = t(
            "You have no price offers yet. When an order for your goods comes, press "
            "“Make an offer” under it. Orders you are invited to are under “Orders”."
        )
        return Shown(text)
    head = bold(t("My price offers"))
    cards = [
        button(
            t.button("Offer No. {number}", number=row.number),
            press("offer.card", row.order_number),
        )
        for row in page.offers
    ]
    turning: Row = []
    if not first:
        turning.append(button(t.button("To the first page"), press("offers", 0)))
    if page.after is not None:
        turning.append(button(t.button("Older offers"), press("offers", page.after)))
    rows = [cards[at : at + 2] for at in range(0, len(cards), 2)]
    return Shown(
        join([head, *(_list_row(t, row) for row in page.offers)], "\n\n"),
        keyboard(*rows, turning),
    )


def _list_row(t: Translator, row: OfferRow) -> Html:
    due = row.offers_due_at if row.order_state == "collecting" else None
    return join(
        [
            t(
                "{offer}, version {version} · {state}",
                offer=bold(t("Offer No. {number}", number=row.number)),
                version=row.version,
                state=t(OFFER_STATES[row.state]),
            ),
            t(
                "Order No. {number}: {goods} · {state}",
                number=row.order_number,
                goods=cut(name_of(t, row), 80),
                state=t(ORDER_STATES[row.order_state]),
            ),
            t("It can be changed until {when}", when=fmt.due(t, due)) if due else "",
        ]
    )


def offer_card(
    t: Translator, card: OrderCard, versions: Sequence[OfferView], version: int | None = None
) -> Shown:
    """One's own offer in its newest version, or in ``version``, with what can be done now."""
    newest = versions[-1]
    shown = next((each for each in versions if each.version == version), newest)
    for lines, room in _ROOM:
        text = _card_text(t, card, newest, shown, lines, room)
        if fits(text):
            break
    return Shown(text, keyboard(*_card_rows(t, card, versions, shown)))


def _card_text(
    t: Translator, card: OrderCard, newest: OfferView, shown: OfferView, lines: int, room: int
) -> Html:
    head = t("Offer No. {number}, version {version}", number=shown.number, version=shown.version)
    more = len(shown.lines) - lines
    return join(
        [
            join(
                [
                    bold(head) + Html(" · ") + _state(t, newest, shown),
                    t("Order No. {number}", number=card.number)
                    + Html(" · ")
                    + t(ORDER_STATES[card.state]),
                    t("Recorded: {when}", when=fmt.moment(t, shown.submitted_at, seconds=True)),
                ]
            ),
            *(_line(t, card, shown, each, room) for each in shown.lines[:lines]),
            t.plural("and {n} more line", "and {n} more lines", more) if more > 0 else "",
            _window(t, card, newest.state),
        ],
        "\n\n",
    )


def _state(t: Translator, newest: OfferView, shown: OfferView) -> Html:
    if shown.version != newest.version:
        return t("replaced by version {version}", version=newest.version)
    return t(OFFER_STATES[shown.state])


def _line(
    t: Translator, card: OrderCard, shown: OfferView, offered: OfferLineView, room: int
) -> Html:
    line = line_at(card, offered.line)
    photos = len(offered.photos)
    return join(
        [
            bold(t("Line {line}: {name}", line=line.line, name=cut(name_of(t, line), _NAME))),
            price_row(t, offered, line),
            t("Delivery: {days}", days=days(t, offered.delivery_days)),
            characteristics_row(t, offered.characteristics, line, room),
            t("Warranty and service: {text}", text=cut(offered.warranty, room))
            if offered.warranty
            else "",
            t.plural("{n} photo", "{n} photos", photos) if photos else "",
            *_fate(t, card, shown, offered, line),
        ]
    )


def _fate(
    t: Translator, card: OrderCard, shown: OfferView, offered: OfferLineView, line: LineView
) -> Iterator[Html]:
    if offered.accepted is None:
        # Of an older or withdrawn version nothing will be judged.
        if shown.state == "submitted" and card.closed_at is None:
            for ground in grounds(asked_of(card, line), offered.price, offered.delivery_days):
                yield ground_row(t, ground, card, line)
        return
    if offered.accepted:
        yield Html("✅ ") + t(OFFER_STATES["accepted"])
    else:
        ground = RejectionGround(offered.reason or RejectionGround.PRICE_ABOVE_ALLOCATED)
        yield Html("❌ ") + t(
            "Rejected: {reason} ({clause})",
            reason=REJECTIONS[ground.value],
            clause=fmt.clause(t, ground.clause),
        )
    for award in card.awards:
        if award.line == offered.line:
            yield _award(t, award, line)


def _award(t: Translator, award: AwardView, line: LineView) -> Html:
    return t(
        "The customer chose you for {quantity}, {price}: {state}",
        quantity=fmt.quantity(t, award.quantity, unit(t, line.unit)),
        price=fmt.money(t, award.price),
        state=AWARD_OUTCOMES.get(award.outcome or "", AWARD_STATES[award.state]),
    )


def _window(t: Translator, card: OrderCard, state: str) -> Html:
    if card.offers_due_at is None:
        return Html("")
    if is_open(card):
        return join(
            [
                t(
                    "{what}: {when}",
                    what=DEADLINE_KINDS["offer_window"],
                    when=fmt.due(t, card.offers_due_at),
                )
                + Html(" · ")
                + fmt.left(t, card.now, card.offers_due_at),
                t("Until then you can change or withdraw the offer. Nobody else sees it.")
                if state == "submitted"
                else t("Until then you can make an offer again."),
            ]
        )
    return t(
        "Price offers were taken until {when}. After that an offer cannot be changed or "
        "withdrawn ({clause}).",
        when=fmt.due(t, card.offers_due_at),
        clause=fmt.clause(t, "344-13.3a"),
    )


def _card_rows(
    t: Translator, card: OrderCard, versions: Sequence[OfferView], shown: OfferView
) -> Iterator[Row]:
    number, newest = card.number, versions[-1]
    if is_open(card):
        if newest.state == "submitted":
            yield [button(t.button("Change"), press("offer.change", number), "primary")]
            yield [button(t.button("Withdraw"), press("offer.withdraw", number), "danger")]
        else:
            yield [button(t.button("Make an offer"), press("offer.change", number), "primary")]
    for award in card.awards:
        if award.state == "pending":
            label = t.button("Confirm line {line}", line=award.line)
            yield [button(label, press("award.card", award.id), "primary")]
    if any(line.photos for line in shown.lines):
        yield [button(t.button("Photos"), press("offer.photos", number, shown.version))]
    others = [each for each in versions if each is not shown][-6:]
    for at in range(0, len(others), 3):
        yield [
            button(
                t.button("Version {version}", version=each.version),
                press("offer.card", number, each.version),
            )
            for each in others[at : at + 3]
        ]
    deadline = window_of(card)
    yield [
        button(t.button("The order"), press("order.card", number)),
        *([receipt_button(t, deadline)] if deadline else []),
    ]


def window_of(card: OrderCard) -> DeadlineView | None:
    """The term of offers."""
    return card.deadline("offer_window")


def withdraw_question(t: Translator, card: OrderCard, offer: OfferView) -> Shown:
    """Is it really meant; the safe button first."""
    text = t(
        "Withdraw offer No. {offer} on order No. {number}? It will not take part in the "
        "comparison. Until the term ends you can make an offer again.",
        offer=offer.number,
        number=card.number,
    )
    keep = button(t.button("Keep the offer"), press("offer.card", card.number))
    leave = button(
        t.button("Yes, withdraw"), press("offer.withdrawn", card.number, offer.version), "danger"
    )
    return Shown(text, keyboard([keep], [leave]))


def submitted(t: Translator, done: Submitted, card: OrderCard) -> Shown:
    """The confirmation: number, version, the exact recorded time, and until when it may change."""
    warned = [
        join(
            [
                bold(t("Line {line}: {name}", line=at, name=cut(name_of(t, line), _NAME))),
                *(ground_row(t, RejectionGround(ground), card, line) for ground in broken),
            ]
        )
        for at, broken in list(done.breaks.items())[:6]
        for line in (line_at(card, int(at)),)
    ]
    due = card.offers_due_at
    text = join(
        [
            bold(
                t(
                    "Offer No. {number}, version {version}, is submitted",
                    number=done.number,
                    version=done.version,
                )
            ),
            join(
                [
                    t("Order No. {number}", number=done.order_number),
                    t("Recorded: {when}", when=fmt.moment(t, done.submitted_at, seconds=True)),
                ]
            ),
            *warned,
            t("You can change or withdraw it until {when}.", when=fmt.due(t, due)) if due else "",
            t("Every act here is confirmed in the chat, without a digital signature."),
        ],
        "\n\n",
    )
    look = button(t.button("My offer"), press("offer.card", done.order_number))
    return Shown(text, keyboard([look]))
