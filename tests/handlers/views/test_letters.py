"""Every notice outside the chat: whole as a letter, short as an SMS, safe as a page."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from domain.channels.rules import ADDRESSED
from domain.notices.views import NoticeView
from handlers.views import addresses, samples
from handlers.views import sample_channels as content
from handlers.views.letters import SMS_LIMIT, code_letter, in_letter
from handlers.views.notices import title
from handlers.views.translator import Translator, plain, translator
from tests.handlers.views.hearing import hearing
from tests.support.language import assert_catalogued

LINK = "https://t.me/tapsyrys_kz_bot?start=notice_1234567"
each_language = pytest.mark.parametrize("t", [translator("kk"), translator("ru")], ids=str)
each_notice = pytest.mark.parametrize(
    "notice", [pytest.param(notice, id=name) for name, notice in samples.notices()]
)
_VOID = {"br", "meta"}


class Page(HTMLParser):
    """Which elements a page has; every one must be closed in its order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        assert not values.keys() - {"href", "style", "lang", "charset"}
        if "href" in values:
            self.links.append(values["href"] or "")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@each_language
@each_notice
def test_a_notice_is_whole_outside_the_chat(t: Translator, notice: NoticeView) -> None:
    with hearing() as heard:
        told = in_letter(t, notice, samples.NOW, LINK)
    number = str(notice.number)
    head = " ".join(plain(title(t, notice)).split())
    assert told.subject == f"{head} (№ {number})"
    page = Page(told.html)
    assert page.tags <= {
        *("html", "head", "meta", "title", "body", "div", "p", "br", "a"),
        *("b", "i", "u", "s", "code", "pre", "blockquote"),
    }
    assert LINK in page.links
    assert LINK in told.text
    assert number in told.text
    assert "<" not in told.text.replace("<noreply", "")
    assert_catalogued(told.text.partition("\n\n")[0], heard)
    assert units(told.short) <= SMS_LIMIT
    assert told.short.startswith(f"№ {number}: ")
    assert "t.me/tapsyrys_kz_bot?start=notice_1234567" in told.short
    assert "\n" not in told.short


@each_language
def test_a_copy_bears_the_number_of_its_origin(t: Translator) -> None:
    notice = replace(samples.notices()[0][1], number=900, origin=77)
    told = in_letter(t, notice, samples.NOW, LINK)
    for text in (told.subject, told.text, told.html, told.short):
        assert "77" in text
        assert "900" not in text


@each_language
def test_an_sms_keeps_until_when_and_the_way_and_cuts_the_words(t: Translator) -> None:
    found = dict(samples.notices())
    due = next(each for each in found.values() if each.kind == "award.selected")
    told = in_letter(t, due, samples.NOW, LINK)
    assert "(Астана)" in told.short
    smile = replace(due, kind="colleague.joined", params={"name": "😀" * 200, "role": "supplier"})
    assert units(in_letter(t, smile, samples.NOW, LINK).short) <= SMS_LIMIT
    long = "https://t.me/" + "b" * 32 + "?start=notice_" + "9" * 18
    assert units(in_letter(t, due, samples.NOW, long).short) <= SMS_LIMIT


@each_language
def test_without_a_chat_there_is_no_way_to_one(t: Translator) -> None:
    notice = samples.notices()[0][1]
    told = in_letter(t, notice, samples.NOW, "", chat=False)
    assert "t.me" not in told.text + told.html + told.short
    assert "API" in told.text


@each_language
def test_a_code_stands_once_and_alone(t: Translator) -> None:
    for chat in (True, False):
        told = code_letter(t, content.code_letter(samples.NOW, chat=chat))
        assert told.text.count("012345") == 1
        assert "012345" not in told.subject
        assert "012345" in Page(told.html).words
        assert units(told.short) <= SMS_LIMIT


@each_language
def test_the_page_of_addresses_never_shows_one_whole(t: Translator) -> None:
    for found in content.addresses(samples.NOW).values():
        shown = addresses.page(t, found, ADDRESSED)
        for whole in ("aigul@example.kz", "+77011234567", "+77017654321", "slack://a"):
            assert whole not in shown.text
        rows = shown.keyboard.inline_keyboard if shown.keyboard else []
        labels = [button.text for row in rows for button in row]
        assert all(0 < len(label) <= 24 for label in labels)
        assert len(set(labels)) == len(labels)
