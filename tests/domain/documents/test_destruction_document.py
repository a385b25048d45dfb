"""The act of destruction: two languages in one, everything an act must say, the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.documents.destruction import act_view, render_act
from domain.support.recording_views import ActView, ItemView
from tests.domain.documents.document_samples import NASTY, texts_of

AT = datetime(2027, 11, 19, 19, 0, tzinfo=UTC)
ITEM = ItemView(
    position=1,
    recording=7,
    ticket=12,
    kind="voice",
    size=48_213,
    duration=125,
    sha256="c0ffee" + "0" * 58,
    transcribed=True,
    collected_at=datetime(2026, 11, 20, 13, 31, tzinfo=UTC),
    state="destroyed",
    destroyed_at=AT,
    shared=False,
    copies_deleted=2,
    copies_left=1,
)
ACT = ActView(3, "term_over", AT, AT, "", (ITEM,))


def said(act: ActView) -> tuple[str, str]:
    """What is particular to an act, in Kazakh and in Russian."""
    parts = act_view(act)["parts"]
    assert isinstance(parts, list)
    for part in parts:
        del part["label"]
    kazakh, russian = ("\n".join(texts_of(part)) for part in parts)
    return kazakh, russian


@pytest.mark.clause("366-21.3")
def test_it_says_what_was_destroyed_when_why_and_by_whom_in_both_languages() -> None:
    kazakh, russian = said(ACT)
    for text in (kazakh, russian):
        for fact in ("№ 3", "№ 12", "2:05", "48\u00a0213", ITEM.sha256, "20.11.2026 18:31:00"):
            assert fact in text
        assert "20.11.2027 00:00:00 (Астана)" in text
    assert "срок хранения истек" in russian
    assert "сақтау мерзімі өтті" in kazakh
    assert "голосовое сообщение" in russian
    assert "дауыстық хабарлама" in kazakh
    assert "копий, которые Telegram не позволил удалить: 1" in russian
    assert "система Tapsyrys" in russian


def test_it_names_who_ordered_it_and_what_came_back_from_a_backup() -> None:
    by_person = replace(ACT, executor="Админ Әділ", ground="restored")
    kazakh, russian = said(by_person)
    assert "Админ Әділ, через систему Tapsyrys" in russian
    assert "Админ Әділ, Tapsyrys жүйесі арқылы" in kazakh
    assert "из резервной копии" in russian
    assert "командную строку" in said(replace(ACT, executor="cli"))[1]


def test_what_a_dispute_spared_is_listed_apart() -> None:
    kept = replace(ITEM, position=2, ticket=13, state="kept", destroyed_at=None)
    view = act_view(replace(ACT, items=(ITEM, kept)))
    parts = view["parts"]
    assert isinstance(parts, list)
    assert [len(part["items"]) for part in parts] == [1, 1]
    assert "№ 13" in parts[0]["kept"][0]


def test_it_is_drawn_the_same_each_time_also_empty_unfinished_and_nasty() -> None:
    assert render_act(ACT) == render_act(ACT)
    orphan = replace(
        ITEM,
        recording=None,
        ticket=None,
        size=None,
        duration=None,
        collected_at=None,
        shared=True,
        sha256="",
    )
    many = tuple(replace(orphan, position=position) for position in range(1, 60))
    for act in (
        replace(ACT, items=()),
        replace(ACT, finished_at=None, executor=NASTY, items=many),
    ):
        assert render_act(act).startswith(b"%PDF-")
