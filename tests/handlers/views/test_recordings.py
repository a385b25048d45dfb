"""Recordings in words, in each language: their life, a month's preview, a request to delete."""

from __future__ import annotations

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
from handlers.views import recordings
from handlers.views.translator import Translator, plain, translator
from tests.handlers.views.hearing import hearing
from tests.support.language import assert_catalogued

each_language = pytest.mark.parametrize("t", [translator("kk"), translator("ru")], ids=str)
ru = translator("ru")
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


@each_language
@pytest.mark.parametrize(("going", "held"), [(0, 0), (2, 1), (25, 0)])
def test_a_preview_fits_a_message_and_counts_the_rest(t: Translator, going: int, held: int) -> None:
    with hearing() as heard:
        text = recordings.preview(t, a_preview(going, held))
    assert_catalogued(plain(text), heard)
    assert len(plain(text)) < 4096
    assert ("Спор &amp; срок" in text) is bool(held)


def test_a_preview_names_the_month_and_the_clause() -> None:
    lines = plain(recordings.preview(ru, a_preview(25, 0))).splitlines()
    assert lines[0] == "Записи к уничтожению: ноябрь 2027 г."
    assert lines[1] == "25 записей"
    assert lines[-2] == "и еще 5"
    assert lines[-1] == "приказ № 366, пункт 21, подпункт 2"


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
