"""Notices of orders, price offers and protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.views import format as fmt
from handlers.views.notices.facts import (
    Draft,
    Facts,
    Row,
    cite,
    clause,
    due,
    goods,
    open_order,
    why,
)
from handlers.views.press import press
from handlers.views.shown import Attachment, button
from handlers.views.terms import FAILURES, REJECTIONS
from handlers.views.translator import Html, Translator, escape, join

_LINES_SHOWN = 8


def invitation_rows(t: Translator, f: Facts) -> list[Row]:
    """What an invited supplier can do."""
    return [
        [button(t.button("Make an offer"), press("order.offer", f.number), "primary")],
        [
            button(t.button("Details"), press("order.card", f.number)),
            button(t.button("Remind me"), press("order.remind", f.number)),
        ],
        [
            button(t.button("Not this time"), press("order.decline", f.number)),
            why(f, "offer_window"),
        ],
    ]


def choosing_rows(t: Translator, f: Facts) -> list[Row]:
    """What a customer who has to choose can do."""
    return [
        [button(t.button("Choose suppliers"), press("order.choose", f.number), "primary")],
        [
            button(t.button("Show the summary"), press("order.summary", f.number)),
            why(f, "selection"),
        ],
    ]


def invited(t: Translator, f: Facts) -> Draft:
    """To a supplier whose registered goods match (act 344, clause 13.2)."""
    days = f.whole("delivery_days")
    delivery = t.plural(
        "Delivery period: at most {n} calendar day from the contract date",
        "Delivery period: at most {n} calendar days from the contract date",
        days,
    )
    return Draft(
        t("New order No. {number}: your goods are needed", number=f.number),
        [goods(t, f), delivery if days else escape(""), due(t, f, "offer_window")],
        invitation_rows(t, f),
    )


def published(t: Translator, f: Facts) -> Draft:
    """To the customer: the order is out."""
    return Draft(
        t("Order No. {number} is published", number=f.number),
        [
            goods(t, f),
            t("Suppliers invited: {count}", count=fmt.number(t, f.whole("invited"))),
            due(t, f, "offer_window"),
            t("When the time is over, the summary of offers comes here by itself."),
        ],
        [[open_order(t, f), why(f, "offer_window")]],
    )


def failed(t: Translator, f: Facts) -> Draft:
    """To the customer: the purchase has failed, and what follows (clauses 15 and 16)."""
    ground = FAILURES.get(f.text("ground"))
    reason = t("Reason: {reason}", reason=t(ground)) if ground else escape("")
    return Draft(
        t("Order No. {number} has failed", number=f.number),
        [
            goods(t, f),
            join([reason, cite(t, f"344-{f.text('ground')}"), _why_nobody(t, f)]),
            join(
                [
                    t("These goods can now be bought without these rules."),
                    cite(t, "344-16"),
                ]
            ),
        ],
        [[open_order(t, f)]],
    )


def _why_nobody(t: Translator, f: Facts) -> Html:
    """Suppliers were invited, and yet there are none: say why (clause 15.3)."""
    if f.text("ground") != "15.3" or "offers" not in f.notice.params:
        return Html("")
    if f.whole("offers") == 0:
        return t("No price offers were made.")
    return t("Every price offer was rejected on one of the two grounds of the rules.")


def summary(t: Translator, f: Facts) -> Draft:
    """To the customer: the formed list, as a picture and a table (clauses 13.4 and 13.5)."""
    counts = t(
        "Offers: {offers}. Rejected lines: {rejected}.",
        offers=fmt.number(t, f.whole("offers")),
        rejected=fmt.number(t, f.whole("rejected")),
    )
    return Draft(
        t("Order No. {number}: the summary of offers is ready", number=f.number),
        [counts, due(t, f, "selection"), t("Look at the summary and choose the suppliers.")],
        choosing_rows(t, f),
        (Attachment("summary_picture", f.number), Attachment("summary_sheet", f.number)),
    )


def choose_again(t: Translator, f: Facts) -> Draft:
    """To the customer: a volume is open again (clause 13.10)."""
    return Draft(
        t("Order No. {number}: choose another supplier", number=f.number),
        [
            t("A supplier has refused or did not answer in time. A part of the volume is open."),
            due(t, f, "reselection"),
        ],
        choosing_rows(t, f),
    )


def done(t: Translator, f: Facts) -> Draft:
    """To the customer: everything is concluded."""
    return Draft(
        t("Order No. {number} is completed", number=f.number),
        [
            goods(t, f),
            t("All contracts are concluded."),
            join(
                [
                    t(
                        "Next comes the advance payment: 30 percent of the contract sum, "
                        "within 5 working days of signing."
                    ),
                    cite(t, "344-14"),
                ]
            ),
        ],
        [
            [open_order(t, f)],
            [button(t.button("Show the protocol"), press("order.protocol", f.number))],
        ],
    )


def window_closed(t: Translator, f: Facts) -> Draft:
    """To an invited supplier who made no offer."""
    return Draft(
        t("Order No. {number}: price offers are closed", number=f.number),
        [
            goods(t, f),
            t("Your company made no offer. Nothing is needed from you."),
        ],
        [[open_order(t, f)]],
    )


def submitted(t: Translator, f: Facts) -> Draft:
    """To the supplier: the offer is recorded (act 366, clauses 15 and 16)."""
    at = f.at("submitted_at")
    recorded = t("Recorded: {time}", time=fmt.moment(t, at, seconds=True)) if at else escape("")
    version = t(
        "Order No. {number}, version {version}", number=f.number, version=f.whole("version")
    )
    return Draft(
        t("Offer No. {offer} is submitted", offer=f.whole("offer")),
        [
            join([version, recorded]),
            due(t, f, "offer_window"),
            t("Until then you can change or withdraw it. Nobody else sees it."),
        ],
        [[open_order(t, f), why(f, "offer_window")]],
    )


def withdrawn(t: Translator, f: Facts) -> Draft:
    """To the supplier: the offer is withdrawn."""
    return Draft(
        t("Offer No. {offer} is withdrawn", offer=f.whole("offer")),
        [t("Order No. {number}. Until the deadline you can make a new offer.", number=f.number)],
        [
            [open_order(t, f)],
            [button(t.button("Make an offer"), press("order.offer", f.number))],
        ],
    )


def judged(t: Translator, f: Facts) -> Draft:
    """To the supplier: what became of each line of the offer (clause 13.4)."""
    lines = f.items("lines")
    rejected = [line for line in lines if line.get("reason")]
    if not rejected:
        headline = t("Order No. {number}: your offer is accepted", number=f.number)
    elif len(rejected) == len(lines):
        headline = t("Order No. {number}: your offer is rejected", number=f.number)
    else:
        headline = t("Order No. {number}: your offer is accepted in part", number=f.number)
    next_step = t("The customer now chooses. If you are chosen, you will be asked to confirm here.")
    return Draft(
        headline,
        [
            _rejections(t, rejected) if rejected else escape(""),
            next_step if len(rejected) < len(lines) else escape(""),
        ],
        [[open_order(t, f)]],
    )


def _rejections(t: Translator, rejected: Sequence[Mapping[str, object]]) -> Html:
    said = []
    for line in rejected[:_LINES_SHOWN]:
        reason = REJECTIONS.get(str(line["reason"]))
        why_not = t(reason) if reason else escape(str(line["reason"]))
        said.append(t("Line {line} is rejected: {reason}", line=str(line["line"]), reason=why_not))
    rest = len(rejected) - len(said)
    if rest > 0:
        said.append(t.plural("and {n} more", "and {n} more", rest))
    return join([*said, cite(t, "344-13.4")])


def protocol(t: Translator, f: Facts) -> Draft:
    """To the customer and all who offered: a version of the protocol (clause 13.8)."""
    failure = FAILURES.get(f.text("failure"))
    if failure:
        result = t("The purchase has failed. Reason: {reason}", reason=t(failure))
    else:
        result = t("Winners so far: {count}", count=fmt.number(t, f.whole("winners")))
    return Draft(
        t("Order No. {number}: protocol of results", number=f.number),
        [
            t(
                "Protocol No. {protocol}, version {version}",
                protocol=f.text("protocol"),
                version=f.whole("version"),
            ),
            result,
            t("It was formed by the platform itself and bears no digital signature."),
            clause(t, f) or cite(t, "344-13.8"),
        ],
        [[open_order(t, f)]],
        (Attachment("protocol", f.number, f.whole("version")),),
    )
