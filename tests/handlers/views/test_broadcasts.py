"""What readers of a broadcast get, and what its cards say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.telegram.delivery import of_broadcast
from bot.telegram.outgoing import Outgoing
from bot.telegram.sender import parts
from domain.broadcasts.rules import TEXT_LIMIT, Audience, Button, Content, File
from domain.broadcasts.views import Progress, Reach, content_json
from domain.notices.views import NoticeView
from handlers.views import samples
from handlers.views.broadcasts import broadcast_card, progress_key, progress_lines
from handlers.views.broadcasts_form import as_read, review, too_long
from handlers.views.notices import render
from handlers.views.notices.broadcasts import first_words
from handlers.views.regions import REGIONS, region_name
from handlers.views.sample_broadcasts import broadcasts
from handlers.views.split import visible_length
from handlers.views.translator import Translator, plain, translator

kk, ru, en = translator("kk"), translator("ru"), translator("en")
LINK = Button(url="https://example.kz/?a=1&b=2", label_kk="Оқу", label_ru="Читать")
NEWS = Content("<b>Жаңа</b> &lt;ереже&gt;", "<i>Новое</i> правило")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<b>Жаңа</b> &lt;ереже&gt;\n\nқосылды", "Жаңа <ереже> қосылды"),
        # The beginning of a text ends anywhere.
        ("Жаңа <a href='https://exam", "Жаңа"),
        ("Жаңа &l", "Жаңа"),
        ("", ""),
    ],
)
def test_first_words_are_plain(text: str, words: str) -> None:
    assert first_words(kk, {"text_kk": text}) == words
    assert first_words(ru, {"text_kk": text}) == words


def told(content: Content) -> NoticeView:
    """A notice of a broadcast."""
    return samples.notice("broadcast.news", number=5, **content_json(content))


@pytest.mark.parametrize(("t", "own", "other"), [(kk, "Жаңа", "Новое"), (ru, "Новое", "Жаңа")])
def test_each_reader_gets_their_language_with_its_formatting(
    t: Translator, own: str, other: str
) -> None:
    shown = render(t, told(replace(NEWS, button=LINK)), samples.NOW)
    assert own in shown.text
    assert other not in shown.text
    assert (NEWS.text_kk if t is kk else NEWS.text_ru) in shown.text
    assert shown.keyboard is not None
    ((under,),) = shown.keyboard.inline_keyboard
    assert (under.url, under.text) == (LINK.url, "Оқу" if t is kk else "Читать")


def test_a_row_of_another_release_still_shows() -> None:
    for params in ({}, {"text_kk": "Жаңа", "button": {"screen": "gone"}}, {"button": "x"}):
        shown = render(ru, samples.notice("broadcast.news", **params), samples.NOW)
        assert shown.keyboard is None
        assert plain(ru("News of the platform")) in plain(shown.text)


def test_the_longest_text_comes_whole_in_two_messages() -> None:
    text = "сөз " * 1023 + "соңы"
    shown = render(ru, told(Content(text, text)), samples.NOW)
    calls = parts(Outgoing(1, shown.text, shown.keyboard))
    sent = "".join(getattr(call, "text", "") for call in calls)
    assert len(calls) == 2
    assert text.replace(" ", "") in "".join(sent.split())


@pytest.mark.parametrize("t", [kk, ru])
def test_without_a_file_every_text_that_is_taken_fits_one_message(t: Translator) -> None:
    assert too_long(t, Content("ә" * TEXT_LIMIT, "я" * TEXT_LIMIT)) == []


def test_what_does_not_fit_one_message_is_told_before_it_is_sent() -> None:
    file = File("photo", "id-1", "plan.png")
    for with_file, limit in ((None, 4096), (file, 1024)):
        for t in (kk, ru):
            frame = visible_length(as_read(t, Content("x", "x"), notice=999_999_999).text) - 1
            whole, more = "ы" * (limit - frame), "<b>" + "ы" * (limit - frame + 7) + "</b>"
            fits = Content(*((whole, "я") if t is kk else ("ә", whole)), with_file)
            assert too_long(ru, fits) == []
            longer = Content(*((more, "я") if t is kk else ("ә", more)), with_file)
            (told_,) = too_long(ru, longer)
            assert "7" in plain(told_)
            assert plain(told_) in plain(review(ru, longer, Audience(), None, Reach(1, 1, 0, 0)))


@pytest.mark.parametrize("kind", ["photo", "document"])
def test_a_file_goes_by_its_id(kind: str) -> None:
    file = File("photo" if kind == "photo" else "document", "id-1", "plan.pdf")
    notice = told(replace(NEWS, file=file))
    files = of_broadcast(notice)
    assert [(each.kind, each.file_id, each.content) for each in files] == [(kind, "id-1", b"")]
    shown = render(ru, notice, samples.NOW)
    (call,) = parts(Outgoing(1, shown.text, shown.keyboard, tuple(files)))
    assert getattr(call, kind) == "id-1"
    assert getattr(call, "caption", "") == shown.text
    assert of_broadcast(told(NEWS)) == []


def test_the_bar_is_full_only_at_the_end() -> None:
    view = broadcasts(samples.NOW, NEWS)["running"]
    almost = replace(view, progress=Progress(10_000, 9_999, 1))
    assert "\N{WHITE SQUARE}" in progress_lines(ru, almost)
    assert almost.progress.percent == 99
    whole = replace(view, progress=Progress(10_000, 10_000))
    assert "\N{WHITE SQUARE}" not in progress_lines(ru, whole)
    assert progress_key(almost) != progress_key(whole)
    assert len(progress_key(replace(view, progress=Progress(*[10**9] * 8)))) <= 200


def test_a_card_offers_what_can_be_done() -> None:
    def presses(state: str) -> set[str]:
        markup = broadcast_card(en, broadcasts(samples.NOW, NEWS)[state]).keyboard
        assert markup is not None
        data = [each.callback_data or "" for row in markup.inline_keyboard for each in row]
        return {each.split(":", 1)[1] for each in data}

    always = {"broadcast.look:5", "broadcasts"}
    assert presses("done") == presses("stopped") == always
    assert presses("running") - always == {
        "broadcast.show:5",
        "broadcast.do:pause:5",
        "broadcast.ask:stop:5",
    }
    assert presses("paused") - always == {
        "broadcast.show:5",
        "broadcast.do:resume:5",
        "broadcast.ask:stop:5",
    }
    assert presses("scheduled") - always == {
        "broadcast.show:5",
        "broadcast.ask:start:5",
        "broadcast.ask:stop:5",
    }


def test_what_comes_from_outside_is_escaped_on_the_card() -> None:
    hostile = replace(
        NEWS,
        file=File("document", "x", "<b>.pdf"),
        button=Button(url="https://example.kz/<", label_kk="<i>", label_ru="<i>"),
    )
    view = broadcasts(samples.NOW, hostile)["scheduled"]
    text = broadcast_card(ru, replace(view, created_by="<u>")).text
    for raw in ("<u>", "<i>", "<b>.pdf"):
        assert raw not in text
    assert "Новое правило" in text


@pytest.mark.parametrize("t", [kk, ru, en], ids=str)
def test_regions_have_short_names(t: Translator) -> None:
    assert len(REGIONS) == 20
    for code, name in REGIONS.items():
        assert len(plain(t(name))) <= 24
        assert code in plain(region_name(t, code))
    assert plain(region_name(t, "711010")).endswith("711010)")
    assert plain(region_name(t, "98")) == "98"
