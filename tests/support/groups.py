"""Groups of tests that one worker has to itself, in the order in which they stand.

xdist tells the groups by a suffix of a test's id. It writes that into a field which pytest since
9.2 reads no more, so each group was cut up: every worker loaded what one was to load for all.
"""

from __future__ import annotations

import pytest
from _pytest.nodeid import coerce_node_id


def groups_of(item: pytest.Item) -> set[str]:
    """The groups that a test is marked with."""
    return {str(mark.args[0]) for mark in item.iter_markers("xdist_group")}


def bind_groups(items: list[pytest.Item]) -> None:
    """Write the groups into the ids, where xdist looks for them."""
    for item in items:
        if groups := groups_of(item):
            suffix = f"@{'_'.join(sorted(groups))}"
            item._id = coerce_node_id(f"{item.nodeid}{suffix}")
