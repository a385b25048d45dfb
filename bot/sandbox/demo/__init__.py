"""The demo: the whole system in one process, a story in it, and one clock that can be moved."""
