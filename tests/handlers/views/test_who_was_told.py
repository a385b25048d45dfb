"""Who was told of what: the page of chains, and how many were reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.escalations.views import ChainView, WokenView
from domain.notices.receipts import Reach, ToldPage
from handlers.views import samples
from handlers.views.escalations import chains_page
from handlers.views.reaching import reached
from handlers.views.told import told_page
from handlers.views.translator import Html, plain, translator

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)


def chain(*woken: WokenView, own: bool = True) -> ChainView:
    return ChainView(1, "contract", "award:1", None, own, "running", NOON, None, "", woken, None)


def test_people_without_a_name_who_were_woken_at_once_are_one_line() -> None:
    other = WokenView(3, NOON, "", "telegram", "other")
    later = WokenView(4, NOON + timedelta(hours=1), "", "telegram", "other")
    shown = chains_page(
        translator("en"), Html("Order"), [chain(other, other, later)], "1:order.card:3"
    )
    assert plain(shown.text).count("the other side") == 2


def test_the_other_side_reads_of_itself_as_you() -> None:
    told = chain(WokenView(3, NOON, "", "telegram", "other"), own=False)
    said = plain(chains_page(translator("en"), Html("Order"), [told], "1:order.card:3").text)
    assert "(Astana) · you" in said
    assert "the other side" not in said


def test_only_a_button_pressed_opens_a_notice() -> None:
    """That it stood in a list which its reader has looked at says nothing of this one."""
    sent = replace(dict(samples.notices())["incident.reported"], sent_at=NOON)
    listed = replace(sent, read_at=NOON + timedelta(minutes=3))
    opened = replace(listed, opened_at=NOON + timedelta(minutes=14))
    t = translator("en")
    for notice, said in ((listed, []), (opened, ["Opened: 24 November 2026, 12:14:00 (Astana)"])):
        page = ToldPage([(notice, "Айгүл")], 1, 1, len(said), 0, None, True)
        lines = plain(told_page(t, 5, page).text).split("\n")
        assert [line for line in lines if line.startswith("Opened")] == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Reached: 7 of 9; of them: e-mail – 2, SMS – 1"),
        ("kk", "оның ішінде: электрондық пошта – 2, SMS – 1"),
        ("ru", "из них: электронная почта – 2, SMS – 1"),
    ],
)
def test_other_channels_are_a_part_of_those_reached(language: str, said: str) -> None:
    reach = Reach(9, 7, 5, (("telegram", 4), ("email", 2), ("sms", 1)))
    assert said in plain(reached(translator(language), reach))
