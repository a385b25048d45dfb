"""What whoever asks support reads: whole, short enough, nothing that operators say in private."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.errors import Conflict, NotFound
from domain.support.regimes import REGIMES, regime_at
from domain.support.views import MuteView, TicketPage
from domain.working_time.service import DeadlineMove
from handlers.views import sample_forms as content
from handlers.views import samples
from handlers.views.errors import toast
from handlers.views.gallery_support import NUMBER, promised, said, support_sections, ticket
from handlers.views.notices import render
from handlers.views.parts import fits
from handlers.views.press import press
from handlers.views.samples import notice
from handlers.views.shown import Shown
from handlers.views.support import hours, support_page, ticket_list, we_are_late
from handlers.views.support_ticket import (
    history,
    may_reopen,
    taken,
    ticket_card,
    whole_message,
)
from handlers.views.support_words import when
from handlers.views.translator import Html, Translator, plain, translator
from handlers.views.working_days import preview
from tests.handlers.views.hearing import hearing
from tests.support.language import assert_catalogued

kk, ru, en = translator("kk"), translator("ru"), translator("en")
each_language = pytest.mark.parametrize("t", [kk, ru], ids=str)
NOW = ticket("open").line.opened_at


def names(shown: Shown) -> set[str]:
    """What the buttons of a message report."""
    rows = shown.keyboard.inline_keyboard if shown.keyboard else []
    return {(each.callback_data or "").split(":")[1] for row in rows for each in row}


def test_every_text_passes_the_catalogue_and_fits() -> None:
    words = samples.words()
    with hearing() as heard:
        sections = support_sections()
    for section in sections:
        for name, shown in section.entries:
            for text in shown.values():
                whole = text.text if isinstance(text, Shown) else Html(text)
                assert fits(whole), name
                data = [words.person, words.ground, "plan.pdf", "1:15"]
                assert_catalogued(plain(whole), heard, data=data)
                rows = (
                    text.keyboard.inline_keyboard
                    if isinstance(text, Shown) and text.keyboard
                    else []
                )
                assert all(len(each.text) <= 24 for row in rows for each in row), name


@each_language
@pytest.mark.parametrize("code", REGIMES)
def test_hours_are_those_of_the_regime_with_its_clause(t: Translator, code: str) -> None:
    text = plain(hours(t, regime_at(code, NOW)))
    assert code in text
    assert ("13:00" in text) is ("14:30" in text) is (code == "627")


@each_language
def test_history_never_shows_a_note_nor_what_only_the_desk_is_told(t: Translator) -> None:
    secret = replace(said()[0], author="note", text="secret")
    desk = replace(said()[1], author="system", kind="assigned")
    view = replace(ticket("open"), messages=(said()[0], secret, desk, *said()[1:], secret))
    pages = [plain(history(t, view, at).text) for at in range(5)]
    assert not any("secret" in page for page in pages)
    assert "secret" not in plain(ticket_card(t, view, NOW).text)
    whole = [plain(history(t, ticket("open"), at).text) for at in range(5)]
    assert pages == whole


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        ("open", {"ticket.add", "ticket.history", "ticket.receipt", "ticket.escalate"}),
        ("working", {"ticket.add", "ticket.history", "ticket.receipt", "ticket.escalate"}),
        ("waiting", {"ticket.add", "ticket.history", "ticket.escalate"}),
        ("answered", {"ticket.add", "ticket.history", "ticket.reopen", "ticket.rate"}),
        ("closed", {"ticket.history", "ticket.reopen", "ticket.rate"}),
        ("merged", {"ticket.history", "ticket.card"}),
    ],
)
def test_a_card_offers_what_can_be_done(state: str, offered: set[str]) -> None:
    assert names(ticket_card(ru, ticket(state), NOW)) == {*offered, "tickets"}


def test_a_closed_request_is_opened_again_only_in_time() -> None:
    view = ticket("closed")
    assert view.reopen_until is not None
    assert may_reopen(view, view.reopen_until - timedelta(microseconds=1))
    assert not may_reopen(view, view.reopen_until)
    assert "ticket.reopen" not in names(ticket_card(ru, view, view.reopen_until))


def test_long_words_are_cut_without_breaking_markup() -> None:
    long = replace(said()[0], text="<b>" + "а&lt;" * 3000 + "</b>", files=())
    view = replace(ticket("open"), messages=tuple(replace(long, id=at) for at in range(5)))
    text = history(ru, view, 0).text
    assert fits(text)
    assert text.count("<b>") == text.count("</b>")
    assert "&lt;" in text


@each_language
def test_the_answer_names_number_promise_and_clause(t: Translator) -> None:
    text = plain(taken(t, ticket("open"), promised("366", NOW), NOW).text)
    assert str(NUMBER) in text
    assert "18:30" in text
    assert "366" in text
    assert promised("366", NOW).due_at == ticket("open").line.promised_at


def answered(t: Translator, at: str) -> str:
    """What is said to a message at a moment in a request of Friday evening, 20 November."""
    now = datetime.fromisoformat(f"{at}+05:00")
    return plain(taken(t, ticket("open"), promised("366", now), now).text)


@each_language
def test_a_message_at_night_is_never_promised_an_operator_at_once(t: Translator) -> None:
    at_once, late = (
        plain(t("An operator answers now.")),
        plain(t("Your request stands at the head of the queue.")),
    )
    monday, tuesday = (
        plain(t("We will work it by: {when}", when=when(t, moment)))
        for moment in (NOW + timedelta(days=3, minutes=-1), NOW + timedelta(days=4, minutes=-1))
    )
    # In hours, before the end of the promise.
    text = answered(t, "2026-11-23T18:29:59")
    assert (at_once in text, late in text, monday in text) == (True, False, True)
    # The promise of the request is over: what is promised lies ahead, never behind.
    text = answered(t, "2026-11-23T18:30:00")
    assert (at_once in text, late in text, tuesday in text) == (False, True, True)
    assert monday not in text
    text = answered(t, "2026-11-24T09:00:00")
    assert (at_once in text, late in text, tuesday in text) == (True, True, True)


@each_language
def test_a_late_request_says_so_in_lists_and_on_its_card(t: Translator) -> None:
    line = ticket("open").line
    says = plain(we_are_late(t, line.promised_at))
    for now, late in ((line.promised_at - timedelta(seconds=1), False), (line.promised_at, True)):
        shown = ticket_list(t, TicketPage([line], 0, 1, 1), now).text
        assert (says in plain(shown)) is late
        assert (says in plain(ticket_card(t, ticket("open"), now).text)) is late


@each_language
def test_a_change_of_the_calendar_names_the_requests_it_moves(t: Translator) -> None:
    moved = [
        DeadlineMove(None, f"{what}:{NUMBER}", kind, "366-19.2", NOW, NOW + timedelta(days=1))
        for what, kind in (("ticket", "ticket.promise"), ("incident", "incident.decide"))
    ]
    text = plain(preview(t, content.day_change(), moved, 0))
    assert plain(t("Request No. {number}", number=NUMBER)) in text
    assert plain(t("Incident No. {number}", number=NUMBER)) in text
    assert plain(t.context("deadline", "Support answers by")) in text


LONG = "".join(f"<b>{at}</b> &lt;сөз\n" for at in range(1, 1_001))


def offered(shown: Shown) -> list[str]:
    """What the buttons of a message report, whole."""
    rows = shown.keyboard.inline_keyboard if shown.keyboard else []
    return [each.callback_data or "" for row in rows for each in row]


@each_language
def test_a_long_message_is_read_in_full_from_what_was_said_and_from_the_card(
    t: Translator,
) -> None:
    long = replace(said()[0], id=77, author="operator", text=LONG, files=())
    view = replace(ticket("open"), messages=(long, replace(said()[0], id=78, text="а")))
    assert press("ticket.whole", NUMBER, 77) in offered(history(t, view, 0))
    assert press("ticket.whole", NUMBER, 78) not in offered(history(t, view, 0))
    last = replace(view, messages=(long,))
    assert press("ticket.whole", NUMBER, 77) in offered(ticket_card(t, last, NOW))
    read, part = "", 0
    while True:
        shown = whole_message(t, view, 77, part)
        assert fits(shown.text)
        assert shown.text.count("<b>") == shown.text.count("</b>")
        read += shown.text
        part += 1
        if press("ticket.part", NUMBER, 77, part) not in offered(shown):
            break
    assert part > 1
    assert all(f"<b>{at}</b> &lt;сөз" in read for at in range(1, 1_001))


def test_no_note_and_no_message_of_another_request_is_read_in_full() -> None:
    note = replace(said()[0], id=77, author="note", text=LONG)
    view = replace(ticket("open"), messages=(note,))
    for message_id in (77, 1_000_000):
        with pytest.raises(NotFound, match="ticket_unknown"):
            whole_message(ru, view, message_id, 0)


@each_language
@pytest.mark.parametrize("kind", ["answered", "documents", "called_back", "closed"])
def test_a_notice_carries_what_fits_and_the_way_to_the_rest(t: Translator, kind: str) -> None:
    params = {"ticket": NUMBER, "message": 77, "text": LONG, "result": "answered"}
    shown = render(t, notice(f"ticket.{kind}", **params), NOW)
    assert fits(shown.text)
    assert "<b>150</b> &lt;сөз" in shown.text
    assert shown.text.count("<b>") == shown.text.count("</b>")
    assert press("ticket.whole", NUMBER, 77) in offered(shown)
    short = render(t, notice(f"ticket.{kind}", **{**params, "text": "Дайын"}), NOW)
    assert press("ticket.whole", NUMBER, 77) not in offered(short)


@each_language
def test_who_is_muted_reads_why_and_until_when_and_may_report_a_fault(t: Translator) -> None:
    until = NOW + timedelta(days=2)
    mute = MuteView(1, "Ерлан", "Балағат сөздер", NOW, until)
    shown = support_page(t, promised("366", NOW), regime_at("366", NOW), 2, mute=mute)
    text = plain(shown.text)
    assert "Балағат сөздер" in text
    assert plain(when(t, until)) in text
    assert plain(t("An operator answers now. Write or say what happened.")) not in text
    assert plain(
        t("A text, a photo or a file is taken, too. A file may have up to 20 MB.")
    ) not in (text)
    assert {press("fault.report"), press("tickets", 0)} <= set(offered(shown))


@each_language
@pytest.mark.parametrize("reason", ["Балағат сөздер", "Балағат сөздер."])
def test_a_full_stop_stands_once_between_the_reason_and_what_to_do(
    t: Translator, reason: str
) -> None:
    told = str(toast(t, Conflict("support_muted", None, reason=reason, until=NOW)))
    after = plain(t("After that time you can write again."))
    assert f"Балағат сөздер. {after}" in " ".join(told.split())
