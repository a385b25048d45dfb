"""Regions of Kazakhstan by their codes of KATO, the classifier of territories."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Html, Lazy, Translator, escape, lazy

REGIONS: Mapping[str, Lazy] = {
    "10": lazy("Abai", context="region"),
    "11": lazy("Akmola", context="region"),
    "15": lazy("Aktobe", context="region"),
    "19": lazy("Almaty region", context="region"),
    "23": lazy("Atyrau", context="region"),
    "27": lazy("West Kazakhstan", context="region"),
    "31": lazy("Zhambyl", context="region"),
    "33": lazy("Zhetisu", context="region"),
    "35": lazy("Karaganda", context="region"),
    "39": lazy("Kostanay", context="region"),
    "43": lazy("Kyzylorda", context="region"),
    "47": lazy("Mangystau", context="region"),
    "55": lazy("Pavlodar", context="region"),
    "59": lazy("North Kazakhstan", context="region"),
    "61": lazy("Turkistan", context="region"),
    "62": lazy("Ulytau", context="region"),
    "63": lazy("East Kazakhstan", context="region"),
    "71": lazy("City of Astana", context="region"),
    "75": lazy("City of Almaty", context="region"),
    "79": lazy("City of Shymkent", context="region"),
}


def region_name(t: Translator, code: str) -> Html:
    """The region with its code; a part of it, or an unknown one, with the code as it is."""
    known = REGIONS.get(code[:2])
    if known is None:
        return escape(code)
    return t("{region} (KATO {code})", region=t(known), code=code)
