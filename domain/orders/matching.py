"""Which registered goods answer a line of an order: by codes and only so (act 344, clause 13.2).

| the good states | the line states | they match when |
|---|---|---|
| full ENS TRU code | full ENS TRU code | the codes are equal |
| a level of ENS TRU (``331312`` or ``331312.100``) | a longer code | the longer one lies under it |
| full ENS TRU code | a level of ENS TRU | the code lies under the level |
| full AGSK-3 code | full AGSK-3 code | the codes are equal |
| AGSK-3 group (``241-105``) | full AGSK-3 code of the group, or the other way round | always |

Codes of different classifiers never match, and neither name nor TN VED plays a part. When both
classifiers are stated, a match by one of them is enough.

``matches`` says this directly. For the database the same is said by equality of keys, so that a
line finds its goods among a hundred thousand by an index: ``registry_keys`` are stored with the
good, ``line_keys`` are asked for, and a match is a common key. ``=C`` stands for "states C",
``<C`` for "states something under C".
"""

from __future__ import annotations

from domain.codes import agsk3_ancestors, ens_tru_ancestors
from domain.orders.rules import Coded


def _stated(thing: Coded) -> list[tuple[str, tuple[str, ...]]]:
    """Each code of the thing with the levels above it."""
    stated = []
    if thing.code:
        stated.append((thing.code, ens_tru_ancestors(thing.code)))
    if thing.agsk3:
        stated.append((thing.agsk3, agsk3_ancestors(thing.agsk3)))
    return stated


def matches(good: Coded, line: Coded) -> bool:
    """Whether a good of the registry answers a line of an order, by the table above."""
    return any(
        code == wanted or code in above_wanted or wanted in above_code
        for code, above_code in _stated(good)
        for wanted, above_wanted in _stated(line)
    )


def registry_keys(good: Coded) -> set[str]:
    """The keys a good of the registry is found by: at most 5."""
    keys: set[str] = set()
    for code, above in _stated(good):
        keys.add(f"={code}")
        keys.update(f"<{level}" for level in above)
    return keys


def line_keys(line: Coded) -> set[str]:
    """The keys of the goods that answer a line: at most 7.

    A good answers when it states the line's code (``=``), a level above it (``=`` of that level)
    or something under it (``<``).
    """
    keys: set[str] = set()
    for code, above in _stated(line):
        keys.update((f"={code}", f"<{code}"))
        keys.update(f"={level}" for level in above)
    return keys
