"""What a failed test leaves open is closed with it, and is not laid at the next test's door.

The traceback of a failure keeps the frames of its test, and with them connections and engines that
were to be closed in the lines it never came to. Python keeps the last traceback until the next
test runs; there the warnings of what was left open, which are errors, would fail that one, too.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import warnings

_LAST = ("last_type", "last_value", "last_traceback", "last_exc")


def let_go() -> None:
    """Forget the last failure and close in silence what it alone still held."""
    for name in _LAST:
        with contextlib.suppress(AttributeError):
            delattr(sys, name)
    # The failure itself is told; that it left something open is no more news.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()
