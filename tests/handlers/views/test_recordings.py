"""Recordings in words, in each language: their life, a month's preview, a request to delete."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.support.recording_views import (
    DeletionAnswer,
    HeldView,
    OwnRecording,
    Preview,
    RecordingView,
    StepView,
)
from handlers.views import gallery_recordings, recordings, recordings_own
from handlers.views import recordings_desk as desk
from handlers.views.shown import Shown
from handlers.views.translator import Translator, plain, translator
from tests.handlers.views.hearing import hearing
from tests.support.language import assert_catalogued

each_language = pytest.mark.parametrize("t", [translator("kk"), translator("ru")], ids=str)
ru = translator("ru")
TODAY = date(2027, 10, 25)
AT = datetime(2026, 11, 20, 13, 31, tzinfo=UTC)
UNTIL = datetime(2027, 11, 19, 19, tzinfo=UTC)


def a_recording(number: int = 12) -> RecordingView:
    return RecordingView(
        id=number,
        ticket=number,
        kind="voice",
        size=5,
        duration=65,
        sha256="a" * 64,
        collected_at=AT,
        until=UNTIL,
        state="kept",
        stored=True,
        dispute=None,
        act=None,
    )


def a_preview(going: int, held: int) -> Preview:
    return Preview(
        month=date(2027, 11, 1),
        going=tuple(a_recording(number) for number in range(1, going + 1)),
        going_total=going,
        going_bytes=5 * going,
        held=tuple(HeldView(a_recording(99), "Спор & срок", AT, "Дана") for _ in range(held)),
        held_total=held,
    )


@each_language
def test_every_step_of_a_life_is_named(t: Translator) -> None:
    found = [StepView(step, AT, 7, "Дана", "") for step in recordings.STEPS]
    found.append(StepView("transferred", AT, 7, "Дана", "Комитет: <запрос>"))
    found.append(StepView("destroyed", AT, None, "", "3"))
    with hearing() as heard:
        text = recordings.steps(t, found)
    assert_catalogued(plain(text), heard)
    assert len(text.splitlines()) == len(found)
    assert "&lt;запрос&gt;" in text
    assert "№ 3" in text.splitlines()[-1]


def _buttons(shown: Shown) -> list[str]:
    rows = shown.keyboard.inline_keyboard if shown.keyboard else []
    return [str(each.callback_data) for row in rows for each in row]


@each_language
@pytest.mark.parametrize(("going", "held"), [(0, 0), (2, 1), (25, 0), (500, 500)])
def test_each_page_of_a_preview_fits_a_message(t: Translator, going: int, held: int) -> None:
    found = a_preview(going, held)
    pages = max(1, -(-(going + held) // desk.PAGE))
    shown_ids: list[str] = []
    for page in range(pages):
        with hearing() as heard:
            shown = desk.preview_page(t, found, page, TODAY)
        assert_catalogued(plain(shown.text), heard)
        assert len(plain(shown.text)) < 4096
        shown_ids += [each for each in _buttons(shown) if each.startswith("1:rec.card:")]
        assert ("1:rec.ahead:202711:" + str(page + 1) in _buttons(shown)) is (page + 1 < pages)
    assert len(shown_ids) == going + held


def test_a_preview_names_the_month_the_ground_and_who_marked_it() -> None:
    lines = plain(desk.preview_page(ru, a_preview(1, 1), 0, TODAY).text).splitlines()
    assert lines[0] == "Записи к уничтожению: ноябрь 2027 г."
    assert "Будут уничтожены: 1" in lines
    assert "Спор: Спор & срок" in lines
    assert "Отметку поставил(а): Дана" in lines
    assert lines[-1] == "приказ № 366, пункт 21, подпункт 2"


def test_months_go_no_further_back_than_today_and_a_year_ahead() -> None:
    this = replace(a_preview(0, 0), month=date(2027, 10, 1))
    assert not any("202709" in each for each in _buttons(desk.preview_page(ru, this, 0, TODAY)))
    last = replace(a_preview(0, 0), month=date(2028, 11, 1))
    assert not any("202812" in each for each in _buttons(desk.preview_page(ru, last, 0, TODAY)))


@each_language
def test_a_page_of_steps_fits_a_message_however_long_their_grounds(t: Translator) -> None:
    long = StepView("transferred", AT, 7, "Д" * 300, "К" * 1300)
    shown = desk.steps_page(t, a_recording(), [long] * 50, None)
    assert len(plain(shown.text)) < 4096
    assert len(plain(shown.text).splitlines()) < 20


@each_language
def test_whatever_the_state_the_card_offers_only_what_is_possible(t: Translator) -> None:
    kept = a_recording()
    gone = replace(kept, state="destroyed", stored=False, act=3)
    held = replace(kept, until=None, dispute="Спор", dispute_at=AT, dispute_by="Дана")

    def names(
        view: RecordingView, *, private: bool = True, operator: bool = True, lead: bool = True
    ) -> set[str]:
        shown = desk.card(t, view, private=private, operator=operator, lead=lead)
        return {each.split(":")[1] for each in _buttons(shown)}

    assert names(kept) == {"rec.hear", "rec.give", "desk.dispute", "rec.steps", "rec.of"}
    assert names(held) == {"rec.hear", "rec.give", "rec.settle", "rec.steps", "rec.of"}
    assert names(held, lead=False) == {"rec.hear", "rec.give", "rec.steps", "rec.of"}
    assert names(kept, private=False) == {"desk.dispute", "rec.steps", "rec.of"}
    assert names(kept, operator=False) == {"rec.hear", "rec.give", "rec.steps", "rec.of"}
    assert names(gone) == {"rec.act", "rec.steps", "rec.of"}
    assert "Дана" in desk.card(t, held, private=True, operator=True).text


@each_language
def test_own_recordings_never_tell_why_or_by_whom_they_are_held(t: Translator) -> None:
    for page in range(2):
        with hearing() as heard:
            shown = recordings_own.own_page(t, gallery_recordings.own(), page)
        assert_catalogued(plain(shown.text), heard)
        assert gallery_recordings.disputed().dispute_by not in shown.text
    assert "own.data:0" in " ".join(_buttons(shown))


@each_language
def test_a_request_to_delete_is_answered_whole(t: Translator) -> None:
    mine = (OwnRecording(1, 12, AT, UNTIL), OwnRecording(2, 13, AT, None))
    for answer in (DeletionAnswer(mine, 2, True, 3), DeletionAnswer((), 0, True, 3)):
        with hearing() as heard:
            text = recordings.deletion_answer(t, answer)
        assert_catalogued(plain(text), heard)
        assert ("№ 13" in text) is bool(answer.recordings)


def test_the_answer_says_what_goes_when_and_what_stays_by_which_clause() -> None:
    answer = DeletionAnswer((OwnRecording(1, 12, AT, UNTIL),), 2, True, 3)
    text = plain(recordings.deletion_answer(ru, answer))
    assert "• Запись в обращении № 12: 20 ноября 2027" in text
    assert "она никогда не удаляется" in text
    assert "не менее 3 лет" in text
    assert "• 2 обращения в поддержку с текстами." in text
