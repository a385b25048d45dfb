"""Setting volumes by hand: lines with their remainders, offers of a line, one offer, review."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from domain.awards.board import Board, BoardLine, BoardOffer
from domain.money import unit_price
from handlers.views import format as fmt
from handlers.views.parts import cut, fits, name_of
from handlers.views.selection import consequences, days_of
from handlers.views.shown import bold
from handlers.views.terms import REJECTIONS, unit
from handlers.views.translator import Html, Translator, join

_NAME = 100
_CHARACTERISTICS = 2500
#: Volumes chosen so far: by line number, then by the supplier's BIN.
Chosen = Mapping[int, Mapping[str, Decimal]]


def lines_text(t: Translator, board: Board, chosen: Chosen) -> Html:
    """All lines with what is chosen and what remains of need and sum."""
    top = [bold(t("Volumes by hand, order No. {number}", number=board.order_number))]
    for room in (15, 8, 4, 2):
        rows = [remainders(t, line, chosen.get(line.line.line, {})) for line in board.lines[:room]]
        if len(board.lines) > room:
            more = len(board.lines) - room
            rows.append(t.plural("and {n} more good", "and {n} more goods", more))
        text = join([*top, *rows, t("Type the number of a line, or press it below.")], "\n\n")
        if fits(text):
            break
    return text


def remainders(t: Translator, line: BoardLine, picks: Mapping[str, Decimal]) -> Html:
    """A line: chosen volume and sum, and what is left of both."""
    measure = unit(t, line.line.unit)
    quantity, cost = chosen_of(line, picks)
    return join(
        [
            bold(t("{line}. {name}", line=line.line.line, name=cut(name_of(t, line.line), _NAME))),
            t(
                "Chosen: {quantity} for {sum}",
                quantity=fmt.quantity(t, quantity, measure),
                sum=fmt.money(t, cost),
            ),
            t(
                "Remains: need {quantity}, allocated sum {sum}",
                quantity=fmt.quantity(t, line.open_quantity - quantity, measure),
                sum=fmt.money(t, line.open_sum - cost),
            ),
        ]
    )


def chosen_of(line: BoardLine, picks: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
    """The chosen volume of a line and its price in tenge; offers that are gone count nothing."""
    quantity, cost = Decimal(0), Decimal("0.00")
    for offer in line.offers:
        part = picks.get(offer.supplier.bin, Decimal(0))
        if part > 0:
            quantity += part
            cost += offer.price_of(part)
    return quantity, cost


def line_text(t: Translator, line: BoardLine, picks: Mapping[str, Decimal]) -> Html:
    """A line with every offer that can be chosen; rejected ones with their reason."""
    for room in (12, 8, 5, 3):
        rows = [_offer_row(t, line, offer, picks) for offer in line.offers[:room]]
        if len(line.offers) > room:
            more = len(line.offers) - room
            rows.append(t.plural("and {n} more offer", "and {n} more offers", more))
        text = join(
            [remainders(t, line, picks), *rows, t("Press a supplier to set its volume.")], "\n\n"
        )
        if fits(text):
            break
    return text


def _offer_row(
    t: Translator, line: BoardLine, offer: BoardOffer, picks: Mapping[str, Decimal]
) -> Html:
    measure = unit(t, line.line.unit)
    offered = offer.offered
    part = picks.get(offer.supplier.bin, Decimal(0))
    return join(
        [
            cut(name_of(t, offer.supplier), _NAME),
            t(
                "{quantity} for {price}, {unit_price} for 1 {unit}, {days}",
                quantity=fmt.quantity(t, offered.quantity, measure),
                price=fmt.money(t, offered.price),
                unit_price=fmt.money(t, unit_price(offered.price, offered.quantity)),
                unit=measure,
                days=days_of(t, offered.delivery_days),
            ),
            _standing(t, line, offer),
            t("Chosen: {quantity}", quantity=fmt.quantity(t, part, measure)) if part else "",
        ]
    )


def _standing(t: Translator, line: BoardLine, offer: BoardOffer) -> Html:
    """Why an offer cannot be chosen, or how much of it is taken."""
    if offer.offered.reason:
        return t("Rejected: {reason}", reason=REJECTIONS[offer.offered.reason])
    if offer.listed.gave_up:
        return t("Refused this line or did not answer in time.")
    if not offer.listed.accepted:
        return t("This supplier cannot be chosen now.")
    if offer.listed.taken > 0:
        measure = unit(t, line.line.unit)
        return t(
            "Already selected: {quantity}", quantity=fmt.quantity(t, offer.listed.taken, measure)
        )
    return Html("")


def volume_text(
    t: Translator, line: BoardLine, offer: BoardOffer, picks: Mapping[str, Decimal]
) -> Html:
    """The question of how much to take from one supplier."""
    measure = unit(t, line.line.unit)
    return join(
        [
            remainders(t, line, picks),
            _offer_row(t, line, offer, picks),
            t(
                "How much from this supplier? At most {quantity}. Type the volume or press a "
                "button. Example: 120,5",
                quantity=fmt.quantity(t, offer.available, measure),
            ),
        ],
        "\n\n",
    )


def offer_text(t: Translator, line: BoardLine, offer: BoardOffer) -> Html:
    """Everything a supplier said about a line."""
    offered = offer.offered
    return join(
        [
            bold(t("Price offer: {name}", name=cut(name_of(t, offer.supplier), 200))),
            t("BIN {bin}", bin=offer.supplier.bin),
            _offer_row(t, line, offer, {}),
            t("Characteristics: {text}", text=cut(offered.characteristics, _CHARACTERISTICS))
            if offered.characteristics
            else "",
            t("Warranty and service: {text}", text=cut(offered.warranty, 800))
            if offered.warranty
            else "",
            t("Photos: {count}", count=len(offered.photos)) if offered.photos else "",
        ],
        "\n\n",
    )


def review_text(t: Translator, board: Board, chosen: Chosen) -> Html:
    """The whole selection before it is sent."""
    rows, suppliers, total = [], set(), Decimal("0.00")
    for line in board.lines:
        picks = chosen.get(line.line.line, {})
        measure = unit(t, line.line.unit)
        for offer in line.offers:
            part = picks.get(offer.supplier.bin, Decimal(0))
            if part <= 0:
                continue
            suppliers.add(offer.supplier.bin)
            total += offer.price_of(part)
            rows.append(
                t(
                    "{name}: line {line}, {quantity} for {price}",
                    name=cut(name_of(t, offer.supplier), _NAME),
                    line=line.line.line,
                    quantity=fmt.quantity(t, part, measure),
                    price=fmt.money(t, offer.price_of(part)),
                )
            )
    if not rows:
        return t("Nothing is chosen yet. Go back and set a volume.")
    left = [
        t(
            "Line {line}: {quantity} stays uncovered.",
            line=line.line.line,
            quantity=fmt.quantity(t, rest, unit(t, line.line.unit)),
        )
        for line in board.lines
        if (rest := line.open_quantity - chosen_of(line, chosen.get(line.line.line, {}))[0]) > 0
    ]
    return join(
        [
            bold(t("Please check the selection, order No. {number}", number=board.order_number)),
            join(rows[:20]),
            join(left[:10]),
            consequences(t, len(suppliers), total),
        ],
        "\n\n",
    )
