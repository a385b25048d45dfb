"""Listening to texts that name commands and file formats inside their sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from handlers.views.translator import Html, heard_by
from tests.support.language import Heard

# Heard sets these aside in what is shown, so a sentence around them must be heard without them.
_SET_ASIDE = re.compile(r"/\w+|@\w+|\b(?:PDF|XLSX)\b")


@contextmanager
def hearing() -> Iterator[Heard]:
    """Everything said while the block runs, with commands in it and without them."""
    heard = Heard()

    def listen(text: str) -> None:
        heard(text)
        if "<" not in text:
            heard(Html(_SET_ASIDE.sub(" ", text)))

    with heard_by(listen):
        yield heard
