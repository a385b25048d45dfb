"""One memory of what aiogram asks of every callback: its parameters, and whether it is awaited.

A dispatcher has some four thousand callbacks, looked at anew for each test that builds one: half
of what the building costs. The answer depends on the code of a function, or on the type of a
filter, and both are the same each time.
"""

from __future__ import annotations

import inspect
from types import FunctionType, MethodType

from aiogram.dispatcher.event.handler import CallableObject
from aiogram.filters import Filter


def remember_callables() -> None:
    """Let each callback be looked at once; call it once in a process."""
    known: dict[object, tuple[bool, set[str], bool]] = {}
    look = CallableObject.__post_init__

    def looked(self: CallableObject) -> None:
        key = _key(inspect.unwrap(self.callback))
        if key is None or key not in known:
            look(self)
            if key is not None:
                known[key] = self.awaitable, self.params, self.varkw
            return
        self.awaitable, self.params, self.varkw = known[key]

    CallableObject.__post_init__ = looked  # type: ignore[method-assign]  # it offers no other way


def _key(callback: object) -> object:
    """What the answer depends on; None where it is not simple."""
    if hasattr(callback, "__signature__"):
        return None
    if isinstance(callback, MethodType) and isinstance(callback.__func__, FunctionType):
        return callback.__func__.__code__, True
    if isinstance(callback, FunctionType):
        return callback.__code__, False
    return type(callback) if isinstance(callback, Filter) else None
