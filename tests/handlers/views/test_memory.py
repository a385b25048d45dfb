"""A draft made for one reader reads the same to every other whose draft has its key."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from domain.notices.views import NoticeView, Reader
from handlers.views import samples
from handlers.views.notices import _draft, render
from handlers.views.notices.memory import _drafts
from handlers.views.translator import Translator, translator

each_language = pytest.mark.parametrize("t", [translator("kk"), translator("ru")], ids=str)
each_notice = pytest.mark.parametrize(
    "notice", [pytest.param(notice, id=name) for name, notice in samples.notices()]
)
#: By these a draft is found again.
KEY = {"kind", "subject", "params", "created_at"}


def of_another(notice: NoticeView) -> NoticeView:
    """The same event as somebody else has it: everything differs that the key does not hold."""
    moment = notice.created_at + timedelta(hours=1)
    found = replace(
        notice,
        number=notice.number + 1000,
        person_id=notice.person_id + 1000,
        state="sending",
        sent_at=moment,
        read_at=moment,
        attempts=notice.attempts + 3,
        channel="email",
        origin=notice.number + 2000,
        lane=notice.lane + 1,
        fence=7,
        opened_at=moment,
        acked_at=moment,
        repeated=not notice.repeated,
        cause="other",
        reader=Reader(5, "kk", "admin"),
    )
    same = {each.name for each in fields(notice) if _same(notice, found, each.name)}
    assert same == KEY
    return found


def _same(one: NoticeView, other: NoticeView, name: str) -> bool:
    return bool(getattr(one, name) == getattr(other, name))


@each_language
@each_notice
def test_a_draft_depends_on_its_key_alone(t: Translator, notice: NoticeView) -> None:
    if notice.kind == "news.digest":
        # A digest leads to itself; it lists the numbers of its reader's own rows, so no other
        # reader's has its key.
        events = notice.params["events"]
        assert isinstance(events, list)
        assert all(each["number"] for each in events)
        return
    assert _draft(t, notice, samples.NOW) == _draft(t, of_another(notice), samples.NOW)


def test_readers_of_other_params_and_languages_share_nothing() -> None:
    (notice, *_) = [each for _, each in samples.notices() if each.kind == "order.invited"]
    _drafts.clear()
    ru, kk = translator("ru"), translator("kk")
    first = render(ru, notice, samples.NOW)
    other = replace(notice, params={**notice.params, "number": 987_654})
    assert "987" in str(render(ru, other, samples.NOW).text)
    assert render(kk, notice, samples.NOW).text != first.text
    assert render(ru, notice, samples.NOW) == first
    assert len(_drafts) == 3
    later = samples.NOW + timedelta(minutes=1)
    render(ru, notice, later)
    assert len(_drafts) == 4, "what is left of a term is told anew each minute"
