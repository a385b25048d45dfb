"""Drafts made a moment ago: one event is told to thousands, and reads the same to all of them."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from domain.notices.views import NoticeView
from handlers.views.notices.facts import Draft
from handlers.views.translator import Translator, is_heard

_MANY = 256
_drafts: OrderedDict[tuple[object, ...], Draft] = OrderedDict()


def remembered(
    t: Translator, notice: NoticeView, now: datetime, make: Callable[[], Draft]
) -> Draft:
    """The draft of an event in a language, made anew each minute: it says what time is left.

    What differs from reader to reader is no part of a draft.
    """
    if is_heard():
        return make()
    minute = now.replace(second=0, microsecond=0)
    said = json.dumps(notice.params, sort_keys=True, default=str)
    key = (t, notice.kind, notice.subject, notice.created_at, said, minute)
    draft = _drafts.get(key)
    if draft is None:
        draft = _drafts[key] = make()
        if len(_drafts) > _MANY:
            _drafts.popitem(last=False)
    return draft
