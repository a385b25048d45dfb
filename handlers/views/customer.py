"""What a customer is shown before and after publishing an order."""

from __future__ import annotations

from domain.law import OFFER_WINDOW
from domain.orders.views import OrderCard, Preview, Published
from handlers.views import format as fmt
from handlers.views.needs import excess_block
from handlers.views.order_details import back_to
from handlers.views.parts import cut, name_of
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import FAILURES
from handlers.views.translator import Html, Translator, join

_LINES = 20


def preview_card(t: Translator, preview: Preview, card: OrderCard) -> Shown:
    """Who would be invited, by which codes, and until when offers would be taken."""
    head = bold(t("Preview of order No. {number}", number=preview.number))
    if not preview.suppliers:
        return Shown(
            join([head, _nobody(t), excess_block(t, preview.excesses)], "\n\n"),
            keyboard(
                [button(t.button("Edit"), press("order.edit", preview.number), "primary")],
                [button(t.button("Publish"), press("order.publish", preview.number))],
                [back_to(t, preview.number)],
            ),
        )
    rows = [
        t(
            "{line}. {name}: producers that match: {count}",
            line=line.line,
            name=cut(name_of(t, line), 100),
            count=preview.by_line.get(line.line, 0),
        )
        for line in card.lines[:_LINES]
    ]
    if len(card.lines) > _LINES:
        more = len(card.lines) - _LINES
        rows.append(t.plural("and {n} more good", "and {n} more goods", more))
    codes = ", ".join(preview.codes[:10]) + ("…" if len(preview.codes) > 10 else "")
    blocks = [
        head,
        t("Producers who will be invited: {count}", count=preview.suppliers),
        join(rows),
        t("They match by the codes: {codes}", codes=codes),
        excess_block(t, preview.excesses),
        t(
            "If you publish now, price offers are taken until {when} ({clause}).",
            when=fmt.due(t, preview.offers_due_at),
            clause=fmt.clause(t, OFFER_WINDOW.clause or ""),
        ),
    ]
    return Shown(
        join(blocks, "\n\n"),
        keyboard(
            [back_to(t, preview.number)],
            [button(t.button("Publish"), press("order.publish", preview.number), "primary")],
        ),
    )


def _nobody(t: Translator) -> Html:
    return join(
        [
            t("No producer in the registry makes these goods by these codes."),
            t(
                "If you publish, the purchase fails at once: {reason} ({clause}), and you may buy "
                "outside the rules. Check the codes first.",
                reason=FAILURES["15.3"],
                clause=fmt.clause(t, "344-15.3"),
            ),
        ]
    )


def publish_question(t: Translator, preview: Preview) -> Shown:
    """The confirm step: what publishing brings about."""
    number = preview.number
    if preview.suppliers:
        follows = join(
            [
                t("Producers who will be invited: {count}", count=preview.suppliers),
                t(
                    "Price offers are taken until {when}.",
                    when=fmt.due(t, preview.offers_due_at),
                ),
                t(
                    "Once published, the order cannot be changed. "
                    "The offers stay sealed until the deadline."
                ),
            ]
        )
    else:
        follows = _nobody(t)
    head = bold(t("Publish order No. {number}?", number=number))
    return Shown(
        join([head, follows, excess_block(t, preview.excesses)], "\n\n"),
        keyboard(
            [back_to(t, number)],
            [button(t.button("Yes, publish"), press("order.published", number), "success")],
        ),
    )


def discard_question(t: Translator, card: OrderCard) -> Shown:
    """Once more, before a draft is gone for good."""
    names = cut("; ".join(name_of(t, line) for line in card.lines), 500)
    text = join(
        [
            bold(t("Discard the draft of order No. {number}?", number=card.number)),
            t("Its goods: {names}", names=names),
            t("Its files: {count}", count=len(card.files)) if card.files else "",
            t("It cannot be brought back. Nobody but your company has seen it."),
        ]
    )
    discard = button(t.button("Yes, discard"), press("order.discarded", card.number), "danger")
    return Shown(text, keyboard([back_to(t, card.number)], [discard]))


def discarded_text(t: Translator, number: int) -> Shown:
    """The draft is gone."""
    return Shown(
        t("The draft of order No. {number} is discarded.", number=number),
        keyboard([button(t.button("New order"), press("order.new"))]),
    )


def published_card(t: Translator, done: Published) -> Shown:
    """What publishing has brought about."""
    if done.offers_due_at is None:
        text = join(
            [
                bold(t("Order No. {number} is published.", number=done.number)),
                t(
                    "The purchase failed at once: {reason} ({clause}). You may buy these goods "
                    "outside the rules.",
                    reason=FAILURES["15.3"],
                    clause=fmt.clause(t, "344-15.3"),
                ),
            ],
            "\n\n",
        )
    else:
        text = join(
            [
                bold(t("Order No. {number} is published.", number=done.number)),
                join(
                    [
                        t("Suppliers invited: {count}", count=done.invited),
                        t(
                            "Price offers are taken until {when}.",
                            when=fmt.due(t, done.offers_due_at),
                        ),
                        t("When the term ends, you will get the summary of offers here."),
                    ]
                ),
            ],
            "\n\n",
        )
    return Shown(text, keyboard([back_to(t, done.number)]))


def attach_question(t: Translator, number: int) -> Html:
    """What can be attached to a draft."""
    return t(
        "Send a file or a photo for order No. {number}: a drawing, a specification. "
        "Up to 10 files of 20 MB.",
        number=number,
    )


def attached_text(t: Translator, number: int, name: str) -> Html:
    """The file is attached."""
    return t(
        "Attached to order No. {number}: {name}. Send one more, or finish.",
        number=number,
        name=cut(name, 100),
    )


def template_caption(t: Translator) -> Html:
    """What the handed out spreadsheet is."""
    return t("Template of an order. The second sheet explains each column.")
