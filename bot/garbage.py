"""When Python looks for garbage: not while the program loads, and not among what stays for good.

Loading makes hundreds of thousands of objects and none of them is garbage; walking through them
takes a quarter of the start, and later a quarter of the answer to a press.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# New objects between two looks. Nearly all of ours are gone before the next by themselves.
_BETWEEN_LOOKS = 10_000


@contextmanager
def loading() -> Iterator[None]:
    """Within it nothing is looked through; what it leaves behind is never looked through."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(_BETWEEN_LOOKS, 10, 10)
        gc.enable()
