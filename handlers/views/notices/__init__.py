"""What people read when something happens: one text for every kind of notice.

A notice names the order and the deadline and offers the next step. Sums, identifiers of people
and telephone numbers are never in it: those are shown on request only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog

from domain.notices.kinds import KINDS
from domain.notices.views import NoticeView
from handlers.views.notices import (
    awards,
    broadcasts,
    canary,
    channels,
    digests,
    escalations,
    incidents,
    moves,
    operations,
    orders,
    people,
    recordings,
    reminders,
    support,
    webhooks,
    works,
)
from handlers.views.notices.facts import Draft, Facts, Render, Row, in_language
from handlers.views.notices.memory import remembered
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, italic, keyboard
from handlers.views.translator import Html, Translator, escape, join

__all__ = ["CHANGING_MENU", "RENDERINGS", "asks_to_be_seen", "render", "title"]

_log = structlog.get_logger(__name__)
_LABEL = 24

RENDERINGS: Mapping[str, Render] = {
    "order.invited": orders.invited,
    "order.published": orders.published,
    "order.failed": orders.failed,
    "order.summary": orders.summary,
    "order.choose_again": orders.choose_again,
    "order.done": orders.done,
    "order.window_closed": orders.window_closed,
    "offer.submitted": orders.submitted,
    "offer.withdrawn": orders.withdrawn,
    "offer.judged": orders.judged,
    "protocol.formed": orders.protocol,
    "award.selected": awards.selected,
    "award.confirmed": awards.confirmed,
    "award.refused": awards.refused,
    "award.lapsed": awards.lapsed,
    "selection.overdue": awards.selection_overdue,
    "contract.proposed": awards.contract_proposed,
    "contract.concluded": awards.contract_concluded,
    "contract.disputed": awards.contract_disputed,
    "contract.overdue": awards.contract_overdue,
    "escalation.silent": escalations.silent,
    "escalation.done": escalations.done,
    "duty.given": escalations.given,
    "remind.offer_window": reminders.offer_window,
    "remind.selection": reminders.selection,
    "remind.confirmation": reminders.confirmation,
    "remind.contract": reminders.contract,
    "remind.me": reminders.me,
    "remind.dropped": reminders.dropped,
    "deadline.moved": reminders.moved,
    "registration.received": people.received,
    "registration.pending": people.pending,
    "registration.approved": people.approved,
    "registration.refused": people.refused,
    "role.granted": people.granted,
    "role.revoked": people.revoked,
    "account.suspended": people.suspended,
    "account.resumed": people.resumed,
    "colleague.joined": people.joined,
    "channel.test": channels.tested,
    "ticket.received": support.received,
    "ticket.reopened": support.reopened,
    "ticket.answered": support.answered,
    "ticket.documents": support.documents,
    "ticket.called_back": support.called_back,
    "ticket.not_reached": support.not_reached,
    "ticket.closed": support.closed,
    "ticket.merged": support.merged,
    "ticket.promise_moved": support.promise_moved,
    "ticket.file_lost": support.file_lost,
    "ticket.file_too_big": support.file_too_big,
    "ticket.new": support.new,
    "ticket.user_wrote": support.user_wrote,
    "ticket.assigned": support.assigned,
    "ticket.unanswered": support.unanswered,
    "ticket.red": support.red,
    "ticket.overdue": support.overdue,
    "ticket.undecided": support.undecided,
    "ticket.number_unsent": support.number_unsent,
    "ticket.mail_failed": support.mail_failed,
    "ticket.mail_waits": support.mail_waits,
    "ticket.escalation_asked": support.escalation_asked,
    "ticket.file_failed": support.file_failed,
    "support.muted": support.muted,
    "support.unmuted": support.unmuted,
    "desk.morning": support.morning,
    "desk.digest": support.digest,
    "desk.lost": support.desk_lost,
    "incident.received": incidents.received,
    "incident.reported": incidents.reported,
    "incident.witnessed": incidents.witnessed,
    "incident.confirmed": incidents.confirmed,
    "incident.began": incidents.began,
    "incident.planned": incidents.planned,
    "incident.changed": incidents.changed,
    "incident.tonight": incidents.tonight,
    "incident.mended": incidents.mended,
    "incident.refuted": incidents.refuted,
    "incident.untold": incidents.untold,
    "incident.reopened": incidents.reopened,
    "incident.joined": incidents.joined,
    "incident.level_asked": incidents.level_asked,
    "incident.informed": incidents.informed,
    "incident.level_agreed": incidents.level_agreed,
    "incident.level_returned": incidents.level_returned,
    "incident.overdue": incidents.overdue,
    "incident.reminder": incidents.reminder,
    "incident.moved": moves.moved,
    "maintenance.announced": works.works_announced,
    "maintenance.tomorrow": works.works_tomorrow,
    "maintenance.started": works.works_started,
    "maintenance.finished": works.works_finished,
    "maintenance.cancelled": works.works_cancelled,
    "maintenance.prolonged": works.works_prolonged,
    "recording.act_finished": recordings.act_finished,
    "recording.ahead": recordings.ahead,
    "recording.released": recordings.released,
    "recording.restored": recordings.restored,
    "webhook.disabled": webhooks.disabled,
    "broadcast.news": broadcasts.news,
    "broadcast.test": broadcasts.news,
    "service.canary": canary.canary,
    "news.digest": lambda t, f: digests.digest(t, f, title),
    "restore.held": operations.held,
    "reconciliation.found": operations.reconciled,
}

#: After these the reader's menu may be another: it comes with the notice, in place of buttons.
CHANGING_MENU = frozenset(
    {"registration.approved", "role.granted", "role.revoked", "account.resumed"}
)


def render(t: Translator, notice: NoticeView, now: datetime) -> Shown:
    """The notice as a message; ``now`` decides what is left of its deadline."""
    draft = remembered(t, notice, now, lambda: _draft(t, notice, now))
    facts = Facts(notice, now)
    company, to_company = _for_whom(t, facts)
    footer = italic(t("Notice No. {number}", number=notice.shown_number))
    rows = [*to_company, *draft.rows, *_acknowledge(t, notice)]
    return Shown(
        join(
            [bold(draft.headline), company, escalations.turn(t, facts), *draft.body, footer], "\n\n"
        ),
        keyboard(*rows) if rows else None,
        draft.files,
    )


def _for_whom(t: Translator, f: Facts) -> tuple[Html, list[Row]]:
    """To whoever acts for several companies: for which of them it is, and the way to it.

    First of the buttons: what is pressed below is done for the company then acted for.
    """
    membership, name = f.whole("for_membership"), in_language(t, f.notice.params, "for")
    if not membership or not name:
        return escape(""), []
    label = cut(t.button("To: {name}", name=name), _LABEL)
    return escape(name), [[button(label, press("switch", membership))]]


def asks_to_be_seen(notice: NoticeView) -> bool:
    """Whether its reader is asked to say that they have seen it: others are woken meanwhile."""
    kind = KINDS.get(notice.kind)
    watches = notice.params.get("side") == "admin"
    return kind is not None and kind.ack and notice.acked_at is None and not watches


def _acknowledge(t: Translator, notice: NoticeView) -> list[Row]:
    if not asks_to_be_seen(notice):
        return []
    return [[button(t.button("I have seen it"), press("ack", notice.shown_number))]]


def title(t: Translator, notice: NoticeView) -> Html:
    """The notice in one line, for the list of notices."""
    return _draft(t, notice, notice.created_at).headline


def _draft(t: Translator, notice: NoticeView, now: datetime) -> Draft:
    rendering = RENDERINGS.get(notice.kind)
    if rendering is None:
        _log.error("notice_without_text", kind=notice.kind, notice=notice.number)
        return _unknown(t)
    return rendering(t, Facts(notice, now))


def _unknown(t: Translator) -> Draft:
    return Draft(
        t("There is news for you"),
        [t("Open the menu to see it.")],
        [[button(t.button("Open the menu"), press("menu"))]],
    )
