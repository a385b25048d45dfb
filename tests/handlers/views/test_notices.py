"""Every notice: complete, short, with its deadline and its next step, in each language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from domain.law import OFFER_WINDOW
from domain.notices.views import NoticeView
from handlers.views import format as fmt
from handlers.views import samples
from handlers.views.awards import QUICK_REASONS
from handlers.views.notices import RENDERINGS, render, title
from handlers.views.notices.reminders import at_desk
from handlers.views.press import MOST_BYTES, unpress
from handlers.views.shown import Attachment, Shown
from handlers.views.translator import Translator, plain, translator
from tests.handlers.views import domain_calls
from tests.handlers.views.hearing import hearing
from tests.support.language import assert_catalogued

en, kk, ru = translator("en"), translator("kk"), translator("ru")
each_language = pytest.mark.parametrize("t", [kk, ru, en], ids=str)
each_notice = pytest.mark.parametrize(
    "notice", [pytest.param(notice, id=name) for name, notice in samples.notices()]
)

#: Kinds that domain makes of parts.
FAMILIES = {"registration.{}": {"registration.approved", "registration.refused"}}
#: What presses of notices may be named: handlers answer for each.
PRESSES = {
    "order.card": 1,
    "order.offer": 1,
    "order.decline": 1,
    "order.remind": 1,
    "order.choose": 1,
    "order.summary": 1,
    "order.protocol": 1,
    "award.card": 1,
    "contract.enter": 2,
    "contract.agree": 1,
    "contract.dispute": 1,
    "contract.file": 1,
    "receipt": 3,
    "registrations": 0,
    "registration.card": 1,
    "menu": 0,
    "addresses": 0,
    "ticket.card": 1,
    "ticket.rate": 2,
    "desk.open": 1,
    "incident.card": 1,
    "incident.paper": 1,
    "fault.mine": 1,
    "rec.act": 1,
    "rec.ahead": 1,
    "rec.of": 1,
    "held.list": 0,
    "ack": 1,
    "chains": 2,
    "duty": 0,
    "digest": 1,
    "set.remind": 0,
    "notice.card": 1,
    "webhook.on": 1,
    "news.to": 1,
    "support": 0,
}
#: Kinds with a term that runs: they say until when.
RUNNING = re.compile(
    r"order\.(invited|published|summary|choose_again)|offer\.submitted|award\.(selected|confirmed)"
    r"|remind\..*|deadline\.moved"
)


def _shown(t: Translator, notice: NoticeView) -> Shown:
    return render(t, notice, samples.NOW)


def _buttons(shown: Shown) -> list[tuple[str, str]]:
    rows = shown.keyboard.inline_keyboard if shown.keyboard else []
    return [(button.text, button.callback_data or "") for row in rows for button in row]


def _names(shown: Shown) -> list[str]:
    return [data.split(":")[1] for _, data in _buttons(shown)]


def test_every_kind_of_domain_has_a_text_and_every_text_a_kind() -> None:
    told = {kind for said in domain_calls.told() for kind in FAMILIES.get(said.text, {said.text})}
    assert told == RENDERINGS.keys()


def test_samples_hold_every_kind() -> None:
    assert {notice.kind for _, notice in samples.notices()} == RENDERINGS.keys()


@each_language
@each_notice
def test_a_notice_is_whole_and_fits(t: Translator, notice: NoticeView) -> None:
    with hearing() as heard:
        shown = _shown(t, notice)
    text = plain(shown.text)
    assert len(text) <= (1024 if shown.attachments else 4096)
    assert shown.text.startswith("<b>")
    assert str(notice.number) in text.splitlines()[-1]
    assert "…" not in text
    assert_catalogued(text, heard)
    for label, data in _buttons(shown):
        assert 0 < len(label) <= 24
        assert len(data.encode()) <= MOST_BYTES


@each_notice
def test_presses_are_those_that_handlers_know(notice: NoticeView) -> None:
    for _, data in _buttons(_shown(en, notice)):
        pressed = unpress(data)
        assert pressed is not None
        name, ids = pressed
        assert len(ids) == PRESSES[name]
        assert all(part and part != "0" for part in ids), data


@each_notice
def test_no_sums_and_no_identifiers_of_people(notice: NoticeView) -> None:
    text = plain(_shown(ru, notice).text)
    assert "\N{TENGE SIGN}" not in text
    assert not re.search(r"\d{11}", text)


@each_language
@each_notice
def test_a_running_term_says_until_when_and_what_is_left(t: Translator, notice: NoticeView) -> None:
    if not RUNNING.fullmatch(notice.kind):
        return
    shown = _shown(t, notice)
    assert "<tg-time" in shown.text
    assert "24:00 (" in shown.text
    # A term of an order is explained by its receipt, one at the desk by the card it stands on.
    desk = at_desk(str(notice.params.get("deadline")))
    assert {"desk.open", "incident.card"} & {*_names(shown)} if desk else "receipt" in _names(shown)
    assert any(word in plain(shown.text) for word in ("left", "қалды", "Осталось"))
    if notice.params.get("clause"):
        assert fmt.clause(t, str(notice.params["clause"])) in shown.text


@each_notice
def test_a_row_without_its_values_still_shows(notice: NoticeView) -> None:
    bare = replace(notice, params={})
    assert len(plain(_shown(ru, bare).text)) > 10
    odd = {"goods": "x", "due_at": "soon", "lines": 3, "number": "?", "signed_on": "?"}
    assert len(plain(_shown(ru, replace(notice, params=odd)).text)) > 10


@each_language
@each_notice
def test_a_title_is_one_line(t: Translator, notice: NoticeView) -> None:
    line = title(t, notice)
    assert "\n" not in line
    assert "<b>" not in line
    assert 5 < len(plain(line)) <= 100
    assert plain(_shown(t, notice).text).startswith(plain(line))


def test_an_invitation_holds_what_a_supplier_decides_by() -> None:
    shown = _shown(en, dict(samples.notices())["order.invited"])
    text = plain(shown.text).replace("\N{NO-BREAK SPACE}", " ")
    goods = samples.words().goods
    assert f"• {goods[0].name_ru} – 1,250.5 m\n" in text
    assert f"• {goods[2].name_ru} – 20 pcs\nand 2 more\n" in text
    assert goods[3].name_ru not in text
    assert "Delivery period: at most 90 calendar days from the contract date" in text
    assert "Price offers are taken until: 25 November 2026, 24:00 (Astana)\n4 days 12 hours" in text
    assert "act No. 344, clause 13, item 3" in text
    assert _names(shown) == [
        "order.offer",
        "order.card",
        "order.remind",
        "order.decline",
        "receipt",
        "ack",
    ]
    assert shown.keyboard is not None
    assert shown.keyboard.inline_keyboard[0][0].style == "primary"
    assert _buttons(shown)[-2] == ("?", "1:receipt:o:15:offer_window")
    assert _buttons(shown)[-1] == ("I have seen it", "1:ack:123")


def test_goods_stand_in_the_readers_language_or_in_the_other_one() -> None:
    invited = dict(samples.notices())["order.invited"]
    good = samples.words().goods[0]
    assert good.name_kk in plain(_shown(kk, invited).text)
    assert good.name_ru in plain(_shown(ru, invited).text)
    only = [{"line": "1", "name_ru": "", "name_kk": good.name_kk, "quantity": "1", "unit": "m"}]
    mended = replace(invited, params={**invited.params, "goods": only})
    assert good.name_kk in plain(_shown(ru, mended).text)


def test_an_award_shows_its_own_volume_not_the_lines() -> None:
    text = plain(_shown(en, dict(samples.notices())["award.selected"]).text)
    assert "800\N{NO-BREAK SPACE}m" in text
    assert "1,250.5" not in text


def test_a_selection_of_many_lines_is_answered_with_one_press() -> None:
    for kind in ("award.selected", "remind.confirmation"):
        one = dict(samples.notices())[kind]
        assert "award.card" in _names(_shown(en, one))
        many = _shown(en, replace(one, params={**one.params, "awards": 500}))
        assert _names(many)[:2] == ["awards.confirm", "awards.group"]
        assert many.keyboard is not None
        assert many.keyboard.inline_keyboard[0][0].text == "Confirm all (500)"


def test_a_lapse_of_several_suppliers_names_them_to_the_customer() -> None:
    lapsed = dict(samples.notices())["award.lapsed, customer"]
    names = [{"name_ru": f"ТОО «{each}»", "name_kk": ""} for each in "АБВГ"]
    text = plain(_shown(ru, replace(lapsed, params={**lapsed.params, "suppliers": names})).text)
    assert "ТОО «А»; ТОО «Б»; ТОО «В»…" in text


def test_names_from_outside_are_escaped_and_cut() -> None:
    hostile = [{"name_ru": "<b>&\u202e" + "x" * 300, "name_kk": "", "quantity": "1", "unit": "<i>"}]
    params = {"number": 15, "goods": hostile, "ground": "15.3"}
    text = _shown(ru, samples.notice("order.failed", **params)).text
    assert "&lt;b&gt;&amp;" in text
    assert "<i>" not in text.split("&lt;b")[1].split("\n")[0]
    assert "\u202e" not in text
    assert "x" * 120 not in text


@pytest.mark.clause("344-16")
def test_after_a_failure_the_customer_is_told_that_the_rules_no_longer_hold() -> None:
    for ground in ("15.1", "15.2", "15.3"):
        text = plain(_shown(en, dict(samples.notices())[f"order.failed, {ground}"]).text)
        assert "These goods can now be bought without these rules." in text
        assert "act No. 344, clause 16" in text
        assert f"clause 15, item {ground[-1]}" in text


def test_a_verdict_names_the_lines_and_the_ground() -> None:
    found = dict(samples.notices())
    accepted = plain(_shown(en, found["offer.judged, accepted"]).text)
    mixed = plain(_shown(en, found["offer.judged, in part"]).text)
    rejected = plain(_shown(en, found["offer.judged, rejected"]).text)
    assert "rejected" not in accepted
    assert "Line 2 is rejected: The price is above the allocated sum" in mixed
    assert "The customer now chooses." in mixed
    assert "Line 2 is rejected: The delivery period is beyond the limit" in rejected
    assert "The customer now chooses." not in rejected
    many = [{"line": line, "reason": "price_above_allocated"} for line in range(1, 31)]
    text = plain(_shown(en, samples.notice("offer.judged", number=15, lines=many)).text)
    assert "and 22 more" in text


def test_the_two_sides_of_an_answer_read_different_texts() -> None:
    found = dict(samples.notices())
    for kind in ("award.confirmed", "award.refused", "award.lapsed"):
        sides = {
            plain(_shown(en, found[f"{kind}, {side}"]).text) for side in ("customer", "supplier")
        }
        assert len(sides) == 2


def test_a_reason_picked_by_a_button_is_read_in_the_readers_language() -> None:
    refused = dict(samples.notices())["award.refused, customer"]
    for reason, heard in (
        (plain(kk(QUICK_REASONS["material"])), plain(ru(QUICK_REASONS["material"]))),
        ("цех стоит", "цех стоит"),
    ):
        notice = replace(refused, params={**refused.params, "reason": reason})
        assert heard in plain(_shown(ru, notice).text)


def test_the_customer_reads_which_supplier_has_answered() -> None:
    found = dict(samples.notices())
    names = {"supplier_ru": "ТОО «Первый»", "supplier_kk": "«Бірінші» ЖШС"}
    for kind in ("award.confirmed", "award.refused", "award.lapsed"):
        for side, told in (("customer", True), ("supplier", False)):
            notice = found[f"{kind}, {side}"]
            text = plain(_shown(kk, replace(notice, params={**notice.params, **names})).text)
            assert ("«Бірінші» ЖШС" in text) is told


def test_those_who_watch_are_not_asked_to_act() -> None:
    for kind, press in (
        ("selection.overdue", "order.choose"),
        ("contract.overdue", "contract.enter"),
    ):
        notice = dict(samples.notices())[kind]
        assert press in _names(_shown(en, notice))
        watched = replace(notice, params={**notice.params, "side": "admin"})
        assert _names(_shown(en, watched)) == ["order.card"]


def test_a_contract_is_agreed_first_and_disputed_in_red() -> None:
    shown = _shown(en, dict(samples.notices())["contract.proposed"])
    acts = ["contract.agree", "contract.dispute"]
    assert _names(shown) == [*acts, "contract.file", "order.card", "ack"]
    assert shown.keyboard is not None
    styles = [row[0].style for row in shown.keyboard.inline_keyboard]
    assert styles == ["success", "danger", None, None, None]


def test_a_contract_without_a_file_has_no_button_for_it() -> None:
    for kind in ("contract.proposed", "contract.concluded"):
        notice = dict(samples.notices())[kind]
        assert "contract.file" in _names(_shown(en, notice))
        bare = replace(notice, params={**notice.params, "files": 0})
        assert "contract.file" not in _names(_shown(en, bare))


def test_the_summary_and_the_protocol_bring_their_files() -> None:
    found = dict(samples.notices())
    assert _shown(ru, found["order.summary"]).attachments == (
        Attachment("summary_picture", 15),
        Attachment("summary_sheet", 15),
    )
    assert _shown(ru, found["protocol.formed"]).attachments == (Attachment("protocol", 15, 2),)
    assert "no digital signature" in plain(_shown(en, found["protocol.formed"]).text)


def test_a_notice_sent_late_says_that_the_time_is_over() -> None:
    invited = dict(samples.notices())["order.invited"]
    due_at = samples.deadline(OFFER_WINDOW).due_at
    for late in (timedelta(), timedelta(hours=1)):
        said = plain(render(en, invited, due_at + late).text)
        assert "The time is over" in said
        # Opened again from the list or a letter, it must not hide a term that was prolonged.
        assert "If the term was prolonged since, the order shows the new one." in said
    in_time = plain(render(en, invited, due_at - timedelta(minutes=1)).text)
    assert "If the term was prolonged" not in in_time


def test_a_moved_deadline_shows_both_ends() -> None:
    text = plain(_shown(en, dict(samples.notices())["deadline.moved"]).text)
    assert "until: 25 November 2026, 24:00 (Astana)\nIt was: 24 November 2026, 24:00" in text
    about_award = samples.notice(
        "deadline.moved", deadline="contract", number=15, award=31, old=None, new=None, clause=None
    )
    assert ("?", "1:receipt:a:31:contract") in _buttons(_shown(en, about_award))


def test_a_moved_deadline_names_the_days_that_changed_and_the_ground() -> None:
    moved = dict(samples.notices())["deadline.moved"]
    off = samples.words().day_off
    assert off.basis in plain(_shown(kk, moved).text)
    assert off.name_kk in plain(_shown(kk, moved).text)
    days = [
        {"day": "2026-11-24", "working": True, "name_ru": "Рабочий", "name_kk": "", "basis": "П-1"},
        {"day": "2026-12-01", "working": None, "name_ru": "", "name_kk": "", "basis": ""},
        {"day": "nonsense", "working": False, "name_ru": "", "name_kk": "", "basis": ""},
    ]
    mended = replace(moved, params={**moved.params, "days": days, "more_days": 3})
    text = plain(_shown(en, mended).text)
    assert "24 November 2026: a working day. Рабочий\nGround: П-1\n" in text
    assert "1 December 2026: the earlier decision is taken back\nand 3 more days" in text
    old = {name: value for name, value in moved.params.items() if name != "days"}
    assert "Ground" not in plain(_shown(en, replace(moved, params=old)).text)


def test_an_unknown_kind_is_logged_and_leads_to_the_menu() -> None:
    with structlog.testing.capture_logs() as logged:
        shown = _shown(en, samples.notice("never.heard"))
    assert [each["kind"] for each in logged] == ["never.heard"]
    assert _names(shown) == ["menu"]


def test_moved_deadlines_of_one_order_lead_to_their_receipts() -> None:
    notices = dict(samples.notices())

    def led(name: str, to: str) -> list[list[str]]:
        markup = render(ru, notices[name], samples.NOW).keyboard
        assert markup is not None
        data = [unpress(each.callback_data or "") for row in markup.inline_keyboard for each in row]
        return [each[1] for each in data if each is not None and each[0] == to]

    for name in ("incident.moved", "incident.moved, works"):
        ((number,),) = led(name, "order.card")
        assert led(name, "receipt") == [["o", number, "offer_window"]]
    assert led("incident.moved, undone", "receipt") == [], "of two orders"
