"""The steps of the price offer: what each asks, with an example, and the review at the end."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.money import unit_price
from domain.offers.rules import RejectionGround, grounds
from domain.orders.views import LineView, OrderCard
from handlers.views import format as fmt
from handlers.views.offer_draft import LineDraft, OfferDraft
from handlers.views.offers import asked_of, characteristics_row, days, ground_row, is_open, line_at
from handlers.views.parts import cut, fits, name_of
from handlers.views.shown import bold
from handlers.views.terms import unit
from handlers.views.translator import Html, Translator, join

#: Lines of the review on one page.
PAGE = 4
_NAME = 100
_ROOM = (400, 150, 60)


def broken(card: OrderCard, at: int, line: LineDraft) -> tuple[RejectionGround, ...]:
    """The grounds of rejection that a whole line breaks."""
    if line.skipped or line.price is None or line.days is None:
        return ()
    return grounds(asked_of(card, line_at(card, at)), line.price, line.days)


def head(t: Translator, card: OrderCard, draft: OfferDraft) -> Html:
    """Which line this is, and what has been typed for it already."""
    line = line_at(card, draft.at)
    place = draft.positions.index(draft.at) + 1
    return join(
        [
            closed_row(t, card),
            bold(t("Price offer on order No. {number}", number=card.number)),
            t("Line {place} of {count}", place=place, count=len(draft.positions))
            if len(draft.positions) > 1
            else "",
            t(
                "{name}: {quantity}",
                name=cut(name_of(t, line), _NAME),
                quantity=fmt.quantity(t, line.quantity, unit(t, line.unit)),
            ),
            typed_row(t, draft.line, line),
        ]
    )


def closed_row(t: Translator, card: OrderCard) -> Html:
    """For a form that outlived its window: when it closed, and that the draft is to read."""
    if is_open(card) or card.offers_due_at is None:
        return Html("")
    return t(
        "⛔ Price offers were taken until {when}. This draft can be read but not submitted "
        "any more ({clause}).",
        when=fmt.due(t, card.offers_due_at),
        clause=fmt.clause(t, "344-13.3a"),
    )


def typed_row(t: Translator, typed: LineDraft, line: LineView) -> Html:
    """``Your offer: 10 pcs for 1 000 000 ₸ (100 000 ₸ for 1 pcs), 60 calendar days``."""
    if typed.quantity is None:
        return Html("")
    measure = unit(t, line.unit)
    quantity = fmt.quantity(t, typed.quantity, measure)
    if typed.price is None:
        return t("Your offer: {quantity}", quantity=quantity)
    sum_ = t(
        "Your offer: {quantity} for {price} ({unit_price} for 1 {unit})",
        quantity=quantity,
        price=fmt.money(t, typed.price),
        unit_price=fmt.money(t, unit_price(typed.price, typed.quantity)),
        unit=measure,
    )
    if typed.days is None:
        return sum_
    return sum_ + Html(" · ") + days(t, typed.days)


def question(t: Translator, card: OrderCard, draft: OfferDraft, step: str) -> Html:
    """What the step asks, with an example."""
    asks = {
        "quantity": ask_quantity,
        "price": ask_price,
        "days": ask_days,
        "characteristics": ask_characteristics,
        "photos": ask_photos,
        "warranty": ask_warranty,
    }
    return join([head(t, card, draft), asks[step](t, card, draft)], "\n\n")


def ask_quantity(t: Translator, _card: OrderCard, _draft: OfferDraft) -> Html:
    """The volume: all or a part."""
    return join(
        [
            bold(t("What volume can you deliver?")),
            t("Press “All” or type a part of it, for example: 5 or 2,5"),
        ]
    )


def ask_price(t: Translator, card: OrderCard, draft: OfferDraft) -> Html:
    """The price for the volume typed before."""
    line = line_at(card, draft.at)
    volume = draft.line.quantity or line.quantity
    return join(
        [
            bold(
                t(
                    "What is the price for {quantity} in all?",
                    quantity=fmt.quantity(t, volume, unit(t, line.unit)),
                )
            ),
            t(
                "In tenge for the whole volume, not for one unit. For example: {example}",
                example="1 250 000,50",
            ),
            t(
                "The sum allocated for this line is {sum}. "
                "A price above it is rejected ({clause}).",
                sum=fmt.money(t, line.allocated_sum),
                clause=fmt.clause(t, "344-13.4b"),
            ),
        ]
    )


def ask_days(t: Translator, card: OrderCard, _draft: OfferDraft) -> Html:
    """The delivery period, with its limit."""
    return join(
        [
            bold(t("In how many calendar days will you deliver?")),
            t("From the date of the contract. For example: 60"),
            t(
                "The limit of the order is {limit}. A longer period is rejected ({clause}).",
                limit=days(t, card.delivery_days),
                clause=fmt.clause(t, "344-13.4c"),
            ),
        ]
    )


def ask_characteristics(t: Translator, card: OrderCard, draft: OfferDraft) -> Html:
    """The technical characteristics, or one tap for those of the order."""
    line, typed = line_at(card, draft.at), draft.line.characteristics
    return join(
        [
            bold(t("What are the technical characteristics?")),
            t("Press “As required” or type your own, for example: steel 20, DN 100, GOST 10704-91"),
            t("The order requires: {text}", text=cut(line.characteristics, 1500)),
            t("You typed: {text}", text=cut(typed, 1000)) if typed else "",
        ]
    )


def ask_photos(t: Translator, _card: OrderCard, draft: OfferDraft) -> Html:
    """Photos, at least one."""
    count = len(draft.line.photos)
    return join(
        [
            bold(t("Send photos of the goods")),
            t("At least one, at most 10. You may send several at once, or an image as a file."),
            t.plural("Received: {n} photo", "Received: {n} photos", count) if count else "",
        ]
    )


def ask_warranty(t: Translator, _card: OrderCard, draft: OfferDraft) -> Html:
    """Warranty and service, if there are any."""
    typed = draft.line.warranty
    return join(
        [
            bold(t("Is there a warranty or service after the sale?")),
            t("For example: warranty of 24 months, repair within 10 days. If not, press “Skip”."),
            t("You typed: {text}", text=cut(typed, 1000)) if typed else "",
        ]
    )


def resume(t: Translator, card: OrderCard) -> Html:
    """There is a draft: go on with it or begin anew."""
    return join(
        [
            closed_row(t, card),
            bold(t("Continue the draft?")),
            t(
                "You began a price offer on order No. {number}. Nothing of it is lost.",
                number=card.number,
            ),
        ]
    )


def leave(t: Translator, draft: OfferDraft) -> Html:
    """Leaving: the draft may wait or go."""
    return join(
        [
            bold(t("Leave the form?")),
            t(
                "Nothing has been sent. The draft of the offer on order No. {number} can wait for "
                "you: choose “Make an offer” again to go on.",
                number=draft.number,
            ),
        ]
    )


def fields(t: Translator, card: OrderCard, draft: OfferDraft) -> Html:
    """One line in full, and the question what to change."""
    line = line_at(card, draft.at)
    for room in (*_ROOM, 20):
        text = join(
            [_line(t, card, draft.at, draft.line, line, room), bold(t("What shall be changed?"))],
            "\n\n",
        )
        if fits(text):
            break
    return text


def pages(draft: OfferDraft) -> int:
    """How many pages the review has."""
    return max(1, -(-len(draft.positions) // PAGE))


def on_page(draft: OfferDraft) -> list[int]:
    """The lines on the present page of the review."""
    first = min(draft.page, pages(draft) - 1) * PAGE
    return draft.positions[first : first + PAGE]


def review(t: Translator, card: OrderCard, draft: OfferDraft) -> Html:
    """Everything that will be submitted, what will reject it, and that it can be mended."""
    for room in (*_ROOM, 20):
        text = _review(t, card, draft, room)
        if fits(text):
            break
    return text


def _review(t: Translator, card: OrderCard, draft: OfferDraft, room: int) -> Html:
    offered = draft.offered
    total = sum((line.price for line in offered.values() if line.price), start=Decimal(0))
    return join(
        [
            closed_row(t, card),
            bold(t("Check your price offer on order No. {number}", number=card.number)),
            *(
                _line(t, card, at, draft.lines[at], line_at(card, at), room)
                for at in on_page(draft)
            ),
            t("Page {page} of {pages}", page=draft.page + 1, pages=pages(draft))
            if pages(draft) > 1
            else "",
            t("Lines offered: {count}. In all: {sum}", count=len(offered), sum=fmt.money(t, total))
            if len(offered) > 1 and total
            else "",
            _verdict(t, card, draft),
        ],
        "\n\n",
    )


def _line(
    t: Translator, card: OrderCard, at: int, typed: LineDraft, line: LineView, room: int
) -> Html:
    name = bold(t("Line {line}: {name}", line=at, name=cut(name_of(t, line), _NAME)))
    if typed.skipped:
        return join([name, t("You make no offer for this line.")])
    return join([name, *_typed(t, typed, line, room), *_grounds(t, card, at, typed, line)])


def _typed(t: Translator, typed: LineDraft, line: LineView, room: int) -> Iterator[Html]:
    yield typed_row(t, typed, line)
    if typed.characteristics:
        yield characteristics_row(t, typed.characteristics, line, room)
    if typed.photos:
        yield t.plural("{n} photo", "{n} photos", len(typed.photos))
    if typed.warranty:
        yield t("Warranty and service: {text}", text=cut(typed.warranty, room))
    elif typed.warranty == "":
        yield t("Warranty and service: none")


def _grounds(
    t: Translator, card: OrderCard, at: int, typed: LineDraft, line: LineView
) -> Iterator[Html]:
    for ground in broken(card, at, typed):
        yield ground_row(t, ground, card, line)


def _verdict(t: Translator, card: OrderCard, draft: OfferDraft) -> Html:
    if not draft.offered:
        return t("You have left out every line. Change at least one to make an offer.")
    bad = sum(bool(broken(card, at, line)) for at, line in draft.offered.items())
    if bad:
        return join(
            [
                t.plural(
                    "{n} line breaks a limit of the order.",
                    "{n} lines break a limit of the order.",
                    bad,
                ),
                t("Correct it, or submit it all the same: it will be recorded."),
            ]
        )
    return t("Everything is within the limits of the order.")
