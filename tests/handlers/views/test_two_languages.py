"""What operators tell of a fault is shown in the reader's language, or says in which it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.web.status_page.drawing import draw
from domain.incidents.said import Said
from handlers.views import faults_status, samples
from handlers.views import sample_faults as content
from handlers.views.notices import render
from handlers.views.translator import Translator, plain, translator

KK, RU = "Ұсыныс берілмейді", "Не подаются предложения"
READERS = [("kk", KK, RU), ("ru", RU, KK)]


def _only(t: Translator, text: str) -> str:
    mark = "{text} (only in Kazakh)" if text == KK else "{text} (only in Russian)"
    return plain(t(mark, text=text))


@pytest.mark.parametrize(("language", "own", "other"), READERS)
def test_a_notice_is_in_the_readers_language(language: str, own: str, other: str) -> None:
    t = translator("kk" if language == "kk" else "ru")
    notice = dict(samples.notices())["incident.began"]
    said = Said(KK, RU)
    shown = render(
        t, replace(notice, params={**notice.params, **said.params("title")}), samples.NOW
    )
    assert own in shown.text
    assert other not in shown.text
    alone = Said.of(other)
    shown = render(
        t, replace(notice, params={**notice.params, **alone.params("title")}), samples.NOW
    )
    assert _only(t, other) in plain(shown.text)


def test_a_notice_from_before_there_were_two_languages_is_read() -> None:
    notice = dict(samples.notices())["incident.began"]
    old = {name: value for name, value in notice.params.items() if not name.startswith("title")}
    shown = render(translator("kk"), replace(notice, params=old | {"title": RU}), samples.NOW)
    assert _only(translator("kk"), RU) in plain(shown.text)


@pytest.mark.parametrize(("language", "own", "other"), READERS)
def test_the_status_is_in_the_readers_language(language: str, own: str, other: str) -> None:
    t = translator("kk" if language == "kk" else "ru")
    for titles, wanted in ((Said(KK, RU), own), (Said.of(other), _only(t, other))):
        lasting = replace(content.status().incidents[0], titles=titles)
        status = replace(content.status(), incidents=[lasting], past_incidents=[])
        for shown in (
            faults_status.status_page(t, status, reports=True).text,
            faults_status.banner(t, status),
            draw(t, status),
        ):
            assert wanted in shown
            assert (other in shown) is (other in wanted)
