"""The page of all texts: whole, well formed, and dependent on nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from aiogram_dialog.setup import collect_dialogs

from handlers.assembly import AUDIENCES
from handlers.views import samples
from handlers.views.errors import SHEETS, TEXTS
from handlers.views.gallery import Section, entries, entry, gallery
from handlers.views.gallery_cards import card_sections
from handlers.views.gallery_forms import form_sections
from handlers.views.notices import RENDERINGS
from handlers.views.press import press
from handlers.views.shown import Attachment, Shown, button, keyboard, link
from handlers.views.terms import ORDER_STATES
from handlers.views.translator import escape, translator

_VOID = {"meta", "input"}


class Page(HTMLParser):
    """Checks that tags nest, and notes headings, columns and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.languages: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in _VOID:
            self.open.append(tag)
        if "id" in values:
            self.ids.append(str(values["id"]))
        if values.get("class") == "column":
            self.languages.append(str(values["lang"]))
        for name in ("src", "href"):
            address = values.get(name)
            assert address is None or address.startswith("#"), address

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-2:] == ["h3", "a"]:
            self.headings.append(data)


def test_every_notice_refusal_and_cell_error_is_there_in_each_language() -> None:
    page = Page(gallery())
    shown = " ".join(page.headings)
    for name in (*RENDERINGS, *TEXTS, *SHEETS):
        assert name in shown, name
    entries_shown = len(page.headings)
    assert [page.languages.count(locale) for locale in ("kk", "ru", "en")] == [entries_shown] * 3


def test_every_heading_of_the_contents_can_be_reached() -> None:
    text = gallery()
    page = Page(text)
    for anchor in re.findall(r'<li><a href="#([^"]+)"', text):
        assert anchor in page.ids


def test_the_page_fetches_nothing() -> None:
    text = gallery()
    assert not re.search(r"https?://", text)
    assert "@import" not in text
    assert "url(" not in text


def test_a_message_shows_its_buttons_and_files() -> None:
    shown = Shown(
        escape("Text"),
        keyboard([button("Go", press("menu"), "danger")], [link("Far", "https://example.kz/?a&b")]),
        (Attachment("protocol", 15, 2),),
    )
    text = gallery([Section("Cards", [("card", {"kk": shown, "ru": shown})])])
    Page(text)
    assert '<span class="button danger" title="1:menu">Go</span>' in text
    assert 'title="https://example.kz/?a&amp;b">Far</span>' in text
    assert '<span class="file">protocol</span>' in text


def test_what_comes_from_outside_is_escaped() -> None:
    hostile = "<script>alert('x')</script>"
    shown = Shown(escape(hostile), keyboard([button(hostile, press("menu"))]))
    section = Section(hostile, [(hostile, {"kk": hostile, "ru": shown})])
    text = gallery([section])
    Page(text)
    assert hostile not in text
    assert text.count("<script>") == 1


def test_sections_of_others_are_made_by_the_same_helpers() -> None:
    name, shown = entry("order card", lambda t: t("Order {number}", number=15))
    assert name == "order card"
    assert shown == {
        locale: translator(locale)("Order {number}", number=15) for locale in ("kk", "ru", "en")
    }
    made = entries([("a", 1), ("b", 2)], lambda t, n: t("Order {number}", number=n))
    assert [name for name, _ in made] == ["a", "b"]
    assert made[1][1]["en"] == "Order 2"


def test_samples_of_an_order_fit_each_state() -> None:
    states = ("draft", "collecting", "choosing", "confirming", "contracting", "done", "failed")
    cards = {state: samples.order_card(state, published=state != "draft") for state in states}
    assert cards["draft"].deadlines == []
    assert cards["collecting"].offers is None
    assert cards["choosing"].offers == 4
    assert cards["failed"].failure_ground == "15.2"
    assert len(cards["done"].contracts) == 1


def test_cards_of_every_state_stand_beside_the_texts() -> None:
    sections = card_sections()
    names = [name for section in sections for name, _ in section.entries]
    for state in ORDER_STATES:
        assert any(name.startswith(f"{state}, ") for name in names)
    assert len(names) == len({(s.title, n) for s in sections for n, _ in s.entries})
    page = Page(gallery(sections))
    assert "collecting, supplier" in page.headings


def test_every_step_of_every_form_is_shown() -> None:
    routers = [audience.forms() for audience in AUDIENCES]
    states = {
        str(state.state)
        for router in routers
        for dialog in collect_dialogs(router)
        for state in dialog.states()
    }
    shown = {name.partition(",")[0] for section in form_sections() for name, _ in section.entries}
    assert shown == states
