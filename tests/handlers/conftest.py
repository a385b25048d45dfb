"""Tests of handlers talk to the whole bot through the sandbox."""

from tests.support.chat import town

__all__ = ["town"]
