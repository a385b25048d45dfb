"""Finding texts that reach people without passing the catalogue.

``listening`` notes every text that translators and formatters make; ``assert_catalogued`` then
fails when a message holds words that none of them made. Nothing in the texts is changed, so any
test that collects what was sent can use it, whole stories over HTTP included::

    with listening() as heard:
        ...
    for message in sent:
        assert_catalogued(message.text, heard)
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from handlers.views.translator import Html, heard_by, plain

_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W\d_]{2,}")
#: What needs no translation wherever it stands: commands, addresses, names of file formats.
_NEUTRAL = re.compile(r"/\w+|https?://\S+|@\w+|\b(?:PDF|XLSX|Tapsyrys)\b")


class Heard:
    """Every line that was made from the catalogue or from escaped data."""

    def __init__(self) -> None:
        self._lines: set[str] = set()

    def __call__(self, text: str) -> None:
        """Note one text."""
        shown = plain(text) if isinstance(text, Html) else html.unescape(_TAG.sub("", text))
        self._lines.update(line.strip() for line in shown.splitlines() if _WORD.search(line))

    def strays(self, text: str, *, data: Iterable[str] = ()) -> list[str]:
        """Words of ``text`` (as shown, without markup) that nothing heard accounts for.

        ``data`` are values that may stand bare: file names, for example.
        """
        known = sorted({*self._lines, *filter(None, data)}, key=len, reverse=True)
        found = []
        for line in text.splitlines():
            rest = line
            for phrase in known:
                if phrase in rest:
                    # Whole words only: "an" must not excuse a part of "Kazan".
                    rest = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", "\0", rest)
            # Last: a sentence of the catalogue may name a command or a format of files itself.
            found += _WORD.findall(_NEUTRAL.sub(" ", rest))
        return found


@contextmanager
def listening() -> Iterator[Heard]:
    """Everything said while the block runs, in this process."""
    heard = Heard()
    with heard_by(heard):
        yield heard


def assert_catalogued(text: str, heard: Heard, *, data: Iterable[str] = ()) -> None:
    """Fail for a text shown to a person with words that no translator or formatter made."""
    strays = heard.strays(text, data=data)
    assert not strays, f"not from the catalogue: {strays} in {text!r}"
